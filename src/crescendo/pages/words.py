"""Numbers in plain sentences. What goes well is said first; nobody is reduced to a colour."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers as printed
from crescendo.indicators.numbers import Number
from crescendo.indicators.printed import better, kind_of, value_of
from crescendo.ui import vocabulary

__all__ = ["better", "kind_of", "label", "value_of", "went_well", "worth_a_look"]

GOOD_ATTENDANCE = 0.95
GOOD_COMPLETION = 0.9
GOOD_PARTICIPATION = 0.8
NEED_CODES = ("chronic_absence", "benchmark_risk", "course_failure", "coursework_completion", "late_work")
WELL_CODES = (
    "attendance_rate",
    "coursework_completion",
    "class_participation",
    "proficiency_rate",
    "credits_on_track",
)
SENTENCE_CODES = tuple(dict.fromkeys(WELL_CODES + NEED_CODES))
LOW_COMPLETION = 0.7
MUCH_LATE = 0.25


def label(value: str) -> str:
    """A value of a characteristic as a reader would write it: 'two_or_more' -> 'Two or more'."""
    words = value.replace("_", " ").strip()
    return vocabulary.known_word(words[:1].upper() + words[1:])


def went_well(numbers: Iterable[Number]) -> list[str]:
    """What goes well for one student, as sentences, strongest first."""
    found = {number.indicator: number for number in numbers if number.is_evaluated}
    said = []
    if (n := found.get("attendance_rate")) and n.value >= GOOD_ATTENDANCE:
        said.append(_("In school %(percent)s of the time.") % {"percent": printed.percent(n.value)})
    if (n := found.get("coursework_completion")) and n.value >= GOOD_COMPLETION:
        said.append(
            _("Handed in %(done)s of %(all)s pieces of work.")
            % {"done": printed.count(n.numerator), "all": printed.count(n.denominator)}
        )
    if (n := found.get("class_participation")) and n.value >= GOOD_PARTICIPATION:
        said.append(
            _("Took part in %(percent)s of the lessons checked.") % {"percent": printed.percent(n.value, 0)}
        )
    if (n := found.get("proficiency_rate")) and n.value == 1:
        said.append(_("Met the standard in every state test."))
    if (n := found.get("credits_on_track")) and n.flag:
        said.append(_("On track with credits."))
    return said


def worth_a_look(numbers: Iterable[Number]) -> list[str]:
    """What somebody should look at, as sentences; never a verdict."""
    found = {number.indicator: number for number in numbers if number.is_evaluated}
    said = []
    if (n := found.get("chronic_absence")) and n.flag:
        said.append(_missed(n))
    if (n := found.get("benchmark_risk")) and n.flag:
        said.append(_("Scored below the benchmark in the latest screening."))
    if (n := found.get("course_failure")) and n.flag:
        courses = round(n.numerator or 0)
        said.append(
            ngettext("Did not pass %(n)s course.", "Did not pass %(n)s courses.", courses) % {"n": courses}
        )
    if (n := found.get("coursework_completion")) and n.value < LOW_COMPLETION:
        open_work = round((n.denominator or 0) - (n.numerator or 0))
        said.append(
            ngettext(
                "%(n)s piece of work is not handed in.", "%(n)s pieces of work are not handed in.", open_work
            )
            % {"n": open_work}
        )
    if (n := found.get("late_work")) and n.value >= MUCH_LATE:
        said.append(_("Hands in %(percent)s of the work late.") % {"percent": printed.percent(n.value, 0)})
    return said


def _missed(number: Number) -> str:
    return _("Missed %(absent)s of %(days)s school days.") % {
        "absent": printed.decimal(number.numerator, 0 if float(number.numerator or 0).is_integer() else 1),
        "days": printed.count(number.denominator or 0),
    }
