"""DuckDB in-process: the one module that calls it. No database files, no extensions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa

from ..tables import SQL_TYPES, Column, Table, TableError, TableSpec


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
        # A long query would draw its bar on standard output, into the JSON that a command prints there.
        self._connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Duck:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()

    def execute(self, sql: str) -> None:
        """Run a statement whose rows nobody reads."""
        self._connection.execute(sql)

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

    def keep(self, name: str, table: pa.Table) -> None:
        """Keep the rows of an Arrow table under a name, in place of what had it before."""
        self.register("kept_next", table)
        self.materialise(name, "SELECT * FROM kept_next")
        self._connection.unregister("kept_next")

    def register(self, name: str, table: pa.Table) -> None:
        """Lay an Arrow table beside the others, without copying it."""
        self._connection.register(name, table)

    def drop(self, name: str) -> None:
        """Forget the kept rows of a name."""
        self._connection.execute(f'DROP TABLE IF EXISTS "{name}"')

    def declare(self, spec: TableSpec, table: Table | None, id_type: str, where: str = "") -> None:
        """A view with the declared columns and types over an Arrow table or Parquet files; empty without one.

        Raises
        ------
        TableError
            When a required column is absent, or a Parquet file cannot be read.
        """
        if table is None:
            columns = ", ".join(f'CAST(NULL AS {_type(c, id_type)}) AS "{c.name}"' for c in spec.columns)
            self.execute(f'CREATE OR REPLACE TEMP VIEW "{spec.name}" AS SELECT {columns} WHERE FALSE')
            return
        source, present = self._source(spec, table)
        absent = [c.name for c in spec.columns if c.required and c.name not in present]
        if absent:
            raise TableError(
                f"Table {spec.name}: column {absent[0]!r} is missing. Received {', '.join(present)}. "
                f"It means: {spec.column(absent[0]).meaning}"
            )
        columns = ", ".join(_select_column(c, id_type, present) for c in spec.columns)
        condition = f" WHERE {where}" if where else ""
        self.execute(
            f'CREATE OR REPLACE TEMP VIEW "{spec.name}" AS SELECT {columns} FROM {source}{condition}'
        )

    def columns(self, table: Table) -> dict[str, str]:
        """Names and DuckDB types of the columns of an Arrow table or of Parquet files."""
        relation = self._connection.from_arrow(table) if isinstance(table, pa.Table) else None
        if relation is None:
            relation = self._connection.sql(f"SELECT * FROM {_parquet(table)}")
        return dict(zip(relation.columns, (str(t) for t in relation.types), strict=True))

    def _source(self, spec: TableSpec, table: Table) -> tuple[str, tuple[str, ...]]:
        if isinstance(table, pa.Table):
            self.register(f"given_{spec.name}", table)
            return f'"given_{spec.name}"', tuple(table.column_names)
        try:
            return _parquet(table), tuple(self.columns(table))
        except duckdb.Error as error:
            raise TableError(f"Table {spec.name}: the Parquet files cannot be read. {error}") from error


def _type(column: Column, id_type: str) -> str:
    return id_type if column.type == "id" else SQL_TYPES[column.type]


def _select_column(column: Column, id_type: str, present: Sequence[str]) -> str:
    value = f'"{column.name}"' if column.name in present else "NULL"
    return f'CAST({value} AS {_type(column, id_type)}) AS "{column.name}"'


def _parquet(table: object) -> str:
    paths = [table] if isinstance(table, str | Path) else list(table)  # type: ignore[call-overload]
    quoted = ", ".join("'" + str(p).replace("'", "''") + "'" for p in paths)
    return f"read_parquet([{quoted}], union_by_name=true)"
