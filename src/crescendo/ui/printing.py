"""Numbers as the components show them: `core.numbers` prints; here are the words around a number.

A missing value is a dash in a table and a sentence in a figure, never a zero.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crescendo.core import numbers
from crescendo.core.numbers import Number

NO_VALUE = "–"
ABOUT_THE_SAME = "same"


def percent(share: Number | None, digits: int = 1) -> str:
    """0.9345 -> '93.5%'."""
    return NO_VALUE if share is None else numbers.percent(share, digits)


def decimal(value: Number | None, digits: int = 1) -> str:
    return NO_VALUE if value is None else numbers.decimal(value, digits)


def count(value: Number | None) -> str:
    return NO_VALUE if value is None else numbers.count(value)


def number(value: Number | None, kind: str = "decimal", digits: int | None = None) -> str:
    """A value printed by its kind: percent, decimal or count."""
    match kind:
        case "percent":
            return percent(value, 1 if digits is None else digits)
        case "decimal":
            return decimal(value, 1 if digits is None else digits)
        case "count":
            return count(value)
    raise ValueError(f"A number's kind is '{kind}'. Use percent, decimal or count.")


@dataclass(frozen=True)
class Change:
    """A change in words, and whether it is to the good: better, worse, same or neutral."""

    words: str
    kind: str


def change(
    difference: Number | None,
    *,
    kind: str = "percent",
    digits: int | None = None,
    since: str = "",
    better: str = "",
) -> Change | None:
    """'Up 1.2 points since last year'. `better` says which way is good ('up', 'down', or '' where neither is).

    A difference that prints as zero is 'about the same', because the reader cannot see more than is printed.
    """
    if difference is None:
        return None
    digits = (0 if kind == "count" else 1) if digits is None else digits
    exact = numbers.as_fraction(difference) * (100 if kind == "percent" else 1)
    if not numbers.half_up(exact, digits):
        words = _("About the same since %(since)s") % {"since": since} if since else _("About the same")
        return Change(words, ABOUT_THE_SAME)
    amount = numbers.decimal(abs(exact), digits)
    if kind == "percent":
        amount = _("%(amount)s points") % {"amount": amount}
    up = exact > 0
    words = _change_sentence(up, amount, since)
    if better not in ("up", "down"):
        return Change(words, "neutral")
    return Change(words, "better" if up == (better == "up") else "worse")


def _change_sentence(up: bool, amount: str, since: str) -> str:
    values = {"amount": amount, "since": since}
    if since:
        return (_("Up %(amount)s since %(since)s") if up else _("Down %(amount)s since %(since)s")) % values
    return (pgettext("change", "Up %(amount)s") if up else pgettext("change", "Down %(amount)s")) % values
