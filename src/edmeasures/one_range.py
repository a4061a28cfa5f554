"""One range of students measured, and the sums of all ranges put together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from . import measuring
from .around_ranges import AROUND, OF_SCHOOLS
from .backends.duckdb import Duck
from .evaluate import Results
from .rollup import added_up, group_rows, parts, sum_blocks, sum_groups
from .rulepacks import RulePack
from .run import Measure, Run
from .tables import Table, TableError


@dataclass(frozen=True, slots=True)
class Job:
    """One range of students, and what is asked of it."""

    number: int
    first: Any
    last: Any
    tables: Mapping[str, Table]
    school_year: int
    as_of: date
    indicators: tuple[str, ...]
    rule_packs: tuple[str | RulePack, ...]
    characteristics: tuple[str, ...]
    students_to: Path | None
    memory_limit: str


@dataclass(frozen=True, slots=True)
class Sums:
    """What one range adds: sums by scope, block, measure and group, and weeks."""

    blocks: pa.Table
    series: pa.Table


def _opened(job: Job, duck: Duck, students: tuple[Any, Any] | None) -> tuple[Run, list[Measure]]:
    run = Run(duck, job.school_year, job.as_of, students=students)
    measures, packs = measuring.asked(job.indicators, job.rule_packs)
    if students:
        tables = {**job.tables, **_days_of_schools(job, students)}
    else:
        tables = {name: job.tables[name] for name in ("organisations", "sources_received")}
    run.open(tables, packs)
    run.lay_organisations(tables)
    return run, measures


#: A row of the year's first day, and one of its last day of teaching.
_ENDS = """
(d."on" = (SELECT MIN("on") FROM calendar_days) AND d.school_id = (
  SELECT MIN(school_id) FROM calendar_days WHERE "on" = (SELECT MIN("on") FROM calendar_days)
)) OR (d.is_instructional AND d."on" = (SELECT MAX("on") FROM calendar_days WHERE is_instructional) AND d.school_id = (
  SELECT MIN(school_id) FROM calendar_days
  WHERE is_instructional AND "on" = (SELECT MAX("on") FROM calendar_days WHERE is_instructional)
))"""


def _days_of_schools(job: Job, students: tuple[Any, Any]) -> dict[str, pa.Table]:
    """The calendars of the range's schools, not of the whole state's; with the year's first and last day, which say when
    it begins and whether it is over."""
    given = [name for name in OF_SCHOOLS if name in job.tables]
    with Duck(memory_limit=job.memory_limit, threads=1) as duck:
        run = Run(duck, job.school_year, job.as_of, students=students)
        run.declare(job.tables, {*AROUND, *given})
        mine = "d.school_id IN (SELECT school_id FROM enrolments)"
        return {
            name: duck.arrow(
                f'SELECT d.* FROM "{name}" AS d WHERE {mine}{f" OR {_ENDS}" if name == "calendar_days" else ""}'
            )
            for name in given
        }


def measure_range(job: Job) -> Sums:
    """One range: students' rows to their file, sums back."""
    with Duck(memory_limit=job.memory_limit, threads=1) as duck:
        run, measures = _opened(job, duck, (job.first, job.last))
        measuring.lay_students(run, measures, job.tables)
        sum_blocks(run, job.characteristics)
        if job.students_to is not None:
            rows = measuring.students(run)
            pq.write_table(rows, job.students_to / f"students-{job.number:05d}.parquet", compression="zstd")
            del rows
        blocks = duck.arrow(
            "SELECT s.* EXCLUDE (block), COALESCE(b.block, '') AS block FROM block_sums AS s "
            "LEFT JOIN blocks AS b ON b.number = s.block"
        )
        return Sums(blocks, measuring.series(run, measures))


def put_together(jobs: Sequence[Job], sums: Sequence[Sums]) -> Results:
    """Groups, weeks and parts from the sums of all ranges."""
    if not jobs:
        raise TableError("Table enrolments has no row of this school year: there is nobody to measure.")
    job = jobs[0]
    with Duck(memory_limit="1GB") as duck:
        run, measures = _opened(job, duck, None)
        measuring.name_measures(run, measures)
        duck.keep("range_sums", pa.concat_tables([s.blocks for s in sums], promote_options="permissive"))
        duck.materialise(
            "blocks",
            "SELECT r.block, ROW_NUMBER() OVER (ORDER BY r.block) AS number "
            "FROM (SELECT DISTINCT block FROM range_sums WHERE block <> '') AS r",
        )
        duck.materialise(
            "block_sums",
            "SELECT r.scope_id, COALESCE(MIN(b.number), 0) AS block, r.measure, r.characteristic, r.group_value, "
            f"{added_up()} FROM range_sums AS r LEFT JOIN blocks AS b ON b.block = r.block "
            "GROUP BY r.scope_id, r.block, r.measure, r.characteristic, r.group_value",
        )
        summed = sum_groups(run)
        groups = [
            group_rows(summed.filter(pc.equal(summed.column("measure"), m.number)), m) for m in measures
        ]
        return Results(
            students=_no_students(run),
            groups=measuring.groups(run, groups),
            series=_weeks(duck, [s.series for s in sums], measures),
            references={"sources_received": job.tables["sources_received"]},
            parts=parts(run),
        )


def _no_students(run: Run) -> pa.Table:
    """The columns of students' rows; the rows themselves are in their files."""
    kind = pa.string() if run.id_type == "VARCHAR" else pa.int64()
    kinds = {"student_id": kind, "school_id": kind, "indicator": pa.string(), "rule_pack": pa.string()}
    kinds |= dict.fromkeys(("numerator", "denominator", "value"), pa.float64())
    kinds |= {"flag": pa.bool_(), "status": pa.string(), "reason": pa.string()}
    return pa.table({name: pa.array([], of) for name, of in kinds.items()})


def _weeks(duck: Duck, tables: Sequence[pa.Table], measures: Sequence[Measure]) -> pa.Table:
    """Weeks added up over ranges."""
    scales = {m.indicator.code: m.indicator.scale for m in measures}
    duck.register("range_weeks", pa.concat_tables(tables, promote_options="permissive"))
    duck.register(
        "scales",
        pa.table(
            {"indicator": pa.array(scales, pa.string()), "scale": pa.array(scales.values(), pa.float64())}
        ),
    )
    return duck.arrow(
        "SELECT w.organisation_id, w.indicator, w.rule_pack, w.period, w.begins_on, SUM(w.numerator) AS numerator, "
        "SUM(w.denominator) AS denominator, MIN(s.scale) * SUM(w.numerator) / SUM(w.denominator) AS value "
        "FROM range_weeks AS w JOIN scales AS s ON s.indicator = w.indicator "
        "GROUP BY w.organisation_id, w.indicator, w.rule_pack, w.period, w.begins_on "
        "ORDER BY w.indicator, w.rule_pack, w.organisation_id, w.begins_on"
    )
