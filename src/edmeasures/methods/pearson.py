"""Pearson's correlation with its interval, also within groups."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]
FEWEST = 4  # below, Fisher's z has no spread


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation with its interval; NaN where it cannot be said. `controlled`: variables taken out beforehand."""

    value: float
    lower: float
    upper: float
    n: int
    controlled: int
    confidence: float
    method: str


def fisher_interval(
    r: float, n: int, *, controlled: int = 0, spread: float = 1.0, confidence: float = 0.95
) -> tuple[float, float]:
    """The interval of a correlation by Fisher's z, whose variance is ``spread / (n - controlled - 3)``.

    Parameters
    ----------
    r : float
        From -1 to 1.
    n : int
        Pairs.
    controlled : int
        Variables that were taken out of both beforehand (a partial correlation).
    spread : float
        1 for Pearson.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    (float, float)
        NaN, NaN where fewer than four pairs are left. A correlation of exactly 1 or -1 is its own interval.

    References
    ----------
    Fisher, R. A. (1924). The distribution of the partial correlation coefficient. Metron 3, 329-332.
    Reference values: ``scipy.stats.pearsonr``; R's statpsych ``ci.cor(.05, .536, 0, 50)``, which takes r / (2 (n - 1))
    off z first.

    Examples
    --------
    >>> lower, upper = fisher_interval(0.536, 50)
    >>> round(lower, 4), round(upper, 4)
    (0.3028, 0.7086)
    """
    left = n - controlled - 3
    if left < 1 or math.isnan(r):
        return math.nan, math.nan
    if abs(r) >= 1:
        return r, r
    half = float(special.ndtri(0.5 + confidence / 2)) * math.sqrt(spread / left)
    z = math.atanh(r)
    return math.tanh(z - half), math.tanh(z + half)


def pearson(
    x: npt.ArrayLike, y: npt.ArrayLike, *, controlled: int = 0, confidence: float = 0.95
) -> Correlation:
    """How closely two measures follow a straight line together.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        One pair per student, nothing missing.
    controlled : int
        How many variables were taken out of both beforehand: with values centred within `g` groups, ``g - 1``.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Correlation
        NaN where one of the two does not vary or fewer than four pairs are left.

    Raises
    ------
    ValueError
        When the two differ in length or hold a value that is no number.

    References
    ----------
    Reference values: ``scipy.stats.pearsonr(x, y).confidence_interval()`` for no controlled variable.

    Examples
    --------
    >>> found = pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(found.value, 4)
    0.8
    """
    first, second = _pairs(x, y)
    r = correlation(first, second)
    lower, upper = fisher_interval(r, first.size, controlled=controlled, confidence=confidence)
    if math.isnan(lower):
        r = math.nan
    return Correlation(r, lower, upper, first.size, controlled, confidence, "Pearson, Fisher's z")


def correlation(x: Array, y: Array) -> float:
    """The coefficient alone; NaN where one of the two does not vary.

    Examples
    --------
    >>> round(float(correlation(np.array([1.0, 2, 3, 4]), np.array([2.0, 1, 4, 3]))), 3)
    0.6
    """
    if x.size < FEWEST:
        return math.nan
    dx, dy = x - x.mean(), y - y.mean()
    spread = math.sqrt(float(dx @ dx) * float(dy @ dy))
    # What is left of equal values after subtracting their mean is rounding, not spread.
    if min(np.ptp(x) / (1 + np.abs(x).max()), np.ptp(y) / (1 + np.abs(y).max())) < 1e-12 or not spread:
        return math.nan
    return float(np.clip(float(dx @ dy) / spread, -1, 1))


def _pairs(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Array, Array]:
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"Two lists of equal length are needed, not {first.shape} and {second.shape}.")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("Leave out pairs with a missing value first, and say how many.")
    return first, second
