"""`crescendo demo`: find the demo district or build it. No Django here: each step is a process of its own role.

The demo builds only in a database that is empty or that an earlier demo made. A build that was killed is done again
from the start: the row that says "finished" is the last one written.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from crescendo import database

if TYPE_CHECKING:
    from collections.abc import Iterator

# Raise it when the demo must look different: whoever has the older one gets the new one at the next start.
VERSION = 2
STUDENTS = 600
SEED = 1
LOCK = 7214  # two demos started at once: the second waits for the first

PACKAGE = Path(__file__).resolve().parents[1]


class NotOurs(Exception):
    """The database holds something that no demo made."""


@dataclass(frozen=True)
class Found:
    """What the database holds: nothing, tables, somebody's data, or a demo (finished or not)."""

    has_tables: bool = False
    has_other_data: bool = False
    is_demo: bool = False
    is_finished: bool = False
    version: int = 0
    students: int = 0
    seed: int = 0
    lacks_migrations: bool = True


def look() -> Found:
    """Ask the database, in a few milliseconds and without Django."""
    with database.connect("owner") as connection:

        def one(sql: str) -> tuple:
            return connection.execute(sql).fetchone() or ()

        if one("SELECT to_regclass('pages_demobuild')") == (None,):
            used = one("SELECT to_regclass('django_migrations') IS NOT NULL")[0]
            return Found(has_tables=used, has_other_data=used and _has_people(connection))
        applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
        lacks = not _migrations_on_disk() <= applied
        row = one("SELECT finished_at IS NOT NULL, version, students, seed FROM pages_demobuild")
        if row:
            return Found(True, False, True, *row, lacks_migrations=lacks)
        return Found(True, _has_people(connection), lacks_migrations=lacks)


def _has_people(connection: "database.psycopg.Connection") -> bool:
    for table in ("accounts_user", "roster_organisation", "roster_student"):
        exists = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone() == (True,)
        if exists and connection.execute(f"SELECT EXISTS (SELECT FROM {table})").fetchone() == (True,):
            return True
    return False


def _migrations_on_disk() -> set[tuple[str, str]]:
    return {(path.parents[1].name, path.stem) for path in PACKAGE.glob("*/migrations/[0-9]*.py")}


def prepare(*, students: int | None, seed: int | None, fresh: bool) -> None:
    """Leave a finished demo district behind, building it only where there is none that fits."""
    database.settings_for("owner")  # starts the embedded server, which makes the database
    with _only_one() as server:
        found = look()
        if found.has_other_data and not found.is_demo:
            raise NotOurs(
                "This database holds people or organisations that no demo made, so the demo leaves it alone.\n"
                "Give the demo a place of its own: CRESCENDO_DATA=some/new/folder crescendo demo"
            )
        students = students or found.students or STUDENTS
        seed = found.seed if seed is None and found.is_demo else (SEED if seed is None else seed)
        fits = found.is_finished and (found.version, found.students, found.seed) == (VERSION, students, seed)
        if fits and not fresh:
            if found.lacks_migrations:
                _run("migrate")
            print(f"The demo district of {students} students is ready.", flush=True)
            return
        if found.is_demo:
            why = "is built again" if found.is_finished else "was interrupted while building: starting over"
            print(f"The demo district {why}.", flush=True)
            _empty(server)
        print("Making the tables", flush=True)
        _run("migrate", quiet=True)
        folder = database.data_directory() / "demo"
        _run("build-demo", str(students), str(seed), str(folder))


@contextmanager
def _only_one() -> "Iterator[database.psycopg.Connection]":
    """Hold the server's lock for demos. It goes with the connection, so a killed demo blocks nobody."""
    with database.connect("owner", to="postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield connection


def _empty(server: "database.psycopg.Connection") -> None:
    """Throw the demo's database away and make it anew. Only ever called for a database that a demo made."""
    name = str(database.settings_for("owner")["NAME"])
    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    server.execute(f'CREATE DATABASE "{name}"')


def _run(*verb: str, quiet: bool = False) -> None:
    """Run a verb of the command in its own process, because each plays another part."""
    command = [sys.executable, "-m", "crescendo", *verb]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}  # progress is shown even where it goes into a file
    output = subprocess.PIPE if quiet else None
    done = subprocess.run(command, check=False, stdout=output, text=True, env=environment)
    if done.returncode:
        if quiet:
            print(done.stdout)
        sys.exit(done.returncode)
