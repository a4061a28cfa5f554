"""`crescendo import`: files in from the command line, with progress, counts and findings."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

MOST_FILES = 30  # of which the empty ones are shown, too

app = typer.Typer(
    no_args_is_help=True, help="Bring in files: OneRoster packages, Ed-Fi, tables, CASE and xAPI."
)


@app.callback()
def main() -> None:
    """Bring in files. Each run is checked first; rows that cannot be used are set aside with a reason."""


@app.command()
def oneroster(
    path: Annotated[Path, typer.Argument(help="A ZIP, a folder, or one CSV file.", exists=True)],
    source: Annotated[str, typer.Option(help="The name of the system that sent it.")] = "oneroster",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference; change nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse whatever the standard does not allow.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Say OK to a delivery that would end many rows.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print counts and findings as JSON.")] = False,
) -> None:
    """Import a OneRoster 1.1 or 1.2 package.

    crescendo import oneroster roster.zip --dry-run     what would change
    crescendo import oneroster roster.zip               check and apply

    Ends with 0 when the delivery was accepted, with 1 when it was refused or waits for your OK.
    """
    start_django()

    def work(on_progress: Any) -> Any:
        from . import actions  # noqa: PLC0415  (needs Django)

        at = read_clock()
        run = actions.start_import(
            source=find_or_make(source, "oneroster", at), path=path, by=None, on=at.date(), at=at, strict=strict,
            dry_run=dry_run, on_progress=on_progress,
        )  # fmt: skip
        return say_yes(run, yes, at, on_progress)

    run_and_report(work, as_json=as_json)


def find_or_make(slug: str, kind: str, at: Any, **about: Any) -> Any:
    """The system of that name, or a new one. One that sends something else is not taken for it."""
    from . import actions, queries  # noqa: PLC0415  (needs Django)

    found = queries.find_source(slug)
    if found is None:
        return actions.create_source(
            **{"slug": slug, "title": slug, "kind": kind, "by": None, "at": at} | about
        )
    if found.kind != kind:
        raise typer.BadParameter(
            f"The system '{slug}' sends {found.kind}, not {kind}. Name another with --source."
        )
    return found


def say_yes(run: Any, yes: bool, at: Any, on_progress: Any) -> Any:
    """The OK that a person gave on the command line, where the run waits for one."""
    from . import actions  # noqa: PLC0415  (needs Django)

    if yes and run.state == run.State.WAITING:
        return actions.approve(run, by=None, on=at.date(), at=at, on_progress=on_progress)
    return run


def start_django() -> None:
    """Commands work as the worker: they read and write rows, and never change tables."""
    import os  # noqa: PLC0415

    import django  # noqa: PLC0415

    os.environ.setdefault("CRESCENDO_PROCESS", "worker")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crescendo.settings")
    django.setup()


def read_clock() -> Any:
    """This instant by the school's clock, read once for each command."""
    from crescendo.core import school_time  # noqa: PLC0415

    return school_time.now()


def run_and_report(work: Callable[[Any], Any], *, as_json: bool) -> None:
    """Run with a progress line on stderr, print the report, and end with 0 (accepted) or 1."""
    from . import queries  # noqa: PLC0415
    from .progress import SourceBusy  # noqa: PLC0415

    try:
        with _Line() as line:
            run = work(line)
    except SourceBusy:
        typer.echo("Another import of this source is running. Wait until it is done.", err=True)
        raise typer.Exit(1) from None
    report = queries.as_json(run)
    if as_json:
        typer.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        print_report(report)
    accepted = run.state == run.State.APPLIED or (run.state == run.State.CHECKED and run.is_dry_run)
    raise typer.Exit(0 if accepted else 1)


class _Line:
    """A line on stderr that says where the work is, once it takes longer than two seconds."""

    def __enter__(self) -> "_Line":
        import time  # noqa: PLC0415

        from rich.console import Console  # noqa: PLC0415

        self.console = Console(file=sys.stderr)
        self.status, self.began, self.clock = None, time.monotonic(), time.monotonic
        return self

    def __call__(self, step: str, done: int = 0, total: int | None = None) -> None:
        if self.clock() - self.began < 2:
            return
        words = f"{step} {done:,}" + (f" of {total:,}" if total else "") if done else step
        if self.status is None:
            self.status = self.console.status(words)
            self.status.start()
        self.status.update(words)

    def __exit__(self, *_: object) -> None:
        if self.status:
            self.status.stop()


def print_report(report: dict[str, Any]) -> None:
    """The same report as tables for a person."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    console = Console()
    nothing = "" if report["state"] == "applied" else ", nothing was changed"
    title = f"{report['source']}: {report['state']}{nothing}"
    done = "Would apply" if report["state"] in {"checked", "waiting"} else "Applied"
    table = Table("File", "Read", done, "Unchanged", "Set aside", title=title)
    filled = {name: counts for name, counts in report["files"].items() if counts["read"]}
    shown = filled if len(report["files"]) > MOST_FILES else report["files"]
    for name, counts in shown.items():
        table.add_row(
            name, *(f"{counts[word]:,}" for word in ("read", "applied", "unchanged", "quarantined"))
        )
    console.print(table)
    if empty := len(report["files"]) - len(shown):
        console.print(f"Besides, {empty:,} files that hold no rows.")
    for reason in report["reasons"]:
        console.print(
            f"Waiting for your OK: {reason['ending']:,} of {reason['live']:,} rows of {reason['target']} would end."
        )
    if report["message"]:
        console.print(report["message"])
    for one in report["findings"]:
        place = ", ".join(
            filter(None, [one["file"], f"row {one['row']}" if one["row"] else "", one["column"]])
        )
        times = f" ({one['count']:,} rows)" if one["count"] > 1 else ""
        received = f" Received '{one['received']}'." if one["received"] else ""
        expected = f" Expected {one['expected']}." if one["expected"] else ""
        console.print(
            f"[{one['severity']}] {place}: {one['code']}{times}.{received}{expected} {one['what_to_do']}",
            markup=False,
        )


from . import cli_case_xapi, cli_edfi, cli_pick_up, cli_pull, cli_tables  # noqa: E402  (their commands report with the functions above)

cli_tables.mount(app)
cli_edfi.mount(app)
cli_pull.mount(app)
cli_pick_up.mount(app)
cli_case_xapi.mount(app)
