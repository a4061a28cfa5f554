"""Puts a school's new numbers into the current run: only rows that differ are written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.models import Max

import edmeasures
from crescendo.indicators.evaluation import Evaluated
from crescendo.indicators.live_slice import Slice
from crescendo.indicators.models import GroupValue, LiveBase, MeasurementRun, Result, Series, StudentValue
from crescendo.indicators.protection import with_protection
from crescendo.indicators.publication import (
    GROUP_COLUMNS,
    STUDENT_COLUMNS,
    as_arrays,
    as_bytes,
    by_block,
    whole_and_parts,
)
from edmeasures import catalog

STUDENT_KEY = ("student_id", "school_id", "indicator", "rule_pack")
GROUP_KEY = ("organisation_id", "indicator", "rule_pack", "characteristic", "group_value")
SERIES_KEY = ("organisation_id", "indicator", "rule_pack", "period")
Row = dict[str, Any]


@dataclass(frozen=True)
class Bases:
    """The parts of each block of students, and the reference tables."""

    parts: dict[str, pa.Table]
    references: dict[str, pa.Table]


def write(
    *,
    run: MeasurementRun,
    school_id: int,
    above: Sequence[int],
    taken: Slice,
    codes: Sequence[str],
    found: Evaluated,
    bases: Bases,
) -> list[str]:
    """Write everything that differs; returns the topics of the pages that show it."""
    _write_received(run, taken.tables["sources_received"], bases.references["sources_received"])
    parts = _write_parts(run, school_id, codes, found.parts, bases.parts)
    students = _write_students(run, taken.student_ids, codes, found.students)
    groups = _write_groups(run, school_id, above, codes, found, parts)
    organisations = groups | _write_series(run, school_id, above, codes, found.series)
    return [f"student:{pk}" for pk in sorted(students)] + [
        f"organisation:{pk}" for pk in sorted(organisations)
    ]


def _write_received(run: MeasurementRun, now: pa.Table, before: pa.Table) -> None:
    """What came first from a school, so that the next school's pass knows it of the students they share."""
    if set(map(tuple, _came(now))) != set(map(tuple, _came(before))):
        LiveBase.objects.filter(run_id=run.pk, kind=LiveBase.Kind.REFERENCE, name="sources_received").update(
            content=as_bytes(now)
        )


def _came(received: pa.Table) -> list[list[Any]]:
    came = received.filter(pc.greater(received["n_rows"], 0))
    return [[row["school_id"], row["source"]] for row in came.to_pylist()]


def _write_students(
    run: MeasurementRun, student_ids: Sequence[int], codes: Sequence[str], students: pa.Table
) -> set[int]:
    new = whole_and_parts(students.select(STUDENT_COLUMNS)).to_pylist()
    columns = (*STUDENT_COLUMNS, "is_whole")
    stored = StudentValue.objects.filter(run_id=run.pk, student_id__in=student_ids, indicator__in=codes)
    return {row["student_id"] for row in _replace(StudentValue, run, stored, new, STUDENT_KEY, columns)}


def _write_parts(
    run: MeasurementRun, school_id: int, codes: Sequence[str], new: pa.Table, stored: dict[str, pa.Table]
) -> pa.Table:
    """Replace the affected indicators of every block with a student of this school. Returns all blocks' parts of them."""
    fresh = by_block(new)
    here = {block for block in {*stored, *fresh} if str(school_id) in block.split(" ")}
    measured = pa.array(list(codes), pa.string())
    for block in here:
        kept = stored.get(block)
        others = [kept.filter(pc.invert(pc.is_in(kept["indicator"], measured)))] if kept is not None else []
        mine = [fresh[block]] if block in fresh else []
        table = pa.concat_tables([*others, *mine], promote_options="permissive")
        if kept is None or not table.equals(kept):
            stored[block] = table
            LiveBase.objects.update_or_create(
                run_id=run.pk, kind=LiveBase.Kind.PARTS, name=block, defaults={"content": as_bytes(table)}
            )
    wanted = [table.filter(pc.is_in(table["indicator"], measured)) for table in stored.values()]
    return pa.concat_tables(wanted, promote_options="permissive") if wanted else new


def _write_groups(
    run: MeasurementRun,
    school_id: int,
    above: Sequence[int],
    codes: Sequence[str],
    found: Evaluated,
    parts: pa.Table,
) -> set[int]:
    stored = GroupValue.objects.filter(run_id=run.pk, indicator__in=codes)
    columns = (*GROUP_COLUMNS, "is_suppressed", "shown")
    before = list(stored.values(*columns, "id"))
    new = {_key(row, GROUP_KEY): row for row in before}
    for key in [key for key in new if key[0] == school_id or key[0] in above]:
        del new[key]
    for row in _organisation_rows(school_id, above, found, parts):
        new[_key(row, GROUP_KEY)] = row
    table = pa.Table.from_pylist(list(new.values()), schema=found.groups.select(GROUP_COLUMNS).schema)
    protected = with_protection(table, found.organisations).to_pylist()
    changed = _replace(GroupValue, run, stored, protected, GROUP_KEY, columns, before=before)
    return {row["organisation_id"] for row in changed}


def _organisation_rows(
    school_id: int, above: Sequence[int], found: Evaluated, parts: pa.Table
) -> Iterable[Row]:
    """The school as the slice measured it; those above, from all blocks; how fresh the data are, everywhere."""
    in_parts = set(pc.unique(parts["organisation_id"]).to_pylist()) if parts.num_rows else set()
    for row in found.groups.select(GROUP_COLUMNS).to_pylist():
        place = row["organisation_id"]
        # A district of one school is that school's set of students.
        if place == school_id or (place in above and place not in in_parts) or _is_lag(row["indicator"]):
            yield row
    wanted = parts.filter(pc.is_in(parts["organisation_id"], pa.array(list(above), pa.int64())))
    if wanted.num_rows:
        pairs = {
            (r["indicator"], r["rule_pack"]) for r in wanted.select(["indicator", "rule_pack"]).to_pylist()
        }
        yield from edmeasures.roll_up(wanted, sorted(pairs)).select(GROUP_COLUMNS).to_pylist()


def _is_lag(code: str) -> bool:
    return catalog.get(code).kind == "lag"


def _write_series(
    run: MeasurementRun, school_id: int, above: Sequence[int], codes: Sequence[str], weeks: pa.Table
) -> set[int]:
    """The school's weeks as measured; those above are the sums of their schools' weeks."""
    columns = (*SERIES_KEY, "begins_on", "numerator", "denominator", "value")
    mine = weeks.filter(pc.equal(weeks["organisation_id"], school_id))
    new = as_arrays(mine).to_pylist()
    stored = Series.objects.filter(run_id=run.pk, indicator__in=codes)
    changed = _replace(Series, run, stored.filter(organisation_id=school_id), new, SERIES_KEY, columns)
    if not changed:
        return set()
    found = {school_id}
    for place in above:
        schools = _schools_below(place)
        rows = stored.filter(organisation_id__in=schools).values(*columns).order_by("organisation_id", "id")
        new = _summed(place, list(rows))
        if _replace(Series, run, stored.filter(organisation_id=place), new, SERIES_KEY, columns):
            found.add(place)
    return found


def _schools_below(organisation_id: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE below AS (SELECT id, kind FROM roster_organisation WHERE id = %s UNION "
            "SELECT o.id, o.kind FROM roster_organisation o JOIN below b ON o.parent_id = b.id) "
            "SELECT id FROM below WHERE kind = 'school' ORDER BY id",
            [organisation_id],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _summed(organisation_id: int, rows: Sequence[Row]) -> list[Row]:
    weeks: dict[tuple[str, str, str], dict[date, list[float]]] = defaultdict(dict)
    for row in rows:
        sums = weeks[row["indicator"], row["rule_pack"], row["period"]]
        for on, x, y in zip(row["begins_on"], row["numerator"], row["denominator"], strict=True):
            total = sums.setdefault(on, [0.0, 0.0])
            total[0] += x or 0.0
            total[1] += y or 0.0
    found = []
    for (indicator, rule_pack, period), sums in weeks.items():
        scale = catalog.get(indicator).scale
        ordered = sorted(sums.items())
        found.append(
            {
                "organisation_id": organisation_id,
                "indicator": indicator,
                "rule_pack": rule_pack,
                "period": period,
                "begins_on": [on for on, _ in ordered],
                "numerator": [x for _, (x, _y) in ordered],
                "denominator": [y for _, (_x, y) in ordered],
                "value": [scale * x / y for _, (x, y) in ordered],
            }
        )
    return found


def _key(row: Row, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[column] for column in key)


def _same(one: Any, other: Any) -> bool:
    """Equal numbers: sums of doubles run in another order each time, and a page is not told of that."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return one == other


def _replace(
    model: type[Result],
    run: MeasurementRun,
    stored: Any,
    new: Sequence[Row],
    key: Sequence[str],
    columns: Sequence[str],
    before: Sequence[Row] | None = None,
) -> list[Row]:
    """Make the stored rows say what the new ones say; returns the rows that changed."""
    old = {_key(row, key): row for row in (before or list(stored.values(*columns, "id")))}
    wanted = {_key(row, key): row for row in new}
    gone = [row for k, row in old.items() if k not in wanted]
    changed = [
        (old[k]["id"], row)
        for k, row in wanted.items()
        if k in old and not all(_same(row[c], old[k][c]) for c in columns)
    ]
    added = [row for k, row in wanted.items() if k not in old]
    if gone:
        model.objects.filter(run_id=run.pk, id__in=[row["id"] for row in gone]).delete()
    for pk, row in changed:
        model.objects.filter(run_id=run.pk, id=pk).update(**{c: row[c] for c in columns})
    if added:
        first = (model.objects.filter(run_id=run.pk).aggregate(last=Max("id"))["last"] or 0) + 1
        model.objects.bulk_create(
            model(run_id=run.pk, id=first + n, **{c: row[c] for c in columns}) for n, row in enumerate(added)
        )
    return [*gone, *(row for _, row in changed), *added]
