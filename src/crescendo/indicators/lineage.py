"""From the tables to a measure: the SELECTs it stands on, and the columns its numerator and denominator are made from.

SQLGlot traces the columns through the composed SELECT (D2). It stops at the attendance kernel's tables, which are
computed and not selected; what those are made from stands in the steps.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from edmeasures import compose, rulepacks
from edmeasures.indicator import Indicator
from edmeasures.rulepacks.binding import bindings
from edmeasures.tables import TABLES

TABLE, SELECTED, COMPUTED, GIVEN = "table", "selected", "computed", "given"

# What the kernel's tables hold, in a sentence each.
KERNEL = {
    "day_ranks": "The school days of each calendar, numbered, with those on which the school sent its attendance.",
    "spells": "Enrollments merged to stretches without overlap.",
    "memberships": "Each student's days of membership and recorded days at each school, by subtracting two ranks.",
    "absent_days": "The missed parts of each student's recorded days, at most the whole day.",
    "absences": "Each student's missed time at each school, counted by the counting rules.",
    "streaks": "Each student's longest run of full days absent.",
}
LAID = {
    "days": "The days from the first school day up to the day of the measurement.",
    "scope_schools": "Which schools belong to each place.",
    "register_codes": "What each mark of a register means under the counting rules.",
    "attendance_bands": "The tiers of attendance under the counting rules.",
    "level_weights": "How many points each performance level earns under the counting rules.",
    "ks4_subjects": "Which subject stands in which group of Attainment 8.",
    "nce_of_percentile": "The normal curve equivalent of each percentile rank.",
    "assessment_norms": "The mean and the spread of all scores on each test and grade.",
    "sources_received": "Which tables arrived from which school.",
}


@dataclass(frozen=True)
class Step:
    """One table or SELECT on the way, with what it is made from. `words` are the author's own, in English."""

    name: str
    kind: str
    words: str
    made_from: tuple[str, ...]
    text: str = ""


@dataclass(frozen=True)
class Lineage:
    """The way from the tables to the measure, tables first, and the columns behind its two counts."""

    steps: tuple[Step, ...]
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]

    def of_kind(self, kind: str) -> list[Step]:
        return [step for step in self.steps if step.kind == kind]

    @property
    def tables(self) -> list[Step]:
        return self.of_kind(TABLE)

    @property
    def between(self) -> list[Step]:
        """The building blocks, each after those it is made from."""
        return [step for step in self.steps[:-1] if step.kind in (SELECTED, COMPUTED)]

    @property
    def measure(self) -> Step:
        return self.steps[-1]


@lru_cache(maxsize=64)
def trace(definition: Indicator) -> Lineage:
    """How the measure is made. Parsing takes a moment, so the answer is kept: it changes only with the release."""
    name = definition.sql.removesuffix(".sql")
    found: dict[str, Step] = {}
    _visit(name, found)
    columns = _columns(name, definition)
    return Lineage(tuple(found.values()), columns["numerator"], columns["denominator"])


def _visit(name: str, found: dict[str, Step]) -> None:
    """Depth first, so that a step stands after what it is made from."""
    if name in found:
        return
    if name in compose.STATEMENTS or name in compose.MADE:
        for read in compose.reads(name):
            _visit(read, found)
    found[name] = _step(name)


def _step(name: str) -> Step:
    if name in compose.STATEMENTS:
        text = compose.STATEMENTS[name].text
        return Step(name, SELECTED, _comment(text), compose.reads(name), text)
    if name in compose.MADE:
        return Step(name, COMPUTED, KERNEL[name], compose.reads(name))
    if name in LAID:
        return Step(name, GIVEN, LAID[name], ())
    return Step(name, TABLE, TABLES[name].meaning, ())


def _comment(text: str) -> str:
    """What the author wrote above the SELECT."""
    lines = re.match(r"(?:--[^\n]*\n)*", text)
    return " ".join(line.removeprefix("--").strip() for line in lines[0].splitlines()) if lines else ""


def _columns(name: str, definition: Indicator) -> dict[str, tuple[str, ...]]:
    """`table.column` at the end of every way that leads to the numerator, and to the denominator."""
    from sqlglot import exp, lineage  # noqa: PLC0415  (a second of import that only this page needs)

    query = compose.compose(name, _parameters(definition))
    offered = query.named_selects
    found: dict[str, tuple[str, ...]] = {}
    for column in ("numerator", "denominator"):
        if column not in offered:
            found[column] = ()
            continue
        ends = set()
        # The SELECTs name the table of every column, so no schema has to say it.
        traced = lineage.lineage(column, query.copy(), {}, dialect="duckdb", validate_qualify_columns=False)
        for node in traced.walk():
            if isinstance(node.expression, exp.Table) and not node.downstream:
                ends.add(f"{node.expression.name}.{node.name.rsplit('.', 1)[-1]}")
        found[column] = tuple(sorted(ends))
    return found


def _parameters(definition: Indicator) -> dict[str, compose.Parameter]:
    """Any values do: which columns are read does not depend on them."""
    from datetime import date  # noqa: PLC0415

    from edmeasures.run import DAY_UNITS  # noqa: PLC0415  (loads the engine: only where a measure is traced)

    day = date(2026, 1, 1)
    return {
        "as_of": day,
        "first_on": day,
        "before_first_on": day,
        "day_units": DAY_UNITS,
        "half_day_units": DAY_UNITS // 2,
        "year_is_over": False,
        "school_year": 2026,
    } | bindings(rulepacks.US_FEDERAL, definition)
