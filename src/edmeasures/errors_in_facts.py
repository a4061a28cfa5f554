"""What cannot be true in facts: findings by rule, before anything is measured. `checks` refuses, this one lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a student's rows break, and how many of them."""

    rule: str
    table: str
    student_id: Any
    n_rows: int


_RULES: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "overlapping_enrolment",
        "enrolments",
        ("enrolments",),
        """SELECT a.student_id, COUNT(*) AS n FROM enrolments AS a JOIN enrolments AS b
          ON b.student_id = a.student_id AND b.school_id <> a.school_id AND a.entry_on <= COALESCE(b.exit_on, a.entry_on)
          AND b.entry_on <= COALESCE(a.exit_on, b.entry_on) AND a.school_id < b.school_id GROUP BY a.student_id""",
    ),
    (
        "exit_before_entry",
        "enrolments",
        ("enrolments",),
        "SELECT e.student_id, COUNT(*) AS n FROM enrolments AS e WHERE e.exit_on < e.entry_on GROUP BY e.student_id",
    ),
    (
        "duplicate_key",
        "enrolments",
        ("enrolments",),
        """SELECT d.student_id, CAST(SUM(d.n) AS BIGINT) AS n FROM (
          SELECT e.student_id, COUNT(*) AS n FROM enrolments AS e WHERE e.school_id IS NOT NULL
          GROUP BY e.student_id, e.school_id, e.entry_on, e.exit_on HAVING COUNT(*) > 1) AS d GROUP BY d.student_id""",
    ),
    (
        "missing_school",
        "enrolments",
        ("enrolments",),
        "SELECT e.student_id, COUNT(*) AS n FROM enrolments AS e WHERE e.school_id IS NULL GROUP BY e.student_id",
    ),
    (
        "attendance_on_a_day_without_school",
        "attendance_events",
        ("attendance_events", "calendar_days"),
        """SELECT v.student_id, COUNT(*) AS n FROM attendance_events AS v LEFT JOIN calendar_days AS c
          ON c.school_id = v.school_id AND c."on" = v."on" AND c.is_instructional
          WHERE c.school_id IS NULL GROUP BY v.student_id""",
    ),
)


def find_errors(tables: Mapping[str, pa.Table]) -> list[Finding]:
    """Every rule that rows break, by rule and student.

    Unlike an evaluation, rows without a school are taken in: that is what is looked for.

    Parameters
    ----------
    tables : mapping of str to pyarrow.Table
        ``enrolments``, ``calendar_days``, ``attendance_events`` as in `edmeasures.tables`; a rule whose tables are not all
        there is left out.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from datetime import date
    >>> found = find_errors({"enrolments": pa.table({
    ...     "student_id": [2], "school_id": ["A"], "entry_on": [date(2024, 9, 2)], "exit_on": [date(2024, 8, 30)]})})
    >>> [(f.rule, f.student_id) for f in found]
    [('exit_before_entry', 2)]
    """
    from .backends.duckdb import Duck  # noqa: PLC0415 - most of a second of import

    found = []
    with Duck(threads=1) as duck:
        for name, table in tables.items():
            duck.register(name, table)
        for rule, table_name, needed, select in _RULES:
            if all(name in tables for name in needed):
                rows = duck.arrow(f"SELECT * FROM ({select}) AS broken ORDER BY student_id").to_pylist()
                found += [Finding(rule, table_name, row["student_id"], row["n"]) for row in rows]
    return found


def completeness(table: pa.Table, column: str) -> float:
    """Share of the rows in which a column is filled.

    Examples
    --------
    >>> import pyarrow as pa
    >>> completeness(pa.table({"school_id": ["A", None]}), "school_id")
    0.5
    """
    filled: float = 1 - table.column(column).null_count / table.num_rows
    return filled
