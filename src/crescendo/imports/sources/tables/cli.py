"""`crescendo import table` and `crescendo import mappings`; mounted by `imports/cli.py`."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from crescendo.core import school_time
from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun, Source

from .mapping import MappingError, TableMapping, load_mapping, shipped_mappings

State = ImportRun.State
ACCEPTED = (State.APPLIED, State.CHECKED)
FINDINGS_SHOWN = 30


def mount(app: typer.Typer) -> None:
    """Add the commands to the app of `crescendo import`."""
    app.command("table")(import_table)
    app.command("mappings")(list_mappings)


def import_table(
    path: Annotated[
        Path, typer.Argument(help="A CSV, TSV (also .gz) or Parquet file, or a folder of them.", exists=True)
    ],
    mapping: Annotated[str, typer.Option(help="A mapping that came with Crescendo, or a TOML or JSON file.")],
    source: Annotated[str, typer.Option(help="Who sends it; the mapping's own source unless said.")] = "",
    ids_of: Annotated[
        str, typer.Option(help="The source whose ids the file uses, such as your roster's.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference; change nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the file for a single bad row.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Apply it although much would end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print counts and findings as JSON.")] = False,
) -> None:
    """Bring a table in by a mapping that says what its columns mean.

        crescendo import mappings
        crescendo import table marks.csv --mapping ./marks.toml --dry-run
        crescendo import table attendance/ --mapping district-extracts --source sis-extracts --ids-of sis

    Exit code 0: accepted (or, with --dry-run, would be). 1: refused, or it waits for somebody's OK (add --yes).
    """
    try:
        found = load_mapping(mapping)
    except MappingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    at = school_time.now()
    options: dict[str, Any] = {"mapping": found.document} | ({"ids_of": ids_of} if ids_of else {})
    run = actions.start_import(
        source=_source(source or found.source, found, at), path=path, by=None, on=at.date(), at=at, strict=strict,
        dry_run=dry_run, options=options, on_progress=None if as_json else _show_progress,
    )  # fmt: skip
    if run.state == State.WAITING and yes:
        run = actions.approve(run, by=None, on=at.date(), at=at)
    _print(run, as_json=as_json)
    raise typer.Exit(0 if run.state in ACCEPTED else 1)


def _source(slug: str, mapping: TableMapping, at: Any) -> Source:
    return queries.find_source(slug) or actions.create_source(
        slug=slug, title=mapping.title, kind="table", settings={"mapping": mapping.name}, by=None, at=at
    )


def _show_progress(step: str, done: int, total: int | None) -> None:
    if sys.stderr.isatty():
        far = f" {done:,} of {total:,}" if total else f" {done:,}" if done else ""
        sys.stderr.write(f"\r\x1b[K{step}{far}")
        sys.stderr.flush()


def _print(run: ImportRun, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(queries.as_json(run), indent=2, default=str))
        return
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    typer.echo(f"{run.source.slug}: {run.get_state_display()}. {run.message}".rstrip())
    for name, counts in run.counts.items():
        typer.echo(
            f"  {name}: {counts['read']:,} rows read, {counts['applied']:,} applied, "
            f"{counts['unchanged']:,} unchanged, {counts['set_aside']:,} set aside"
        )
    for reason in run.reasons:
        typer.echo(
            f"  waits for your OK: {reason['ending']:,} of {reason['live']:,} {reason['target']} would end"
        )
    for one in queries.list_findings(run)[:FINDINGS_SHOWN]:
        place = ", ".join(filter(None, [one.file, f"row {one.row}" if one.row else "", one.column]))
        received = f" Received {one.received_masked!r}." if one.received_masked else ""
        expected = f" Expected {one.expected}." if one.expected else ""
        rows = f" ({one.count:,} rows)" if one.count > 1 else ""
        typer.echo(f"  {one.severity}: {one.code}{rows} {place}.{expected}{received} {one.what_to_do}")


def list_mappings() -> None:
    """The mappings that come with Crescendo. Each is a file; copy one to begin your own."""
    for name, path in shipped_mappings().items():
        mapping = load_mapping(path)
        targets = ", ".join(dict.fromkeys(one.target.title.lower() for one in mapping.passes))
        typer.echo(f"{name} (version {mapping.version}): {mapping.title}\n  fills: {targets}\n  file: {path}")
