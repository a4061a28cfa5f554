"""Specs of indicators: drawn tables, facts in and result out, that the tests execute and the documentation shows.

A spec is a Markdown file beside the SELECT, ``<code>.spec.md``::

    # Title, then what is shown
    ## Facts
    `enrolments`

    | student_id | school_id | entry_on |
    | --- | --- | --- |
    | Ada | North | 2026-03-02 |

    ## Result under `us-federal` on 2026-03-13
    `students` / `groups` / `series`

    | student_id | value |
    | --- | --- |
    | Ada | 9 / 10 |

Numbers are written as arithmetic. ``2026-03-02 to 2026-03-13`` stands for each weekday between the two, ``s001 to s120``
for each number between. A cell ``-`` is empty. ``school_year`` is 2026 and ``is_instructional`` is yes where not drawn.
"""

from __future__ import annotations

import ast
import itertools
import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from importlib import resources
from typing import Any

import pyarrow as pa

from . import catalog, rulepacks
from .evaluate import Results, evaluate
from .tables import TABLES, Column

#: Equal up to the last bits of a double; the arithmetic in a spec is exact, a division in a measure is not.
TOLERANCE = 1e-12

_RESULT = re.compile(r"^## Result under `(?P<pack>[a-z-]+)` on (?P<day>\d{4}-\d\d-\d\d)$")
_DAYS = re.compile(r"^(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)$")
_NUMBERS = re.compile(r"^([A-Za-z]+)(\d+) to \1(\d+)$")
_ARROW = {"id": pa.string(), "text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
_ARROW |= {"flag": pa.bool_(), "date": pa.date32()}
_SCHOOL_YEAR = 2026
_UNDRAWN = {"school_year": str(_SCHOOL_YEAR), "is_instructional": "yes"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out under one rule pack on one day: drawn rows of ``students``, ``groups`` or ``series``."""

    pack: str
    as_of: date
    tables: Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Spec:
    """One indicator's drawn table."""

    code: str
    text: str
    facts: Mapping[str, Sequence[Row]]
    expected: Sequence[Expected]


def text_of(code: str) -> str:
    """The Markdown of an indicator's spec.

    Raises
    ------
    FileNotFoundError
        When the indicator has none.
    """
    folder = resources.files("edmeasures.catalog") / catalog.get(code).subject
    return (folder / f"{code}.spec.md").read_text(encoding="utf-8")


def read(code: str) -> Spec:
    """The spec of an indicator, parsed.

    Examples
    --------
    >>> read("chronic_absence").expected[0].pack
    'edu-decimal'
    """
    text = text_of(code)
    facts: dict[str, list[Row]] = {}
    expected: list[Expected] = []
    target: dict[str, list[Row]] = facts
    for heading, name, rows in _drawn(text):
        found = _RESULT.match(heading)
        if found:
            if not expected or (expected[-1].pack, expected[-1].as_of) != _case(found):
                target = {}
                expected.append(Expected(*_case(found), target))
        elif not heading.startswith("## Facts"):
            raise ValueError(
                f"{code}: a table stands under {heading!r}; write '## Facts' or '## Result under `pack` on day'."
            )
        target.setdefault(name, []).extend(rows)
    return Spec(code, text, facts, tuple(expected))


def _case(found: re.Match[str]) -> tuple[str, date]:
    return found["pack"], date.fromisoformat(found["day"])


def _drawn(text: str) -> Iterator[tuple[str, str, list[Row]]]:
    """Each table with the heading above it and the name before it."""
    heading, name, lines = "", "", text.splitlines()
    position = 0
    while position < len(lines):
        line = lines[position]
        if line.startswith("## "):
            heading = line.strip()
        elif re.fullmatch(r"`[a-z_]+`", line.strip()):
            name = line.strip().strip("`")
        elif line.startswith("|"):
            block = list(itertools.takewhile(lambda row: row.startswith("|"), lines[position:]))
            columns = _cells(block[0])
            yield heading, name, [dict(zip(columns, _cells(row), strict=True)) for row in block[2:]]
            position += len(block) - 1
        position += 1


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


_OPERATORS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: lambda base, power: float(base) ** float(power),
}


def arithmetic(text: str) -> Fraction | float:
    """What a cell of arithmetic comes to: exact for the four operations, a float for a root (``** 0.5``).

    Raises
    ------
    ValueError
        When the cell holds anything else than numbers, ``+ - * / **`` and parentheses.

    Examples
    --------
    >>> arithmetic("(16 + 1) / 18")
    Fraction(17, 18)
    """

    def value(node: ast.AST) -> Any:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return Fraction(str(node.value))
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        raise ValueError(f"{text!r} is not arithmetic.")

    found: Fraction | float = value(ast.parse(text, mode="eval").body)
    return found


def _expand(cell: str) -> list[str]:
    if days := _DAYS.match(cell):
        first, last = date.fromisoformat(days[1]), date.fromisoformat(days[2])
        every = (first + timedelta(days=i) for i in range((last - first).days + 1))
        return [day.isoformat() for day in every if day.weekday() < 5]
    if numbers := _NUMBERS.match(cell):
        width = len(numbers[2])
        return [f"{numbers[1]}{i:0{width}d}" for i in range(int(numbers[2]), int(numbers[3]) + 1)]
    return [cell]


def _value(cell: str, column: Column) -> Any:
    if cell == "-":
        return None
    if column.type == "flag":
        return {"yes": True, "no": False}[cell]
    if column.type == "date":
        return date.fromisoformat(cell)
    if column.type in ("integer", "number"):
        number = arithmetic(cell)
        return int(number) if column.type == "integer" else float(number)
    return cell


def fact_tables(spec: Spec) -> dict[str, pa.Table]:
    """The drawn facts as Arrow tables."""
    return {name: _fact_table(name, rows) for name, rows in spec.facts.items()}


def _fact_table(name: str, rows: Sequence[Row]) -> pa.Table:
    columns = {c.name: c for c in TABLES[name].columns}
    filled: list[Row] = []
    for row in rows:
        whole = {k: v for k, v in _UNDRAWN.items() if k in columns} | row
        for values in itertools.product(*(_expand(cell) for cell in whole.values())):
            filled.append(dict(zip(whole, values, strict=True)))
    drawn = [c for c in columns if any(c in row for row in filled)]
    return pa.table(
        {
            c: pa.array([_value(row.get(c, "-"), columns[c]) for row in filled], _ARROW[columns[c].type])
            for c in drawn
        }
    )


def run(spec: Spec, expected: Expected) -> Results:
    """Evaluate the drawn facts."""
    pack = rulepacks.get(expected.pack)
    return evaluate(
        fact_tables(spec),
        school_year=_SCHOOL_YEAR,
        as_of=expected.as_of,
        indicators=[spec.code],
        rule_packs=[pack],
        threads=1,
    )


def differences(spec: Spec, expected: Expected) -> list[str]:
    """What the library answers otherwise than drawn, one sentence each; empty where all is as drawn."""
    results = run(spec, expected)
    found = []
    for name, rows in expected.tables.items():
        actual: list[dict[str, Any]] = getattr(results, name).to_pylist()
        for row in rows:
            found.extend(_compare(name, row, actual))
    return found


_KEYS = ("student_id", "school_id", "organisation_id", "characteristic", "group_value", "begins_on")


def _compare(name: str, row: Row, actual: Sequence[dict[str, Any]]) -> list[str]:
    keys = {k: None if v == "-" else v for k, v in row.items() if k in _KEYS}
    if name == "groups":
        keys.setdefault("characteristic", "")
    matches = [a for a in actual if all(_text(a[k]) == v for k, v in keys.items())]
    if len(matches) != 1:
        return [f"{name}: {keys} matches {len(matches)} rows instead of one."]
    drawn = {k: v for k, v in row.items() if k not in _KEYS and k != "why"}
    return [
        f"{name} {keys}: {column} is {matches[0][column]!r}, drawn as {cell}."
        for column, cell in drawn.items()
        if not _equal(matches[0][column], cell)
    ]


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _equal(actual: Any, cell: str) -> bool:
    if cell == "-" or actual is None:
        return actual is None and cell == "-"
    if isinstance(actual, bool):
        return cell == ("yes" if actual else "no")
    if isinstance(actual, int | float):
        wanted = float(arithmetic(cell))
        return abs(actual - wanted) <= TOLERANCE * max(1.0, abs(wanted))
    return str(actual) == cell
