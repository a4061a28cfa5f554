"""Many students on one machine: `evaluate` a range of students at a time, in memory that does not grow with their number.

A student's rows depend on that student's facts alone, and groups are sums over students: counts, sums, ratios of sums,
shares, means and their intervals are put together from ranges exactly. What is no sum over the year's students (a median, a
reliability, an index, a cohort, staff) is evaluated once, over all of them, from the tables it reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from . import catalog, measuring
from .around_ranges import AROUND, ranges_of, shared
from .evaluate import Results, evaluate
from .indicator import Indicator
from .one_range import Job, Sums, measure_range, put_together
from .rulepacks import RulePack
from .tables import Table


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
        around = {**tables, **shared(tables, school_year, as_of, by_range, rule_packs)}
        codes = tuple(indicator.code for indicator in by_range)
        to = Path(students_to) if students_to is not None else None
        jobs = [
            Job(
                number,
                first,
                last,
                around,
                indicators=codes,
                students_to=to,
                memory_limit=memory_limit,
                **asked,
            )
            for number, (first, last) in enumerate(ranges_of(around, school_year, students_per_range))
        ]
        found.append(put_together(jobs, list(_run(jobs, processes))))
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
    read = {name for indicator in indicators for name in indicator.tables} | AROUND
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


def _run(jobs: Sequence[Job], processes: int) -> Iterator[Sums]:
    if processes == 1:
        yield from map(measure_range, jobs)
        return
    # Started afresh: a forked DuckDB or Arrow would share threads that do not exist in the child.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(measure_range, jobs)


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
