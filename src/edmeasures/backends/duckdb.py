"""DuckDB in-process: the one module that calls it. No database files, no extensions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa

from .. import making
from ..conforming import check_columns, conform, doubtful, typed
from ..tables import SQL_TYPES, Column, Table, TableError, TableSpec

if TYPE_CHECKING:
    from ..compose import Parameter

#: A column beside the declared ones that says where a row stood.
_ROW = "row of what was handed in"


class Duck:
    """An in-memory DuckDB with a memory limit and a number of threads.

    Parameters
    ----------
    memory_limit : str
        As DuckDB writes it, ``"2GB"``. What exceeds it goes to temporary files.
    threads : int
        Worker threads.

    Examples
    --------
    >>> with Duck(threads=1) as duck:
    ...     duck.arrow("SELECT 1 AS one").to_pylist()
    [{'one': 1}]
    """

    def __init__(self, *, memory_limit: str = "2GB", threads: int = 2) -> None:
        self._connection = duckdb.connect(
            ":memory:",
            config={"memory_limit": memory_limit, "threads": threads, "preserve_insertion_order": False},
        )
        self._given: dict[str, _Given] = {}
        # A long query would draw its bar on standard output, into the JSON that a command prints there.
        self._connection.execute("SET enable_progress_bar = false")

    @property
    def is_far(self) -> bool:
        """A question costs no more than its rows."""
        return False

    def __enter__(self) -> Duck:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def arrow(self, sql: str) -> pa.Table:
        """The rows of a SELECT."""
        result: pa.Table = self._connection.sql(sql).to_arrow_table()
        return result

    def batches(self, sql: str) -> Iterator[pa.RecordBatch]:
        """The rows of a SELECT, a million at a time."""
        yield from self._connection.sql(sql).to_arrow_reader(1_000_000)

    def materialise(self, name: str, select: str) -> None:
        """Keep the rows of a SELECT under a name, in place of what had it before."""
        self._connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {select}')

    def append(self, name: str, select: str) -> None:
        """Add the rows of a SELECT to kept rows, column by column of the same name; a column it leaves out is null."""
        self._connection.execute(f'INSERT INTO "{name}" BY NAME {select}')

    def make(self, block: str, run: making.SourceOfSelects, parameters: Mapping[str, Parameter]) -> None:
        """Keep a table of the attendance kernel (compose.MADE)."""
        self.keep(block, making.table(run, block, parameters))

    def keep(self, name: str, table: pa.Table) -> None:
        """Keep the rows of an Arrow table under a name, in place of what had it before."""
        self.register("kept_next", table)
        self.materialise(name, "SELECT * FROM kept_next")
        self._connection.unregister("kept_next")

    def register(self, name: str, table: pa.Table) -> None:
        """Lay an Arrow table beside the others, without copying it."""
        self._connection.register(name, table)

    def forget(self, name: str) -> None:
        """Take back a table that was declared, so that kept rows may have its name."""
        self._connection.execute(f'DROP VIEW IF EXISTS "{name}"')

    def declare(self, spec: TableSpec, table: Table | None, id_type: str, where: str = "") -> None:
        """A view with the declared columns and types over an Arrow table or Parquet files; empty without one.

        Raises
        ------
        TableError
            When a required column is absent, a column holds another type, or a Parquet file cannot be read.
        """
        if table is None:
            columns = ", ".join(f'CAST(NULL AS {_type(c, id_type)}) AS "{c.name}"' for c in spec.columns)
            self._connection.execute(
                f'CREATE OR REPLACE TEMP VIEW "{spec.name}" AS SELECT {columns} WHERE FALSE'
            )
            return
        if isinstance(table, pa.Table):
            table = conform(spec, table)
        given = _Given(spec, table, id_type, where, self._present(spec, table))
        self._given[spec.name] = given
        if isinstance(table, pa.Table):
            self.register(f"given_{spec.name}", table)
            source = f'"given_{spec.name}"'
        else:
            check_columns(spec, list(given.present))
            self._refuse_types(given)
            source = _parquet(table)
        self._connection.execute(f'CREATE OR REPLACE TEMP VIEW "{spec.name}" AS {given.select(source)}')

    def _present(self, spec: TableSpec, table: Table) -> dict[str, str]:
        try:
            return self.columns(table)
        except duckdb.Error as error:
            raise TableError(f"Table {spec.name}: the Parquet files cannot be read. {error}") from error

    def _refuse_types(self, given: _Given) -> None:
        """Stored columns of another type than declared: what cannot be read is refused by file and row."""
        for column in given.spec.columns:
            wrong = doubtful(column, given.present.get(column.name, "NULL"))
            if not wrong:
                continue
            found = self.arrow(f"SELECT 1 AS one FROM {_parquet(given.table)} WHERE {wrong} LIMIT 1")
            if found.num_rows:
                values = self.arrow(
                    f'SELECT "{column.name}" AS value FROM {_parquet(given.table, "filename=true, file_row_number=true")} '
                    "ORDER BY filename, file_row_number"
                ).column("value")
                typed(given.spec.name, column, values)

    def rows_at(self, name: str, condition: str, limit: int) -> list[int]:
        """Where rows of a declared table stand in what was handed in, from 1: those that meet a condition."""
        given = self._given.get(name)
        if given is None:
            return []
        if isinstance(given.table, pa.Table):
            numbers = pa.array(np.arange(1, given.table.num_rows + 1))
            self.register("numbered_rows", given.table.append_column(_ROW, numbers))
            source = "numbered_rows"
        else:
            source = (
                f'(SELECT *, file_row_number + 1 AS "{_ROW}" '
                f"FROM {_parquet(given.table, 'filename=true, file_row_number=true')})"
            )
        select = given.select(source, f'"{_ROW}"')
        rows = self.arrow(
            f'SELECT "{_ROW}" FROM ({select}) WHERE {condition} ORDER BY "{_ROW}" LIMIT {limit}'
        )
        found: list[int] = rows.column(0).to_pylist()
        return found

    def columns(self, table: Table) -> dict[str, str]:
        """Names and DuckDB types of the columns of an Arrow table or of Parquet files."""
        relation = self._connection.from_arrow(table) if isinstance(table, pa.Table) else None
        if relation is None:
            relation = self._connection.sql(f"SELECT * FROM {_parquet(table)}")
        return dict(zip(relation.columns, (str(t) for t in relation.types), strict=True))


@dataclass(frozen=True, slots=True)
class _Given:
    """A table as it was handed in, and how it is read."""

    spec: TableSpec
    table: Table
    id_type: str
    where: str
    present: Mapping[str, str]

    def select(self, source: str, also: str = "") -> str:
        """The declared columns in the declared types."""
        columns = [_select_column(c, self.id_type, tuple(self.present)) for c in self.spec.columns]
        condition = f" WHERE {self.where}" if self.where else ""
        return f"SELECT {', '.join([*columns, *([also] if also else [])])} FROM {source}{condition}"


def _type(column: Column, id_type: str) -> str:
    return id_type if column.type == "id" else SQL_TYPES[column.type]


def _select_column(column: Column, id_type: str, present: Sequence[str]) -> str:
    value = f'"{column.name}"' if column.name in present else "NULL"
    return f'CAST({value} AS {_type(column, id_type)}) AS "{column.name}"'


def _parquet(table: object, also: str = "") -> str:
    paths = [table] if isinstance(table, str | Path) else list(table)  # type: ignore[call-overload]
    quoted = ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths)
    return f"read_parquet([{quoted}], union_by_name=true{', ' + also if also else ''})"
