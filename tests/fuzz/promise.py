"""What every parser promises about any bytes: rows and findings, or a refusal that says why; and nothing else.

No other exception; every row that was read is handed over, kept, or set aside; and nothing is written outside the folder
of the run. Time and memory are bounded by who calls: libFuzzer's limits in `make fuzz`, `bounded()` in the tests.
"""

import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from crescendo.core import school_time
from crescendo.imports import bench as benches
from crescendo.imports.bench import RawFile, Workbench, text
from crescendo.imports.findings import ERROR, Refused

ON, AT = date(2026, 11, 20), datetime(2026, 11, 20, 12, tzinfo=UTC)
OF_NOTHING = {
    "stored_ids": "('0', '0/0')",
    "last_run": "(NULL)",
}  # sums and the like: one row also of an empty site
MOST_SECONDS = 20  # for some kilobytes: no parser of ours may take longer, on the slowest machine


class _Attached:
    """A database of its own for one run, inside a DuckDB that stays: opening a DuckDB costs fifteen times as much."""

    def __init__(self, base: duckdb.DuckDBPyConnection, functions: set[str]) -> None:
        self.base, self.functions = base, functions
        base.execute("ATTACH ':memory:' AS run; USE run")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.base, name)

    def create_function(self, name: str, *how: Any, **more: Any) -> None:
        """Made once, in the DuckDB that stays."""
        if name not in self.functions:
            self.functions.add(name)
            self.base.execute("USE memory")
            self.base.create_function(name, *how, **more)
            self.base.execute("USE run")

    def close(self) -> None:
        for (view,) in self.base.execute(
            "SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal"
        ).fetchall():
            self.base.execute(f'DROP VIEW IF EXISTS temp."{view.replace(chr(34), chr(34) * 2)}"')
        for (table,) in self.base.execute(
            "SELECT table_name FROM duckdb_tables() WHERE temporary"
        ).fetchall():
            self.base.execute(f'DROP TABLE IF EXISTS temp."{table.replace(chr(34), chr(34) * 2)}"')
        self.base.execute("USE memory; DETACH run")


class _Opening:
    """Stands for the module `duckdb` in the workbench: its `connect` gives a database inside the one that stays."""

    def __init__(self) -> None:
        self.base: duckdb.DuckDBPyConnection | None = None
        self.functions: set[str] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(duckdb, name)

    def connect(self, _where: str, config: dict[str, Any]) -> Any:
        if self.base is None:
            self.base = duckdb.connect(":memory:", config=config | {"threads": 1, "memory_limit": "512MB"})
        return _Attached(self.base, self.functions)


@contextlib.contextmanager
def quickly() -> Iterator[None]:
    """While it lasts, workbenches share one DuckDB, and the site says nothing of its zone: there is no database of ours."""
    told = school_time._read_site
    benches.duckdb = _Opening()
    school_time.read_site_by(lambda: (None, ""))
    try:
        yield
    finally:
        benches.duckdb = duckdb
        school_time.read_site_by(told)


class Lost(AssertionError):
    """A row that was read is nowhere."""


class WroteOutside(AssertionError):
    """Something was written that does not lie in the run's folder."""


@contextlib.contextmanager
def place() -> Iterator[tuple[Path, Path]]:
    """A folder for what came and one for the run; afterwards nothing else may lie beside them."""
    root = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
    came, run = root / "came", root / "run"
    came.mkdir()
    run.mkdir()
    try:
        yield came, run
        if beside := {one.name for one in root.iterdir()} - {"came", "run"}:
            raise WroteOutside(f"beside the run's folder: {sorted(beside)}")
    finally:
        shutil.rmtree(root, ignore_errors=True)


def put(folder: Path, files: dict[str, bytes]) -> list[RawFile]:
    """The files as landing keeps them: under names of ours, with the sender's beside them."""
    kept = []
    for position, (name, content) in enumerate(files.items()):
        path = folder / f"{position:064d}"
        path.write_bytes(content)
        kept.append(RawFile(name, path))
    return kept


def workbench(files: list[RawFile], run: Path, *, strict: bool = False, settings: dict[str, Any] | None = None,
              options: dict[str, Any] | None = None) -> Workbench:  # fmt: skip
    """A workbench as the pipeline makes one, of a site that holds nothing yet."""
    made = Workbench(
        files, run, "sis", settings or {}, strict, ON, AT, lambda *_: None, lambda *_: 0, options or {}
    )

    def fetch_nothing(_sql: str, columns: dict[str, str], into: str) -> int:
        listed = ", ".join(
            f'"{name}" {"VARCHAR" if kind == "VARCHAR[]" else kind}' for name, kind in columns.items()
        )
        made.db.execute(f"CREATE OR REPLACE TABLE {into} ({listed})")
        if into in OF_NOTHING:
            made.db.execute(f"INSERT INTO {into} VALUES {OF_NOTHING[into]}")
        return 0

    made.fetch_stored = fetch_nothing
    return made


def keep(stage: Callable[[Workbench], None], files: dict[str, bytes], **how: Any) -> list[str]:
    """Stage the files and hold the stage to its promise; the codes of what it found."""
    with place() as (came, run):
        bench = workbench(put(came, files), run, **how)
        before = {one.path: one.path.stat().st_mtime_ns for one in bench.files}
        try:
            stage(bench)
            bench.stop_on_errors()
            account(bench)
        except Refused:
            if not any(one.severity == ERROR and one.what_to_do for one in bench.found):
                raise Lost("refused without a word of what to do") from None
        finally:
            bench.close()
        if {one: one.stat().st_mtime_ns for one in came.iterdir()} != before:
            raise WroteOutside("what came was changed")
        return [one.code for one in bench.found]


def account(bench: Workbench) -> None:
    """Read = handed over + kept + set aside, for every file; every value that is handed over can be worked out."""
    for name, table in bench.tables.items():
        parts = [f"SELECT _row FROM ({sql})" for file, sql in bench.kept_only if file == name]
        parts.append(f"SELECT _row FROM set_aside WHERE file = {text(name)}")
        for position, one in enumerate(bench.hand_overs):
            if name in (one.file, *one.also):
                bench.db.execute(f"CREATE OR REPLACE TEMP TABLE handed_{position} AS {one.sql}")
                _look_for_unfit(bench, f"handed_{position}")
            if one.file == name:
                given = {row[0] for row in bench.db.execute(f"DESCRIBE handed_{position}").fetchall()}
                parts += [f"SELECT _row FROM handed_{position}"] if "_row" in given else []
            if name in one.also:
                parts.append(f"SELECT {one.also[name][0]} FROM handed_{position}")
        union = " UNION ".join(parts)
        found = bench.db.execute(f"SELECT count(*) FROM ({union}) o(_row) WHERE _row IS NOT NULL").fetchall()[
            0
        ][0]
        if found != table.rows:
            raise Lost(f"{name}: {table.rows} rows read, {found} handed over, kept or set aside")


def _look_for_unfit(bench: Workbench, relation: str) -> None:
    """PostgreSQL keeps no text with a character of code 0: a row that has one would break the whole run when it is applied."""
    described = bench.db.execute(f"DESCRIBE {relation}").fetchall()
    names = [row[0] for row in described if row[1] in ("VARCHAR", "VARCHAR[]", "JSON")]
    for name in names:
        told = f"contains({benches.quoted(name)}::VARCHAR, chr(0))"
        if bench.db.execute(f"SELECT count(*) FROM {relation} WHERE {told}").fetchall()[0][0]:
            raise Lost(f"{relation}.{name} holds a text that no database keeps")


@contextlib.contextmanager
def bounded(seconds: int = MOST_SECONDS) -> Iterator[None]:
    """A parser that does not come back is a failure, not a test that hangs."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def parts_of(data: bytes, names: tuple[str, ...]) -> dict[str, bytes]:
    """Several files out of one input: a line `== name` begins the next. So that a fuzzer can also move rows between files."""
    found: dict[str, bytes] = {}
    name, lines = names[0], list[bytes]()
    for line in data.splitlines(keepends=True):
        wanted = line.strip().removeprefix(b"== ").decode("latin-1") if line.startswith(b"== ") else ""
        if wanted in names:
            found |= {name: b"".join(lines)} if lines else {}
            name, lines = wanted, []
        else:
            lines.append(line)
    return found | ({name: b"".join(lines)} if lines else {})
