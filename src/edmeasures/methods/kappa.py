"""Agreement of two raters beyond chance, also with disagreements weighed; of several raters after Fleiss.

Thin wraps of statsmodels, with what it does not check.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance with its normal interval. NaN with a `reason` where chance alone would agree always."""

    value: float
    lower: float
    upper: float
    observed: float
    expected: float
    n: float
    confidence: float
    method: str
    reason: str | None = None


def kappa_from_table(
    table: npt.ArrayLike, *, weights: Weights | npt.ArrayLike = "none", confidence: float = 0.95
) -> Kappa:
    """Cohen's kappa from a square table of two raters.

    Parameters
    ----------
    table : array_like of shape (c, c)
        How often the first rater said the row and the second the column: counts, or proportions (then no interval).
    weights : {"none", "linear", "quadratic"} or array_like of shape (c, c)
        How bad each disagreement is; any weights from 0, with 0 on the diagonal.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Kappa
        `observed` and `expected` are shares of agreement, or 1 less the mean weight over the largest. Where the
        large-sample variance is 0 (full agreement, for one) there is no interval rather than one without width.

    References
    ----------
    Cohen, J. (1960). Educational and Psychological Measurement 20, 37-46; Cohen, J. (1968). Psychological Bulletin 70,
    213-220; variance of Fleiss, Cohen and Everitt (1969) as in ``statsmodels.stats.inter_rater.cohens_kappa``.
    Reference values: Cohen (1968) as quoted in R's psych::cohen.kappa; scikit-learn.

    Examples
    --------
    >>> found = kappa_from_table([[20, 5], [10, 15]])
    >>> round(found.value, 2), found.observed, found.expected
    (0.4, 0.7, 0.5)
    """
    counts = np.asarray(table, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.shape[0] < 2:
        raise ValueError(f"table: a square table of two or more categories is needed, not {counts.shape}.")
    given.counts("table", counts.ravel())
    level = given.confidence_level(confidence)
    total = float(counts.sum())
    if not total:
        raise ValueError("table: all cells are 0.")
    w, name = _weights(weights, counts.shape[0])
    p = counts / total
    by_chance = np.outer(p.sum(axis=1), p.sum(axis=0))
    observed, expected = (1 - float((w * q).sum() / w.max()) for q in (p, by_chance))
    if expected >= 1:
        nan = math.nan
        return Kappa(nan, nan, nan, observed, expected, total, level, name, given.NO_VARIATION)
    library = given.library("statsmodels.stats.inter_rater", "statsmodels")
    # Without weights statsmodels has a variance of its own; a table of 0 and 1 would get the weighted one.
    with np.errstate(invalid="ignore"):  # a variance of 0 may come out a rounding below it
        found = library.cohens_kappa(counts, weights=None if name == "Cohen's kappa" else w)
    value, variance = float(found.kappa), float(found.var_kappa)
    if abs(total - 1) < 1e-9 or not variance > 1e-12:
        return Kappa(value, math.nan, math.nan, observed, expected, total, level, name)
    half = given.normal_quantile((1 + level) / 2) * math.sqrt(variance)
    return Kappa(value, value - half, value + half, observed, expected, total, level, name)


def cohen_kappa(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    *,
    categories: npt.ArrayLike | None = None,
    weights: Weights | npt.ArrayLike = "none",
    confidence: float = 0.95,
) -> Kappa:
    """Cohen's kappa from two lists of ratings.

    Parameters
    ----------
    first, second : array_like of shape (n,)
        One rating of the same person by each rater.
    categories : array_like, optional
        All categories in order. Without them those that occur, sorted; with weights that is wrong where a category
        between them was never used.

    Raises
    ------
    ValueError
        When the lists differ in length or a rating is missing or not among the categories.

    Examples
    --------
    >>> round(cohen_kappa([1, 2, 2, 3], [1, 2, 3, 3]).value, 3)
    0.636
    """
    a, b = np.asarray(first), np.asarray(second)
    if a.shape != b.shape or a.ndim != 1 or not a.size:
        raise ValueError(f"Two lists of equal length are needed, not {a.shape} and {b.shape}.")
    given.groups("first", a, size=a.size)
    given.groups("second", b, size=b.size)
    known = np.unique(np.concatenate([a, b])) if categories is None else np.asarray(categories)
    place = {value: i for i, value in enumerate(known.tolist())}
    if known.size < 2:
        return Kappa(
            math.nan, math.nan, math.nan, 1.0, 1.0, a.size, confidence, "Cohen's kappa", given.NO_VARIATION
        )
    counts = np.zeros((known.size, known.size))
    for name, ratings in (("first", a), ("second", b)):
        odd = [i for i, value in enumerate(ratings.tolist()) if value not in place]
        if odd:
            raise ValueError(
                f"{name}: {ratings[odd[0]]} in {given.rows(np.array(odd))} is not among the categories."
            )
    np.add.at(counts, ([place[v] for v in a.tolist()], [place[v] for v in b.tolist()]), 1)
    return kappa_from_table(counts, weights=weights, confidence=confidence)


def fleiss_kappa(table: npt.ArrayLike, *, confidence: float = 0.95) -> Kappa:
    """Agreement of several raters who need not be the same people for everybody.

    Parameters
    ----------
    table : array_like of shape (n, c)
        For each person how many raters chose each category; every row the same number of raters, two or more.
    confidence : float
        Between 0 and 1.

    References
    ----------
    Fleiss, J. L. (1971). Psychological Bulletin 76, 378-382; interval by the standard error of Fleiss, Nee and Landis
    (1979), Psychological Bulletin 86, 974-977, which is for a kappa of 0. Reference values: the example of
    https://en.wikipedia.org/wiki/Fleiss%27_kappa (0.210).

    Examples
    --------
    >>> round(fleiss_kappa([[3, 0], [2, 1], [0, 3], [1, 2]]).value, 3)
    0.333
    """
    counts = given.table("table", table)
    given.counts("table", counts.ravel())
    raters = counts.sum(axis=1)
    odd = np.flatnonzero(raters != raters[0])
    if odd.size or raters[0] < 2:
        raise ValueError(
            f"table: {given.rows(odd)} with another number of raters than row 0." if odd.size
            else f"table: {raters[0]:g} rater; two or more are needed."
        )  # fmt: skip
    level = given.confidence_level(confidence)
    n, m = counts.shape[0], float(raters[0])
    p = counts.sum(axis=0) / counts.sum()
    observed = float(((counts**2).sum(axis=1) - m).mean() / (m * (m - 1)))
    expected = float(p @ p)
    if expected >= 1:
        nan = math.nan
        return Kappa(nan, nan, nan, observed, expected, n, level, "Fleiss' kappa", given.NO_VARIATION)
    value = float(given.library("statsmodels.stats.inter_rater", "statsmodels").fleiss_kappa(counts))
    b = float((p * (1 - p)).sum())
    error = math.sqrt(2 * (b**2 - float((p * (1 - p) * (1 - 2 * p)).sum())) / (n * m * (m - 1))) / b
    half = given.normal_quantile((1 + level) / 2) * error
    return Kappa(value, value - half, value + half, observed, expected, n, level, "Fleiss' kappa")


def _weights(weights: Weights | npt.ArrayLike, c: int) -> tuple[Array, str]:
    if isinstance(weights, str):
        apart = np.abs(np.subtract.outer(np.arange(c), np.arange(c))).astype(np.float64)
        known = {"none": np.sign(apart), "linear": apart, "quadratic": apart**2}
        if weights not in known:
            raise ValueError(f"weights is {weights!r}; it must be 'none', 'linear', 'quadratic' or a table.")
        return known[weights], "Cohen's kappa" if weights == "none" else f"Cohen's kappa, {weights} weights"
    w = np.asarray(weights, dtype=np.float64)
    if w.shape != (c, c) or not np.isfinite(w).all() or (w < 0).any() or np.diag(w).any() or not w.any():
        raise ValueError(f"weights: a {c} by {c} table of numbers from 0 with 0 on the diagonal is needed.")
    return w, "Cohen's kappa, weights given"
