"""A growth measure over its standard error, and the level an authority reads from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from . import given

TENNESSEE = ((Fraction(-2), "1"), (Fraction(-1), "2"), (Fraction(1), "3"), (Fraction(2), "4"), (None, "5"))
NORTH_CAROLINA = (
    (Fraction(-2), "does not meet expected growth"),
    (Fraction(2), "meets expected growth"),
    (None, "exceeds expected growth"),
)


@dataclass(frozen=True, slots=True)
class GrowthIndex:
    """The unrounded index, what is printed of it, and the level."""

    value: float
    printed: float
    level: str
    method: str


def growth_index(
    measure: float | str,
    standard_error: float | str,
    *,
    bands: tuple[tuple[Fraction | None, str], ...] = TENNESSEE,
    name: str = "growth index, Tennessee",
) -> GrowthIndex:
    """How many standard errors growth lies from what was expected, and its level.

    Parameters
    ----------
    measure, standard_error : float or str
        Unrounded. As text ("3.30") they are taken exactly; a float as the decimal that it prints as.
    bands : tuple of (upper bound or None, level)
        From below; a level reaches up to its bound, and the bound itself belongs to the next one.

    References
    ----------
    SAS EVAAS, https://tvaas.sas.com and https://ncdpi.sas.com, help pages on the growth index. An index on a boundary
    takes the higher level. Reference values: worked example S11.

    Examples
    --------
    >>> growth_index(3.30, 1.50).level, growth_index(2.0, 1.0).level, growth_index(-1.999, 1.0).level
    ('5', '5', '2')
    """
    above, below = (_exact(n, v) for n, v in (("measure", measure), ("standard_error", standard_error)))
    if below <= 0:
        raise ValueError(f"standard_error is {standard_error}; it must be above 0.")
    index = above / below
    level = next(label for bound, label in bands if bound is None or index < bound)
    # Half-up on the exact ratio (D11): away from 0 at a half.
    cents = math.floor(abs(index) * 100 + Fraction(1, 2))
    return GrowthIndex(float(index), (cents if index >= 0 else -cents) / 100, level, name)


def _exact(name: str, value: float | str) -> Fraction:
    try:
        given.number(name, float(value))
        return Fraction(str(value))
    except ValueError as error:
        raise ValueError(f"{name} is {value!r}; a number is needed.") from error
