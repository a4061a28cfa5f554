"""What must hold of the facts before anything is measured. A broken table is refused with table, column and count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .backends.engine import Engine
from .conforming import SHOWN
from .rulepacks import RulePack
from .tables import TABLES, TableError

CATEGORIES = ("excused", "unexcused", "tardy", "present", "other")
RESULT_STATUSES = ("scored", "absent", "exempt", "invalid")


#: What a column of numbers may hold and no measure can: a division by zero, or a program's sign for "missing".
_NOT_FINITE = ", ".join(f"CAST('{word}' AS DOUBLE)" for word in ("NaN", "Infinity", "-Infinity"))


@dataclass(frozen=True, slots=True)
class _Rule:
    """Rows of a table that are refused: a condition on one column, and what to do about them."""

    column: str
    condition: str
    remedy: str


def _refuse(duck: Engine, name: str, rules: Sequence[_Rule]) -> None:
    """One scan looks for anything that could be wrong; only where something is, it is counted and looked at again.

    Looking for a wrong row takes half the time of counting them all by kind, and most tables have none.
    """
    required = [c.name for c in TABLES[name].columns if c.required]
    wrong = [*map(_missing, required), *(f"({rule.condition})" for rule in rules)]
    if (
        not wrong
        or not duck.arrow(f'SELECT 1 AS one FROM "{name}" WHERE {" OR ".join(wrong)} LIMIT 1').num_rows
    ):
        return
    nulls = [f'COUNT(*) - COUNT("{c}") AS "{c}"' for c in required]
    counts = [f"COUNT(*) FILTER (WHERE {rule.condition}) AS rule_{i}" for i, rule in enumerate(rules)]
    row = duck.arrow(f'SELECT {", ".join([*nulls, *counts])} FROM "{name}"').to_pylist()[0]
    for column in required:
        if row[column]:
            raise TableError(
                f"Table {name}: {row[column]} rows have no {column!r}, which every row must have"
                f"{_places(duck, name, _missing(column))}."
            )
    for i, rule in enumerate(rules):
        if not row[f"rule_{i}"]:
            continue
        example = duck.arrow(
            f'SELECT MIN(CAST("{rule.column}" AS VARCHAR)) AS example FROM "{name}" WHERE {rule.condition}'
        ).to_pylist()[0]["example"]
        raise TableError(
            f"Table {name}, column {rule.column!r}: {row[f'rule_{i}']} rows hold {example!r}"
            f"{_places(duck, name, rule.condition)}. {rule.remedy}"
        )


def _missing(column: str) -> str:
    return f'"{column}" IS NULL'


def _places(duck: Engine, name: str, condition: str) -> str:
    """Where the first of the rows stand, as ``" (row 3, 17)"``."""
    rows = duck.rows_at(name, condition, SHOWN)
    return f" (row {', '.join(map(str, rows))})" if rows else ""


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


def _of_columns(name: str, school_year: int) -> list[_Rule]:
    """What holds of every number and every day."""
    spec = TABLES[name]
    bounded = {rule.column for rule in _RULES.get(name, ())}
    rules = [
        _Rule(c.name, f'"{c.name}" IN ({_NOT_FINITE})', "Leave it empty where there is no number.")
        for c in spec.columns
        if c.type == "number" and c.name not in bounded
    ]
    first, last = f"{school_year - 1}-01-01", f"{school_year}-12-31"
    for column in spec.columns:
        if column.type != "date":
            continue
        if column.name == "on" and any(c.name == "school_year" for c in spec.columns):
            remedy = f"No day of the school year {school_year}, which ends in {school_year}."
            rules.append(_Rule("on", f"\"on\" < DATE '{first}' OR \"on\" > DATE '{last}'", remedy))
        else:
            wrong = f"\"{column.name}\" < DATE '1900-01-01' OR \"{column.name}\" > DATE '2199-12-31'"
            rules.append(_Rule(column.name, wrong, "Nobody at school now has such a day; correct the year."))
    return rules


def check_tables(duck: Engine, names: Iterable[str], packs: Iterable[RulePack], school_year: int) -> None:
    """Refuse tables whose rows cannot be measured.

    Raises
    ------
    TableError
        For nulls where a value must stand, shares outside 0 to 1, numbers that are none, days outside of the school year,
        codes nobody has mapped, and keys with several rows; with the first rows.
    """
    given = set(names)
    rules = {name: [*_RULES.get(name, ()), *_of_columns(name, school_year)] for name in sorted(given)}
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
    for name in sorted(given):
        if TABLES[name].key:
            _refuse_repeated(duck, name)


def _refuse_repeated(duck: Engine, name: str) -> None:
    """Two rows of one key: each join on the key would count twice."""
    key = ", ".join(f'"{c}"' for c in TABLES[name].key)
    repeated = f'SELECT {key} FROM "{name}" GROUP BY {key} HAVING COUNT(*) > 1'
    found = duck.arrow(f"SELECT COUNT(*) AS n FROM ({repeated}) AS repeated").to_pylist()[0]["n"]
    if not found:
        return
    example = duck.arrow(f"{repeated} ORDER BY {key} LIMIT 1").to_pylist()[0]
    same = " AND ".join(
        f'"{c}" IS NULL' if v is None else f"CAST(\"{c}\" AS VARCHAR) = '{_text(v)}'"
        for c, v in example.items()
    )
    shown = ", ".join(f"{c} {v}" for c, v in example.items() if v is not None)
    what = "sessions have several marks" if name == "attendance_marks" else "keys have several rows"
    raise TableError(
        f"Table {name}: {found} {what}, such as {shown}{_places(duck, name, same)}. Keep the one that holds now."
    )


def _text(value: object) -> str:
    return str(value).replace("'", "''")
