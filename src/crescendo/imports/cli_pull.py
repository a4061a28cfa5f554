"""`crescendo import pull`: another system's OneRoster service; mounted by `cli.py`; Django starts when it is called."""

from typing import Annotated, Any

import typer

from .cli import find_or_make, read_clock, run_and_report, say_yes, start_django

KIND = "oneroster_rest"


def mount(app: typer.Typer) -> None:
    """Add the command to the app of `crescendo import`."""
    app.command("pull")(pull)


def pull(
    source: Annotated[str, typer.Argument(help="The name of the system, such as sis.")],
    base: Annotated[
        str,
        typer.Option(help="Where people and classes stand: https://sis.example/ims/oneroster/rostering/v1p2"),
    ] = "",
    version: Annotated[str, typer.Option(help="1.1 or 1.2: what is asked for. [1.2]")] = "",
    gradebook_base: Annotated[
        str, typer.Option(help="Where the grade book stands, if it is to be read.")
    ] = "",
    sign_in: Annotated[str, typer.Option(help="oauth2, oauth1, token or none. [oauth2]")] = "",
    token_url: Annotated[str, typer.Option(help="Where a token is given, for oauth2.")] = "",
    client_id: Annotated[str, typer.Option(help="The name by which the service knows us.")] = "",
    scope: Annotated[
        str, typer.Option(help="The scopes to ask for, where the service wants them named.")
    ] = "",
    since: Annotated[str, typer.Option(help="Only what changed since, as 2026-11-01T00:00:00Z.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Say OK to a delivery that would end many rows.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print counts and findings as JSON.")] = False,
) -> None:
    """Read another system's OneRoster service and import what it answers.

    CRESCENDO_SECRET_SIS=... crescendo import pull sis --base https://sis.example/ims/oneroster/rostering/v1p2
    --token-url https://sis.example/token --client-id crescendo

    crescendo import pull sis        again, as the first time; what is gone is ended, under the brake

    What is said here is kept with the system; the secret comes from the variable and is not kept.
    """
    start_django()
    given = {"base": base, "version": version, "gradebook_base": gradebook_base, "sign_in": sign_in,
             "token_url": token_url, "client_id": client_id, "scope": scope}  # fmt: skip
    from .sources.oneroster_rest.calling import FetchFailed  # noqa: PLC0415  (needs Django)

    try:
        run_and_report(
            lambda on_progress: _pull(source, given, since=since, yes=yes, on_progress=on_progress),
            as_json=as_json,
        )
    except FetchFailed as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None


def _pull(slug: str, given: dict[str, str], *, since: str, yes: bool, on_progress: Any) -> Any:
    from . import queries  # noqa: PLC0415  (needs Django)
    from .sources.oneroster_rest import fetching, pulling  # noqa: PLC0415
    from .sources.oneroster_rest.calling import FetchFailed, Settings  # noqa: PLC0415

    at = read_clock()
    kept = queries.find_source(slug)
    if kept is None and not given["base"]:
        raise typer.BadParameter(
            f"There is no system '{slug}' yet. Say where its service stands with --base."
        )
    settings = (kept.settings if kept and kept.kind == KIND else {}) | {
        name: value for name, value in given.items() if value
    }
    said = Settings.of(settings)  # what is wrong is not kept
    if said.sign_in != "none" and not fetching.secret_of(slug):
        name = f"CRESCENDO_SECRET_{slug.upper().replace('-', '_')}"
        raise FetchFailed(f"The secret is not known. Put it into the variable {name}.")
    known = find_or_make(slug, KIND, at)
    known.settings = settings
    known.save(update_fields=["settings"])
    run = pulling.pull(known, by=None, on=at.date(), at=at, since=since)
    return say_yes(run, yes, at, on_progress)
