"""The Wilson score interval of a proportion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WilsonInterval:
    """Proportions with their intervals, each of shape (n,), shares from 0 to 1."""

    value: Array
    lower: Array
    upper: Array
    n: Array
    confidence: float
    method: str = "Wilson score"


def wilson_interval(count: npt.ArrayLike, n: npt.ArrayLike, *, confidence: float = 0.95) -> WilsonInterval:
    """The Wilson score interval, without continuity correction.

    Parameters
    ----------
    count, n : array_like of shape (k,)
        Successes and trials. `n` need not be whole (a floored denominator is not); where it is 0 the result is NaN.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    WilsonInterval
        Value, lower and upper, shares from 0 to 1.

    Raises
    ------
    ValueError
        When a count or n is missing or infinite (with its rows), a count is negative or larger than its `n`, or the
        confidence is not between 0 and 1.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. Journal of the American
    Statistical Association 22, 209-212. Reference values: PHEindicatormethods (R), 65 of 100.

    Examples
    --------
    >>> found = wilson_interval([65], [100])
    >>> round(float(found.lower[0]), 4), round(float(found.upper[0]), 4)
    (0.5525, 0.7364)
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence is {confidence}; it must lie between 0 and 1.")
    x = np.atleast_1d(np.asarray(count, dtype=np.float64))
    trials = np.atleast_1d(np.asarray(n, dtype=np.float64))
    for name, values in (("count", x), ("n", trials)):
        bad = np.flatnonzero(~np.isfinite(values))
        if bad.size:
            raise ValueError(f"{name}: missing or infinite in {given.rows(bad)}.")
    if x.shape != trials.shape:
        raise ValueError(f"count has shape {x.shape} and n {trials.shape}; equal ones are needed.")
    if np.any(x < 0) or np.any(x > trials):
        raise ValueError("A count must lie between 0 and its n.")
    z2 = float(special.ndtri(0.5 + confidence / 2)) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        p = x / trials
        centre = (p + z2 / (2 * trials)) / (1 + z2 / trials)
        half = np.sqrt(z2 * (p * (1 - p) / trials + z2 / (4 * trials**2))) / (1 + z2 / trials)
    lower = np.where(x == 0, np.where(trials > 0, 0.0, np.nan), centre - half)
    upper = np.where(x == trials, np.where(trials > 0, 1.0, np.nan), centre + half)
    return WilsonInterval(p, lower, upper, trials, confidence)
