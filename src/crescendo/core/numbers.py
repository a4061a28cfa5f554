"""Numbers as people read them: rounded half-up, once, from the unrounded value (D11).

A float is taken at its shortest decimal form, which is what a person would write: 0.285 is 28.5 percent and prints
as 29, although its binary neighbour lies a hair below. A share of two counts is better handed over as a `Fraction`.
What is missing stays missing: these functions refuse None, and the page says why there is no number.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from django.utils.formats import number_format
from django.utils.translation import get_language, pgettext

Number = int | float | Decimal | Fraction


@lru_cache(
    maxsize=8192, typed=True
)  # typed: a float stands for its shortest decimal form, a Fraction for itself
def half_up(value: Number, digits: int = 0) -> Decimal:
    """The value with `digits` places; a tie goes away from zero, as taught in school. Never minus zero."""
    exact = as_fraction(value)
    scaled = abs(exact) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    if 2 * rest >= scaled.denominator:
        whole += 1
    with localcontext() as context:
        context.prec = max(28, len(str(whole)) + digits)
        return Decimal(whole if exact >= 0 else -whole).scaleb(-digits)


def as_fraction(value: Number) -> Fraction:
    """The number a person means: a float by its shortest decimal form, the others as they are."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{value} is not a number that can be printed. Say why there is none instead.")
        return Fraction(repr(value))
    return Fraction(value)


def share(part: int, whole: int) -> Fraction:
    """`part` of `whole`, exact. Nothing out of nothing is not a share: it raises."""
    if whole == 0:
        raise ValueError("A share of nothing is not evaluated. Ask whether there is anybody first.")
    return Fraction(part, whole)


def decimal(value: Number, digits: int = 1) -> str:
    """2.345 -> '2.35' with two digits, in the reader's language."""
    return _in_language(value, digits, get_language())


@lru_cache(maxsize=8192, typed=True)  # a page prints the same few numbers in pictures, tables and sentences
def _in_language(value: Number, digits: int, _language: str | None) -> str:
    return number_format(half_up(value, digits), decimal_pos=digits, use_l10n=True, force_grouping=True)


def count(value: Number) -> str:
    """1234 -> '1,234', in the reader's language."""
    return decimal(value, 0)


def percent(value: Number, digits: int = 1) -> str:
    """A share from 0 to 1 as percent: 0.9345 -> '93.5%' (in Spanish '93,5 %')."""
    return _percent_in_language(value, digits, get_language())


@lru_cache(maxsize=8192, typed=True)
def _percent_in_language(value: Number, digits: int, _language: str | None) -> str:
    # Translators: how a percentage is written; Spanish puts a no-break space before the sign.
    return pgettext("number", "%(number)s%%") % {"number": decimal(as_fraction(value) * 100, digits)}
