"""A support plan in plain words, in the reader's language: the same sentences for staff and for a family."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers
from crescendo.indicators import queries as indicators
from crescendo.plans.aims import Measure
from crescendo.plans.models import Plan
from crescendo.ui import printing, vocabulary
from edmeasures import catalog


def prints_as(measure: Measure) -> str:
    """Shares are printed as percent, everything else with a decimal where it has one."""
    if measure.kind == Plan.MeasureKind.INDICATOR and catalog.get(measure.indicator).unit == "share":
        return "percent"
    return "decimal"


def measure_title(measure: Measure) -> str:
    """What the measure is called, in the reader's language."""
    if measure.kind == Plan.MeasureKind.INDICATOR:
        return indicators.get_definition(measure.indicator).title
    if measure.kind == Plan.MeasureKind.ASSESSMENT:
        return ", ".join(vocabulary.known_word(word) for word in (measure.family, measure.subject) if word)
    return measure.text


def printed(measure: Measure, value: float | None) -> str:
    """A value of the measure: 84.2%, 212, 31.5."""
    if value is None:
        return printing.NO_VALUE
    kind = prints_as(measure)
    is_whole = (numbers.as_fraction(value) * (100 if kind == "percent" else 1)).denominator == 1
    text = printing.number(value, kind, 0 if is_whole else None)
    return f"{text} {measure.unit}".strip()


def goal_sentence(*, measure: Measure, baseline: float | None, target: float | None, due_on: object) -> str:
    """'Attendance rate: from 84.2% to 95% by June 12, 2026.'"""
    said = {
        "measure": measure_title(measure),
        "from": printed(measure, baseline),
        "to": printed(measure, target),
        "day": date_format(due_on, "DATE_FORMAT"),
    }
    if target is None:
        return _("%(measure)s gets better by %(day)s.") % said
    if baseline is None:
        return _("%(measure)s: %(to)s by %(day)s.") % said
    return _("%(measure)s: from %(from)s to %(to)s by %(day)s.") % said


def scored_below(score: float, benchmark: float) -> str:
    """'Scored 197; the benchmark is 220.'"""
    return _("Scored %(score)s; the benchmark is %(benchmark)s.") % {
        "score": _as_scored(score),
        "benchmark": _as_scored(benchmark),
    }


def _as_scored(value: float) -> str:
    return printing.decimal(value, 0 if float(value).is_integer() else 1)


def dose_sentence(held: int, planned: int) -> str:
    """'7 of 9 sessions took place.' Before the first was due, it says so."""
    if planned <= 0 and held == 0:
        return _("No session was due yet.")
    if held > planned:
        return ngettext(
            "%(held)s session took place; %(planned)s was planned so far.",
            "%(held)s sessions took place; %(planned)s were planned so far.",
            held,
        ) % {"held": numbers.count(held), "planned": numbers.count(planned)}
    return ngettext(
        "%(held)s of %(planned)s session took place.", "%(held)s of %(planned)s sessions took place.", planned
    ) % {"held": numbers.count(held), "planned": numbers.count(planned)}


def rhythm_sentence(sessions_per_week: int, minutes: int | None) -> str:
    """'2 sessions a week, 30 minutes each.'"""
    sessions = ngettext("%(n)s session a week", "%(n)s sessions a week", sessions_per_week) % {
        "n": numbers.count(sessions_per_week)
    }
    if minutes is None:
        return sessions
    each = ngettext("%(n)s minute each", "%(n)s minutes each", minutes) % {"n": numbers.count(minutes)}
    return f"{sessions}, {each}"
