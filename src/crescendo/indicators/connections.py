"""Connections that speak Arrow to the same database, as the same role, as Django's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

_DJANGO_ONLY = {"cursor_factory", "context", "prepare_threshold", "server_side_binding"}


def _address() -> str:
    wanted = connection.get_connection_params()
    return make_conninfo(**{key: value for key, value in wanted.items() if key not in _DJANGO_ONLY})


@contextmanager
def arrow_transaction(*, read_only: bool) -> "Iterator[adbc.Cursor]":
    """One transaction. Reading: repeatable read, so that every table is seen at the same moment.

    Left by an error, it is rolled back; a process that dies leaves the same to PostgreSQL.
    """
    import adbc_driver_postgresql.dbapi as adbc  # noqa: PLC0415  (a second and more, and few processes need it)

    with adbc.connect(_address()) as opened, opened.cursor() as cursor:
        if read_only:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            # The same rows come in the same order, so that the same facts make the same file.
            cursor.execute("SET LOCAL max_parallel_workers_per_gather = 0")
            cursor.execute("SET LOCAL synchronize_seqscans = off")
        try:
            yield cursor
        except BaseException:
            opened.rollback()
            raise
        opened.commit()


def rows(cursor: "adbc.Cursor", query: str) -> list[tuple]:
    """The rows of a small SELECT."""
    cursor.execute(query)
    return cursor.fetchall()


def server_process(cursor: "adbc.Cursor") -> Path | None:
    """Where this machine keeps the accounts of the server's process; None when the server is elsewhere."""
    if not connection.settings_dict["HOST"].startswith("/"):
        return None
    found = Path("/proc") / str(rows(cursor, "SELECT pg_backend_pid()")[0][0]) / "stat"
    return found if found.exists() else None
