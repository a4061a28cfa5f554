"""A process whose children are killed: each forks off with Django loaded, imports a package, takes it back, and dies.

A script, for `test_killing.py`: arguments are the database and the package; each line of stdin, `statement microseconds`,
is one child, killed with -9 so long after it came to that statement (0: it lives to its end). A line of stdout answers.
"""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]

import django  # noqa: E402  (it reads the settings)

django.setup()

import duckdb  # noqa: E402
import psycopg  # noqa: E402

import packages  # noqa: E402
from crescendo.imports import actions  # noqa: E402

MOMENTS = (
    (psycopg.Cursor, "execute"),
    (psycopg.Cursor, "executemany"),
    (psycopg.Cursor, "copy"),
    (psycopg.Copy, "write"),
    (psycopg.Connection, "commit"),
    (os, "replace"),
)


class Counting:
    """Counts what the child does on PostgreSQL and DuckDB, and tells the killer when it comes to the named one."""

    def __init__(self, fatal: int, pipe: int) -> None:
        self.fatal, self.pipe, self.number = fatal, pipe, 0

    def step(self) -> None:
        self.number += 1
        if self.number == self.fatal:
            os.write(self.pipe, b"x")

    def wrap(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self.step()
            return real(*given, **named)

        return counted

    def watch(self) -> None:
        for owner, name in MOMENTS:
            setattr(owner, name, self.wrap(getattr(owner, name)))
        real = duckdb.connect
        duckdb.connect = lambda *given, **named: CountedTables(real(*given, **named), self)


class CountedTables:
    """DuckDB's connection, whose own method cannot be replaced."""

    def __init__(self, real: duckdb.DuckDBPyConnection, counting: Counting) -> None:
        self._real, self.execute = real, counting.wrap(real.execute)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _live(path: Path, fatal: int, pipe: int) -> None:
    """The child's life: one import, and its undo."""
    counting = Counting(fatal, pipe)
    counting.watch()
    run = packages.bring_in(path)
    assert run.state == "applied", (run.state, run.message)
    imported = counting.number
    actions.undo(run, by=None, at=packages.AT)
    os.write(pipe, json.dumps([imported, counting.number]).encode())


def _kill_one(path: Path, fatal: int, microseconds: int) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            _live(path, fatal, writing)
        except BaseException:
            os.write(writing, traceback.format_exc().encode())
            os._exit(1)
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 1)
    if said == b"x":
        time.sleep(microseconds / 1e6)
        os.kill(child, signal.SIGKILL)
    while more := os.read(reading, 1 << 16):
        said += more
    os.close(reading)
    _, status = os.waitpid(child, 0)
    return {"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0, "said": said.decode()}


for line in sys.stdin:
    number, delay = map(int, line.split())
    print(json.dumps(_kill_one(Path(sys.argv[2]), number, delay)), flush=True)
