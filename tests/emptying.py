"""After a test that commits, its rows are deleted: a tenth of the time that Django's flush takes.

The flush truncates a hundred tables with their partitions and then writes the permissions again, whatever the test did.
A test fills ten tables with a few rows. Where it filled one with many, Django's own way is quicker, and is taken.
"""

import graphlib

from django.core.management import call_command
from django.db import connection, transaction

MANY = 3_000  # rows of one table: deleting checks every foreign key that points at each of them

TABLES = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND c.relname NOT IN ('django_migrations', 'indicators_factchange')  -- counters only ever rise
"""
POINTS_AT = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND conrelid <> confrelid
"""
RESULTS_OF_RUNS = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  AND relname ~ '^indicators_[a-z]+_r[0-9]+$'
"""


class Emptying:
    """Knows which rows stand in a new database, and brings the database back to them."""

    def __init__(self) -> None:
        self.tables = _children_first()
        self.standing = self._standing()

    def _standing(self) -> dict[str, list[str]]:
        return {table: _rows(table) for table in _filled(self.tables)}

    def __call__(self) -> None:
        if _filled(self.tables, beyond=MANY):
            call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
            with connection.cursor() as cursor:
                cursor.execute(
                    "TRUNCATE procrastinate_jobs CASCADE"
                )  # Django does not know the queue's tables
            self.standing = self._standing()
            return
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(RESULTS_OF_RUNS)
            if found := [name for (name,) in cursor.fetchall()]:
                cursor.execute(f"DROP TABLE {', '.join(found)}")
            self._delete()
            self._delete()  # what triggers wrote down about the first
            for table, rows in self.standing.items():
                if _rows(table) != rows:
                    cursor.execute(f"DELETE FROM {table}")
                    cursor.execute(
                        f"INSERT INTO {table} SELECT (line::{table}).* FROM unnest(%s::text[]) AS line",
                        [rows],
                    )

    def _delete(self) -> None:
        with connection.cursor() as cursor:
            for table in _filled(self.tables):
                if table not in self.standing:
                    cursor.execute(f"DELETE FROM {table}")


def _children_first() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        parents: dict[str, set[str]] = {name: set() for (name,) in cursor.fetchall()}
        cursor.execute(POINTS_AT)
        for child, parent in cursor.fetchall():
            if child in parents and parent in parents:
                parents[child].add(parent)
    return list(graphlib.TopologicalSorter(parents).static_order())[::-1]


def _filled(tables: list[str], *, beyond: int = 0) -> list[str]:
    """Those that hold more rows than that, in the same order."""
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name} OFFSET {beyond})" for name in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        found = {name for (name,) in cursor.fetchall()}
    return [name for name in tables if name in found]


def _rows(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT line::text FROM {table} AS line ORDER BY 1")
        return [line for (line,) in cursor.fetchall()]
