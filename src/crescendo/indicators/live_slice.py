"""One school's facts, out of PostgreSQL as Arrow tables: what `edmeasures` needs to measure that school again.

The slice holds every student who was enrolled there this year with all of their facts, those of other schools too; the
calendars and submissions of every school; and what the current run compared its students with. So each of these
students gets the same numbers as in a whole measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from crescendo.core.datasets import Dataset
from crescendo.indicators import snapshot
from crescendo.indicators.connections import arrow_transaction, rows
from crescendo.indicators.live_memory import Kept
from crescendo.indicators.measured import measured
from crescendo.indicators.registry import datasets
from edmeasures.indicator import Indicator

if TYPE_CHECKING:
    import adbc_driver_postgresql.dbapi as adbc

# Kept by student elsewhere in the catalogue: pieces of work belong to a class, and are found through the results.
_ITEMS = """
item_id IN (SELECT r.item_id FROM records_courseworkresult r
            WHERE r.school_year = {year} AND r.student_id = ANY ('{ids}'::bigint[]))
"""


@dataclass(frozen=True)
class Slice:
    """A school's students and the tables that measure them."""

    student_ids: tuple[int, ...]
    tables: dict[str, pa.Table]


def affected(changed: Sequence[str]) -> list[Indicator]:
    """The measured indicators whose numbers a change in these tables can move.

    What is no sum over students (`whole`) would need every school; it waits for the next measurement.
    """
    return [i for i in measured() if i.kind != "whole" and set(i.tables) & set(changed)]


def read_slice(
    *,
    school_id: int,
    school_year: int,
    as_of: date,
    indicators: Sequence[Indicator],
    references: dict[str, pa.Table],
    kept: Kept,
) -> Slice:
    """Read what these indicators need, in one moment of the database.

    A table that was `kept` is taken from there as long as the counters of what it was read from stand still.
    """
    needed = {"organisations", "enrolments", "calendar_days", "student_characteristics"}
    needed.update(table for indicator in indicators for table in indicator.tables)
    tables: dict[str, pa.Table] = {}
    with arrow_transaction(read_only=True) as cursor:
        ids = [
            pk
            for (pk,) in rows(
                cursor,
                "SELECT DISTINCT student_id FROM roster_enrolment "
                f"WHERE school_id = {int(school_id)} AND school_year = {int(school_year)} ORDER BY student_id",
            )
        ]
        versions = snapshot.versions(cursor, school_year)
        # Pieces of work are found through the results.
        results, items = versions["coursework_results"], versions["coursework_items"]
        versions["coursework_items"] = f"{items} {results}" if items and results else ""
        for name, dataset in datasets().items():
            if name not in needed:
                continue
            version = (versions[name], as_of, *ids)
            if not versions[name] or name not in kept or kept[name][0] != version:
                kept[name] = version, _read(cursor, dataset, school_year, as_of, ids)
            tables[name] = kept[name][1]
    tables |= references
    tables["sources_received"] = _received(references["sources_received"], tables, school_id, as_of)
    return Slice(tuple(ids), tables)


def _read(
    cursor: "adbc.Cursor", dataset: Dataset, school_year: int, as_of: date, ids: Sequence[int]
) -> pa.Table:
    listed = "{" + ",".join(map(str, ids)) + "}"
    cursor.execute(f"SELECT * FROM ({dataset.select}) AS facts LIMIT 0")
    columns = cursor.fetch_arrow_table().column_names
    conditions = [f"school_year = {int(school_year)}"] if dataset.by_year else []
    if "student_id" in columns:
        conditions.append(f"student_id = ANY ('{listed}'::bigint[])")
    elif dataset.name == "coursework_items":
        conditions.append(_ITEMS.format(year=int(school_year), ids=listed))
    where = " WHERE " + " AND ".join(conditions) if conditions else ""
    cursor.execute(f"SELECT * FROM ({dataset.select}) AS facts{where}")
    found = cursor.fetch_arrow_table()
    found = found.cast(pa.schema([field.remove_metadata() for field in found.schema]))
    return snapshot.valid_on(found, dataset.valid_between, as_of) if dataset.valid_between else found


def _received(before: pa.Table, tables: dict[str, pa.Table], school_id: int, as_of: date) -> pa.Table:
    """What each school is known to have sent: as the run found it; at this school, the slice's facts as well.

    Definitions ask whether anything came at all, so a school's first mark makes all of its students measurable.
    """
    here = pc.equal(before["school_id"], school_id)
    counted = dict(
        zip(before.filter(here)["source"].to_pylist(), before.filter(here)["n_rows"].to_pylist(), strict=True)
    )
    for source, table in tables.items():
        if "school_id" not in table.column_names or source in _NOT_SOURCES:
            continue
        mine = table.filter(pc.equal(table["school_id"], school_id))
        if "on" in table.column_names:
            mine = mine.filter(pc.less_equal(mine["on"], pa.scalar(as_of, pa.date32())))
        if mine.num_rows:
            counted[source] = max(mine.num_rows, counted.get(source) or 0)
    added = pa.table(
        {
            "school_id": pa.array([school_id] * len(counted), pa.int64()),
            "source": pa.array(list(counted), pa.string()),
            "n_rows": pa.array(list(counted.values()), pa.int64()),
        }
    )
    others = before.filter(pc.invert(here)).select(["school_id", "source", "n_rows"])
    return pa.concat_tables([others.cast(added.schema), added])


_NOT_SOURCES = {"enrolments", "calendar_days", "sources_received", "assessment_norms"}
