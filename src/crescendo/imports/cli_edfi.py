"""`crescendo import edfi` and `crescendo import edfi-api`; mounted by `cli.py`; Django starts when one is called."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .cli import find_or_make, read_clock, run_and_report, say_yes, start_django

Source = Annotated[str, typer.Option(help="The name of the system that sent it.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference; change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Say OK to a delivery that would end many rows.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print counts and findings as JSON.")]


def mount(app: typer.Typer) -> None:
    """Add the commands to the app of `crescendo import`."""
    app.command("edfi")(import_files)
    app.command("edfi-api")(import_api)


def import_files(
    path: Annotated[
        Path, typer.Argument(help="A ZIP, a folder, or one file of Ed-Fi XML or JSON lines.", exists=True)
    ],
    source: Source = "edfi",
    dry_run: DryRun = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse the delivery for a single bad row.")
    ] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Import Ed-Fi bulk XML (Data Standard 4 to 6), or what an Ed-Fi API answered as JSON lines.

    crescendo import edfi interchanges.zip --dry-run     what would change
    crescendo import edfi interchanges/                  check and apply
    """
    start_django()

    def work(on_progress: Any) -> Any:
        from . import actions  # noqa: PLC0415  (needs Django)

        at = read_clock()
        run = actions.start_import(
            source=find_or_make(source, "edfi", at), path=path, by=None, on=at.date(), at=at, strict=strict, dry_run=dry_run,
            on_progress=on_progress,
        )  # fmt: skip
        return say_yes(run, yes, at, on_progress)

    run_and_report(work, as_json=as_json)


def import_api(
    source: Source = "edfi",
    base_url: Annotated[
        str, typer.Option(help="The address that answers with the API's version; kept with the source.")
    ] = "",
    school_year: Annotated[
        int, typer.Option(help="The year in which the school year ends, where the address asks for it.")
    ] = 0,
    credentials_file: Annotated[
        str, typer.Option(help="A file that you alone may read: the key, and the secret, each on a line.")
    ] = "",
    everything: Annotated[
        bool, typer.Option("--everything", help="Read all again; what is missing ends, under the brake.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Read an Ed-Fi API: all of it the first time, then what changed since the last applied import.

    CRESCENDO_EDFI_KEY=... CRESCENDO_EDFI_SECRET=... crescendo import edfi-api --base-url https://ods.example.org
    crescendo import edfi-api                            what changed since then

    Key and secret come from these variables or from --credentials-file; neither is kept.
    """
    start_django()
    given = {"base_url": base_url, "school_year": school_year, "credentials_file": credentials_file}

    def work(on_progress: Any) -> Any:
        from .sources.edfi import live  # noqa: PLC0415  (needs Django)

        at = read_clock()
        known = find_or_make(source, "edfi", at)
        known.settings |= {name: value for name, value in given.items() if value}
        known.save(update_fields=["settings"])
        run = live.bring_in(
            known,
            by=None,
            on=at.date(),
            at=at,
            everything=everything,
            dry_run=dry_run,
            on_progress=on_progress,
        )
        return say_yes(run, yes, at, on_progress)

    from .sources.edfi.client import ApiError  # noqa: PLC0415

    try:
        run_and_report(work, as_json=as_json)
    except ApiError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
