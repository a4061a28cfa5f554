"""Puts a school's new numbers into the current run: only rows that differ are written."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import count
from operator import itemgetter
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.models import Max, Q, QuerySet

import edmeasures
from crescendo.indicators.evaluation import Evaluated
from crescendo.indicators.live_memory import Bases
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
from edmeasures import catalog, disclosure

STUDENT_KEY = ("student_id", "school_id", "indicator", "rule_pack")
GROUP_KEY = ("organisation_id", "indicator", "rule_pack", "characteristic", "group_value")
SERIES_KEY = ("organisation_id", "indicator", "rule_pack", "period")
Row = dict[str, Any]
Key = tuple[Any, ...]
Values = tuple[Any, ...]  # one row, in the order of the columns
Stored = tuple[Any, ...]  # the same, and the row's id behind


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
    _write_received(run, taken.tables["sources_received"], bases.references)
    parts = _write_parts(run, school_id, codes, found.parts, bases.parts)
    students = _write_students(run, taken.student_ids, codes, found.students)
    groups = _write_groups(run, school_id, above, codes, found, parts)
    organisations = groups | _write_series(run, school_id, above, codes, found.series)
    return [f"student:{pk}" for pk in sorted(students)] + [
        f"organisation:{pk}" for pk in sorted(organisations)
    ]


def _write_received(run: MeasurementRun, now: pa.Table, references: dict[str, pa.Table]) -> None:
    """What came first from a school, so that the next school's pass knows it of the students they share."""
    if set(map(tuple, _came(now))) != set(map(tuple, _came(references["sources_received"]))):
        references["sources_received"] = now
        LiveBase.objects.filter(run_id=run.pk, kind=LiveBase.Kind.REFERENCE, name="sources_received").update(
            content=as_bytes(now)
        )


def _came(received: pa.Table) -> list[list[Any]]:
    came = received.filter(pc.greater(received["n_rows"], 0))
    return [[row["school_id"], row["source"]] for row in came.to_pylist()]


def _write_students(
    run: MeasurementRun, student_ids: Sequence[int], codes: Sequence[str], students: pa.Table
) -> set[int]:
    columns = (*STUDENT_COLUMNS, "is_whole")
    new = _rows(whole_and_parts(students.select(STUDENT_COLUMNS)), columns)
    stored = StudentValue.objects.filter(run_id=run.pk, student_id__in=student_ids, indicator__in=codes)
    changed = _replace(StudentValue, run, STUDENT_KEY, columns, _stored(stored, columns), new)
    return {row[columns.index("student_id")] for row in changed}


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
    """The groups of the school and of those above it, and how fresh the data are everywhere; protection with them."""
    columns = (*GROUP_COLUMNS, "is_suppressed", "shown")
    all_stored = GroupValue.objects.filter(run_id=run.pk, indicator__in=codes)
    here = Q(organisation_id__in=[school_id, *above])
    stored = _stored(all_stored.filter(here | Q(indicator__in=[c for c in codes if _is_lag(c)])), columns)
    before = {_key(row, GROUP_KEY): row for row in (dict(zip(columns, r, strict=False)) for r in stored)}
    new = {_key(row, GROUP_KEY): row for row in _organisation_rows(school_id, above, found, parts)}
    for key in [key for key in before if key not in new and key[0] != school_id and key[0] not in above]:
        new[key] = before[key]  # a school that this pass says nothing of
    moved = _moved(before, new)
    for key, row in new.items():
        if _measure(row) not in moved:
            old = before[key]
            shown = disclosure.range_of(row) if old["shown"] is not None else None
            row |= {"is_suppressed": old["is_suppressed"], "shown": shown}
    if moved:
        stored += _protect_again(all_stored, columns, stored, new, moved, found)
    rows = [tuple(row[column] for column in columns) for row in new.values()]
    changed = _replace(GroupValue, run, GROUP_KEY, columns, stored, rows)
    return {row[columns.index("organisation_id")] for row in changed}


def _measure(row: Row) -> tuple[str, str]:
    return row["indicator"], row["rule_pack"]


def _moved(before: dict[Key, Row], new: dict[Key, Row]) -> set[tuple[str, str]]:
    """The measures of which other groups may have to be hidden now: a group came or went, or what the decision rests on
    (`disclosure.range_of`) is another."""
    moved = {(key[1], key[2]) for key in before.keys() ^ new.keys()}
    for key in before.keys() & new.keys():
        old, row = before[key], new[key]
        same_range = (disclosure.range_of(old) is None) == (disclosure.range_of(row) is None)
        if old["n_students"] != row["n_students"] or not same_range:
            moved.add(_measure(row))
    return moved


def _protect_again(
    all_stored: QuerySet[GroupValue],
    columns: Sequence[str],
    stored: Sequence[Stored],
    new: dict[Key, Row],
    moved: set[tuple[str, str]],
    found: Evaluated,
) -> list[Stored]:
    """Decide these measures' protection anew, over every organisation. Returns the stored rows that came in for it."""
    read = {row[-1] for row in stored}
    others = all_stored.filter(indicator__in={code for code, _ in moved})
    more = [row for row in _stored(others, columns) if row[-1] not in read]
    more = [row for row in more if _measure(dict(zip(columns, row, strict=False))) in moved]
    for row in more:
        told = dict(zip(columns, row, strict=False))
        new[_key(told, GROUP_KEY)] = told
    # In the order of a whole measurement, which of two equal groups is hidden hangs on it.
    asked = sorted(key for key, row in new.items() if _measure(row) in moved)
    asked.sort(key=lambda key: (key[1], key[2], key[0], key[3], key[4]))
    table = pa.Table.from_pylist(
        [new[key] for key in asked], schema=found.groups.select(GROUP_COLUMNS).schema
    )
    decided = with_protection(table, found.organisations).select(["is_suppressed", "shown"]).to_pylist()
    for key, row in zip(asked, decided, strict=True):
        new[key] |= row
    return more


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
    stored = Series.objects.filter(run_id=run.pk, indicator__in=codes)
    before = _stored(stored.filter(organisation_id=school_id), columns)
    if not _replace(Series, run, SERIES_KEY, columns, before, _rows(as_arrays(mine), columns)):
        return set()
    found = {school_id}
    for place in above:
        schools = _schools_below(place)
        rows = stored.filter(organisation_id__in=schools).values(*columns).order_by("organisation_id", "id")
        new = [tuple(row[column] for column in columns) for row in _summed(place, list(rows))]
        before = _stored(stored.filter(organisation_id=place), columns)
        if _replace(Series, run, SERIES_KEY, columns, before, new):
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


def _key(row: Row, key: Sequence[str]) -> Key:
    return tuple(row[column] for column in key)


def _rows(table: pa.Table, columns: Sequence[str]) -> list[Values]:
    return list(zip(*(table[column].to_pylist() for column in columns), strict=True))


def _stored(rows: QuerySet[Any], columns: Sequence[str]) -> list[Stored]:
    """The columns of stored rows, and their id behind them."""
    return list(rows.values_list(*columns, "id"))


def _same(one: Any, other: Any) -> bool:
    """Equal numbers: sums of doubles run in another order each time, and a page is not told of that."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= 1e-9 * max(1.0, abs(one))
    return bool(one == other)


def _replace(
    model: type[Result],
    run: MeasurementRun,
    key: Sequence[str],
    columns: Sequence[str],
    stored: Sequence[Stored],
    new: Sequence[Values],
) -> list[Values]:
    """Make the stored rows say what the new ones say; returns the rows that changed. A changed row keeps its id."""
    of = itemgetter(*(columns.index(column) for column in key))
    old = {of(row): row for row in stored}
    written: list[tuple[int | None, Values]] = []
    for row in new:
        before = old.pop(of(row), None)
        if before is None:
            written.append((None, row))
        elif before[:-1] != row and not _same(before[:-1], row):
            written.append((before[-1], row))
    gone = list(old.values())
    removed = [row[-1] for row in gone] + [pk for pk, _ in written if pk is not None]
    if removed:
        model.objects.filter(run_id=run.pk, id__in=removed).delete()
    if written:
        _add(model, run, columns, written)
    return [*(row[:-1] for row in gone), *(row for _, row in written)]


def _add(
    model: type[Result],
    run: MeasurementRun,
    columns: Sequence[str],
    rows: Sequence[tuple[int | None, Values]],
) -> None:
    last = model.objects.filter(run_id=run.pk).aggregate(last=Max("id"))["last"] or 0
    last = max(last, *(pk or 0 for pk, _ in rows), 0)
    fresh = count(last + 1)
    model.objects.bulk_create(
        model(run_id=run.pk, id=next(fresh) if pk is None else pk, **dict(zip(columns, row, strict=True)))
        for pk, row in rows
    )
