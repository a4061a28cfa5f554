"""`crescendo import case` and `crescendo import xapi`; mounted by `cli.py`; Django starts when one is called."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .cli import find_or_make, read_clock, run_and_report, say_yes, start_django

Given = Annotated[Path, typer.Argument(help="A file, or a folder of them.", exists=True)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the difference; change nothing.")]
Strict = Annotated[bool, typer.Option("--strict", help="Refuse the delivery for a single bad record.")]
Yes = Annotated[bool, typer.Option("--yes", help="Say OK to a delivery that would end many rows.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print counts and findings as JSON.")]
Source = Annotated[str, typer.Option(help="The name of the system that sent it.")]


def mount(app: typer.Typer) -> None:
    """Add the commands to the app of `crescendo import`."""
    app.command("case")(import_case)
    app.command("xapi")(import_xapi)


def import_case(
    path: Given, source: Source = "case", dry_run: DryRun = False, strict: Strict = False, yes: Yes = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import frameworks of standards: CASE packages (JSON) or spreadsheets (CSV).

    crescendo import case framework.json --dry-run     what would change
    crescendo import case framework.json               check and apply
    """
    _import("case", path, source, dry_run=dry_run, strict=strict, yes=yes, as_json=as_json)


def import_xapi(
    path: Given, source: Source = "xapi", dry_run: DryRun = False, strict: Strict = False, yes: Yes = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Import xAPI statements (1.0.3 or 2.0): a list, or a line for each.

    crescendo import xapi statements.json --source lms
    """
    _import("xapi", path, source, dry_run=dry_run, strict=strict, yes=yes, as_json=as_json)


def _import(
    kind: str, path: Path, slug: str, *, dry_run: bool, strict: bool, yes: bool, as_json: bool
) -> None:
    start_django()

    def work(on_progress: Any) -> Any:
        from . import actions  # noqa: PLC0415  (needs Django)

        at = read_clock()
        run = actions.start_import(
            source=find_or_make(slug, kind, at), path=path, by=None, on=at.date(), at=at, strict=strict, dry_run=dry_run,
            on_progress=on_progress,
        )  # fmt: skip
        return say_yes(run, yes, at, on_progress)

    run_and_report(work, as_json=as_json)
