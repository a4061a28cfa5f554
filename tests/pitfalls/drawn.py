"""Fact tables drawn in a test, written as the specs of indicators write them."""

from collections.abc import Sequence
from datetime import date

import pyarrow as pa

from edmeasures import Results, evaluate, specs
from edmeasures.rulepacks import RulePack

#: Four weeks of school, Monday to Friday: twenty days.
FIRST, LAST = "2026-03-02", "2026-03-27"
DAYS = f"{FIRST} to {LAST}"
Row = dict[str, str]


def tables(**facts: list[Row]) -> dict[str, pa.Table]:
    """The drawn facts as Arrow tables: `a to b` stands for each weekday between, `-` for nothing."""
    return specs.fact_tables(specs.Spec("", "", facts, ()))


def school(days: str = DAYS, sent: str = DAYS, name: str = "North") -> dict[str, list[Row]]:
    """A school's calendar, and the days on which it sent its attendance."""
    return {
        "calendar_days": [{"school_id": name, "on": days}],
        "attendance_submissions": [{"school_id": name, "on": sent}] if sent else [],
    }


def enrolled(student: str, entry: str = FIRST, leave: str = "-", at: str = "North") -> Row:
    return {"student_id": student, "school_id": at, "entry_on": entry, "exit_on": leave}


def away(student: str, on: str, share: str = "1", category: str = "unexcused", at: str = "North") -> Row:
    return {
        "student_id": student,
        "school_id": at,
        "on": on,
        "category": category,
        "absent_share": share,
    }


def measure(
    facts: dict[str, list[Row]],
    *indicators: str,
    packs: Sequence[str | RulePack] = ("us-federal",),
    as_of: str = LAST,
    year: int = 2026,
) -> Results:
    """What the library finds in the drawn facts."""
    return evaluate(
        tables(**facts),
        school_year=year,
        as_of=date.fromisoformat(as_of),
        indicators=indicators,
        rule_packs=packs,
        threads=1,
    )


def counts(found: Results, indicator: str, where: str | None = "North") -> dict[str, tuple[float, float]]:
    """Numerator and denominator of each student at a school; at None: over all of their schools."""
    return {
        row["student_id"]: (row["numerator"], row["denominator"])
        for row in found.students.to_pylist()
        if row["indicator"] == indicator and row["school_id"] == where
    }
