"""`crescendo convert`: what a mapping makes of a file, without a site. Django is not started."""

import os
from pathlib import Path
from typing import Annotated

import typer

from .cli import read_day_here
from .cli_tables import Given, MappingName, TableFile, answers_of

app = typer.Typer()


@app.command()
def convert(
    path: TableFile,
    mapping: MappingName,
    out: Annotated[Path, typer.Option(help="The folder for the records; made if it is not there.")],
    given: Given = None,
) -> None:
    """Turn a vendor's file into plain records by its mapping: JSON lines, a file for each kind. Needs no site.

    crescendo convert map_growth.csv --mapping map-growth --out records
    crescendo convert marks.csv --mapping marks.toml --out records

    What cannot be used stands in set-aside.jsonl, cell by cell, with what to do. The folder then holds records of
    children: keep it as carefully as the file. Ends with 0, or with 1 where the file cannot be read by this mapping.
    """
    from .sources.table.converting import SET_ASIDE, convert  # noqa: PLC0415
    from .sources.table.mapping import load_mapping, with_answers  # noqa: PLC0415
    from .sources.table.received import Unreadable  # noqa: PLC0415
    from .sources.table.shapes import MappingError  # noqa: PLC0415

    os.umask(0o077)  # also in a folder that was there before, the records are their owner's alone
    try:
        found = with_answers(load_mapping(mapping), answers_of(given))
        made = convert(path, found, out, on=read_day_here())
    except (MappingError, Unreadable) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from None
    for one in made.passes:
        aside = f", {_counted(one.set_aside, 'row')} set aside" if one.set_aside else ""
        typer.echo(f"{one.file}: {_counted(one.records, 'record')}{aside}")
    if made.torn:
        typer.echo(_counted(made.torn, "torn row"))
    if made.left:
        typer.echo(f"{_counted(made.left, 'row')} left out by the mapping's own conditions")
    if (out / SET_ASIDE).stat().st_size:
        typer.echo(f"What is wrong, cell by cell, and what to do: {out / SET_ASIDE}")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
