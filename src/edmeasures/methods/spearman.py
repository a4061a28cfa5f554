"""Spearman's rank correlation with its interval."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from .pearson import Correlation, correlation, fisher_interval


def spearman(
    x: npt.ArrayLike, y: npt.ArrayLike, *, controlled: int = 0, confidence: float = 0.95
) -> Correlation:
    """How closely the order of one measure follows the order of the other. A few extreme students do not rule it.

    Parameters
    ----------
    x, y : array_like of shape (n,)
        One pair per student, nothing missing. Equal values share their middle rank.
    controlled : int
        How many variables were taken out of both beforehand: with values centred within `g` groups, ``g - 1``.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Correlation
        NaN where one of the two does not vary or fewer than four pairs are left.

    References
    ----------
    Bonett, D. G. and Wright, T. A. (2000). Sample size requirements for estimating Pearson, Kendall and Spearman
    correlations. Psychometrika 65, 23-28: variance of Fisher's z is ``(1 + r**2 / 2) / (n - 3)``.
    Reference values: R package statpsych, ``ci.spear``, the example of its manual.

    Examples
    --------
    >>> found = spearman([1, 2, 3, 4, 50], [2, 1, 4, 3, 5])
    >>> round(found.value, 4)
    0.8
    """
    from scipy import stats  # noqa: PLC0415  (takes a second and more, and most processes never ask)

    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"Two lists of equal length are needed, not {first.shape} and {second.shape}.")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("Leave out pairs with a missing value first, and say how many.")
    n = first.size
    r = correlation(stats.rankdata(first), stats.rankdata(second)) if n else math.nan
    lower, upper = fisher_interval(r, n, controlled=controlled, spread=1 + r**2 / 2, confidence=confidence)
    if math.isnan(lower):
        r = math.nan
    return Correlation(r, lower, upper, n, controlled, confidence, "Spearman, Bonett and Wright")
