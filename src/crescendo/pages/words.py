"""What goes well, in plain sentences: said first, because nobody is reduced to a colour. What needs a look is `insights`'."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.core import numbers as printed
from crescendo.indicators.numbers import Number
from crescendo.indicators.printed import better, kind_of, value_of
from crescendo.ui import vocabulary

__all__ = ["better", "kind_of", "label", "value_of", "went_well"]

GOOD_ATTENDANCE = 0.95
GOOD_COMPLETION = 0.9
GOOD_PARTICIPATION = 0.8
WELL_CODES = (
    "attendance_rate",
    "coursework_completion",
    "class_participation",
    "proficiency_rate",
    "credits_on_track",
)


def label(value: str) -> str:
    """A value of a characteristic as a reader would write it: 'two_or_more' -> 'Two or more'."""
    words = value.replace("_", " ").strip()
    return vocabulary.known_word(words[:1].upper() + words[1:])


# A share of students has a title about students; of one student it is something else, which the row has to say.
OWN_TITLES = {
    "chronic_absence": gettext_lazy("Share of days missed (chronic absence: 10% or more)"),
    "severe_chronic_absence": gettext_lazy("Share of days missed (severe: 20% or more)"),
}


def own_title(number: Number) -> str:
    """What a number is called on the page of one student."""
    return str(OWN_TITLES.get(number.indicator) or number.definition.title)


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
