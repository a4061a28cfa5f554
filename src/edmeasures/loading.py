"""Tables in: a folder of CSV and Parquet files, data frames by name, or a made-up district, as `evaluate` reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from .conforming import check_columns, conform, typed
from .tables import TABLES, TableError

if TYPE_CHECKING:
    from .tables import Table

CSV = (".csv", ".csv.gz")


class Tables(Mapping[str, "Table"]):
    """Fact tables by name, ready for `evaluate`: Arrow tables in memory, and the paths of Parquet files as they lie.

    Examples
    --------
    >>> tables = load({"attendance_submissions": {"school_id": ["N"], "school_year": [2026], "on": ["2026-03-02"]}})
    >>> tables.school_year, tables.last_day(2026)
    (2026, datetime.date(2026, 3, 2))
    """

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = dict(tables)

    def __getitem__(self, name: str) -> Table:
        return self._tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def arrow(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """The rows of a table in memory, or some of its columns."""
        return _in_memory(name, self._tables[name], columns)

    def _column(self, name: str, column: str) -> pa.ChunkedArray:
        """A column in its declared type; a stored one is looked at as an evaluation would."""
        return typed(name, TABLES[name].column(column), self.arrow(name, [column]).column(0))

    @property
    def school_year(self) -> int | None:
        """The newest school year of the facts; None where no table has one."""
        years = [
            pc.max(self._column(name, "school_year")).as_py()
            for name in ("enrolments", "calendar_days", "attendance_submissions")
            if name in self._tables
        ]
        return max((y for y in years if y is not None), default=None)

    def last_day(self, school_year: int) -> date | None:
        """The last day that attendance was sent for, else the last day of lessons; None where neither is known."""
        for name, flag in (("attendance_submissions", None), ("calendar_days", "is_instructional")):
            if name not in self._tables:
                continue
            kept = pc.equal(self._column(name, "school_year"), school_year)
            if flag:
                kept = pc.and_(kept, self._column(name, flag))
            days = self._column(name, "on").filter(kept)
            if len(days):
                found: date = pc.max(days).as_py()
                return found
        return None

    def __repr__(self) -> str:
        return f"Tables({', '.join(f'{name}: {_rows(table)}' for name, table in self._tables.items())})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row'>{name}</th><td style='text-align:right'>{_rows(table)}</td>"
            f"<td style='text-align:left'>{TABLES[name].meaning}</td></tr>"
            for name, table in self._tables.items()
        )
        return f"<table><thead><tr><th>table</th><th>rows</th><th>meaning</th></tr></thead><tbody>{rows}</tbody></table>"


def load(source: Any = None, /, **tables: Any) -> Tables:
    """Take tables in, wherever they are.

    Parameters
    ----------
    source : str or Path, mapping, or an object with ``.tables``
        A folder with files named like the tables (``enrolments.csv``, ``enrolments.csv.gz``, ``enrolments.parquet`` or a
        folder ``enrolments`` of Parquet files); data frames, Arrow tables, columns or paths by name; a district of
        `edmeasures.synth`.
    **tables
        More tables by name; they take the place of those of `source`.

    Returns
    -------
    Tables

    Raises
    ------
    TableError
        For a folder without tables, a name that no table has, a missing column, and values that cannot be read, with
        their rows.

    Notes
    -----
    pandas and Polars frames are taken as they are (NaN in a pandas frame is no value). CSV ids stay text, with their
    zeros. Parquet files stay on disk, and are checked when they are measured. Columns nobody declared are left aside.

    Examples
    --------
    >>> tables = load(students={"student_id": ["007"], "born_on": ["2012-04-30"]})
    >>> tables.arrow("students").to_pylist()
    [{'student_id': '007', 'born_on': datetime.date(2012, 4, 30)}]
    """
    given: dict[str, Any] = {}
    if isinstance(source, str | Path):
        given |= _files(Path(source))
    elif isinstance(source, Mapping):
        given |= source
    elif source is not None:
        given |= source.tables
    given |= tables
    unknown = sorted(set(given) - set(TABLES))
    if unknown:
        raise TableError(f"No table is called {unknown[0]!r}. There are: {', '.join(sorted(TABLES))}.")
    return Tables({name: _taken(name, table) for name, table in given.items() if table is not None})


def _files(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise TableError(
            f"{folder} is not a folder. Name the folder that holds enrolments.csv and the other tables."
        )
    found: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        name = path.name.split(".")[0]
        if name not in TABLES or not (_is_csv(path) or path.suffix == ".parquet" or path.is_dir()):
            continue
        if name in found:
            raise TableError(f"Table {name} is in {folder} twice. Keep one of its files.")
        found[name] = sorted(path.glob("**/*.parquet")) if path.is_dir() else path
    if not found:
        raise TableError(
            f"{folder} holds no table. Files are named like the tables: {', '.join(sorted(TABLES))}."
        )
    return found


def _is_csv(path: Path) -> bool:
    return path.name.lower().endswith(CSV)


def _taken(name: str, table: Any) -> Any:
    """A table in memory with its declared types, or what an engine reads where it lies."""
    if isinstance(table, str | Path):
        return conform(TABLES[name], read_csv(name, Path(table))) if _is_csv(Path(table)) else Path(table)
    if isinstance(table, list | tuple) or hasattr(table, "createOrReplaceTempView"):
        return table
    return conform(TABLES[name], arrow_of(table))


def arrow_of(frame: Any) -> pa.Table:
    """A pandas or Polars frame, columns by name, or anything that speaks Arrow, as an Arrow table."""
    if isinstance(frame, pa.Table):
        return frame
    if type(frame).__module__.split(".")[0] == "pandas":
        return pa.Table.from_pandas(frame, preserve_index=False)
    return pa.table(frame)


def check_separator(path: Path, header: list[str]) -> None:
    """Refuse a file whose cells stand between semicolons or tabs, as some spreadsheets write it.

    Raises
    ------
    TableError
        Where the header is one cell with several names in it.
    """
    for separator, called in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and separator in header[0]:
            raise TableError(f"{path.name}: its cells stand between {called}. Write it with commas.")


def read_csv(name: str, path: Path) -> pa.Table:
    """A CSV file, gzipped or not, every cell as text; a blank cell is no value.

    Raises
    ------
    TableError
        When the file is empty or its rows have different numbers of cells.
    """
    from pyarrow import csv  # noqa: PLC0415 - a tenth of a second that Parquet does without

    try:
        with pa.input_stream(str(path), compression="gzip" if path.suffix == ".gz" else None) as raw:
            header = csv.open_csv(raw).schema.names
        check_separator(path, header)
        check_columns(TABLES[name], header) if name in TABLES else None
        return csv.read_csv(
            path,
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except (pa.ArrowInvalid, OSError) as error:
        raise TableError(f"Table {name}: {path.name} cannot be read. {error}") from error


def _in_memory(name: str, table: Any, columns: list[str] | None) -> pa.Table:
    from pyarrow import parquet  # noqa: PLC0415 - a tenth of a second that CSV does without

    if isinstance(table, pa.Table):
        return table.select(columns) if columns else table
    if hasattr(table, "toArrow"):
        return (table.select(*columns) if columns else table).toArrow()
    paths = [table] if isinstance(table, str | Path) else list(table)
    try:
        return pa.concat_tables(
            [parquet.read_table(p, columns=columns) for p in paths], promote_options="permissive"
        )
    except (pa.ArrowInvalid, OSError, KeyError) as error:
        raise TableError(f"Table {name}: the Parquet files cannot be read. {error}") from error


def _rows(table: Any) -> str:
    return f"{table.num_rows:,}" if isinstance(table, pa.Table) else "on disk"
