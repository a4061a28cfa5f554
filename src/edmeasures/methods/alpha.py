"""Cronbach's alpha: how far the items of a scale hang together.

Written out: pingouin has it, under the GPL; the other packages have no interval and no gaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Alpha:
    """Alpha with Feldt's interval. `if_dropped` is alpha without each item, `item_rest` each item's correlation with the
    sum of the others; both of shape (k,). `standardised` is alpha of the correlations, `lambda6` Guttman's bound.
    """

    value: float
    lower: float
    upper: float
    standardised: float
    lambda6: float
    average_r: float
    if_dropped: Array
    item_rest: Array
    n: int
    items: int
    confidence: float
    method: str


def cronbach_alpha(answers: npt.ArrayLike, *, pairwise: bool = False, confidence: float = 0.95) -> Alpha:
    """Alpha of a scale whose items all point one way.

    Parameters
    ----------
    answers : array_like of shape (n, k)
        People by items; NaN where someone did not answer. Turn items round first that are worded the other way.
    pairwise : bool
        Keep everybody and compute each covariance from those who answered both items (R psych's habit). Otherwise only
        people who answered everything count.
    confidence : float
        Between 0 and 1. Feldt's interval takes the n people as complete.

    Returns
    -------
    Alpha

    Raises
    ------
    ValueError
        When fewer than three people or two items are left, or an item does not vary (named by its column).

    References
    ----------
    Cronbach, L. J. (1951). Psychometrika 16, 297-334; Feldt, L. S., Woodruff, D. J. and Salih, F. A. (1987). Applied
    Psychological Measurement 11, 93-103. Reference values: R package psych 2.2.9 on its bfi data; pingouin's tests.

    Examples
    --------
    >>> found = cronbach_alpha([[2, 3, 3], [4, 4, 5], [1, 2, 1], [5, 4, 4]])
    >>> round(found.value, 3), found.n
    (0.934, 4)
    """
    x = given.table("answers", answers, gaps=True)
    if not pairwise:
        x = x[~np.isnan(x).any(axis=1)]
    level = given.confidence_level(confidence)
    n, k = x.shape
    if n < 3:
        raise ValueError(f"answers: {n} people answered every item, at least 3 are needed.")
    covariance = pairwise_covariance(x)
    still = np.flatnonzero(~(np.diag(covariance) > 0))
    if still.size:
        raise ValueError(f"answers: everybody gave the same answer to the item in column {int(still[0])}.")
    value = _alpha(covariance)
    # Feldt: (1 - alpha) over its estimate follows F.
    tail = (1 - level) / 2
    df = (n - 1, (n - 1) * (k - 1))
    lower = 1 - (1 - value) * float(special.fdtri(*df, 1 - tail))
    upper = 1 - (1 - value) * float(special.fdtri(*df, tail))
    r = covariance / np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    others = [np.delete(np.arange(k), i) for i in range(k)]
    return Alpha(
        value,
        lower,
        upper,
        _alpha(r),
        float(1 - (1 / np.diag(np.linalg.pinv(r))).sum() / r.sum()),
        float((r.sum() - k) / (k * (k - 1))),
        np.array([_alpha(covariance[np.ix_(o, o)]) if k > 2 else np.nan for o in others]),
        np.array([_item_rest(covariance, i, o) for i, o in enumerate(others)]),
        n,
        k,
        level,
        "Cronbach's alpha, pairwise covariances" if pairwise else "Cronbach's alpha, complete answers",
    )


def pairwise_covariance(x: Array) -> Array:
    """Covariances, each from the people who answered both items; shape (k, k).

    Examples
    --------
    >>> pairwise_covariance(np.array([[1.0, 2], [2, 4], [3, 6], [4, np.nan]])).round(2).tolist()
    [[1.67, 2.0], [2.0, 4.0]]
    """
    if not np.isnan(x).any():
        return np.cov(x, rowvar=False)
    there = ~np.isnan(x)
    k = x.shape[1]
    found = np.empty((k, k))
    for i in range(k):
        for j in range(i, k):
            both = there[:, i] & there[:, j]
            if both.sum() < 3:
                raise ValueError(f"answers: fewer than 3 people answered both columns {i} and {j}.")
            found[i, j] = found[j, i] = np.cov(x[both, i], x[both, j])[0, 1]
    return found


def _alpha(covariance: Array) -> float:
    k = covariance.shape[0]
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _item_rest(covariance: Array, item: int, others: npt.NDArray[np.int64]) -> float:
    rest = covariance[np.ix_(others, others)].sum()
    return float(covariance[item, others].sum() / np.sqrt(covariance[item, item] * rest))
