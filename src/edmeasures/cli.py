"""The edmeasures command: indicators and growth percentiles from files to files.

Every problem with what was asked or handed in ends with one sentence and exit code 2, never with a trace.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from . import asking, catalog, rulepacks
from .tables import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa


class _Commands(TyperGroup):
    """The commands below, and the growth percentiles' own: its regressions are imported when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), "sgp"]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name != "sgp":
            return super().get_command(ctx, cmd_name)
        from .growth.command import sgp  # noqa: PLC0415

        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        alone.command("sgp")(sgp)
        return typer.main.get_command(alone)


app = typer.Typer(
    name="edmeasures",
    cls=_Commands,
    help="Published education measures over plain tables: CSV, gzipped CSV and Parquet in and out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="TABLES_DIR",
        help="Folder with enrolments.csv, attendance_events.parquet ... by name of table.",
    ),
]
SchoolYear = Annotated[
    int | None, typer.Option("--year", help="Year in which the school year ends; the newest where left out.")
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of", formats=["%Y-%m-%d"], help="Last day that counts; the last known where left out."
    ),
]


@contextmanager
def refusals() -> Iterator[None]:
    """What is wrong with the question or the tables: a sentence on the error stream, exit code 2."""
    try:
        yield
    except ImportError as error:
        # Only Spark is asked for by name here; its libraries are an extra.
        typer.echo(f"edmeasures: {error}. Install what it needs: pip install 'edmeasures[spark]'", err=True)
        raise typer.Exit(2) from error
    except (TableError, ValueError, KeyError, OSError) as error:
        said = error.args[0] if isinstance(error, KeyError) and error.args else error
        typer.echo(f"edmeasures: {said}", err=True)
        raise typer.Exit(2) from error


def _words(values: Sequence[str] | None) -> list[str]:
    """Options may be repeated or written with commas."""
    return [word.strip() for value in values or () for word in value.split(",") if word.strip()]


@app.command()
def evaluate(
    folder: Folder,
    indicator: Annotated[
        list[str] | None,
        typer.Option("--indicator", "-i", help="Codes, with commas or repeated; all where left out."),
    ] = None,
    rulepack: Annotated[
        list[str] | None, typer.Option("--rulepack", "-r", help="Rule packs, answered side by side.")
    ] = None,
    by: Annotated[
        str,
        typer.Option(
            "--by",
            help="What a row is: school, district or another kind of organisation; grade or a characteristic; student; week.",
        ),
    ] = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="FILE.csv, .csv.gz or .parquet; CSV on the screen where left out."),
    ] = None,
    year: SchoolYear = None,
    as_of: AsOf = None,
    backend: Annotated[str, typer.Option(help="duckdb or spark.")] = "duckdb",
    memory: Annotated[str, typer.Option(help="Memory of the engine, such as 2GB.")] = "2GB",
    threads: Annotated[int, typer.Option(min=1, help="Cores of the engine.")] = 2,
) -> None:
    """Evaluate indicators over a folder of tables: value, interval, n and reason.

    Unprotected: what leaves the building goes through edmeasures.disclosure first.
    """
    with refusals():
        _check(out)
        asked = asking.Question(
            indicators=tuple(_words(indicator)) or None,
            rule_packs=tuple(_words(rulepack)) or ("us-federal",),
            by=tuple(_words([by])),
            school_year=year,
            as_of=as_of.date() if as_of else None,
        )
        answer = asking.answer(folder, asked, say=_say, backend=backend, memory_limit=memory, threads=threads)
        put(answer, out)


@app.command()
def indicators(
    subject: Annotated[str | None, typer.Option("--subject", help="One subject alone.")] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="FILE.csv, .csv.gz or .parquet")] = None,
) -> None:
    """List the catalogue: code, question, unit, tables, source and caution."""
    with refusals():
        _check(out)
        found = asking.indicators(subject)
        if out:
            put(found, out)
            return
        for row in found.to_pylist():
            typer.echo(f"{row['indicator']:<34} {row['question']}")
        packs = ", ".join(pack.name for pack in rulepacks.all())
        typer.echo(f"\n{found.num_rows} of {len(catalog.all())} indicators. Rule packs: {packs}.", err=True)


@app.command()
def validate(folder: Folder, year: SchoolYear = None, as_of: AsOf = None) -> None:
    """Check a folder of tables as an evaluation would, and say how many rows each has."""
    with refusals():
        for line in asking.validate(folder, school_year=year, as_of=as_of.date() if as_of else None):
            typer.echo(line)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _check(out: Path | None) -> None:
    """A file that cannot be written is refused before anything is computed."""
    from .writing import check_ending, check_folder  # noqa: PLC0415 - half a second of import

    if out:
        check_ending(out)
        check_folder(out)


def put(table: pa.Table, out: Path | None) -> None:
    """Write a table as its name says, or as CSV to the screen."""
    from .writing import write, write_csv  # noqa: PLC0415 - half a second of import that a refusal does without

    if out is None:
        write_csv(table, sys.stdout.buffer)
        return
    write(table, out)
    _say(f"{table.num_rows:,} rows in {out}")


def main() -> None:
    """The console script."""
    app()


__all__ = ["app", "main"]
