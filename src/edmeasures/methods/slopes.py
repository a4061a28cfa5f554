"""Slopes over time: least squares, and Theil and Sen's median of all pairs, which a few odd scores do not move.

SciPy computes both; what is added is a refusal where it would answer silently (Sen's interval below five points).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Slope:
    """Change of y for one of x, with its interval. NaN with a `reason` where it cannot be said."""

    value: float
    lower: float
    upper: float
    intercept: float
    n: int
    confidence: float
    method: str
    standard_error: float = math.nan
    reason: str | None = None

    def at(self, x: float) -> float:
        """Where the line is at `x`."""
        return self.intercept + self.value * x


def ols_slope(x: npt.ArrayLike, y: npt.ArrayLike, *, confidence: float = 0.95) -> Slope:
    """The least squares line with Student's t interval.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        When, and what was measured. Nothing missing.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Slope
        Below three points, or where all x are the same, NaN and a reason. Scores of one student over time hang
        together, so that the interval is rather too narrow.

    References
    ----------
    ``scipy.stats.linregress``. Reference values: R's ``lm`` and ``confint`` on the worked example S31.

    Examples
    --------
    >>> line = ols_slope([1, 2, 3, 4, 5, 6, 7, 8], [22, 22, 25, 24, 26, 27, 28, 28])
    >>> round(line.value, 3), round(line.intercept, 3), round(line.at(10), 1)
    (0.952, 20.964, 30.5)
    """
    from scipy import stats  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    first, second, reason = _points(x, y)
    level = given.confidence_level(confidence)
    if reason:
        return _none(first.size, level, "least squares", reason)
    fit = stats.linregress(first, second)
    half = float(special.stdtrit(first.size - 2, 0.5 + level / 2) * fit.stderr)
    return Slope(
        float(fit.slope),
        float(fit.slope - half),
        float(fit.slope + half),
        float(fit.intercept),
        first.size,
        level,
        "least squares",
        float(fit.stderr),
    )


def theil_sen(x: npt.ArrayLike, y: npt.ArrayLike, *, confidence: float = 0.95) -> Slope:
    """The median of the slopes through all pairs of points, with Sen's interval.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        Nothing missing.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Slope
        The line through the median of x and the median of y, as in SciPy. Where so few points cannot carry the
        confidence asked for, the interval is NaN with a reason and the slope stands.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of the American
    Statistical Association 63, 1379-1389; ``scipy.stats.theilslopes``. Reference values: Sen's example, section 6.

    Examples
    --------
    >>> line = theil_sen([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78], confidence=0.93)
    >>> round(line.value, 2), round(line.lower, 2), round(line.upper, 2)
    (4.0, 3.71, 4.38)
    """
    from scipy import stats  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    first, second, reason = _points(x, y)
    level = given.confidence_level(confidence)
    if reason:
        return _none(first.size, level, "Theil-Sen", reason)
    fit = stats.theilslopes(second, first, alpha=level)
    lower, upper = float(fit.low_slope), float(fit.high_slope)
    if not _sen_interval_exists(first, second, level):
        lower = upper = math.nan
        reason = given.TOO_FEW
    return Slope(
        float(fit.slope), lower, upper, float(fit.intercept), first.size, level, "Theil-Sen", reason=reason
    )


def _sen_interval_exists(x: Array, y: Array, level: float) -> bool:
    """Whether the ranks that bound the interval lie among the pairs' slopes; SciPy clips them silently."""
    pairs = math.comb(x.size, 2) - sum(math.comb(int(t), 2) for t in np.unique(x, return_counts=True)[1])
    ties = [np.unique(v, return_counts=True)[1] for v in (x, y)]
    n = x.size
    sizes = n * (n - 1) * (2 * n + 5) - sum(float((t * (t - 1) * (2 * t + 5)).sum()) for t in ties)
    reach = float(special.ndtri(0.5 + level / 2)) * math.sqrt(max(sizes, 0.0) / 18)
    return (pairs - reach) / 2 >= 0.5


def _points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array, str | None]:
    first = given.numbers("x", x)
    second = given.numbers("y", y, size=first.size)
    if first.size < 3:
        return first, second, given.TOO_FEW
    return first, second, given.NO_VARIATION if np.ptp(first) == 0 else None


def _none(n: int, confidence: float, method: str, reason: str) -> Slope:
    nan = math.nan
    return Slope(nan, nan, nan, nan, n, confidence, method, reason=reason)
