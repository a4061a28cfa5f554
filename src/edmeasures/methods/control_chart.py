"""Control charts of counts: p, np, u, c, and Laney's p' and u' for days with thousands of students.

Written out: the Python packages for control charts keep tables of rounded constants, none does Laney's, and pyqicharts
2.0.0 counts run limits one off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given
from .chart_constants import chart_constants

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Points with three-sigma limits, each of shape (k,). `beyond` are the rows outside, counted from 0.

    `spread` is Laney's sigma of z: about 1 where chance alone moves the points, 1 by definition without Laney.
    """

    value: Array
    centre: float
    lower: Array
    upper: Array
    sigma: Array
    spread: float
    n: int
    method: str

    @property
    def beyond(self) -> npt.NDArray[np.int64]:
        return np.flatnonzero((self.value < self.lower) | (self.value > self.upper)).astype(np.int64)


def p_chart(count: npt.ArrayLike, n: npt.ArrayLike, *, laney: bool = False) -> ControlChart:
    """Shares over time: students present of students enrolled, by day.

    Parameters
    ----------
    count, n : array_like of shape (k,)
        Successes and trials, in order of time.
    laney : bool
        Also count what moves the points beyond chance. With thousands of trials chance is so small that without it
        nearly every point lies outside.

    Returns
    -------
    ControlChart
        Shares; limits cut at 0 and 1.

    References
    ----------
    Montgomery, D. C. (2009). Introduction to Statistical Quality Control, 6th ed., section 7.2; Laney, D. B. (2002).
    Improved control charts for attributes. Quality Engineering 14, 531-537. Reference values: Montgomery's table 7.4
    through the fixtures of R package qicharts2; R package qcc 2.7 on the orange juice data;
    Laney's limits written again in base R.

    Examples
    --------
    >>> chart = p_chart([12, 8, 20], [100, 80, 110])
    >>> round(chart.centre, 4), round(float(chart.upper[1]), 4), chart.beyond.tolist()
    (0.1379, 0.2536, [])
    """
    sizes = given.above_zero("n", n, fewest=1)
    x = given.counts("count", count, of=sizes)
    centre = float(x.sum() / sizes.sum())
    sigma = np.sqrt(centre * (1 - centre) / sizes)
    return _limits(x / sizes, centre, sigma, laney, "p", top=1.0)


def np_chart(count: npt.ArrayLike, n: int) -> ControlChart:
    """Counts out of always the same number `n`.

    Examples
    --------
    >>> round(np_chart([12, 15, 8], 50).centre, 3)
    11.667
    """
    sizes = np.full(np.size(np.asarray(count)), float(n))
    shares = p_chart(count, sizes)
    return ControlChart(
        shares.value * n, shares.centre * n, shares.lower * n, shares.upper * n, shares.sigma * n, 1.0,
        shares.n, "np chart",
    )  # fmt: skip


def u_chart(count: npt.ArrayLike, units: npt.ArrayLike, *, laney: bool = False) -> ControlChart:
    """Events per unit: incidents per hundred students and week.

    Parameters
    ----------
    count : array_like of shape (k,)
        Events, in order of time.
    units : array_like of shape (k,)
        How much they could happen in; above 0, need not be whole.
    laney : bool
        As for `p_chart`.

    References
    ----------
    Montgomery (2009), section 7.3. Reference values: its example 7.5 through qicharts2; qcc 2.7 on the circuit data.

    Examples
    --------
    >>> chart = u_chart([14, 12, 20], [8, 10, 13])
    >>> round(chart.centre, 4), round(float(chart.lower[0]), 4)
    (1.4839, 0.1918)
    """
    sizes = given.above_zero("units", units, fewest=1)
    x = given.counts("count", count)
    if x.size != sizes.size:
        raise ValueError(f"count: {x.size} given where {sizes.size} are needed, one for each row.")
    centre = float(x.sum() / sizes.sum())
    return _limits(x / sizes, centre, np.sqrt(centre / sizes), laney, "u", top=math.inf)


def c_chart(count: npt.ArrayLike) -> ControlChart:
    """Events in equal spans.

    Examples
    --------
    >>> chart = c_chart([21, 24, 16, 12])
    >>> chart.centre, round(float(chart.upper[0]), 3)
    (18.25, 31.066)
    """
    x = given.counts("count", count)
    chart = u_chart(x, np.ones_like(x))
    return ControlChart(
        chart.value, chart.centre, chart.lower, chart.upper, chart.sigma, 1.0, chart.n, "c chart"
    )


def _limits(value: Array, centre: float, sigma: Array, laney: bool, name: str, *, top: float) -> ControlChart:
    spread = 1.0
    if laney:
        if value.size < 2 or not centre or not sigma.all():
            raise ValueError("count: Laney's chart needs two or more points that are not all 0 or all n.")
        z = (value - centre) / sigma
        spread = float(np.abs(np.diff(z)).mean() / chart_constants(2).d2)
    half = 3 * sigma * spread
    return ControlChart(
        value,
        centre,
        np.maximum(centre - half, 0.0),
        np.minimum(centre + half, top),
        sigma * spread,
        spread,
        value.size,
        f"Laney {name}' chart" if laney else f"{name} chart",
    )
