"""Rows between PostgreSQL and DuckDB, both ways, in the run's own transaction: COPY and CSV, nothing row by row."""

from collections.abc import Generator
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
from django.db.backends.utils import CursorWrapper
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn
from psycopg.waiting import Ready, Wait

LIST_MARK = (
    "chr(31)"  # lists travel and are compared as one text; no school's value holds this control character
)
NULL = r"\N"
CHUNK_BYTES = 1 << 20


class Exchange:
    """Moves rows through files in the run's folder. `cursor` is the transaction that the run applies in."""

    def __init__(self, cursor: CursorWrapper, db: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.cursor, self.db, self.folder, self._number = cursor, db, folder, count()

    def fetch(self, sql: str, columns: dict[str, str], into: str) -> int:
        """Read a SELECT of PostgreSQL into a DuckDB table; how many rows there were.

        `columns` are names and DuckDB types. Lists arrive as one text (LIST_MARK between the items).
        """
        path = self.folder / f"stored-{next(self._number)}.csv"
        connection = self.cursor.connection
        with path.open("wb") as file, self.cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv, NULL '{NULL}')"):
            connection.wait(_take_rows(connection.pgconn, file))
        types = {name: "VARCHAR" if kind == "VARCHAR[]" else kind for name, kind in columns.items()}
        if not path.stat().st_size:
            path.unlink()
            empty = ", ".join(f'"{name}" {kind}' for name, kind in types.items())
            self.db.execute(f"CREATE OR REPLACE TABLE {into} ({empty})")
            return 0
        declared = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
        rows = self.db.execute(
            f"CREATE OR REPLACE TABLE {into} AS SELECT * FROM read_csv('{path}', header = false, auto_detect = false, "
            f"delim = ',', quote = '\"', escape = '\"', nullstr = '{NULL}', allow_quoted_nulls = false, "
            f"max_line_size = 33554432, parallel = false, columns = {{{declared}}})"
        ).fetchone()[0]
        path.unlink()
        return rows

    def send(self, sql: str, table: str, columns: list[str], on_bytes: Any = None) -> None:
        """COPY a SELECT of DuckDB into a PostgreSQL table."""
        path = self.folder / f"sent-{next(self._number)}.csv"
        self.db.execute(f"COPY ({sql}) TO '{path}' (FORMAT csv, HEADER false, NULLSTR '{NULL}')")
        names = ", ".join(f'"{name}"' for name in columns)
        statement = f"COPY {table} ({names}) FROM STDIN (FORMAT csv, NULL '{NULL}')"
        with path.open("rb") as file, self.cursor.copy(statement) as copy:
            while chunk := file.read(CHUNK_BYTES):
                copy.write(chunk)
                if on_bytes:
                    on_bytes(len(chunk))
        path.unlink()

    def send_keys(self, sql: str, table: str) -> None:
        """The texts that a SELECT of DuckDB gives, into a temporary table (key) that plans well."""
        self.cursor.execute(f"DROP TABLE IF EXISTS {table}")
        self.cursor.execute(f"CREATE TEMP TABLE {table} (key text) ON COMMIT DROP")
        self.send(sql, table, ["key"])
        self.cursor.execute(f"ANALYZE {table}")

    def take_ids(self, table: str, number: int) -> None:
        """So many new ids of a table's sequence, into the DuckDB table `fresh` (id, n from 1)."""
        # The sequence is looked up once, not once per id; and ids without a gap need not travel one by one.
        self.cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        taken = (
            f"SELECT nextval('{self.cursor.fetchone()[0]}'::regclass) AS id FROM generate_series(1, {number})"
        )
        self.cursor.execute("DROP TABLE IF EXISTS taken_ids")
        self.cursor.execute(f"CREATE TEMP TABLE taken_ids ON COMMIT DROP AS {taken}")
        self.cursor.execute("SELECT min(id), max(id) FROM taken_ids")
        first, last = self.cursor.fetchone()
        if last - first + 1 == number:
            self.db.execute(
                f"CREATE OR REPLACE TABLE fresh AS SELECT {first} + n - 1 AS id, n FROM range(1, {number} + 1) r(n)"
            )
        else:
            self.fetch(
                "SELECT id, row_number() OVER () FROM taken_ids", {"id": "BIGINT", "n": "BIGINT"}, "fresh"
            )


def _take_rows(pgconn: PGconn, file: BinaryIO) -> Generator[Wait, Ready, None]:
    """Write what a COPY gives, as psycopg's own `Copy` does; but that waits anew for each row, which takes half a microsecond more
    for each of some millions."""
    size, row = pgconn.get_copy_data(1)
    while size >= 0:
        if size:
            file.write(row)
        else:  # nothing has arrived yet
            while not (yield Wait.R):
                pass
            pgconn.consume_input()
        size, row = pgconn.get_copy_data(1)
    ends = list(iter(pgconn.get_result, None))  # all of them: before, the connection takes no other statement
    if ends[0].status != ExecStatus.COMMAND_OK:
        raise error_from_result(ends[0])


def stored_value(name: str, kind: str) -> str:
    """A stored column as PostgreSQL sends it."""
    if kind == "VARCHAR[]":
        return f'array_to_string("{name}", chr(31))'
    return f'"{name}"'


def sent_value(name: str, kind: str) -> str:
    """A planned column as DuckDB writes it for PostgreSQL: a list as an array literal."""
    if kind != "VARCHAR[]":
        return f'"{name}"'
    item = "'\"' || replace(replace(x, '\\', '\\\\'), '\"', '\\\"') || '\"'"
    parts = f'list_transform(string_split("{name}", {LIST_MARK}), lambda x: {item})'
    return f"CASE WHEN coalesce(\"{name}\", '') = '' THEN '{{}}' ELSE '{{' || array_to_string({parts}, ',') || '}}' END"
