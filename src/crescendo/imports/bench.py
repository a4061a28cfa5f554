"""The workbench of one run: raw files, DuckDB, findings, rows set aside, and what is handed over to targets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from crescendo.core.names import sort_key

from . import csv_reading
from .findings import ERROR, NOTICE, OPEN_COLUMNS, ROW, Found, Refused, mask
from .targets import get_target
from .widths import find_too_wide

MEMORY_LIMIT = "1200MB"
# Most names are plain letters, whose key needs no Python: half a million calls would take seconds.
SORT_KEY = """
CREATE MACRO name_sort_key(family, given) AS CASE
    WHEN regexp_full_match(family || given, '[A-Za-z]+') AND family <> '' AND given <> ''
    THEN left(lower(family) || ' ' || lower(given), 520) ELSE folded_sort_key(family, given) END
"""
# A row of two scores that are wrong in the same way is one row; what stands for no single row counts for itself.
ROWS_OF_HITS = "count(DISTINCT _row) + count(*) FILTER (WHERE _row IS NULL)"
SET_ASIDE_SHOWN = 200  # rows kept per file and reason, masked; the counts are always exact


@dataclass(frozen=True)
class RawFile:
    """A file that was received (or unpacked from one that was): its name, and where its bytes are."""

    name: str
    path: Path


@dataclass(frozen=True)
class Table:
    """A CSV file as read: DuckDB relation, its text columns, and the header as it came."""

    name: str
    relation: str
    columns: tuple[str, ...]
    header: tuple[str, ...]
    rows: int
    bytes: int = 0  # of the file as it came


@dataclass(frozen=True)
class HandOver:
    """Rows that a source hands over to one target. `README.md` says what each part means."""

    target: str
    sql: str
    file: str
    mode: str
    present_sql: str
    also: dict[str, tuple[str, tuple[str, ...]]]
    window: tuple[date, date] | None
    update_only: bool
    is_unique: bool
    within_sql: str = ""
    within_years: tuple[int, ...] = ()
    called: dict[str, str] = field(default_factory=dict)

    def name_in_file(self, column: str) -> str:
        """What the file calls one of the target's columns; our own name where it has none for it."""
        return self.called.get(column, column)


@dataclass
class Workbench:
    """Everything a source needs while it reads and checks one delivery."""

    files: Sequence[RawFile]
    folder: Path
    source: str
    settings: dict[str, Any]
    strict: bool
    on: date
    at: datetime
    progress: Callable[[str, int, int | None], None]
    fetch_stored: Callable[
        [str, dict[str, str], str], int
    ]  # PostgreSQL SELECT, columns and types, DuckDB table
    options: dict[str, Any] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    hand_overs: list[HandOver] = field(default_factory=list)
    kept_only: list[tuple[str, str]] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)  # rows known to be as they were, by file
    when_applied: list[Callable[[int, list[Any]], None]] = field(default_factory=list)  # run id, pieces
    matches: dict[str, dict[str, str]] = field(default_factory=dict)
    renames: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # entity: (old id, new id)
    known: set[str] = field(default_factory=set)  # tables of `known_ids`
    open_columns: frozenset[str] = OPEN_COLUMNS  # whose values are shown as they came, in lower case

    def __post_init__(self) -> None:
        self.db = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": MEMORY_LIMIT,
                # One thread keeps the order of the file, by which PostgreSQL fills its indexes in half the time.
                "threads": 1,
                "temp_directory": str(self.folder / "spill"),
                "preserve_insertion_order": False,
            },
        )
        # The same folding of names as everywhere else, for the sort keys of people.
        self.db.create_function("folded_sort_key", sort_key, ["VARCHAR", "VARCHAR"], "VARCHAR")
        self.db.execute(SORT_KEY)
        self.db.execute("SET TimeZone = 'UTC'")
        self.db.execute("SET enable_progress_bar = false")  # we show our own
        self.db.execute(
            "CREATE TABLE set_aside (file VARCHAR, _row BIGINT, code VARCHAR, col VARCHAR, received VARCHAR)"
        )
        self.db.execute("CREATE TABLE remarks (file VARCHAR, _row BIGINT)")  # rows that a notice was about
        self.matches.update(self.settings.get("match", {}))

    def close(self) -> None:
        self.db.close()

    # -- reading -------------------------------------------------------------------------------------------------

    def read_csv(self, path: Path, name: str) -> Table:
        """Read a CSV file as text. Quote errors, wrong encodings and an empty file become errors of the run."""
        position = len(self.tables)
        if too_wide := find_too_wide(path, name):
            self.found.append(too_wide)
            self.tables[name] = Table(name, f"raw_{position}", (), (), 0)
            return self.tables[name]
        parquet = self.folder / f"raw-{position}.parquet"
        raw = csv_reading.read(
            path,
            name,
            parquet,
            strict=self.strict,
            on_rows=lambda done: self.progress(f"reading {name}", done, None),
        )
        self.found.extend(raw.found)
        columns = tuple(column for column in raw.columns if column)
        relation = f"raw_{position}"
        if parquet.exists() and not any(found.severity == ERROR for found in raw.found):
            cells = ", ".join(f"nullif({quoted(column)}, '') AS {quoted(column)}" for column in columns)
            self.db.execute(f"CREATE VIEW {relation} AS SELECT _row, {cells} FROM '{parquet}'")
        self.db.executemany(
            "INSERT INTO set_aside VALUES (?, ?, ?, ?, NULL)", [(name, *bad) for bad in raw.set_aside]
        ) if raw.set_aside else None
        self.tables[name] = Table(name, relation, columns, tuple(raw.header), raw.rows, path.stat().st_size)
        return self.tables[name]

    def known_ids(self, entity: str) -> str:
        """The DuckDB table of the ids (external_id, id) that this source already gave to things of a kind."""
        relation = f"known_{entity}"
        if relation not in self.known:
            self.known.add(relation)
            self.fetch_stored(
                f"SELECT external_id, object_id FROM roster_externalid WHERE entity = {text(entity)} "
                f"AND source = {text(self.source)}",
                {"external_id": "VARCHAR", "id": "BIGINT"},
                relation,
            )
        return relation

    # -- what is wrong -------------------------------------------------------------------------------------------

    def find(self, code: str, severity: str, *, received: object = None, **where: Any) -> None:
        """Write a finding down. `received` is masked here."""
        self.found.append(
            Found(code, severity, received=self.masked(received, where.get("column", "")), **where)
        )

    def masked(self, received: object, column: str) -> str:
        """What came, as far as it may be shown to whoever may see imports."""
        return mask(received, column, self.open_columns)

    def error(self, code: str, **where: Any) -> None:
        self.find(code, ERROR, **where)

    def notice(self, code: str, **where: Any) -> None:
        self.find(code, NOTICE, **where)

    def stop_on_errors(self) -> None:
        if any(found.severity == ERROR for found in self.found):
            raise Refused

    def report(self, sql: str, severity: str, *, expected: str = "", what_to_do: str = "") -> int:
        """One finding per (file, code, column) of a SELECT file, row, code, column, received; how many rows there were.

        With severity ROW the rows are set aside.
        """
        if not self.db.execute(f"SELECT 1 FROM ({sql}) LIMIT 1").fetchone():
            return 0
        self.db.execute(
            f'CREATE OR REPLACE TEMP TABLE hits AS SELECT file, row AS _row, code, "column" AS col, received FROM ({sql})'
        )
        groups = self.db.execute(
            f"SELECT file, code, col, {ROWS_OF_HITS}, min(_row), arg_min(received, _row) FROM hits GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        for file, code, column, count, row, received in groups:
            self.find(code, severity, file=file, row=row, column=column or "", expected=expected,
                      what_to_do=what_to_do, received=received, count=count)  # fmt: skip
        if groups and severity == ROW:
            self.db.execute("INSERT INTO set_aside SELECT DISTINCT * FROM hits")
        elif groups:
            self.db.execute("INSERT INTO remarks SELECT file, _row FROM hits WHERE _row IS NOT NULL")
        return sum(group[3] for group in groups)

    def set_aside(self, sql: str, *, expected: str = "", what_to_do: str = "") -> int:
        """Set rows aside: SELECT file, row, code, column, received. In strict mode the file is refused for them."""
        return self.report(sql, ERROR if self.strict else ROW, expected=expected, what_to_do=what_to_do)

    # -- what is right -------------------------------------------------------------------------------------------

    def hand_over(
        self,
        target: str,
        sql: str,
        *,
        file: str,
        mode: str = "changes",
        present_sql: str = "",
        also: dict[str, tuple[str, tuple[str, ...]]] | None = None,
        window: tuple[date, date] | None = None,
        update_only: bool = False,
        is_unique: bool = False,
        within_sql: str = "",
        within_years: tuple[int, ...] = (),
        called: dict[str, str] | None = None,
    ) -> None:
        """Hand rows over to a target. Nothing is read from `sql` before the pipeline plans the difference.

        `is_unique` says that the source has proved its keys unique already. `update_only`: rows that are not stored
        are set aside instead of created. `within_sql`, of facts: a SELECT of keys. The delivery speaks of these and of the
        rows handed over; whatever else is stored is known to be as it was delivered, in the years `within_years`.
        `called`: what the file calls the target's columns, so that a finding names a column that people find there.
        """
        get_target(target)
        if mode not in {"changes", "full"}:
            raise ValueError(f"The mode is '{mode}'. Use 'changes' or 'full'.")
        self.hand_overs.append(
            HandOver(
                target,
                sql,
                file,
                mode,
                present_sql,
                also or {},
                window,
                update_only,
                is_unique,
                within_sql,
                within_years,
                called or {},
            )
        )

    def keep_only(self, file: str, sql: str) -> None:
        """Rows (SELECT _row) that are checked and kept with the raw file: we have no table for them."""
        self.kept_only.append((file, sql))

    def rename(self, entity: str, old: str, new: str) -> None:
        """Say that the source calls a thing by a new id. Both ids name it from now on, and undo takes the new one back."""
        self.renames.setdefault(entity, []).append((old, new))

    def match(self, entity: str, *, source: str = "", by: str = "external_id") -> None:
        """Say how other systems' ids of an entity are looked up: ids of another source, or a column such as identifier."""
        self.matches[entity] = {"source": source or self.source, "by": by}


def quoted(name: str) -> str:
    """A name as a quoted SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as a quoted SQL literal."""
    return "'" + value.replace("'", "''") + "'"
