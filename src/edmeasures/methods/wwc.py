"""What Works Clearinghouse: attrition, baseline equivalence, Cox index, improvement index, clustering correction.

Written out: these are the standards' own tables and formulas, which no Python library has. The attrition table is the
one of the handbook; a copy that circulates in an R package has its optimistic column one row off from 13 per cent on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from scipy import special

from . import given
from .hedges_g import small_sample_correction

# Largest differential attrition in tenths of a point for 0, 1, 2 ... per cent overall: WWC Standards Handbook 4.1,
# table II.1. Their model: Deke, J. and Chiang, H. (2017), Evaluation Review 41, 130-154; the tests recompute it.
CAUTIOUS = (
    57, 58, 59, 59, 60, 61, 62, 63, 63, 63, 63, 62, 62, 61, 60, 59, 59, 58, 57, 55, 54, 53, 52, 51, 49, 48, 47, 45, 44,
    43, 41, 40, 38, 36, 35, 33, 32, 31, 29, 28, 26, 25, 23, 21, 20, 18, 16, 15, 13, 12, 10, 9, 7, 6, 4, 3, 2, 0,
)  # fmt: skip
OPTIMISTIC = (
    100, 101, 102, 103, 104, 105, 107, 108, 109, 109, 109, 109, 109, 108, 108, 107, 106, 105, 103, 102, 100, 99, 97, 95,
    94, 92, 90, 88, 86, 84, 82, 80, 78, 76, 74, 72, 70, 67, 65, 63, 60, 58, 56, 53, 51, 49, 46, 44, 42, 39, 37, 35, 32,
    30, 28, 26, 23, 21, 19, 16, 14, 11, 9, 7, 5, 3,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attrition:
    """Shares lost, overall and between groups, and whether they are low under each boundary."""

    overall: float
    differential: float
    low_cautious: bool
    low_optimistic: bool
    n: int
    method: str = "WWC attrition boundary, handbook 4.1"


def attrition(analysed_treated: int, n_treated: int, analysed_control: int, n_control: int) -> Attrition:
    """How many were lost after random assignment, and whether as few as the standards allow.

    Parameters
    ----------
    analysed_treated, n_treated, analysed_control, n_control : int
        People analysed, of people assigned.

    Returns
    -------
    Attrition
        Overall attrition is rounded half-up to a whole per cent to find its row of the table; the differential is
        compared unrounded, and one exactly on the boundary is low. Overall above the table's end is never low.

    References
    ----------
    What Works Clearinghouse Standards Handbook 4.1 (2020), https://ies.ed.gov/ncee/wwc/Handbooks, table II.1.
    Reference values: R package RWWC, 20 of 40 and 31 of 49.

    Examples
    --------
    >>> found = attrition(20, 40, 31, 49)
    >>> round(100 * found.overall, 1), round(100 * found.differential, 1), found.low_optimistic
    (42.7, 13.3, False)
    """
    lost, groups = (
        [],
        (
            ("treated", analysed_treated, n_treated),
            ("control", analysed_control, n_control),
        ),
    )
    for name, analysed, assigned in groups:
        whole = given.whole(f"n_{name}", assigned, least=1)
        part = given.whole(f"analysed_{name}", analysed)
        if part > whole:
            raise ValueError(f"analysed_{name} is {part}, more than the {whole} assigned.")
        lost.append(Fraction(whole - part, whole))
    n = int(n_treated + n_control)
    overall = Fraction(int(n - analysed_treated - analysed_control), n)
    differential = abs(lost[0] - lost[1])
    row = math.floor(100 * overall + Fraction(1, 2))
    low = [row < len(b) and 1000 * differential <= b[row] for b in (CAUTIOUS, OPTIMISTIC)]
    return Attrition(float(overall), float(differential), low[0], low[1], n)


@dataclass(frozen=True, slots=True)
class Baseline:
    """`verdict` is "satisfied", "needs adjustment" or "fails"."""

    effect: float
    verdict: str
    method: str = "WWC baseline equivalence"


def baseline_equivalence(effect: float) -> Baseline:
    """Whether two groups were alike before: up to 0.05 standard deviations, up to 0.25 with adjustment, or not.

    References
    ----------
    WWC Standards Handbook 4.1, section II.B; both boundaries belong to the kinder side.

    Examples
    --------
    >>> [baseline_equivalence(g).verdict for g in (0.05, -0.051, 0.25, 0.251)]
    ['satisfied', 'needs adjustment', 'needs adjustment', 'fails']
    """
    g = given.number("effect", effect)
    size = abs(g)
    verdict = "satisfied" if size <= 0.05 else "needs adjustment" if size <= 0.25 else "fails"
    return Baseline(g, verdict)


@dataclass(frozen=True, slots=True)
class CoxIndex:
    """An effect of a yes-or-no outcome on the scale of Hedges' g, with its normal interval."""

    value: float
    lower: float
    upper: float
    n: int
    confidence: float
    method: str = "Cox index"


def cox_index(
    share_treated: float, n_treated: int, share_control: float, n_control: int, *, confidence: float = 0.95
) -> CoxIndex:
    """The log odds ratio over 1.65, corrected for small samples.

    Parameters
    ----------
    share_treated, share_control : float
        Strictly between 0 and 1: at 0 or 1 the odds have no logarithm.
    n_treated, n_control : int

    References
    ----------
    Sanchez-Meca, J., Marin-Martinez, F. and Chacon-Moscoso, S. (2003). Psychological Methods 8, 448-467; WWC Procedures
    Handbook 4.1, appendix E, with omega = 1 - 3 / (4 N - 9). Reference values: worked example S39.

    Examples
    --------
    >>> round(cox_index(0.80, 200, 0.70, 200).value, 3)
    0.326
    """
    logits = []
    error = 0.0
    for name, share, n in (("treated", share_treated, n_treated), ("control", share_control, n_control)):
        given.whole(f"n_{name}", n, least=1)
        if not 0 < share < 1:
            raise ValueError(f"share_{name} is {share}; it must lie strictly between 0 and 1.")
        logits.append(math.log(share / (1 - share)))
        error += 1 / (n * share * (1 - share))
    n = n_treated + n_control
    scale = (1 - 3 / (4 * n - 9)) / 1.65
    value = scale * (logits[0] - logits[1])
    half = float(special.ndtri(0.5 + given.confidence_level(confidence) / 2)) * scale * math.sqrt(error)
    return CoxIndex(value, value - half, value + half, n, confidence)


@dataclass(frozen=True, slots=True)
class ImprovementIndex:
    """Percentile points (-50 to 50) by which an average student of the control group would move."""

    value: float
    effect: float
    method: str = "WWC improvement index"


def improvement_index(effect: float) -> ImprovementIndex:
    """From an effect in standard deviations to percentile points, assuming normal distributions.

    References
    ----------
    WWC Procedures Handbook 4.1, appendix E.

    Examples
    --------
    >>> round(improvement_index(0.25).value, 2)
    9.87
    """
    g = given.number("effect", effect)
    return ImprovementIndex(100 * float(special.ndtr(g)) - 50, g)


@dataclass(frozen=True, slots=True)
class Clustering:
    """A student-level t put right for whole classes or schools having been assigned."""

    t: float
    df: float
    p_value: float
    effect_factor: float
    n: int
    intraclass_correlation: float
    method: str = "Hedges' clustering correction"


def clustering_correction(
    t: float,
    n: int,
    clusters: int,
    *,
    outcome: Literal["achievement", "other"] = "achievement",
    icc: float | None = None,
) -> Clustering:
    """What a significance test over students is worth when clusters were assigned.

    Parameters
    ----------
    t : float
        As the study computed it over students.
    n, clusters : int
        Students and clusters of both groups together; two or more clusters.
    outcome : {"achievement", "other"}
        The WWC's default intraclass correlation: 0.20 for achievement, 0.10 for behaviour and attitudes.
    icc : float, optional
        Where it is known; 0 to below 1.

    Returns
    -------
    Clustering
        `effect_factor` multiplies an effect that was computed over students (handbook 4.1).

    References
    ----------
    Hedges, L. V. (2007). Correcting a significance test for clustering. Journal of Educational and Behavioral
    Statistics 32, 151-179, equations for equal clusters; WWC Procedures Handbook 4.1, appendix F.

    Examples
    --------
    >>> found = clustering_correction(3.0, 400, 20)
    >>> round(found.t, 3), round(found.df, 1), round(found.p_value, 3)
    (1.356, 231.7, 0.176)
    """
    given.whole("n", n, least=1)
    if given.whole("clusters", clusters) < 2 or n < 2 * clusters:
        raise ValueError(
            f"n is {n} and clusters is {clusters}; two or more clusters of two or more are needed."
        )
    rho = icc if icc is not None else (0.20 if outcome == "achievement" else 0.10)
    if not 0 <= rho < 1:
        raise ValueError(f"icc is {rho}; it must be at least 0 and below 1.")
    size, free = n / clusters, n - 2
    left = free - 2 * (size - 1) * rho
    corrected = given.number("t", t) * math.sqrt(left / (free * (1 + (size - 1) * rho)))
    spread = free * (1 - rho) ** 2 + size * (n - 2 * size) * rho**2 + 2 * (n - 2 * size) * rho * (1 - rho)
    df = left**2 / spread
    p = 2 * float(special.stdtr(df, -abs(corrected)))
    return Clustering(corrected, df, p, math.sqrt(left / free), n, rho)


def hedges_factor(n: int) -> float:
    """WWC's omega: the small-sample factor for `n` students of both groups.

    Examples
    --------
    >>> round(hedges_factor(100), 4)
    0.9923
    """
    return small_sample_correction(n - 2)
