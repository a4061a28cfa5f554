"""Comparable students for those who took part: propensity scores, nearest neighbours with a caliper, balance, effect.

The propensity model is statsmodels' logistic regression. The matching is written out: no maintained Python package does
greedy matching as R's MatchIt documents it, and MatchIt 4.5.1, still in use, ignores the caliper without a word.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Propensity:
    """Each one's probability of taking part, shape (n,), and the logistic coefficients by `names`, intercept first."""

    value: Array
    names: tuple[str, ...]
    coefficients: Array
    n: int
    method: str = "logistic regression"


def propensity_scores(treated: npt.ArrayLike, columns: Mapping[str, npt.ArrayLike]) -> Propensity:
    """How likely each student was to take part, from what was known before.

    Parameters
    ----------
    treated : array_like of 0 and 1, shape (n,)
    columns : mapping of str to array_like of shape (n,)
        Numbers; a category as zeros and ones, less one.

    Raises
    ------
    ValueError
        When everybody or nobody took part, a column has gaps or follows from the others, or the columns tell takers from
        others without fail (then nobody is comparable).

    References
    ----------
    Rosenbaum, P. R. and Rubin, D. B. (1983). Biometrika 70, 41-55; ``statsmodels.GLM``. Reference values: R's ``glm`` on
    lalonde, through MatchIt 4.7.1.

    Examples
    --------
    >>> found = propensity_scores([1, 0, 1, 0, 1, 0], {"prior": [1, 2, 3, 3, 2, 4]})
    >>> found.value.round(2).tolist()
    [0.89, 0.67, 0.33, 0.33, 0.67, 0.11]
    """
    y = given.yes_or_no("treated", treated)
    if y.sum() in (0, y.size):
        raise ValueError("treated: both those who took part and others are needed.")
    x = np.column_stack(
        [np.ones(y.size), *(given.numbers(name, v, size=y.size) for name, v in columns.items())]
    )
    if np.linalg.matrix_rank(x / np.abs(x).max(axis=0).clip(1e-300)) < x.shape[1]:
        raise ValueError(f"columns: one of {', '.join(columns)} is constant or follows from the others.")
    api = given.library("statsmodels.api", "statsmodels")
    errors = given.library("statsmodels.tools.sm_exceptions", "statsmodels")
    with warnings.catch_warnings():
        warnings.simplefilter("error", errors.PerfectSeparationWarning)
        try:
            fit = api.GLM(y, x, family=api.families.Binomial()).fit(tol=1e-12, maxiter=100)
        except errors.PerfectSeparationWarning as error:
            raise ValueError(
                "columns: they tell those who took part from the others without fail."
            ) from error
    return Propensity(np.asarray(fit.fittedvalues), ("(Intercept)", *columns), np.asarray(fit.params), y.size)


@dataclass(frozen=True, slots=True)
class Matched:
    """`pairs` of rows (treated, control), shape (m, 2); `weights` of shape (n,), 0 for those left out.

    `unmatched` are the treated rows for whom nobody was close enough: they are not in what the effect speaks of.
    """

    pairs: Ints
    weights: Array
    unmatched: Ints
    caliper: float
    n_treated: int
    n_control: int
    method: str


def match_nearest(
    treated: npt.ArrayLike,
    distance: npt.ArrayLike,
    *,
    caliper: float | None = None,
    order: Literal["largest", "smallest", "data"] = "largest",
) -> Matched:
    """One control for each treated student: the nearest still free, without giving any twice.

    Parameters
    ----------
    treated : array_like of 0 and 1, shape (n,)
    distance : array_like of shape (n,)
        Usually the propensity score.
    caliper : float, optional
        The furthest that counts as near, in standard deviations of the distance over all students.
    order : {"largest", "smallest", "data"}
        Who chooses first: those with the largest distance (hardest to match; MatchIt's default), the smallest, or as they
        stand.

    Returns
    -------
    Matched
        Of equally near controls, and of equal treated, the one that stands first.

    References
    ----------
    Ho, D. E., Imai, K., King, G. and Stuart, E. A. (2011). MatchIt. Journal of Statistical Software 42(8); Austin, P. C.
    (2011). Pharmaceutical Statistics 10, 150-161 (caliper of 0.2). Reference values: MatchIt 4.7.1 on lalonde: 185 pairs,
    113 within a caliper of 0.2.

    Examples
    --------
    >>> found = match_nearest([1, 1, 0, 0, 0], [0.8, 0.5, 0.45, 0.75, 0.1])
    >>> found.pairs.tolist()
    [[0, 3], [1, 2]]
    """
    y = given.yes_or_no("treated", treated)
    d = given.numbers("distance", distance, size=y.size)
    if caliper is not None and not caliper > 0:
        raise ValueError(f"caliper is {caliper}; it must be above 0.")
    ones, zeros = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    if not ones.size or not zeros.size:
        raise ValueError("treated: both those who took part and others are needed.")
    reach = math.inf if caliper is None else caliper * float(d.std(ddof=1))
    by = {"largest": np.argsort(-d[ones], kind="stable"), "smallest": np.argsort(d[ones], kind="stable"),
          "data": np.arange(ones.size)}  # fmt: skip
    if order not in by:
        raise ValueError(f"order is {order!r}; it must be 'largest', 'smallest' or 'data'.")
    free = np.ones(zeros.size, dtype=np.bool_)
    pairs: list[tuple[int, int]] = []
    for row in ones[by[order]]:
        apart = np.where(free, np.abs(d[zeros] - d[row]), np.inf)
        nearest = int(np.argmin(apart))
        if np.isfinite(apart[nearest]) and apart[nearest] <= reach:
            free[nearest] = False
            pairs.append((int(row), int(zeros[nearest])))
    found = np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)
    weights = np.zeros(y.size)
    weights[found.ravel()] = 1.0
    left = np.setdiff1d(ones, found[:, 0])
    name = "nearest neighbour without replacement" + ("" if caliper is None else f", caliper {caliper:g} sd")
    return Matched(found, weights, left, reach, ones.size, zeros.size, name)


@dataclass(frozen=True, slots=True)
class Balance:
    """Standardised mean differences by column, in standard deviations of the treated before matching; shape (p,)."""

    names: tuple[str, ...]
    value: Array
    n: int
    method: str = "standardised mean difference, treated standard deviation"

    @property
    def largest(self) -> float:
        return float(np.abs(self.value).max())


def balance(
    treated: npt.ArrayLike,
    columns: Mapping[str, npt.ArrayLike],
    *,
    weights: npt.ArrayLike | None = None,
) -> Balance:
    """How far those who took part and the others lie apart in what was known before.

    Parameters
    ----------
    treated : array_like of 0 and 1, shape (n,)
    columns : mapping of str to array_like of shape (n,)
        Zeros and ones are standardised by the square root of p (1 - p) of the treated.
    weights : array_like of shape (n,), optional
        From `match_nearest`; without them, before matching.

    References
    ----------
    Stuart, E. A. (2010). Statistical Science 25, 1-21. Reference values: MatchIt 4.7.1's summary of lalonde.

    Examples
    --------
    >>> balance([1, 1, 0, 0], {"prior": [4.0, 6.0, 3.0, 5.0]}).value.round(4).tolist()
    [0.7071]
    """
    y = given.yes_or_no("treated", treated)
    w = np.ones(y.size) if weights is None else given.counts("weights", weights)
    found = []
    for name, values in columns.items():
        x = given.numbers(name, values, size=y.size)
        one = x[y == 1]
        binary = bool(np.isin(x, (0, 1)).all())
        spread = math.sqrt(float(one.mean() * (1 - one.mean()))) if binary else float(one.std(ddof=1))
        gap = np.average(x[y == 1], weights=w[y == 1]) - np.average(x[y == 0], weights=w[y == 0])
        found.append(float(gap) / spread if spread else (0.0 if not gap else math.nan))
    return Balance(tuple(columns), np.array(found), y.size)


def attributable_weights(treated: npt.ArrayLike, propensity: npt.ArrayLike) -> Array:
    """Weights for the effect on those who took part: 1 for them, the odds p / (1 - p) for the others.

    Raises
    ------
    ValueError
        When a control has a propensity of 1: no weight makes such a student comparable.

    References
    ----------
    Hirano, K. and Imbens, G. W. (2001). Health Services and Outcomes Research Methodology 2, 259-278.

    Examples
    --------
    >>> attributable_weights([1, 0], [0.7, 0.5]).tolist()
    [1.0, 1.0]
    """
    y = given.yes_or_no("treated", treated)
    p = given.shares("propensity", propensity, size=y.size)
    bad = np.flatnonzero((y == 0) & (p == 1))
    if bad.size:
        raise ValueError(f"propensity: 1 in {given.rows(bad)} of someone who did not take part.")
    with np.errstate(divide="ignore"):
        return np.where(y == 1, 1.0, p / np.where(p == 1, np.nan, 1 - p))
