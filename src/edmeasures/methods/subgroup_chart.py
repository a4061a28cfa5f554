"""Charts of samples: means, ranges and standard deviations of equal samples, and their EWMA and CUSUM.

Written out with computed constants; the packages at hand use tables rounded to three places.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given
from .chart_constants import chart_constants
from .control_chart import ControlChart

Array = npt.NDArray[np.float64]


def xbar_chart(samples: npt.ArrayLike) -> ControlChart:
    """Means of samples; sigma from the mean range.

    Parameters
    ----------
    samples : array_like of shape (k, n)
        One sample a row, in order of time.

    References
    ----------
    Montgomery (2009), section 6.2. Reference values: R package qcc 2.7 on the piston rings (which divides by the
    printed 2.326 instead of 2.325929).

    Examples
    --------
    >>> chart = xbar_chart([[1, 3], [2, 2], [3, 5]])
    >>> round(chart.centre, 3), round(float(chart.upper[0]), 3)
    (2.667, 5.173)
    """
    x = given.table("samples", samples, fewest_rows=1)
    _k, n = x.shape
    sigma = float(np.ptp(x, axis=1).mean()) / chart_constants(n).d2
    return _chart(x.mean(axis=1), float(x.mean()), sigma / math.sqrt(n), -math.inf, "xbar chart")


def r_chart(samples: npt.ArrayLike) -> ControlChart:
    """Ranges of samples.

    Examples
    --------
    >>> round(r_chart([[1, 3], [2, 2], [3, 5]]).centre, 3)
    1.333
    """
    x = given.table("samples", samples, fewest_rows=1)
    constants = chart_constants(x.shape[1])
    ranges = np.ptp(x, axis=1)
    centre = float(ranges.mean())
    return _chart(ranges, centre, constants.d3 * centre / constants.d2, 0.0, "R chart")


def s_chart(samples: npt.ArrayLike) -> ControlChart:
    """Standard deviations of samples.

    Examples
    --------
    >>> round(s_chart([[1, 3], [2, 2], [3, 5]]).centre, 3)
    0.943
    """
    x = given.table("samples", samples, fewest_rows=1)
    c4 = chart_constants(x.shape[1]).c4
    s = x.std(axis=1, ddof=1)
    centre = float(s.mean())
    return _chart(s, centre, centre * math.sqrt(1 - c4**2) / c4, 0.0, "S chart")


def _chart(value: Array, centre: float, sigma: float, bottom: float, name: str) -> ControlChart:
    k = value.size
    lower, upper = max(bottom, centre - 3 * sigma), centre + 3 * sigma
    return ControlChart(value, centre, np.full(k, lower), np.full(k, upper), np.full(k, sigma), 1.0, k, name)


def ewma_chart(
    means: npt.ArrayLike, *, sigma: float, centre: float, weight: float = 0.2, sigmas: float = 3.0
) -> ControlChart:
    """The exponentially weighted mean: small lasting changes show sooner than on an xbar chart.

    Parameters
    ----------
    means : array_like of shape (k,)
        In order of time.
    sigma : float
        Standard deviation of one of the means.
    centre : float
        Where the weighted mean begins.
    weight : float
        Of the newest value, above 0 and at most 1.
    sigmas : float
        How many sigma the limits stand off.

    References
    ----------
    Montgomery (2009), section 9.2. Reference values: qcc 2.7 on the piston rings.

    Examples
    --------
    >>> chart = ewma_chart([1.0, 1.0, 1.0], sigma=1.0, centre=0.0, weight=0.5)
    >>> chart.value.tolist()
    [0.5, 0.75, 0.875]
    """
    x = given.numbers("means", means, fewest=1)
    if not 0 < weight <= 1:
        raise ValueError(f"weight is {weight}; it must be above 0 and at most 1.")
    spread = float(given.above_zero("sigma", [sigma])[0])
    smooth, last = np.empty_like(x), given.number("centre", centre)
    for i, value in enumerate(x):
        last = smooth[i] = weight * value + (1 - weight) * last
    growth = 1 - (1 - weight) ** (2 * np.arange(1, x.size + 1))
    error = spread * np.sqrt(weight / (2 - weight) * growth)
    return ControlChart(
        smooth, centre, centre - sigmas * error, centre + sigmas * error, error, 1.0, x.size, "EWMA chart"
    )


@dataclass(frozen=True, slots=True)
class Cusum:
    """Sums of deviations above and below (`below` is negative), in standard errors; `beyond` rows from 0."""

    above: Array
    below: Array
    limit: float
    n: int
    method: str = "tabular CUSUM"

    @property
    def beyond(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero((self.above > self.limit) | (self.below < -self.limit)).astype(np.int64)


def cusum(
    means: npt.ArrayLike, *, sigma: float, centre: float, shift: float = 1.0, limit: float = 5.0
) -> Cusum:
    """Deviations from the centre added up, less what chance may do.

    Parameters
    ----------
    means : array_like of shape (k,)
    sigma : float
        Standard deviation of one of the means.
    shift : float
        The change to be found, in sigma; half of it is taken off each step.
    limit : float
        The sum that is a signal.

    References
    ----------
    Montgomery (2009), section 9.1. Reference values: qcc 2.7 on the piston rings.

    Examples
    --------
    >>> cusum([1.0, 2.0, 0.0], sigma=1.0, centre=0.0).above.tolist()
    [0.5, 2.0, 1.5]
    """
    x = given.numbers("means", means, fewest=1)
    z = (x - given.number("centre", centre)) / float(given.above_zero("sigma", [sigma])[0])
    above, below = np.zeros_like(z), np.zeros_like(z)
    high = low = 0.0
    for i, value in enumerate(z):
        high = above[i] = max(0.0, high + value - shift / 2)
        low = below[i] = min(0.0, low + value + shift / 2)
    return Cusum(above, below, limit, z.size)
