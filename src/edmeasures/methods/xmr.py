"""The XmR chart: what one value a week usually does, judged by how much neighbours differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given
from .chart_constants import chart_constants

Array = npt.NDArray[np.float64]
# As printed in every table and built into qcc, qicharts2 and the NHS templates (3 / 1.128 is their 2.66).
_D2 = 1.128  # mean range of two values of a normal distribution, in standard deviations
_D4 = 3.267  # upper limit of moving ranges, in mean ranges


@dataclass(frozen=True, slots=True)
class XmR:
    """Centre and natural process limits. NaN below two values."""

    centre: float
    lower: float
    upper: float
    mean_range: float
    n: int
    method: str


def xmr_limits(values: npt.ArrayLike, *, screened: bool = False, computed: bool = False) -> XmR:
    """The limits within which values usually lie: the mean and three sigma, sigma from the mean moving range.

    Parameters
    ----------
    values : array_like of shape (n,)
        In order of time, nothing missing.
    screened : bool
        Leave out moving ranges above 3.267 times their mean, so that one jump does not widen the limits.
    computed : bool
        With the constants themselves (2 / sqrt(pi) for 1.128), which narrows the limits by three parts in ten thousand.

    Returns
    -------
    XmR

    Raises
    ------
    ValueError
        When a value is missing or infinite.

    References
    ----------
    Montgomery, D. C. (2009). Introduction to Statistical Quality Control, 6th ed., section 6.4. Reference values: R
    packages qcc and qicharts2 (`screened` is qicharts2's habit), and the NHSRplotthedots vignette.

    Examples
    --------
    >>> found = xmr_limits([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1])
    >>> round(found.lower, 2), round(found.upper, 2)
    (-3.06, 6.95)
    """
    x = given.numbers("values", values)
    constants = chart_constants(2)
    d2, d4 = (constants.d2, constants.D4) if computed else (_D2, _D4)
    name = "XmR, moving ranges screened" if screened else "XmR"
    if x.size < 2:
        return XmR(float("nan"), float("nan"), float("nan"), float("nan"), x.size, name)
    ranges = np.abs(np.diff(x))
    if screened:
        ranges = ranges[ranges <= d4 * ranges.mean()]
    mean_range, centre = float(ranges.mean()), float(x.mean())
    half = 3 * mean_range / d2
    return XmR(centre, centre - half, centre + half, mean_range, x.size, name)
