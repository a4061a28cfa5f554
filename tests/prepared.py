"""Databases that a run needs many times are made once and copied: one with the tables, one with the demo district.

Migrations take ten seconds and the demo a minute; PostgreSQL copies either in one. What was prepared is used as long
as nothing that it was made from has changed, by all processes of a run and by the next run.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from crescendo import database
from own_database import drop, environment_for

if TYPE_CHECKING:
    import psycopg

    Server = psycopg.Connection[tuple[object, ...]]

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src"
TABLES, DEMO = "crescendo_prepared_tables", "crescendo_prepared_demo"
LOCK = 7217  # the second process waits while the first prepares


def tables() -> str:
    """The name of a database in which every migration has run. Run `crescendo migrate` in a copy: roles may be newer."""
    with _server() as server:
        _prepare(
            server, TABLES, _remark("TABLES", _files_of_the_tables), lambda: _crescendo(TABLES, "migrate")
        )
    return TABLES


def demo(students: int) -> tuple[str, Path]:
    """The name of a database with a demo district, and the data folder that goes with it."""
    folder, like = _folder(), tables()

    def build() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _crescendo(DEMO, "demo", "--only-build", "--students", str(students))

    with _server() as server:
        if not folder.is_dir():
            drop(server, DEMO)
        _prepare(server, DEMO, f"{_remark('DEMO', _files_of_the_demo)} {students}", build, like=like)
    return DEMO, folder


def look_at_the_sources() -> None:
    """Once per run, before it has processes: whoever changes a file meanwhile sees the change in the next run."""
    _remark("TABLES", _files_of_the_tables)
    _remark("DEMO", _files_of_the_demo)


def _remark(what: str, files: Callable[[], Iterable[Path]]) -> str:
    """A hash of the files that it is made from."""
    variable = f"PREPARED_{what}_FROM"
    if variable not in os.environ:
        found = hashlib.sha256()
        for path in sorted(files()):
            found.update(str(path).encode() + path.read_bytes())
        os.environ[variable] = found.hexdigest()
    return os.environ[variable]


def _files_of_the_tables() -> set[Path]:
    """The migrations, and whatever they import."""
    waiting, found = [*SRC.glob("crescendo/*/migrations/*.py")], set()
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for module, names in re.findall(
            r"^\s*from (crescendo[\w.]*) import ([\w, ]+)", path.read_text(), re.M
        ):
            place = SRC.joinpath(*module.split("."))
            waiting += [place.with_suffix(".py"), place / "__init__.py"]
            waiting += [place / f"{name.split()[0]}.py" for name in names.split(",")]
    return found


def _files_of_the_demo() -> set[Path]:
    kinds = {".py", ".sql", ".toml", ".json"}
    return {path for path in SRC.rglob("*") if path.suffix in kinds} | {*ROOT.glob("requirements*.lock")}


def _folder() -> Path:
    return database.data_directory() / DEMO


@contextmanager
def _server() -> "Iterator[Server]":
    with database.connect("owner", to="postgres") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield connection


def _prepare(
    server: "Server", name: str, remark: str, make: Callable[[], None], *, like: str = "template1"
) -> None:
    """The remark on the database is written last: one that was left half-way is made again."""
    found = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    if found == (remark,):
        return
    drop(server, name)
    server.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
    make()
    server.execute(f"COMMENT ON DATABASE {name} IS '{remark}'")


def _crescendo(name: str, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crescendo", *arguments],
        env=environment_for(name, _folder()), cwd=ROOT, check=False, capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
