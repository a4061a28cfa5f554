"""A student's number again, from the copy of the facts that its run was measured from.

The rows are read out of the snapshot and go through the same `evaluate` (D4). Then each row is left out in turn, all in
one evaluation: every variant stands in for a student of its own. So a reader sees what each row does to the number,
whatever the measure, and no second implementation says so.
Whoever calls has let the viewer in: a snapshot knows no viewers.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from crescendo.indicators import registry, snapshot
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.snapshot import Part, Snapshot
from edmeasures import catalog
from edmeasures.tables import TABLES

MEMORY = "512MB"
# More rows than this are added up, but not left out one by one: the variants grow with the square of the rows.
MOST_VARIANTS = 400
WHOLE_STUDENT = 0  # the variant that leaves nothing out; row n is left out in variant n + 1
ARROW_TYPES = {
    "id": pa.int64(),
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
}
SURROUNDINGS = ("organisations", "calendar_days", "attendance_submissions", "assessments", "coursework_items")


@dataclass(frozen=True)
class Outcome:
    """What a measure makes of some rows."""

    numerator: float | None
    denominator: float | None
    value: float | None
    flag: bool | None
    reason: str


@dataclass(frozen=True)
class Row:
    """One fact of the student as the snapshot holds it, and what the number would be without it (None: not tried)."""

    table: str
    fact: Mapping[str, Any]
    without: Outcome | None

    def changes(self, outcome: Outcome) -> bool:
        """Whether leaving the row out makes a difference."""
        return self.without is not None and self.without != outcome


@dataclass(frozen=True)
class Retraced:
    """The student's rows behind one number, and what they make when they go through the measure again."""

    outcome: Outcome
    rows: tuple[Row, ...]
    surroundings: Mapping[str, pa.Table]

    def of_table(self, name: str) -> list[Row]:
        return [row for row in self.rows if row.table == name]


def find_snapshot(run: MeasurementRun) -> Snapshot | None:
    """The run's copy of the facts, if all of it is still kept on this machine."""
    manifest = snapshot.folder() / f"{run.snapshot_id}.json"
    try:
        entries = json.loads(manifest.read_text())
    except FileNotFoundError:
        return None
    parts = tuple(
        Part(e["dataset"], e["school_year"], "", e["content_hash"], e["rows"], was_read=False)
        for e in entries
    )
    return Snapshot(run.snapshot_id, parts) if all(part.path.exists() for part in parts) else None


def retrace(
    *,
    run: MeasurementRun,
    student_id: int,
    indicator: str,
    rule_pack: str,
    school_id: int | None = None,
    as_they_are_now: bool = False,
) -> Retraced | None:
    """The number made again from the student's rows in the run's snapshot; None where the snapshot is gone.

    With `as_they_are_now` the rows come out of the database instead, as far as this transaction's viewer may see them:
    for a number that was brought up to date by marks that the snapshot does not hold.
    """
    taken = find_snapshot(run)
    if taken is None:
        return None
    names = _tables_of(indicator)
    read = _read_present if as_they_are_now else _read
    own, around = read(taken, run, student_id, names)
    facts = [(name, fact) for name, table in own.items() for fact in table.to_pylist()]
    variants = len(facts) if len(facts) <= MOST_VARIANTS else 0
    tables = around | {name: _with_variants(own, name, variants) for name in own}
    tables |= _references(run, taken, around, indicator)
    outcomes = _evaluate(tables, run, indicator, rule_pack, school_id)
    nothing = Outcome(None, None, None, None, "not_enrolled")
    rows = tuple(
        Row(name, fact, outcomes.get(place + 1, nothing) if variants else None)
        for place, (name, fact) in enumerate(facts)
    )
    return Retraced(outcomes.get(WHOLE_STUDENT, nothing), rows, around)


def _tables_of(indicator: str) -> list[str]:
    """The fact tables that the measure reads, by its own declaration."""
    return [name for name in catalog.get(indicator).tables if name in registry.datasets()]


def _read(
    taken: Snapshot, run: MeasurementRun, student_id: int, names: Sequence[str]
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """The student's own rows, and what surrounds them: the calendar and submissions of their schools, the tests."""
    from edmeasures.backends.duckdb import Duck  # noqa: PLC0415  (the engine: only where rows are read)

    whole = taken.tables(school_year=run.school_year, as_of=run.as_of)
    wanted = {*names, *SURROUNDINGS} & set(whole)
    own: dict[str, pa.Table] = {}
    around: dict[str, pa.Table] = {}
    with Duck(memory_limit=MEMORY, threads=1) as duck:
        for name in sorted(wanted, key=list(TABLES).index):
            duck.declare(TABLES[name], whole[name], "BIGINT")
            columns = [column.name for column in TABLES[name].columns]
            if "student_id" in columns:
                order = ", ".join(f'"{column}"' for column in columns)
                own[name] = duck.arrow(
                    f'SELECT * FROM "{name}" WHERE student_id = {int(student_id)} ORDER BY {order}'
                )
        schools = sorted({school for table in own.values() for school in _values(table, "school_id")})
        places = ", ".join(str(int(school)) for school in schools) or "NULL"
        items = (
            ", ".join(str(int(item)) for item in _values(own.get("coursework_results"), "item_id")) or "NULL"
        )
        for name in wanted - set(own):
            where = {
                "calendar_days": f"school_id IN ({places})",
                "attendance_submissions": f"school_id IN ({places})",
                "coursework_items": f"item_id IN ({items})",
            }.get(name, "TRUE")
            around[name] = duck.arrow(f'SELECT * FROM "{name}" WHERE {where}')
    return own, around


def _read_present(
    taken: Snapshot, run: MeasurementRun, student_id: int, names: Sequence[str]
) -> tuple[dict[str, pa.Table], dict[str, pa.Table]]:
    """The same out of PostgreSQL. What surrounds the student is of their schools only, as above."""
    del taken  # what the rows are compared with still comes from it
    wanted = {*names, *SURROUNDINGS} & set(registry.datasets())
    own: dict[str, pa.Table] = {}
    around: dict[str, pa.Table] = {}
    in_order = sorted(wanted, key=list(TABLES).index)
    for name in in_order:
        if "student_id" in {column.name for column in TABLES[name].columns}:
            own[name] = _select_now(name, run, "student_id", {student_id})
    schools = {school for table in own.values() for school in _values(table, "school_id")}
    narrowed = {
        "calendar_days": ("school_id", schools),
        "attendance_submissions": ("school_id", schools),
        "coursework_items": ("item_id", _values(own.get("coursework_results"), "item_id")),
    }
    for name in in_order:
        if name not in own:
            around[name] = _select_now(name, run, *narrowed.get(name, ("", set())))
    return own, around


def _select_now(name: str, run: MeasurementRun, column: str, ids: set[int]) -> pa.Table:
    """A dataset's rows of the run's school year; those with one of the ids, where a column is named."""
    dataset, spec = registry.datasets()[name], TABLES[name]
    where = [f"school_year = {int(run.school_year)}"] if dataset.by_year else []
    where += [f"{column} = ANY (%(ids)s)"] if column else []
    condition = f"WHERE {' AND '.join(where)}" if where else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({dataset.select}) AS facts {condition}", {"ids": sorted(ids)})
        columns = [described.name for described in cursor.description]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    schema = pa.schema([(c.name, ARROW_TYPES[c.type]) for c in spec.columns if c.name in columns])
    rows.sort(key=lambda row: [(row[field] is None, str(row[field])) for field in schema.names])
    return pa.Table.from_pylist([{field: row[field] for field in schema.names} for row in rows], schema)


def _values(table: pa.Table | None, column: str) -> set[int]:
    if table is None or column not in table.column_names:
        return set()
    return set(pc.unique(table[column]).to_pylist())


def _with_variants(own: Mapping[str, pa.Table], name: str, variants: int) -> pa.Table:
    """The rows of one table for the whole student, and again for every variant, less the row that it leaves out."""
    table = own[name]
    first = sum(own[other].num_rows for other in list(own)[: list(own).index(name)])
    copies = [_as_student(table, WHOLE_STUDENT)]
    for variant in range(1, variants + 1):
        left_out = variant - 1 - first
        is_here = 0 <= left_out < table.num_rows
        kept = [table.slice(0, left_out), table.slice(left_out + 1)] if is_here else [table]
        copies.append(_as_student(pa.concat_tables(kept), variant))
    return pa.concat_tables(copies)


def _as_student(table: pa.Table, student_id: int) -> pa.Table:
    place = table.column_names.index("student_id")
    return table.set_column(place, "student_id", pa.array([student_id] * table.num_rows, pa.int64()))


def _references(
    run: MeasurementRun, taken: Snapshot, around: Mapping[str, pa.Table], indicator: str
) -> dict[str, pa.Table]:
    """What a student is compared with comes from everybody: it is made from the whole snapshot and kept a while."""
    found = _references_of(taken, run.school_year, run.as_of, catalog.get(indicator).subject == "assessment")
    return dict(found)


@lru_cache(maxsize=4)
def _references_of(
    taken: Snapshot, school_year: int, as_of: date, with_norms: bool
) -> tuple[tuple[str, pa.Table], ...]:
    """Which sources arrived from which school and, for tests, the norms. A run's snapshot never changes."""
    import edmeasures  # noqa: PLC0415  (the engine: only where a number is made again)

    whole = taken.tables(school_year=school_year, as_of=as_of)
    code = "mean_z_score" if with_norms else "data_freshness"
    left_aside = {"student_characteristics"}
    tables = {name: table for name, table in whole.items() if name not in left_aside}
    results = edmeasures.evaluate(
        tables, school_year=school_year, as_of=as_of, indicators=[code], memory_limit=MEMORY, threads=1
    )
    return tuple(results.references.items())


def _evaluate(
    tables: Mapping[str, pa.Table],
    run: MeasurementRun,
    indicator: str,
    rule_pack: str,
    school_id: int | None,
) -> dict[int, Outcome]:
    """Every variant's outcome, over all schools or at one."""
    import edmeasures  # noqa: PLC0415

    results = edmeasures.evaluate(
        tables,
        school_year=run.school_year,
        as_of=run.as_of,
        indicators=[indicator],
        rule_packs=[rule_pack],
        memory_limit=MEMORY,
        threads=1,
    )
    return {
        row["student_id"]: Outcome(
            row["numerator"], row["denominator"], row["value"], row["flag"], row["reason"] or ""
        )
        for row in results.students.to_pylist()
        if row["school_id"] == school_id
    }
