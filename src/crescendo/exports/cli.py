"""`crescendo export`: the data as a package that other systems read."""

import json
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Hand the data over: a OneRoster package.")


@app.callback()
def main() -> None:
    """Hand the data over as other systems read it. Each export leaves a line in the audit trail."""


@app.command()
def oneroster(
    path: Annotated[Path, typer.Argument(help="The ZIP to write; one that is there is replaced.")],
    source: Annotated[
        str,
        typer.Option(help="Whose ids the package uses, such as your roster's; ours for what it has none of."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")] = False,
) -> None:
    """Write a OneRoster 1.2 package of everybody and everything that is live (bulk).

    crescendo export oneroster roster.zip
    crescendo export oneroster roster.zip --source sis

    The package holds personal data of children: keep it as you keep the database.
    """
    import django  # noqa: PLC0415

    django.setup()
    from django.utils import timezone  # noqa: PLC0415

    from .oneroster import actions  # noqa: PLC0415

    report = actions.write_package(path, source=source, by=None, at=timezone.now())
    if as_json:
        typer.echo(
            json.dumps({"files": report.files, "left_out": report.left_out, "changed": report.changed})
        )
        return
    for name, rows in report.files.items():
        typer.echo(f"{name:<34}{rows:>12,}")
    for reason, rows in report.left_out.items():
        typer.echo(f"Left out: {rows:,} {reason}.")
    for reason, rows in report.changed.items():
        typer.echo(f"Note: {rows:,} {reason}.")
