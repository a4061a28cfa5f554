"""A published number as every page prints it: by its unit, half-up, or the range that stands in its place."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.ui import printing
from edmeasures import catalog
from edmeasures.indicator import Indicator

from .numbers import Number

COUNTED_IN_DAYS = ("absence_streak",)
FEW = 10  # a number of fewer students says so beside it: 0% of one student is no finding about a school
BESIDE = {
    "instructional days": gettext_lazy("school days"),
    "incidents per 100 student-days": gettext_lazy("per 100 days of a student"),
    "days per 100 students": gettext_lazy("days per 100 students"),
    "scale points": gettext_lazy("points"),
}


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


def beside(number: Number) -> str:
    """What stands small beside a value: its unit where it is no share, and how many students it rests on where few."""
    if not number.is_evaluated or number.shown:
        return ""
    said = [str(BESIDE[unit])] if (unit := catalog.get(number.indicator).unit) in BESIDE else []
    n = number.n_students
    if number.student_id is None and n is not None and 0 < n < FEW:
        said.append(ngettext("of %(n)s student", "of %(n)s students", n) % {"n": printing.count(n)})
    return " \u00b7 ".join(said)


def part(value: float | None) -> str:
    """A numerator or denominator: whole where it is whole, otherwise with one decimal."""
    whole = float(value or 0).is_integer()
    return printing.decimal(value, 0 if whole else 1)


def counted_from(number: Number) -> str:
    """'141 of 152': what was counted, of how much."""
    return _("%(part)s of %(all)s") % {"part": part(number.numerator), "all": part(number.denominator)}
