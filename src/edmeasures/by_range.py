"""Many students on one machine: `evaluate` a range of students at a time, in memory that does not grow with their number.

A student's rows depend on that student's facts alone, and groups are sums over students. What is no sum (a median, a
reliability) is refused here; so is what students are compared with, unless it is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from . import catalog, compose, measuring
from .backends.duckdb import Duck
from .evaluate import Results
from .indicator import Indicator
from .rollup import added_up, group_rows, parts, sum_blocks, sum_groups
from .rulepacks import RulePack
from .run import SOURCES, Measure, Run
from .tables import TABLES, Table, TableError

_SOURCE = re.compile(r"source = '([a-z_]+)'")


@dataclass(frozen=True, slots=True)
class _Job:
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
class _Sums:
    """What one range adds: sums by scope, block, measure and group, and weeks."""

    blocks: pa.Table
    series: pa.Table


def evaluate_by_range(
    tables: Mapping[str, Table],
    *,
    school_year: int,
    as_of: date,
    indicators: Sequence[str],
    rule_packs: Sequence[str | RulePack] = ("us-federal",),
    characteristics: Sequence[str] = (),
    students_to: Path | str | None = None,
    students_per_range: int = 50_000,
    processes: int = 1,
    memory_limit: str = "700MB",
) -> Results:
    """Evaluate indicators over tables on disk, a range of students at a time.

    Parameters
    ----------
    tables : mapping of str to Parquet path(s) or pyarrow.Table
        As for `evaluate`. Facts should be sorted by student, or lie in one file per range: then each range reads its own
        rows only. Otherwise every range reads everything.
    school_year, as_of, indicators, rule_packs, characteristics
        As for `evaluate`.
    students_to : path, optional
        A folder for the students' rows, one Parquet file per range; left out, they are not kept.
    students_per_range : int
        How many students are measured at a time, by each process.
    processes : int
        How many ranges at once.
    memory_limit : str
        Of each process's DuckDB; Arrow and NumPy come on top.

    Returns
    -------
    Results
        As of `evaluate`, except that ``students`` is empty and ``references`` says only which sources the indicators
        ask for.

    Raises
    ------
    TableError
        As `evaluate`, and for indicators whose groups are no sums over students, or that compare students with norms
        when ``assessment_norms`` was not handed in.
    """
    chosen = [catalog.get(code) for code in indicators]
    _refuse(chosen, tables)
    around = {**tables, **_shared(tables, school_year, as_of, chosen)}
    if students_to is not None:
        Path(students_to).mkdir(parents=True, exist_ok=True)
    jobs = [
        _Job(
            number,
            first,
            last,
            around,
            school_year,
            as_of,
            tuple(indicators),
            tuple(rule_packs),
            tuple(characteristics),
            Path(students_to) if students_to is not None else None,
            memory_limit,
        )
        for number, (first, last) in enumerate(_ranges(around, school_year, students_per_range))
    ]
    return _together(jobs, list(_run(jobs, processes)))


def _refuse(chosen: Sequence[Indicator], tables: Mapping[str, Table]) -> None:
    for indicator in chosen:
        if indicator.kind in measuring.NOT_ADDED_UP or indicator.population != "members":
            raise TableError(
                f"{indicator.code} is no sum over the year's students: evaluate it over all of them at once."
            )
        if indicator.subject == "assessment" and "assessment_norms" not in tables:
            raise TableError(
                f"{indicator.code} compares students: hand in assessment_norms, as `evaluate` answers them."
            )


def _shared(
    tables: Mapping[str, Table], school_year: int, as_of: date, chosen: Sequence[Indicator]
) -> dict[str, pa.Table]:
    """What every range must see of the whole: all organisations with every school, and which sources arrived."""
    asked = {
        source
        for indicator in chosen
        for name in _statements(indicator)
        for source in _SOURCE.findall(compose.STATEMENTS[name].text)
    }
    with Duck(memory_limit="1GB") as duck:
        run = Run(duck, school_year, as_of)
        run.declare(tables)
        schools = duck.arrow("SELECT DISTINCT school_id FROM enrolments").column(0)
        tree = duck.arrow("SELECT organisation_id, kind, parent_id FROM organisations")
        selects = [
            f"SELECT school_id, '{name}' AS source, COUNT(*) AS n_rows, {_last(dated)} AS last_on "
            f'FROM "{name}"{_until(dated, as_of)} GROUP BY school_id'
            for name, dated in SOURCES.items()
            if name in asked and name in tables
        ]
        sources = TABLES["sources_received"]
        found = {"organisations": _with_schools(tree, schools)}
        if "sources_received" not in tables:
            kind = schools.type
            found["sources_received"] = (
                duck.arrow(" UNION ALL ".join(selects))
                if selects
                else pa.table({c.name: pa.array([], _KINDS.get(c.type, kind)) for c in sources.columns})
            )
        return found


_KINDS = {"text": pa.string(), "integer": pa.int64(), "date": pa.date32()}


def _statements(indicator: Indicator) -> Iterator[str]:
    names = [indicator.sql.removesuffix(".sql")]
    if indicator.series:
        names.append(f"{indicator.code}_weekly")
    for name in names:
        yield from (*compose.order(name), name)


def _last(dated: str | None) -> str:
    return f'MAX("{dated}")' if dated else "CAST(NULL AS DATE)"


def _until(dated: str | None, as_of: date) -> str:
    return f" WHERE \"{dated}\" <= DATE '{as_of.isoformat()}'" if dated else ""


def _with_schools(tree: pa.Table, schools: pa.ChunkedArray) -> pa.Table:
    """Schools that no organisation stands for get a row, so that all ranges number the same sets of schools."""
    known = tree.column("organisation_id").combine_chunks()
    missing = schools.filter(pc.invert(pc.is_in(schools, known))).combine_chunks()
    more = pa.table(
        {
            "organisation_id": missing,
            "kind": pa.array(["school"] * len(missing), pa.string()),
            "parent_id": pa.nulls(len(missing), missing.type),
        }
    )
    return pa.concat_tables([tree, more])


def _ranges(tables: Mapping[str, Table], school_year: int, size: int) -> list[tuple[Any, Any]]:
    """The first and last student of each range."""
    with Duck(memory_limit="1GB") as duck:
        Run(duck, school_year, date(school_year, 12, 31)).declare(tables)
        ids = duck.arrow("SELECT DISTINCT student_id FROM enrolments ORDER BY student_id").column(0)
    firsts = range(0, len(ids), size)
    return [(ids[i].as_py(), ids[min(i + size, len(ids)) - 1].as_py()) for i in firsts]


def _run(jobs: Sequence[_Job], processes: int) -> Iterator[_Sums]:
    if processes == 1:
        yield from map(_measure, jobs)
        return
    # Started afresh: a forked DuckDB or Arrow would share threads that do not exist in the child.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_measure, jobs)


def _opened(job: _Job, duck: Duck, students: tuple[Any, Any] | None) -> tuple[Run, list[Measure]]:
    run = Run(duck, job.school_year, job.as_of, students=students)
    measures, packs = measuring.asked(job.indicators, job.rule_packs)
    tables = (
        job.tables if students else {name: job.tables[name] for name in ("organisations", "sources_received")}
    )
    run.open(tables, packs)
    run.lay_organisations(tables)
    return run, measures


def _measure(job: _Job) -> _Sums:
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
        return _Sums(blocks, measuring.series(run, measures))


def _together(jobs: Sequence[_Job], sums: Sequence[_Sums]) -> Results:
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
