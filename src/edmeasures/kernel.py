"""Attendance as interval arithmetic: the days of each student at each school, without a row per day (D5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa

from . import rulepacks
from .backends.engine import Backend, open_engine
from .intervals.absences import sums_of_memberships
from .rulepacks import RulePack
from .run import DAY_UNITS, Run
from .tables import Table

_TABLES = (
    "enrolments",
    "calendar_days",
    "attendance_submissions",
    "attendance_events",
    "attendance_marks",
)

#: The same from the kernel's tables, where they were made far away.
_OF_TABLES = f"""
SELECT
  m.student_id AS student_id,
  m.school_id AS school_id,
  m.member_days AS member_days,
  m.recorded_days AS recorded_days,
  m.member_days - m.recorded_days AS unknown_days,
  COALESCE(CAST(a.absent_units AS DOUBLE) / {DAY_UNITS}, 0.0) AS absent_days,
  COALESCE(a.absent_full_days, 0) AS absent_full_days
FROM memberships AS m
LEFT JOIN absences AS a ON a.membership_id = m.membership_id
ORDER BY m.student_id, m.school_id"""


def attendance_days(
    tables: Mapping[str, Table],
    *,
    school_year: int,
    as_of: date,
    rule_pack: str | RulePack = "us-federal",
    memory_limit: str = "2GB",
    threads: int = 2,
    backend: Backend = "duckdb",
) -> pa.Table:
    """Days of membership and absence of each student at each school, year to date.

    Enrolments are merged to intervals without overlap, the instructional and the recorded days of each calendar are
    ranked, and two ranks are subtracted. Absences count on recorded days of membership only; shares of one day add up,
    at most to one.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table or Parquet path(s)
        ``enrolments``, ``calendar_days``, ``attendance_submissions``, ``attendance_events``; others are left aside.
    school_year : int
        The year in which the school year ends.
    as_of : datetime.date
        The last day that counts.
    rule_pack : str or RulePack
        Says which categories are absences, and what a school without submissions means.
    memory_limit, threads, backend
        As for `evaluate`. On Spark the kernel runs as a grouped map, a range of students in each task.

    Returns
    -------
    pyarrow.Table
        student_id, school_id; in days: member_days, recorded_days, unknown_days (whole), absent_days (decimal),
        absent_full_days (days of which less than half was attended).

    Raises
    ------
    TableError
        When a table cannot be measured.

    Examples
    --------
    >>> monday, friday = date(2026, 3, 2), date(2026, 3, 6)
    >>> days = [date(2026, 3, d) for d in range(2, 7)]
    >>> found = attendance_days(
    ...     {
    ...         "enrolments": pa.table(
    ...             {"student_id": [1], "school_id": [9], "school_year": [2026], "entry_on": [monday]}
    ...         ),
    ...         "calendar_days": pa.table(
    ...             {"school_id": [9] * 5, "school_year": [2026] * 5, "on": days, "is_instructional": [True] * 5}
    ...         ),
    ...         "attendance_submissions": pa.table(
    ...             {"school_id": [9] * 4, "school_year": [2026] * 4, "on": days[:4]}
    ...         ),
    ...         "attendance_events": pa.table(
    ...             {"student_id": [1], "school_id": [9], "school_year": [2026], "on": [monday],
    ...              "category": ["excused"], "absent_share": [0.25]}
    ...         ),
    ...     },
    ...     school_year=2026, as_of=friday,
    ... )
    >>> found.select(["member_days", "recorded_days", "unknown_days", "absent_days"]).to_pylist()
    [{'member_days': 5, 'recorded_days': 4, 'unknown_days': 1, 'absent_days': 0.25}]
    """
    pack = rule_pack if isinstance(rule_pack, RulePack) else rulepacks.get(rule_pack)
    with open_engine(backend, memory_limit=memory_limit, threads=threads) as engine:
        run = Run(engine, school_year, as_of)
        run.open({name: tables[name] for name in _TABLES if name in tables}, [pack], _TABLES)
        run.lay_pack(pack)
        parameters = run.parameters(pack)
        if engine.is_far:
            run.keep("memberships", parameters)
            run.keep("absences", parameters)
            return engine.arrow(_OF_TABLES)
        spells, days, absence = (run.found(n, parameters) for n in ("spells", "memberships", "absences"))
    member, recorded = (sums_of_memberships(n, spells) for n in (days.member, days.recorded))
    return pa.table(
        {
            "student_id": spells.students.take(pa.array(spells.student[spells.starts])),
            "school_id": spells.schools.take(pa.array(spells.school[spells.starts])),
            "member_days": member,
            "recorded_days": recorded,
            "unknown_days": member - recorded,
            "absent_days": absence.units / DAY_UNITS,
            "absent_full_days": absence.full_days,
        }
    )
