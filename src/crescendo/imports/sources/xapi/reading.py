# ruff: noqa: E501 (SQL reads better in its own lines)
"""Statements out of files: a list, one alone, a receiver's answer ({"statements": [...]}), or a line for each."""

import json
from collections import Counter
from collections.abc import Iterator
from hashlib import md5
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.utils.translation import gettext as _

from crescendo.core import school_time
from crescendo.imports.bench import RawFile, Table, Workbench, text
from crescendo.imports.json_reading import BOM, NotJson, read

from . import agents, meaning
from .statements import check
from .words import Invalid

BATCH = 10_000
LARGEST_LIST = 256 << 20  # of one JSON value; lines have no such bound
LONGEST_LINE = 16 << 20
SCHEMA = pa.schema(
    [("file", pa.string()), ("_row", pa.int64()), ("key", pa.string()), ("kind", pa.string()), ("voids", pa.string()),
     ("digest", pa.string()), ("data", pa.string()), ("on", pa.date32()), ("school_year", pa.int64()), ("verb", pa.string()),
     ("title", pa.string()), ("minutes", pa.float64()), ("actor", pa.string())]
)  # fmt: skip
CALLINGS = pa.schema([("actor", pa.string()), ("calling", pa.string())])


class Landing:
    """Statements on their way into DuckDB, `BATCH` at a time, and how each actor may be known."""

    def __init__(self, bench: Workbench) -> None:
        self.bench, self.rows, self.bad = bench, list[tuple[Any, ...]](), list[tuple[str, int, Invalid]]()
        self.callings: set[tuple[str, str]] = set()
        self.timeless: Counter[str] = Counter()
        self.language = str(bench.settings.get("language") or settings.LANGUAGE_CODE)
        self.zone = school_time.zone()
        bench.db.register("empty", SCHEMA.empty_table())
        bench.db.execute("CREATE TABLE statements AS SELECT * FROM empty")
        bench.db.unregister("empty")

    def add(self, file: str, row: int, statement: Any) -> None:
        try:
            check(statement, str(statement.get("version", "")) if isinstance(statement, dict) else "")
            on = meaning.day_of(statement, self.zone)
            if on and on > self.bench.on:
                raise Invalid("timestamp", _("it has not come yet"))
        except Invalid as problem:
            self.bad.append((file, row, problem))
            return
        actor = json.dumps(statement["actor"], sort_keys=True)
        self.callings.update((actor, calling) for calling in agents.callings(statement["actor"]))
        digest = md5(meaning.canonical(statement).encode(), usedforsecurity=False).hexdigest()
        self.rows.append(
            (file, row, meaning.key_of(statement), meaning.kind_of_record(statement), meaning.voids(statement), digest,
             json.dumps(statement, ensure_ascii=False), on, school_time.school_year_of(on) if on else None,
             meaning.verb_of(statement), meaning.title_of(statement, self.language), meaning.minutes_of(statement), actor)
        )  # fmt: skip
        if len(self.rows) >= BATCH:
            self._send()

    def _send(self) -> None:
        if self.rows:
            columns = [
                pa.array(values, field.type)
                for values, field in zip(zip(*self.rows, strict=True), SCHEMA, strict=True)
            ]
            self.bench.db.register("arriving", pa.Table.from_arrays(columns, schema=SCHEMA))
            self.bench.db.execute("INSERT INTO statements SELECT * FROM arriving")
            self.bench.db.unregister("arriving")
            self.rows.clear()

    def finish(self) -> None:
        self._send()
        actors, named = zip(*sorted(self.callings), strict=True) if self.callings else ((), ())
        self.bench.db.register("arriving", pa.table([pa.array(actors, pa.string()), pa.array(named, pa.string())], schema=CALLINGS))  # fmt: skip
        self.bench.db.execute("CREATE TABLE callings AS SELECT * FROM arriving")
        self.bench.db.unregister("arriving")
        for file, path, words in sorted({(file, p.path, p.words) for file, _row, p in self.bad}):
            rows = [row for name, row, p in self.bad if (name, p.path, p.words) == (file, path, words)]
            listed = ", ".join(f"({row})" for row in rows)
            self.bench.set_aside(
                f"""SELECT {text(file)} AS file, r AS row, 'statement.invalid' AS code, {text(path[:120])} AS "column", NULL AS received
                    FROM (VALUES {listed}) v(r)""",
                expected="a statement as xAPI 1.0.3 or 2.0 says", what_to_do=f"{path or 'The statement'}: {words}."[:300],
            )  # fmt: skip


def read_all(bench: Workbench) -> None:
    """All files into `statements`, checked; `callings` says how each actor may be known."""
    landing = Landing(bench)
    for position, raw in enumerate(bench.files):
        bench.progress(f"reading {raw.name}", position, len(bench.files))
        number = 0
        try:
            for row, statement in _statements(raw):
                number += 1
                landing.add(raw.name, row, statement)
        except NotJson as problem:
            bench.error("file.damaged_json", file=raw.name, row=number or None, expected="statements as JSON, or a line for each",
                        what_to_do=f"{problem}. Export it again.")  # fmt: skip
        bench.tables[raw.name] = Table(raw.name, "", (), (), number)
    landing.finish()


def _statements(raw: RawFile) -> Iterator[tuple[int, Any]]:
    """Each with its place: the number in the list, or the line."""
    with raw.path.open("rb") as file:
        first = file.readline(LONGEST_LINE + 1).strip()
        is_lines = first.startswith(b"{") and first.endswith(b"}") and bool(file.read(2).strip())
    if is_lines:
        yield from _lines(raw)
        return
    if raw.path.stat().st_size > LARGEST_LIST:
        raise NotJson(f"One list of more than {LARGEST_LIST >> 20} MB; send a line for each statement")
    body = raw.path.read_bytes()
    if not body.strip():
        raise NotJson("The file is empty")
    if body.removeprefix(BOM).lstrip()[:1] not in (b"{", b"["):
        raise NotJson("This is no JSON")
    try:
        value = read(body)
    except NotJson:
        raise NotJson("The JSON is damaged or was cut off") from None
    if isinstance(value, dict) and isinstance(value.get("statements"), list):
        value = value["statements"]
    yield from enumerate(value if isinstance(value, list) else [value], start=1)


def _lines(raw: RawFile) -> Iterator[tuple[int, Any]]:
    with raw.path.open("rb") as file:
        row = 0
        while line := file.readline(LONGEST_LINE + 1):
            row += 1
            if len(line) > LONGEST_LINE:
                raise NotJson(f"A line has more than {LONGEST_LINE >> 20} MB")
            if line.strip():
                try:
                    yield row, read(line)
                except NotJson:
                    yield row, None  # no statement: set aside like any that is none


def set_aside_contradictions(bench: Workbench) -> None:
    """A statement never changes: the same id with another content is set aside, in this delivery and against what is stored."""
    db, what = bench.db, "A statement never changes. Void it and send a new one with an id of its own."
    bench.set_aside(
        """SELECT file, _row AS row, 'statement.other_content' AS code, 'id' AS "column", NULL AS received FROM statements
           WHERE key IN (SELECT key FROM statements GROUP BY key HAVING count(DISTINCT digest) > 1)""",
        expected="one content for each id", what_to_do=what,
    )  # fmt: skip
    db.execute(
        "UPDATE statements SET data = t.data FROM (SELECT key, min(data) AS data FROM statements GROUP BY key) t WHERE t.key = statements.key"
    )
    _fetch_stored(bench)
    bench.set_aside(
        """SELECT s.file, s._row AS row, 'person.erased' AS code, 'id' AS "column", NULL AS received FROM statements s
           JOIN stored_statements t ON t.key = s.key WHERE t.data = '{}'""",
        expected="a statement about somebody who was not erased", what_to_do="Nothing: it stays forgotten.",
    )  # fmt: skip
    others = []
    for key, stored, digest in db.execute(
        """SELECT DISTINCT s.key, t.data, s.digest FROM statements s JOIN stored_statements t ON t.key = s.key
           WHERE t.data <> s.data AND t.data <> '{}'"""
    ).fetchall():
        if md5(meaning.canonical(json.loads(stored)).encode(), usedforsecurity=False).hexdigest() != digest:
            others.append(key)
    listed = ", ".join(map(text, others)) or "NULL"
    bench.set_aside(
        f"""SELECT file, _row AS row, 'statement.other_content' AS code, 'id' AS "column", NULL AS received FROM statements
            WHERE key IN ({listed})""",
        expected="the content that came before", what_to_do=what,
    )  # fmt: skip
    # Said in other words: what was kept stays, in the year in which it was put.
    db.execute(
        """UPDATE statements SET data = t.data, school_year = t.school_year, "on" = t."on"
           FROM stored_statements t WHERE t.key = statements.key AND t.data <> '{}'"""
    )
    db.execute(
        """INSERT INTO voided SELECT voids FROM statements
           WHERE voids <> '' AND (file, _row) NOT IN (SELECT (file, _row) FROM set_aside)"""
    )
    db.execute("UPDATE statements SET school_year = ? WHERE school_year IS NULL", [school_time.school_year_of(bench.on)])  # fmt: skip


def _fetch_stored(bench: Workbench) -> None:
    """`stored_statements`: what is kept of the ids of this delivery; `voided`: all that this source ever took back."""
    mine = f"source = {text(bench.source)}"
    bench.fetch_stored(
        f"""SELECT source_key, school_year, "on", data FROM records_keptrecord WHERE {mine} AND kind IN ('statement', 'voidingStatement')""",
        {"key": "VARCHAR", "school_year": "BIGINT", "on": "DATE", "data": "VARCHAR"}, "all_stored",
    )  # fmt: skip
    bench.db.execute(
        """CREATE TABLE stored_statements AS SELECT * FROM all_stored WHERE key IN (SELECT key FROM statements)"""
    )
    bench.db.execute("DROP TABLE all_stored")
    bench.fetch_stored(
        f"SELECT lower(data::jsonb->'object'->>'id') FROM records_keptrecord WHERE {mine} AND kind = 'voidingStatement'",
        {"key": "VARCHAR"}, "voided",
    )  # fmt: skip
