"""The catalogue's SELECTs: read at first use, parameters bound, building blocks composed as CTEs (D2).

In a run DuckDB reads the words as they stand. SQLGlot parses them where a tree is needed: in the tests (a broken SELECT
fails there, not in a school) and to say them in another engine's dialect.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, TypeAlias, cast

from .tables import TABLES

if TYPE_CHECKING:
    from sqlglot import exp

Parameter: TypeAlias = str | int | float | bool | date | tuple[str, ...]

#: Tables that the evaluation itself lays beside the fact tables.
#: Of these, what a rule pack says in rows.
OF_PACK = ("register_codes", "attendance_bands", "level_weights", "ks4_subjects", "nce_of_percentile")
GIVEN = ("days", "scope_schools", *OF_PACK)

#: Tables that the attendance kernel makes (edmeasures.intervals), with the SELECTs and tables each is made from, and the
#: parameters that change it beside theirs. Elsewhere than in DuckDB they are made by the same functions, a range of
#: students at a time, before the SELECTs run.
MADE: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "day_ranks": (
        ("calendars", "taught_days", "submitted_days"),
        ("before_first_on", "as_of", "assume_recorded"),
    ),
    "spells": (("dated_enrolments",), ("before_first_on",)),
    "memberships": (("spells", "day_ranks"), ()),
    "absent_days": (("spells", "day_ranks", "missed_shares", "missed_sessions"), ("day_units",)),
    "absences": (("memberships", "absent_days"), ("counting", "day_units")),
    "streaks": (("absent_days",), ("day_units",)),
}

_COMMENT = re.compile(r"--[^\n]*")
_SOURCE = re.compile(r"\b(?:FROM|JOIN)\s+([a-z_][a-z_0-9]*)")
_NAME = re.compile(r"\$([a-z_][a-z_0-9]*)")


@dataclass(frozen=True)
class Statement:
    """A SELECT of the catalogue: its name, where it stands and its words."""

    name: str
    path: str
    text: str

    @cached_property
    def select(self) -> exp.Query:
        """The parsed form.

        Raises
        ------
        ValueError
            When it is not a SELECT.
        """
        import sqlglot  # noqa: PLC0415 - a second of import that a run does without
        from sqlglot import exp  # noqa: PLC0415

        parsed = sqlglot.parse_one(self.text, read="duckdb")
        if not isinstance(parsed, exp.Query):
            raise ValueError(
                f"{self.path} is not a SELECT but {type(parsed).__name__}. The catalogue holds SELECTs only."
            )
        return parsed

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """The tables and SELECTs it reads. A test compares with what the parsed form says."""
        found = set(_SOURCE.findall(_COMMENT.sub("", self.text)))
        return tuple(sorted(found & _known()))

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The parameters it asks for."""
        return tuple(sorted(set(_NAME.findall(_COMMENT.sub("", self.text)))))

    def says(self, columns: Iterable[str]) -> tuple[str, ...]:
        """Which of these columns it answers with. A test compares with what the parsed form says."""
        words = _COMMENT.sub("", self.text)
        return tuple(c for c in columns if re.search(rf"\bAS {c}\b", words))


def _load() -> dict[str, Statement]:
    statements: dict[str, Statement] = {}
    for folder in sorted(resources.files("edmeasures.catalog").iterdir(), key=lambda f: f.name):
        if not folder.is_dir():
            continue
        for file in sorted(folder.iterdir(), key=lambda f: f.name):
            if not file.name.endswith(".sql"):
                continue
            path = f"{folder.name}/{file.name}"
            name = file.name.removesuffix(".sql")
            if name in statements or name in TABLES or name in MADE:
                raise ValueError(f"Two SELECTs or tables are called {name!r}; names are unique.")
            statements[name] = Statement(name, path, file.read_text(encoding="utf-8"))
    return statements


#: Every SELECT of the catalogue by name.
STATEMENTS: dict[str, Statement] = _load()


@cache
def _known() -> frozenset[str]:
    return frozenset((*STATEMENTS, *MADE, *TABLES, *GIVEN))


def reads(name: str) -> tuple[str, ...]:
    """What a SELECT or a table of the kernel is made from."""
    return MADE[name][0] if name in MADE else STATEMENTS[name].reads


@cache
def depends(name: str) -> tuple[str, ...]:
    """Every parameter that changes the rows of a SELECT or of a table of the kernel, through all it is made from."""
    found = set(MADE[name][1] if name in MADE else STATEMENTS[name].parameters)
    for read in reads(name):
        if read in STATEMENTS or read in MADE:
            found |= set(depends(read))
        elif read in OF_PACK:
            found.add(read)
    return tuple(sorted(found))


def written(value: Parameter) -> str:
    """A value as a literal."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, date):
        return f"CAST('{value.isoformat()}' AS DATE)"
    if isinstance(value, tuple):
        return ", ".join(written(v) for v in value)
    return "'" + value.replace("'", "''") + "'"


def bind(statement: Statement, parameters: Mapping[str, Parameter]) -> str:
    """The SELECT as DuckDB reads it, with its parameters as literals; a tuple becomes the list of an IN.

    Raises
    ------
    KeyError
        When a parameter has no value.

    Examples
    --------
    >>> from datetime import date
    >>> text = bind(STATEMENTS["latest_results"], {"as_of": date(2026, 3, 2)})
    >>> "CAST('2026-03-02' AS DATE)" in text
    True
    """
    missing = set(statement.parameters) - set(parameters)
    if missing:
        raise KeyError(f"{statement.path} needs a value for ${sorted(missing)[0]}.")
    return _NAME.sub(lambda found: written(parameters[found[1]]), statement.text)


@cache
def order(name: str) -> tuple[str, ...]:
    """Every SELECT that a number stands on, each after those it reads itself; through the kernel's tables too."""
    found: list[str] = []
    for read in reads(name):
        if read in STATEMENTS or read in MADE:
            own = (read,) if read in STATEMENTS else ()
            found.extend(b for b in (*order(read), *own) if b not in found)
    return tuple(found)


@cache
def _blocks(name: str) -> tuple[str, ...]:
    """The SELECTs among these that stand in the query itself; the kernel's tables are tables there."""
    found: list[str] = []
    for read in STATEMENTS[name].reads:
        if read in STATEMENTS:
            found.extend(b for b in (*_blocks(read), read) if b not in found)
    return tuple(found)


def compose(name: str, parameters: Mapping[str, Parameter]) -> exp.Query:
    """One SELECT with every building block as a CTE: it reads declared tables only and runs anywhere they stand.

    Examples
    --------
    >>> from datetime import date
    >>> query = compose("data_freshness", {"as_of": date(2026, 3, 2)})
    >>> from sqlglot import exp
    >>> sorted(t.name for t in query.find_all(exp.Table) if t.name == "calendar_days")
    ['calendar_days']
    """
    from sqlglot import exp, parse_one  # noqa: PLC0415 - a second of import that a run does without

    def tree(block: str) -> exp.Query:
        return cast("exp.Query", parse_one(bind(STATEMENTS[block], parameters), read="duckdb"))

    query = tree(name)
    own = query.args.get("with_") or query.args.get("with")
    inner = list(own.expressions) if own else []
    blocks = [
        exp.CTE(this=tree(block), alias=exp.TableAlias(this=exp.to_identifier(block)))
        for block in _blocks(name)
    ]
    query.set("with_" if "with_" in query.arg_types else "with", exp.With(expressions=[*blocks, *inner]))
    return query
