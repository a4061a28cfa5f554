"""Sizes of change between two phases of one student: the log response ratio and the within-case standardised mean.

Written out: no Python library has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given
from .nonoverlap import Improvement

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CaseEffect:
    """The change with its interval; NaN with a `reason` where the phases cannot say it."""

    value: float
    lower: float
    upper: float
    standard_error: float
    n_baseline: int
    n_intervention: int
    confidence: float
    method: str
    reason: str | None = None


def log_response_ratio(
    baseline: npt.ArrayLike,
    intervention: npt.ArrayLike,
    *,
    smallest: float = 1.0,
    confidence: float = 0.95,
) -> CaseEffect:
    """The logarithm of the intervention's mean over the baseline's, corrected for bias.

    Parameters
    ----------
    baseline, intervention : array_like of shape (m,) and (n,), m and n at least 2
        Values from 0 with a true zero: counts, rates, minutes.
    smallest : float
        How many units one event is worth (1 for counts). A mean of 0 is taken as half an event over the phase, so
        that a logarithm exists; ``math.inf`` switches that off.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    CaseEffect
        Above 0 where the intervention's values are higher; ``exp(value) - 1`` is the relative change.

    References
    ----------
    Pustejovsky, J. E. (2018). Using response ratios for meta-analyzing single-case designs. Journal of School
    Psychology 68, 99-112. Reference values: R package SingleCaseES 0.7.4, LRRi.

    Examples
    --------
    >>> found = log_response_ratio([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29])
    >>> round(found.value, 4), round(found.standard_error, 4)
    (0.1954, 0.0556)
    """
    phases = []
    for name, values in (("baseline", baseline), ("intervention", intervention)):
        x = given.counts(name, given.numbers(name, values, fewest=2))
        # Dividing by an infinite unit leaves 0: no floor.
        mean = max(float(x.mean()), 1 / (2 * smallest * x.size))
        variance = max(float(x.var(ddof=1)), 1 / (smallest**2 * x.size**3))
        phases.append((x.size, mean, variance))
    (m, mean_a, _), (n, mean_b, _) = phases
    if not mean_a or not mean_b:
        return _not_said(m, n, confidence, "log response ratio", "mean_of_zero")
    parts = [math.log(mean) + var / (2 * size * mean**2) for size, mean, var in phases]
    error = math.sqrt(sum(var / (size * mean**2) for size, mean, var in phases))
    return _normal(parts[1] - parts[0], error, m, n, confidence, "log response ratio, bias-corrected")


def within_case_smd(
    baseline: npt.ArrayLike,
    intervention: npt.ArrayLike,
    *,
    improvement: Improvement = "increase",
    confidence: float = 0.95,
) -> CaseEffect:
    """The change of the mean in standard deviations of the baseline, with Hedges' correction.

    Parameters
    ----------
    baseline, intervention : array_like of shape (m,) and (n,), m and n at least 2
        A baseline of three or more; with two the correction takes more than it leaves.
    improvement : {"increase", "decrease"}
        Which way is above 0.

    Returns
    -------
    CaseEffect
        In standard deviations of one student over time: not comparable with an effect between students.

    References
    ----------
    Gingerich, W. J. (1984); Pustejovsky, J. E. (2015), Psychological Methods 20, 342-359. Reference values:
    SingleCaseES 0.7.4, SMD.

    Examples
    --------
    >>> round(within_case_smd([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    1.6499
    """
    a = given.numbers("baseline", baseline, fewest=2)
    b = given.numbers("intervention", intervention, fewest=2)
    spread = float(a.var(ddof=1))
    name = "within-case standardised mean difference"
    if np.ptp(a) == 0:
        return _not_said(a.size, b.size, confidence, name, given.NO_VARIATION)
    df = a.size - 1
    correction = 1 - 3 / (4 * df - 1)
    way = 1.0 if improvement == "increase" else -1.0
    value = way * correction * float(b.mean() - a.mean()) / math.sqrt(spread)
    inside = 1 / a.size + float(b.var(ddof=1)) / (b.size * spread) + value**2 / (2 * df)
    return _normal(value, abs(correction) * math.sqrt(inside), a.size, b.size, confidence, name)


def _normal(value: float, error: float, m: int, n: int, confidence: float, method: str) -> CaseEffect:
    half = float(special.ndtri(0.5 + given.confidence_level(confidence) / 2)) * error
    return CaseEffect(value, value - half, value + half, error, m, n, confidence, method)


def _not_said(m: int, n: int, confidence: float, method: str, reason: str) -> CaseEffect:
    nan = math.nan
    return CaseEffect(nan, nan, nan, nan, m, n, confidence, method, reason)
