"""A published number as every page prints it: by its unit, half-up, or the range that stands in its place."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.ui import printing
from edmeasures.indicator import Indicator

from .numbers import Number

COUNTED_IN_DAYS = ("absence_streak",)


def kind_of(indicator: Indicator) -> str:
    """How its values are printed: a share as percent, everything else with one decimal."""
    return "percent" if indicator.unit == "share" else "decimal"


def better(indicator: Indicator) -> str:
    """Which way is good, in the words of the figure component."""
    return {"higher": "up", "lower": "down"}.get(indicator.direction, "")


def value_of(number: Number) -> str:
    """The value as it is printed everywhere. A student's own value of a share of students is what they counted."""
    definition = number.definition
    if number.shown:
        return number.shown
    if number.student_id is None or definition.kind != "share_of_students":
        return printing.number(number.value, kind_of(definition))
    if definition.code in COUNTED_IN_DAYS:
        days = round(number.value or 0)
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": printing.count(days)}
    if number.denominator:
        return printing.number(number.value, kind_of(definition))
    return _("yes") if number.flag or number.value else _("no")


def part(value: float | None) -> str:
    """A numerator or denominator: whole where it is whole, otherwise with one decimal."""
    whole = float(value or 0).is_integer()
    return printing.decimal(value, 0 if whole else 1)


def counted_from(number: Number) -> str:
    """'141 of 152': what was counted, of how much."""
    return _("%(part)s of %(all)s") % {"part": part(number.numerator), "all": part(number.denominator)}
