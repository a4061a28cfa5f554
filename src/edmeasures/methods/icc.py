"""Intraclass correlations of ratings, all six of Shrout and Fleiss; Kendall's W.

Written out: pingouin has them, under the GPL; statsmodels has none. Kendall's W wraps scipy's Friedman test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Kind = Literal["1", "A", "C"]


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """An ICC with its F test and interval. `name` is McGraw and Wong's: ICC(1,1), ICC(A,k) and so on."""

    value: float
    lower: float
    upper: float
    f: float
    p_value: float
    n: int
    raters: int
    confidence: float
    name: str
    method: str = "intraclass correlation, analysis of variance"


def intraclass_correlation(
    ratings: npt.ArrayLike, *, kind: Kind = "A", averaged: bool = False, confidence: float = 0.95
) -> IntraclassCorrelation:
    """How much of what differs between ratings differs between the people rated.

    Parameters
    ----------
    ratings : array_like of shape (n, k)
        People by raters, nothing missing.
    kind : {"1", "A", "C"}
        "1": each person had other raters. "A": the same raters, and a strict one counts as error. "C": the same raters,
        and only the order they give matters.
    averaged : bool
        Of the mean of the k ratings rather than of one.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    IntraclassCorrelation
        May lie below 0 where people differ less than chance would have it.

    Raises
    ------
    ValueError
        When a rating is missing, fewer than two people or raters are left, or all ratings are the same.

    References
    ----------
    Shrout, P. E. and Fleiss, J. L. (1979). Psychological Bulletin 86, 420-428; McGraw, K. O. and Wong, S. P. (1996).
    Psychological Methods 1, 30-46, table 7. Reference values: R package psych 2.2.9 on Shrout and Fleiss' table 2
    (.17 .29 .71 .44 .62 .91).

    Examples
    --------
    >>> table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> round(intraclass_correlation(table, kind="A").value, 2)
    0.29
    """
    x = given.table("ratings", ratings)
    if kind not in ("1", "A", "C"):
        raise ValueError(f"kind is {kind!r}; it must be '1', 'A' or 'C'.")
    if np.ptp(x) == 0:
        raise ValueError("ratings: all are the same; there is nothing to tell apart.")
    n, k = x.shape
    tail = (1 + given.confidence_level(confidence)) / 2
    grand = x.mean()
    between = k * float(((x.mean(axis=1) - grand) ** 2).sum()) / (n - 1)
    raters = n * float(((x.mean(axis=0) - grand) ** 2).sum()) / (k - 1)
    total = float(((x - grand) ** 2).sum())
    within = (total - between * (n - 1)) / (n * (k - 1))
    error = max((total - between * (n - 1) - raters * (k - 1)) / ((n - 1) * (k - 1)), 0.0)
    noise, df = (within, n * (k - 1)) if kind == "1" else (error, (n - 1) * (k - 1))
    f = between / noise if noise else float("inf")
    if kind == "A":
        value = (between - error) / (between + (k - 1) * error + k * (raters - error) / n)
        lower, upper = _absolute_interval(value, between, raters, error, n, k, tail)
    else:
        value = (between - noise) / (between + (k - 1) * noise)
        low = f / float(special.fdtri(n - 1, df, tail))
        high = f * float(special.fdtri(df, n - 1, tail))
        lower, upper = (1.0 if g == float("inf") else (g - 1) / (g + k - 1) for g in (low, high))
    if averaged:
        value, lower, upper = (k * v / (1 + (k - 1) * v) for v in (value, lower, upper))
    p = float(special.fdtrc(n - 1, df, f))
    name = f"ICC({kind},{'k' if averaged else '1'})"
    return IntraclassCorrelation(value, lower, upper, f, p, n, k, confidence, name)


def _absolute_interval(
    value: float, between: float, raters: float, error: float, n: int, k: int, tail: float
) -> tuple[float, float]:
    """McGraw and Wong's interval of ICC(A,1), degrees of freedom after Satterthwaite."""
    if not error:
        a = b = float("inf")
    else:
        a = k * value / (n * (1 - value))
        b = 1 + k * value * (n - 1) / (n * (1 - value))
    if a == float("inf"):
        return value, value
    v = (a * raters + b * error) ** 2 / ((a * raters) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1)))
    high = float(special.fdtri(n - 1, v, tail))
    low = float(special.fdtri(v, n - 1, tail))
    rest = k * raters + (k * n - k - n) * error
    lower = n * (between - high * error) / (high * rest + n * between)
    upper = n * (low * between - error) / (rest + n * low * between)
    return lower, upper


@dataclass(frozen=True, slots=True)
class Concordance:
    """Kendall's W from 0 to 1, with the p value of Friedman's test."""

    value: float
    p_value: float
    n: int
    raters: int
    method: str = "Kendall's W, corrected for ties"


def kendall_w(ratings: npt.ArrayLike) -> Concordance:
    """How far raters put people in the same order.

    Parameters
    ----------
    ratings : array_like of shape (n, k)
        People by raters; three or more people.

    References
    ----------
    Kendall, M. G. and Babington Smith, B. (1939). Annals of Mathematical Statistics 10, 275-287;
    ``scipy.stats.friedmanchisquare``. Reference values: R package irr on its anxiety data.

    Examples
    --------
    >>> round(kendall_w([[1, 2], [2, 1], [3, 3], [4, 4]]).value, 2)
    0.9
    """
    from scipy import stats  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    x = given.table("ratings", ratings, fewest_rows=3)
    flat = [j for j in range(x.shape[1]) if np.ptp(x[:, j]) == 0]
    if len(flat) == x.shape[1]:
        raise ValueError("ratings: no rater tells two people apart.")
    n, k = x.shape
    found = stats.friedmanchisquare(*x)
    return Concordance(float(found.statistic) / (k * (n - 1)), float(found.pvalue), n, k)
