"""A school's or district's numbers as its pages show them: the change first, beside the same time last year."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.numbers import Number, SeriesPair
from crescendo.indicators.permissions import ResultScope
from crescendo.indicators.rules import A_YEAR
from crescendo.insights import addresses
from crescendo.pages import words
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer
from crescendo.ui import charts

# The first four of these that have a number stand at the top of a page.
FIRST_CODES = (
    "attendance_rate",
    "chronic_absence",
    "proficiency_rate",
    "benchmark_risk",
    "coursework_completion",
    "class_participation",
)
FIRST = 4


@dataclass(frozen=True)
class Shown:
    """One number on a page, ready for the figure component and for a row of a table."""

    number: Number
    change: float | None
    since: str
    above: Number | None

    @property
    def definition(self) -> object:
        return self.number.definition

    @property
    def kind(self) -> str:
        return words.kind_of(self.number.definition)

    @property
    def better(self) -> str:
        return words.better(self.number.definition)


def list_shown(
    *,
    viewer: Viewer,
    organisation: Organisation,
    run: MeasurementRun,
    scope: ResultScope,
    codes: Sequence[str] | None = None,
) -> list[Shown]:
    """The organisation's numbers by the counting rules shown first, each with its change."""
    compared = indicators.compare_organisation(
        viewer=viewer, organisation=organisation, run=run, indicators=codes, scope=scope
    )
    packs = indicators.first_packs({c.here.indicator for c in compared})
    chosen = [c for c in compared if c.here.rule_pack == packs[c.here.indicator]]
    return [Shown(c.here, c.change, _("the same time last year"), c.above) for c in chosen]


def first_of(shown: Sequence[Shown]) -> list[Shown]:
    """The numbers of a page's first screen."""
    by_code = {s.number.indicator: s for s in shown}
    chosen = [by_code[code] for code in FIRST_CODES if code in by_code]
    evaluated = [s for s in chosen if s.number.is_evaluated]
    return evaluated[:FIRST] or chosen[:FIRST]


def series_chart(pair: SeriesPair | None, *, target: float | None = None) -> charts.Chart | None:
    """The weeks of this school year, with last year's behind them."""
    if pair is None:
        return None
    definition = indicators.get_definition(pair.indicator)
    return charts.line(
        _("%(title)s, week by week") % {"title": definition.title},
        [charts.Point(p.begins_on, p.value) for p in pair.this_year],
        measure=definition.title,
        kind=words.kind_of(definition),
        last_year=[charts.Point(p.begins_on + A_YEAR, p.value) for p in pair.last_year],
        target=target,
    )


def group_chart(title: str, numbers: Sequence[Number], labels: dict[str, str]) -> charts.Chart | None:
    """Groups beside each other with their intervals; a group without a number keeps its place and says why."""
    if not numbers:
        return None
    definition = numbers[0].definition
    rows = [
        {
            "label": labels.get(n.group_value) or words.label(n.group_value),
            "value": n.value,
            "lower": n.lower,
            "upper": n.upper,
            "n": n.n_students,
            "reason": n.reason,
            "href": addresses.of_number(n),
        }
        for n in numbers
    ]
    return charts.bars(
        title, rows, measure=definition.title, group=_("Group"), kind=words.kind_of(definition)
    )
