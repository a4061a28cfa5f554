"""Non-overlap of two phases of one student: NAP, Tau, Tau-U, baseline-corrected Tau, PND, PAND, PEM and IRD.

Written out: no Python library has them. NAP is the Mann-Whitney U over all pairs (scipy.stats.mannwhitneyu gives U);
its interval and standard error are not in SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]
Improvement = Literal["increase", "decrease"]


@dataclass(frozen=True, slots=True)
class NonOverlap:
    """One index. Where a publication gives no interval, lower, upper and standard error are NaN."""

    value: float
    lower: float
    upper: float
    standard_error: float
    n_baseline: int
    n_intervention: int
    confidence: float
    method: str


def nap(
    baseline: npt.ArrayLike,
    intervention: npt.ArrayLike,
    *,
    improvement: Improvement = "increase",
    confidence: float = 0.95,
) -> NonOverlap:
    """Non-overlap of all pairs: the share of pairs in which the intervention's value is better, ties for a half.

    Parameters
    ----------
    baseline, intervention : array_like of shape (m,) and (n,)
        Values of the two phases, nothing missing.
    improvement : {"increase", "decrease"}
        Which way is better.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    NonOverlap
        From 0 to 1, with 0.5 for no difference. The interval takes values as independent of each other, which the
        values of one student are not. At 0 and 1 it is one-sided, as the equation says (SingleCaseES stops at the
        equation's trivial root there and prints an interval without width). The standard error is NaN where a phase
        has one value.

    References
    ----------
    Parker, R. I. and Vannest, K. J. (2009). Behavior Therapy 40, 357-367. Interval: Newcombe, R. G. (2006). Statistics
    in Medicine 25, 559-573, method 5. Standard error: the unbiased variance of Sen (1967) and Mee, W. (1990). JASA 85,
    793-800. Reference values: R package SingleCaseES 0.7.4.

    Examples
    --------
    >>> found = nap([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29])
    >>> round(found.value, 4), round(found.lower, 4), round(found.upper, 4)
    (0.9167, 0.5973, 0.986)
    """
    a, b = _phases(baseline, intervention, improvement)
    value = float(_won(a, b).mean())
    lower, upper = newcombe_bounds(value, a.size, b.size, given.confidence_level(confidence))
    return NonOverlap(value, lower, upper, _standard_error(a, b), a.size, b.size, confidence, "NAP")


def tau(
    baseline: npt.ArrayLike,
    intervention: npt.ArrayLike,
    *,
    improvement: Improvement = "increase",
    confidence: float = 0.95,
) -> NonOverlap:
    """Tau: NAP moved to a scale from -1 to 1, with 0 for no difference.

    References
    ----------
    Parker, R. I., Vannest, K. J., Davis, J. L. and Sauber, S. B. (2011). Behavior Therapy 42, 284-299.

    Examples
    --------
    >>> round(tau([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    0.8333
    """
    found = nap(baseline, intervention, improvement=improvement, confidence=confidence)
    return _as_tau(found, "Tau")


def tau_u(
    baseline: npt.ArrayLike, intervention: npt.ArrayLike, *, improvement: Improvement = "increase"
) -> NonOverlap:
    """Tau-U: Kendall's S between the phases less that of the baseline over time, over all pairs of the phases.

    Parameters
    ----------
    baseline, intervention : array_like
        In order of time. A baseline that already improves lowers Tau-U, which is why it can leave -1 to 1.

    References
    ----------
    Parker, Vannest, Davis and Sauber (2011), the form with baseline trend taken off.

    Examples
    --------
    >>> round(tau_u([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    0.7381
    """
    a, b = _phases(baseline, intervention, improvement)
    between = np.sign(b[None, :] - a[:, None]).sum()
    within = np.triu(np.sign(a[None, :] - a[:, None])).sum()
    return _plain(float((between - within) / (a.size * b.size)), a, b, "Tau-U")


def baseline_corrected_tau(
    baseline: npt.ArrayLike,
    intervention: npt.ArrayLike,
    *,
    improvement: Improvement = "increase",
    only_if_trend: float | None = None,
    confidence: float = 0.95,
) -> NonOverlap:
    """Tau of what is left when the baseline's Theil-Sen line is taken off both phases.

    Parameters
    ----------
    baseline, intervention : array_like
        In order of time, sessions at equal distances; a baseline of three or more.
    only_if_trend : float, optional
        Take the line off only where Kendall's test of the baseline is at or below this p value (Tarlow: .05).
        Otherwise always.

    Returns
    -------
    NonOverlap
        Interval and standard error are those of Tau: what the line itself might be off is not in them.

    References
    ----------
    Tarlow, K. R. (2017). Behavior Modification 41, 427-467. Reference values: SingleCaseES 0.7.4 (its default).

    Examples
    --------
    >>> round(baseline_corrected_tau([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    0.2857
    """
    from scipy import stats  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    a, b = _phases(baseline, intervention, "increase")
    given.numbers("baseline", a, fewest=3)
    times = np.arange(1.0, a.size + b.size + 1)
    first, then = times[: a.size], times[a.size :]
    trend = only_if_trend is None or float(stats.kendalltau(first, a).pvalue) <= only_if_trend
    if trend:
        i, j = np.triu_indices(a.size, 1)
        slope = float(np.median((a[j] - a[i]) / (first[j] - first[i])))
        level = float(np.median(a - slope * first))
        a, b = a - level - slope * first, b - level - slope * then
        # What rounding leaves of values on the line is neither above nor below it.
        scale = 1e-12 * max(1.0, float(np.abs(np.concatenate([a, b])).max()))
        a, b = np.round(a / scale) * scale, np.round(b / scale) * scale
    found = nap(a, b, improvement=improvement, confidence=confidence)
    return _as_tau(found, "baseline-corrected Tau")


def pnd(
    baseline: npt.ArrayLike, intervention: npt.ArrayLike, *, improvement: Improvement = "increase"
) -> NonOverlap:
    """Percentage (a share here) of the intervention's values beyond the best of the baseline.

    References
    ----------
    Scruggs, T. E., Mastropieri, M. A. and Casto, G. (1987). Remedial and Special Education 8(2), 24-43. One odd
    baseline value decides it.

    Examples
    --------
    >>> round(pnd([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    0.7143
    """
    a, b = _phases(baseline, intervention, improvement)
    return _plain(float((b > a.max()).mean()), a, b, "PND")


def pem(
    baseline: npt.ArrayLike, intervention: npt.ArrayLike, *, improvement: Improvement = "increase"
) -> NonOverlap:
    """Share of the intervention's values beyond the baseline's median, ties for a half.

    References
    ----------
    Ma, H.-H. (2006). Behavior Modification 30, 598-617.

    Examples
    --------
    >>> pem([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value
    1.0
    """
    a, b = _phases(baseline, intervention, improvement)
    middle = np.median(a)
    return _plain(float(((b > middle) + 0.5 * (b == middle)).mean()), a, b, "PEM")


def pand(
    baseline: npt.ArrayLike, intervention: npt.ArrayLike, *, improvement: Improvement = "increase"
) -> NonOverlap:
    """Share of all values that stay when the fewest possible are taken out so that the phases do not overlap.

    References
    ----------
    Parker, R. I., Hagan-Burke, S. and Vannest, K. J. (2007). Journal of Special Education 40, 194-204.

    Examples
    --------
    >>> round(pand([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    0.8462
    """
    a, b = _phases(baseline, intervention, improvement)
    return _plain(_kept(a, b) / (a.size + b.size), a, b, "PAND")


def ird(
    baseline: npt.ArrayLike, intervention: npt.ArrayLike, *, improvement: Improvement = "increase"
) -> NonOverlap:
    """Robust improvement rate difference: PAND on a scale where chance is about 0.

    References
    ----------
    Parker, R. I., Vannest, K. J. and Brown, L. (2009). Exceptional Children 75, 135-150; Parker, Vannest and Davis
    (2011), Behavior Modification 35, 303-322.

    Examples
    --------
    >>> round(ird([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]).value, 4)
    0.6905
    """
    a, b = _phases(baseline, intervention, improvement)
    m, n = a.size, b.size
    return _plain(((m + n) * _kept(a, b) - m * m - n * n) / (2 * m * n), a, b, "IRD")


def _phases(a: npt.ArrayLike, b: npt.ArrayLike, improvement: Improvement) -> tuple[Array, Array]:
    if improvement not in ("increase", "decrease"):
        raise ValueError(f"improvement is {improvement!r}; it must be 'increase' or 'decrease'.")
    way = 1.0 if improvement == "increase" else -1.0
    return (
        way * given.numbers("baseline", a, fewest=1),
        way * given.numbers("intervention", b, fewest=1),
    )


def _plain(value: float, a: Array, b: Array, method: str) -> NonOverlap:
    nan = math.nan
    return NonOverlap(value, nan, nan, nan, a.size, b.size, nan, method)


def _as_tau(found: NonOverlap, method: str) -> NonOverlap:
    return NonOverlap(
        2 * found.value - 1, 2 * found.lower - 1, 2 * found.upper - 1, 2 * found.standard_error,
        found.n_baseline, found.n_intervention, found.confidence, method,
    )  # fmt: skip


def _won(a: Array, b: Array) -> Array:
    """For each pair 1, a half or 0; shape (m, n)."""
    return (np.sign(b[None, :] - a[:, None]) + 1) / 2


def _kept(a: Array, b: Array) -> int:
    """The most values that can stay when all of the baseline left lie below all of the intervention left."""
    cuts = np.concatenate([[-np.inf], np.unique(np.concatenate([a, b]))])
    return int(max((a <= cut).sum() + (b > cut).sum() for cut in cuts))


def _standard_error(a: Array, b: Array) -> float:
    m, n = a.size, b.size
    if m < 2 or n < 2:
        return math.nan
    off = _won(a, b)
    value = float(off.mean())
    off = off - value
    # A perfect separation would leave no variance: the value is held half a pair away from 0 and 1.
    held = min(max(value, 0.5 / (m * n)), 1 - 0.5 / (m * n))
    by_baseline = float((off.mean(axis=1) ** 2).mean())
    by_intervention = float((off.mean(axis=0) ** 2).mean())
    inside = held * (1 - held) + n * by_baseline + m * by_intervention - 2 * float((off**2).mean())
    return math.sqrt(max(inside / ((m - 1) * (n - 1)), 0.0))


def newcombe_bounds(value: float, m: int, n: int, confidence: float) -> tuple[float, float]:
    """Newcombe's interval (2006, method 5) of a share of won pairs: a NAP, or an area under the curve.

    Examples
    --------
    >>> lower, upper = newcombe_bounds(0.9, 10, 10, 0.95)
    >>> round(lower, 3), round(upper, 3)
    (0.656, 0.974)
    """
    from scipy import optimize  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    z2 = float(special.ndtri(0.5 + confidence / 2)) ** 2
    half = (m + n) / 2 - 1

    def beyond(x: float) -> float:
        spread = x * (1 - x) * (2 + half + (1 + 2 * half) * x * (1 - x))
        return m * n * (value - x) ** 2 * (2 - x) * (1 + x) - z2 * spread

    lower, upper = 0.0, 1.0
    if 0 < value < 1:
        lower = float(optimize.brentq(beyond, 0, value, xtol=1e-12)) if beyond(0) > 0 else 0.0
        upper = float(optimize.brentq(beyond, value, 1, xtol=1e-12)) if beyond(1) > 0 else 1.0
    elif value == 0:
        upper = _other_root(beyond)
    else:
        lower = 1 - _other_root(lambda x: beyond(1 - x))
    return lower, upper


def _other_root(beyond: Callable[[float], float]) -> float:
    """At a value of 0 the equation holds at 0 itself as well; the bound is its root above that."""
    from scipy import optimize  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    return float(optimize.brentq(beyond, 1e-9, 1 - 1e-9, xtol=1e-12))
