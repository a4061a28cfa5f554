"""Hedges' g and Morris' d of two groups, from their means, standard deviations and sizes.

Written out: statsmodels has Hedges' g for a meta-analysis of arrays only and with an approximate correction; none has
Morris' d of pretest and posttest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy import special

from . import given


@dataclass(frozen=True, slots=True)
class Effect:
    """A standardised difference with its variance and interval. `uncorrected` is d, before the small-sample factor."""

    value: float
    lower: float
    upper: float
    variance: float
    uncorrected: float
    correction: float
    n_first: int
    n_second: int
    confidence: float
    method: str


def small_sample_correction(df: float) -> float:
    """Hedges' factor J, by the gamma function.

    Examples
    --------
    >>> round(small_sample_correction(98), 4)
    0.9923
    """
    if df < 1:
        raise ValueError(f"df is {df}; at least 1 is needed.")
    if df == 1:
        return 0.0
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def hedges_g(
    mean_first: float,
    sd_first: float,
    n_first: int,
    mean_second: float,
    sd_second: float,
    n_second: int,
    *,
    variance: Literal["hedges_olkin", "borenstein"] = "hedges_olkin",
    confidence: float = 0.95,
) -> Effect:
    """The difference of two means in pooled standard deviations, corrected for small samples.

    Parameters
    ----------
    mean_first, sd_first, n_first : float, float, int
        Of the group that is above where g is above 0; two or more people.
    mean_second, sd_second, n_second : float, float, int
        Of the other.
    variance : {"hedges_olkin", "borenstein"}
        The large-sample variance at g (metafor's default), or J squared times that of d (Borenstein et al.).
    confidence : float
        Between 0 and 1; the interval is the normal one.

    Raises
    ------
    ValueError
        When a number is missing, a standard deviation negative, both are 0, or a group has fewer than two.

    References
    ----------
    Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size. Journal of Educational Statistics 6,
    107-128. Borenstein, M. et al. (2009). Introduction to Meta-Analysis, chapter 4. Reference values: metafor's tests
    (Normand 1999); Borenstein's worked example.

    Examples
    --------
    >>> found = hedges_g(27, 7, 31, 29, 4, 32)
    >>> round(found.value, 4), round(found.variance, 4)
    (-0.3479, 0.0645)
    """
    pooled = pooled_sd(sd_first, n_first, sd_second, n_second)
    d = (given.number("mean_first", mean_first) - given.number("mean_second", mean_second)) / pooled
    correction = small_sample_correction(n_first + n_second - 2)
    g = d * correction
    base = 1 / n_first + 1 / n_second
    if variance == "hedges_olkin":
        spread = base + g**2 / (2 * (n_first + n_second))
    elif variance == "borenstein":
        spread = correction**2 * (base + d**2 / (2 * (n_first + n_second)))
    else:
        raise ValueError(f"variance is {variance!r}; it must be 'hedges_olkin' or 'borenstein'.")
    return _effect(g, spread, d, correction, n_first, n_second, confidence, "Hedges' g")


def morris_d_ppc(
    pre_treated: tuple[float, float],
    post_treated: float,
    n_treated: int,
    pre_control: tuple[float, float],
    post_control: float,
    n_control: int,
    *,
    correlation: float,
    confidence: float = 0.95,
) -> Effect:
    """Morris' d_ppc2: how much more one group changed than the other, in pooled pretest standard deviations.

    Parameters
    ----------
    pre_treated, pre_control : (float, float)
        Mean and standard deviation before.
    post_treated, post_control : float
        Means after.
    n_treated, n_control : int
        Two or more each.
    correlation : float
        Between pretest and posttest within groups, strictly between -1 and 1; the variance needs it.

    References
    ----------
    Morris, S. B. (2008). Estimating effect sizes from pretest-posttest-control group designs. Organizational Research
    Methods 11, 364-386, equations 8 and 16. Reference values: its table 5 through
    https://www.metafor-project.org/doku.php/analyses:morris2008, with metafor's simpler variance.

    Examples
    --------
    >>> found = morris_d_ppc((30.6, 15.0), 38.5, 20, (23.1, 13.8), 19.7, 20, correlation=0.47)
    >>> round(found.value, 2), round(found.variance, 2)
    (0.77, 0.11)
    """
    pooled = pooled_sd(pre_treated[1], n_treated, pre_control[1], n_control)
    if not -1 < correlation < 1:
        raise ValueError(f"correlation is {correlation}; it must lie strictly between -1 and 1.")
    change = given.number("post_treated", post_treated) - given.number("pre_treated", pre_treated[0])
    change -= given.number("post_control", post_control) - given.number("pre_control", pre_control[0])
    d, n = change / pooled, n_treated + n_control
    correction = small_sample_correction(n - 2)
    value = d * correction
    spread = 2 * (1 - correlation) * (1 / n_treated + 1 / n_control) + value**2 / (2 * n)
    return _effect(value, spread, d, correction, n_treated, n_control, confidence, "Morris' d_ppc2")


def pooled_sd(sd_first: float, n_first: int, sd_second: float, n_second: int) -> float:
    """The standard deviation within both groups together.

    Examples
    --------
    >>> round(pooled_sd(7, 31, 4, 32), 3)
    5.677
    """
    for name, n in (("n_first", n_first), ("n_second", n_second)):
        given.whole(name, n, least=2)
    for name, sd in (("sd_first", sd_first), ("sd_second", sd_second)):
        if given.number(name, sd) < 0:
            raise ValueError(f"{name} is {sd}; it cannot be negative.")
    within = (n_first - 1) * sd_first**2 + (n_second - 1) * sd_second**2
    if not within:
        raise ValueError("sd_first and sd_second are both 0: nothing to measure a difference by.")
    return math.sqrt(within / (n_first + n_second - 2))


def _effect(
    value: float, variance: float, d: float, j: float, n_first: int, n_second: int, level: float, method: str
) -> Effect:
    half = float(special.ndtri(0.5 + given.confidence_level(level) / 2)) * math.sqrt(variance)
    return Effect(value, value - half, value + half, variance, d, j, n_first, n_second, level, method)
