"""`crescendo import table` and `crescendo import mappings`; mounted by `cli.py`; Django starts when one is called."""

from pathlib import Path
from typing import Annotated, Any

import typer

from .cli import find_or_make, read_clock, run_and_report, say_yes, start_django


def mount(app: typer.Typer) -> None:
    """Add the commands to the app of `crescendo import`."""
    app.command("table")(import_table)
    app.command("mappings")(list_mappings)


def import_table(
    path: Annotated[
        Path,
        typer.Argument(
            help="An Excel, CSV, TSV, JSON-lines (also .gz) or Parquet file, or a folder of them.",
            exists=True,
        ),
    ],
    mapping: Annotated[str, typer.Option(help="A mapping that came with Crescendo, or a TOML or JSON file.")],
    source: Annotated[str, typer.Option(help="Who sends it; the mapping's own source unless said.")] = "",
    ids_of: Annotated[
        str, typer.Option(help="The source whose ids the file uses, such as your roster's.")
    ] = "",
    given: Annotated[
        list[str] | None,
        typer.Option(
            help="What the file does not say and its mapping asks, as name=value: test_day=2025-05-09."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference; change nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Refuse the file for a single bad row.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Say OK to a file that would end many rows.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print counts and findings as JSON.")] = False,
) -> None:
    """Import a table by a mapping that says what its columns mean.

    crescendo import mappings                                       the layouts that are known
    crescendo import table marks.csv --mapping marks.toml --dry-run
    crescendo import table attendance/ --mapping district-extracts --ids-of sis

    Ends with 0 when the file was accepted, with 1 when it was refused or waits for your OK.
    """
    start_django()
    from .sources.table.mapping import MappingError, load_mapping, parse_answers  # noqa: PLC0415  (needs Django)

    try:
        found = load_mapping(mapping)
    except MappingError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    answers = parse_answers(given or [])
    options: dict[str, Any] = {"mapping": found.document, "answers": answers} | (
        {"ids_of": ids_of} if ids_of else {}
    )
    run_and_report(
        lambda on_progress: _run(
            source or found.source,
            found,
            path,
            options,
            yes=yes,
            strict=strict,
            dry_run=dry_run,
            on_progress=on_progress,
        ),
        as_json=as_json,
    )


def _run(slug: str, mapping: Any, path: Path, options: dict[str, Any], *, yes: bool, **more: Any) -> Any:
    from . import actions  # noqa: PLC0415  (needs Django)

    at = read_clock()
    source = find_or_make(slug, "table", at, title=mapping.title, settings={"mapping": mapping.document})
    run = actions.start_import(
        source=source, path=path, by=None, on=at.date(), at=at, options=options, **more
    )
    return say_yes(run, yes, at, more["on_progress"])


def list_mappings() -> None:
    """List the mappings that come with Crescendo. Each is a file; copy one to begin your own."""
    start_django()
    from .sources.table.mapping import load_mapping, shipped_mappings  # noqa: PLC0415  (needs Django)

    for name, path in shipped_mappings().items():
        mapping = load_mapping(path)
        targets = ", ".join(dict.fromkeys(one.target.title.lower() for one in mapping.passes))
        asks = "".join(f"  asks: {asked} ({question})\n" for asked, question in mapping.asks)
        typer.echo(
            f"{name} (version {mapping.version}): {mapping.title}\n  fills: {targets}\n{asks}  file: {path}\n"
        )
