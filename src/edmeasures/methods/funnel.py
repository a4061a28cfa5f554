"""Funnel limits of a proportion: which schools differ from the whole by more than their size explains.

Written out: no Python library does funnel limits with Spiegelhalter's overdispersion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Funnel:
    """Limits around the baseline, shares from 0 to 1, each of shape (k,); `z` is how far each lies from it.

    `dispersion` is the mean of the winsorised squared z (1: chance alone), `between` the standard deviation between
    schools that is added to chance (0 where there is no overdispersion or none was asked for).
    """

    value: Array
    lower: Array
    upper: Array
    z: Array
    n: Array
    baseline: float
    dispersion: float
    between: float
    confidence: float
    method: str


def funnel_limits(
    n: npt.ArrayLike, baseline: float, *, confidence: float = 0.95, between: float = 0.0
) -> tuple[Array, Array]:
    """Lower and upper limit of a share at each size, cut at 0 and 1.

    Parameters
    ----------
    n : array_like of shape (k,)
        Group sizes, above 0.
    baseline : float
        The share of the whole, strictly between 0 and 1.
    confidence : float
        Between 0 and 1.
    between : float
        A standard deviation between schools to be added to chance.

    References
    ----------
    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in Medicine 24,
    1185-1202. Reference values: R package PHEindicatormethods' fixture, baseline 80.642448 per cent.

    Examples
    --------
    >>> lower, upper = funnel_limits([20], 0.80642448)
    >>> round(float(lower[0]), 5), round(float(upper[0]), 5)
    (0.63327, 0.97958)
    """
    sizes = given.above_zero("n", n)
    if not 0 < baseline < 1:
        raise ValueError(f"baseline is {baseline}; it must lie strictly between 0 and 1.")
    z = float(special.ndtri(0.5 + given.confidence_level(confidence) / 2))
    half = z * np.sqrt(baseline * (1 - baseline) / sizes + given.number("between", between) ** 2)
    return np.clip(baseline - half, 0, 1), np.clip(baseline + half, 0, 1)


def funnel(
    count: npt.ArrayLike,
    n: npt.ArrayLike,
    *,
    baseline: float | None = None,
    confidence: float = 0.95,
    overdispersed: bool = False,
    winsorised: float = 0.1,
) -> Funnel:
    """Each school's share, its limits and its z.

    Parameters
    ----------
    count, n : array_like of shape (k,)
        Successes and trials by school.
    baseline : float, optional
        The share of all schools together where it is not given.
    confidence : float
        Between 0 and 1; a funnel usually shows 0.95 and 0.998.
    overdispersed : bool
        Widen the limits by what schools differ beyond chance (additive random effects).
    winsorised : float
        Which share of z at either end is drawn in before dispersion is estimated, so that the schools one looks for
        do not hide themselves.

    Returns
    -------
    Funnel

    Raises
    ------
    ValueError
        When a count lies outside 0 to n, or every share is 0, or every share is 1.

    References
    ----------
    Spiegelhalter, D. J. (2005), appendix A.3: dispersion, and the between-school variance after DerSimonian and Laird
    (1986), used where ``k * dispersion > k - 1``.

    Examples
    --------
    >>> found = funnel([80, 60, 90, 95], [100, 100, 100, 100], overdispersed=True, winsorised=0)
    >>> round(found.dispersion, 2), round(found.between, 3)
    (11.79, 0.15)
    """
    sizes = given.above_zero("n", n, fewest=1)
    x = given.counts("count", count, of=sizes)
    middle = float(x.sum() / sizes.sum()) if baseline is None else given.number("baseline", baseline)
    if not 0 < middle < 1:
        raise ValueError(
            f"count: the share of all together is {middle:g}; a funnel needs one between 0 and 1."
        )
    if not 0 <= winsorised < 0.5:
        raise ValueError(f"winsorised is {winsorised}; it must be at least 0 and below 0.5.")
    variance = middle * (1 - middle) / sizes
    z = (x / sizes - middle) / np.sqrt(variance)
    drawn_in = np.clip(z, *np.quantile(z, [winsorised, 1 - winsorised])) if winsorised else z
    k, dispersion = z.size, float(np.mean(drawn_in**2))
    between = 0.0
    if overdispersed and k * dispersion > k - 1:
        w = 1 / variance
        between = float(np.sqrt((k * dispersion - (k - 1)) / (w.sum() - (w**2).sum() / w.sum())))
    lower, upper = funnel_limits(sizes, middle, confidence=confidence, between=between)
    z = (x / sizes - middle) / np.sqrt(variance + between**2)
    name = "funnel, additive overdispersion" if overdispersed else "funnel"
    return Funnel(x / sizes, lower, upper, z, sizes, middle, dispersion, between, confidence, name)
