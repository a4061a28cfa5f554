"""What must hold of the facts before anything is measured. A broken table is refused with table, column and count."""

from __future__ import annotations

from collections.abc import Iterable

from .backends.duckdb import Duck
from .rulepacks import RulePack
from .tables import TABLES, TableError

CATEGORIES = ("excused", "unexcused", "tardy", "present", "other")
RESULT_STATUSES = ("scored", "absent", "exempt", "invalid")


def _refuse_nulls(duck: Duck, name: str) -> None:
    required = [c.name for c in TABLES[name].columns if c.required]
    counts = ", ".join(f'COUNT(*) - COUNT("{c}") AS "{c}"' for c in required)
    row = duck.arrow(f'SELECT {counts} FROM "{name}"').to_pylist()[0]
    for column, empty in row.items():
        if empty:
            raise TableError(f"Table {name}: {empty} rows have no {column!r}, which every row must have.")


def _refuse(duck: Duck, name: str, column: str, condition: str, remedy: str) -> None:
    found = duck.arrow(
        f'SELECT COUNT(*) AS n, MIN(CAST("{column}" AS VARCHAR)) AS example FROM "{name}" WHERE {condition}'
    ).to_pylist()[0]
    if found["n"]:
        raise TableError(
            f"Table {name}, column {column!r}: {found['n']} rows hold {found['example']!r}. {remedy}"
        )


def _quoted(values: Iterable[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in values)


def check_tables(duck: Duck, names: Iterable[str], packs: Iterable[RulePack]) -> None:
    """Refuse tables whose rows cannot be measured.

    Raises
    ------
    TableError
        For nulls where a value must stand, shares outside 0 to 1, and codes nobody has mapped.
    """
    given = set(names)
    for name in sorted(given):
        _refuse_nulls(duck, name)
    if "attendance_events" in given:
        # NaN sorts above every number in DuckDB, so that it is refused here too.
        _refuse(
            duck,
            "attendance_events",
            "absent_share",
            "absent_share < 0 OR absent_share > 1",
            "A share runs from 0 to 1.",
        )
        _refuse(
            duck,
            "attendance_events",
            "category",
            f"category NOT IN ({_quoted(CATEGORIES)})",
            f"Map it to one of {', '.join(CATEGORIES)}.",
        )
    if "assessment_results" in given:
        _refuse(
            duck,
            "assessment_results",
            "status",
            f"status NOT IN ({_quoted(RESULT_STATUSES)})",
            f"Map it to one of {', '.join(RESULT_STATUSES)}.",
        )
    if "attendance_marks" in given:
        for pack in packs:
            if pack.register_codes:
                codes = _quoted(c.code for c in pack.register_codes)
                _refuse(
                    duck,
                    "attendance_marks",
                    "code",
                    f"code NOT IN ({codes})",
                    f"Add it to the codes of {pack.name}.",
                )
        _refuse_repeated_marks(duck)


def _refuse_repeated_marks(duck: Duck) -> None:
    found = duck.arrow(
        "SELECT COUNT(*) AS n FROM (SELECT 1 AS one FROM attendance_marks AS m "
        'GROUP BY m.student_id, m.school_id, m."on", m.session HAVING COUNT(*) > 1) AS repeated'
    ).to_pylist()[0]["n"]
    if found:
        raise TableError(
            f"Table attendance_marks: {found} sessions have several marks. Keep the one that holds now."
        )
