"""Many students on one machine: `evaluate` a range of students at a time, in memory that does not grow with their number.

A student's rows depend on that student's facts alone, and groups are sums over students: counts, sums, ratios of sums,
shares, means and their intervals are put together from ranges exactly. What is no sum over the year's students (a median, a
reliability, an index, a cohort, staff) is evaluated once, over all of them, from the tables it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from . import catalog, compose, measuring
from .backends.duckdb import Duck
from .checks import check_tables
from .evaluate import Results, evaluate
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
        Of each process's DuckDB; Arrow and NumPy come on top. What is evaluated at once has the limits of all processes
        together, and goes to temporary files beyond it.

    Returns
    -------
    Results
        As of `evaluate`, except that ``students`` is empty (the rows are in their files) and ``references`` says only
        which sources the indicators ask for.

    Raises
    ------
    TableError
        As `evaluate`.

    Notes
    -----
    Put together from ranges: indicators of the year's students whose kind is ``ratio``, ``share_of_students``, ``mean`` or
    ``average_daily``; 1e-12 relative is what another order of addition may change. Norms that their students are
    compared with are made once, over everybody. Evaluated at once, and exactly as `evaluate` does: kinds ``lag`` and
    ``whole`` (medians, reliabilities, indices) and the populations ``cohort``, ``staff`` and ``items``. Their memory grows with
    the tables they read; two of them, ``mean_daily_rate`` and ``stray_absences``, read attendance events.
    """
    chosen = [catalog.get(code) for code in indicators]
    if students_to is not None:
        Path(students_to).mkdir(parents=True, exist_ok=True)
    asked: dict[str, Any] = {"school_year": school_year, "as_of": as_of, "rule_packs": tuple(rule_packs)}
    asked["characteristics"] = tuple(characteristics)
    by_range = [indicator for indicator in chosen if is_put_together(indicator)]
    at_once = [indicator for indicator in chosen if not is_put_together(indicator)]
    found: list[Results] = []
    if by_range:
        around = {**tables, **_shared(tables, school_year, as_of, by_range, rule_packs)}
        codes = tuple(indicator.code for indicator in by_range)
        to = Path(students_to) if students_to is not None else None
        jobs = [
            _Job(
                number,
                first,
                last,
                around,
                indicators=codes,
                students_to=to,
                memory_limit=memory_limit,
                **asked,
            )
            for number, (first, last) in enumerate(_ranges(around, school_year, students_per_range))
        ]
        found.append(_together(jobs, list(_run(jobs, processes))))
    if at_once:
        found.append(_at_once(tables, at_once, asked, students_to, memory_limit, processes))
    return found[0] if len(found) == 1 else _beside(found)


def is_put_together(indicator: Indicator) -> bool:
    """Whether an organisation's number is put together from sums over ranges of students.

    Examples
    --------
    >>> is_put_together(catalog.get("chronic_absence")), is_put_together(catalog.get("median_growth_percentile"))
    (True, False)
    """
    return indicator.kind not in measuring.NOT_ADDED_UP and indicator.population == "members"


def _at_once(
    tables: Mapping[str, Table],
    indicators: Sequence[Indicator],
    asked: Mapping[str, Any],
    students_to: Path | str | None,
    memory_limit: str,
    processes: int,
) -> Results:
    """What is no sum over the year's students, over all of them, from the tables it reads."""
    read = {name for indicator in indicators for name in indicator.tables} | _AROUND
    found = evaluate(
        {name: table for name, table in tables.items() if name in read},
        indicators=[indicator.code for indicator in indicators],
        memory_limit=_times(memory_limit, processes),
        threads=processes,
        **asked,
    )
    if students_to is not None and found.students.num_rows:
        pq.write_table(found.students, Path(students_to) / "students-at-once.parquet", compression="zstd")
    return replace(found, students=found.students.slice(0, 0))


#: Tables that say who and where, whatever is asked.
_AROUND = frozenset(
    (
        "organisations",
        "enrolments",
        "calendar_days",
        "student_characteristics",
        "sources_received",
        "assessment_norms",
    )
)


def _times(memory_limit: str, processes: int) -> str:
    """The memory of so many processes.

    Examples
    --------
    >>> _times("700MB", 2)
    '1400MB'
    """
    number, unit = re.fullmatch(r"([\d.]+)\s*(\w+)", memory_limit).groups()  # type: ignore[union-attr]
    return f"{float(number) * processes:g}{unit}"


def _beside(found: Sequence[Results]) -> Results:
    """Results of different indicators as one."""

    def rows(name: str, *order: str) -> pa.Table:
        tables = [getattr(results, name) for results in found]
        if (
            len(
                {
                    str(t.schema.field("organisation_id").type)
                    for t in tables
                    if "organisation_id" in t.column_names
                }
            )
            > 1
        ):
            # Ids are numbers in one answer and text in the other, where a table with text was read: text holds both.
            tables = [_text_ids(table) for table in tables]
        table = pa.concat_tables(tables, promote_options="permissive")
        return table.sort_by([(column, "ascending") for column in order])

    key = ("indicator", "rule_pack", "organisation_id")
    return Results(
        students=found[0].students,
        groups=rows("groups", *key, "characteristic", "group_value"),
        series=rows("series", *key, "begins_on"),
        references=found[0].references,
        parts=rows("parts", "block", *key, "characteristic", "group_value"),
    )


def _text_ids(table: pa.Table) -> pa.Table:
    at = table.column_names.index("organisation_id")
    return table.set_column(at, "organisation_id", table.column(at).cast(pa.string()))


def _shared(
    tables: Mapping[str, Table],
    school_year: int,
    as_of: date,
    chosen: Sequence[Indicator],
    rule_packs: Sequence[str | RulePack],
) -> dict[str, pa.Table]:
    """What every range must see of the whole: all organisations with every school, which sources arrived, and norms."""
    asked = {
        source
        for indicator in chosen
        for name in _statements(indicator)
        for source in _SOURCE.findall(compose.STATEMENTS[name].text)
    }
    with Duck(memory_limit="1GB") as duck:
        run = Run(duck, school_year, as_of)
        run.declare(tables)
        # A range sees the calendars of its own schools; here all are checked.
        check_tables(duck, [name for name in _OF_SCHOOLS if name in tables], [], school_year)
        schools = duck.arrow(
            "SELECT school_id FROM enrolments UNION SELECT school_id FROM calendar_days"
        ).column(0)
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
    norms = [indicator for indicator in chosen if indicator.subject == "assessment"]
    if norms and "assessment_norms" not in tables:
        found["assessment_norms"] = _norms(tables, school_year, as_of, norms[0], rule_packs)
    return found


def _norms(
    tables: Mapping[str, Table],
    school_year: int,
    as_of: date,
    first: Indicator,
    rule_packs: Sequence[str | RulePack],
) -> pa.Table:
    """What students' results are compared with, over everybody: as `evaluate` makes it for its first measure."""
    read = {name: tables[name] for name in tables if name in {*first.tables, *_AROUND}}
    measures, packs = measuring.asked([first.code], rule_packs)
    with Duck(memory_limit="1GB") as duck:
        run = Run(duck, school_year, as_of)
        run.open(read, packs)
        run.lay_organisations(read)
        run.lay_pack(measures[0].pack)
        run.lay_norms(run.parameters(measures[0].pack, measures[0].indicator), read)
        return duck.arrow("SELECT * FROM assessment_norms ORDER BY assessment_id, grade_level")


#: Tables of a school's days. A range of students needs those of its schools.
_OF_SCHOOLS = ("calendar_days", "attendance_submissions")
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
    if students:
        tables = {**job.tables, **_days_of_schools(job, students)}
    else:
        tables = {name: job.tables[name] for name in ("organisations", "sources_received")}
    run.open(tables, packs)
    run.lay_organisations(tables)
    return run, measures


def _days_of_schools(job: _Job, students: tuple[Any, Any]) -> dict[str, pa.Table]:
    """The calendars of the range's schools, not of the whole state's; with the year's first and last day, which say when
    it begins and whether it is over."""
    given = [name for name in _OF_SCHOOLS if name in job.tables]
    with Duck(memory_limit=job.memory_limit, threads=1) as duck:
        run = Run(duck, job.school_year, job.as_of, students=students)
        run.declare(job.tables, {*_AROUND, *given})
        bounds = (
            'SELECT MIN("on") FROM calendar_days',
            'SELECT MAX("on") FROM calendar_days WHERE is_instructional',
        )
        ends = "" if "calendar_days" not in given else f' OR "on" IN (({bounds[0]}), ({bounds[1]}))'
        mine = "school_id IN (SELECT school_id FROM enrolments)"
        return {
            name: duck.arrow(f'SELECT * FROM "{name}" WHERE {mine}{ends if name == "calendar_days" else ""}')
            for name in given
        }


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
