"""What must hold of the facts before anything is measured. A broken table is refused with table, column and count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .backends.duckdb import Duck
from .rulepacks import RulePack
from .tables import TABLES, TableError

CATEGORIES = ("excused", "unexcused", "tardy", "present", "other")
RESULT_STATUSES = ("scored", "absent", "exempt", "invalid")


@dataclass(frozen=True, slots=True)
class _Rule:
    """Rows of a table that are refused: a condition on one column, and what to do about them."""

    column: str
    condition: str
    remedy: str


def _refuse(duck: Duck, name: str, rules: Sequence[_Rule]) -> None:
    """One scan counts everything that could be wrong; only what is wrong is looked at again."""
    required = [c.name for c in TABLES[name].columns if c.required]
    nulls = [f'COUNT(*) - COUNT("{c}") AS "{c}"' for c in required]
    counts = [f"COUNT(*) FILTER (WHERE {rule.condition}) AS rule_{i}" for i, rule in enumerate(rules)]
    row = duck.arrow(f'SELECT {", ".join([*nulls, *counts])} FROM "{name}"').to_pylist()[0]
    for column in required:
        if row[column]:
            raise TableError(
                f"Table {name}: {row[column]} rows have no {column!r}, which every row must have."
            )
    for i, rule in enumerate(rules):
        if not row[f"rule_{i}"]:
            continue
        example = duck.arrow(
            f'SELECT MIN(CAST("{rule.column}" AS VARCHAR)) AS example FROM "{name}" WHERE {rule.condition}'
        ).to_pylist()[0]["example"]
        raise TableError(
            f"Table {name}, column {rule.column!r}: {row[f'rule_{i}']} rows hold {example!r}. {rule.remedy}"
        )


def _quoted(values: Iterable[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in values)


_RULES = {
    "attendance_events": (
        # NaN sorts above every number in DuckDB, so that it is refused here too.
        _Rule("absent_share", "absent_share < 0 OR absent_share > 1", "A share runs from 0 to 1."),
        _Rule(
            "category",
            f"category NOT IN ({_quoted(CATEGORIES)})",
            f"Map it to one of {', '.join(CATEGORIES)}.",
        ),
    ),
    "assessment_results": (
        _Rule(
            "status",
            f"status NOT IN ({_quoted(RESULT_STATUSES)})",
            f"Map it to one of {', '.join(RESULT_STATUSES)}.",
        ),
    ),
}


def check_tables(duck: Duck, names: Iterable[str], packs: Iterable[RulePack]) -> None:
    """Refuse tables whose rows cannot be measured.

    Raises
    ------
    TableError
        For nulls where a value must stand, shares outside 0 to 1, and codes nobody has mapped.
    """
    given = set(names)
    rules = {name: list(_RULES.get(name, ())) for name in sorted(given)}
    if "attendance_marks" in given:
        rules["attendance_marks"] += [
            _Rule(
                "code",
                f"code NOT IN ({_quoted(c.code for c in pack.register_codes)})",
                f"Add it to the codes of {pack.name}.",
            )
            for pack in packs
            if pack.register_codes
        ]
    for name, of_table in rules.items():
        _refuse(duck, name, of_table)
    if "attendance_marks" in given:
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
