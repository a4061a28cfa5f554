"""Least squares with honest errors: robust or by cluster, weighted, with fixed effects taken out; differences in differences.

A thin wrap of statsmodels. pyfixest gives the same coefficients and brings some forty packages with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]
Errors = Literal["classical", "HC0", "HC1", "HC2", "HC3", "cluster", "cluster0"]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Coefficients by `names` with errors and t intervals, shape (p,). `df` is what the t distribution was taken with."""

    names: tuple[str, ...]
    value: Array
    standard_error: Array
    lower: Array
    upper: Array
    p_value: Array
    df: int
    n: int
    clusters: int
    absorbed: int
    confidence: float
    method: str

    def __getitem__(self, name: str) -> float:
        return float(self.value[self.names.index(name)])

    def error(self, name: str) -> float:
        return float(self.standard_error[self.names.index(name)])


def linear_model(
    outcome: npt.ArrayLike,
    columns: Mapping[str, npt.ArrayLike],
    *,
    errors: Errors = "HC1",
    cluster: npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    absorb: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> LinearModel:
    """Regress an outcome on columns.

    Parameters
    ----------
    outcome : array_like of shape (n,)
    columns : mapping of str to array_like of shape (n,)
        Numbers; an intercept is added unless effects are absorbed.
    errors : {"classical", "HC0", "HC1", "HC2", "HC3", "cluster", "cluster0"}
        "cluster" multiplies by G / (G - 1) * (N - 1) / (N - K), as R's sandwich and Stata's regress do; "cluster0" does
        not. K counts absorbed effects, as if each had a column (fixest and pyfixest do not count those that lie within
        one cluster: theirs are a little smaller).
    cluster : array_like of shape (n,), optional
        The unit that was assigned or sampled: school or district. Needed for both cluster errors; two or more.
    weights : array_like of shape (n,), optional
        From 0; rows of weight 0 are left out.
    absorb : array_like of shape (n,), optional
        Groups whose own level is taken out (fixed effects), by subtracting their means.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    LinearModel
        t has N - K degrees of freedom (less the absorbed groups), with clusters G - 1.

    Raises
    ------
    ValueError
        When a column has gaps, is constant or follows from the others, or there are more columns than rows.

    References
    ----------
    Liang, K.-Y. and Zeger, S. L. (1986). Biometrika 73, 13-22; Cameron, A. C. and Miller, D. L. (2015). Journal of Human
    Resources 50, 317-372; ``statsmodels.WLS``. Reference values: R's sandwich 3.0-2 on STAR and mathpnl.

    Examples
    --------
    >>> fit = linear_model([1, 2, 4, 3, 6, 7], {"hours": [1, 2, 3, 4, 5, 6]}, errors="classical")
    >>> round(fit["hours"], 3), round(fit.error("hours"), 3)
    (1.171, 0.201)
    """
    y = given.numbers("outcome", outcome, fewest=2)
    if not columns:
        raise ValueError("columns: none given.")
    x = np.column_stack([given.numbers(name, v, size=y.size) for name, v in columns.items()])
    w = np.ones(y.size) if weights is None else given.counts("weights", weights, of=np.full(y.size, np.inf))
    keep = w > 0
    group = None if cluster is None else given.groups("cluster", cluster, size=y.size)[1][keep]
    names = tuple(columns)
    absorbed, taken = 0, np.zeros(int(keep.sum()))
    if absorb is not None:
        labels, code = given.groups("absorb", np.asarray(absorb)[keep], size=int(keep.sum()))
        absorbed = labels.size
        y, x, w = y[keep], x[keep], w[keep]
        taken = w / np.bincount(code, w)[code]  # what a group's own column adds to a row's leverage
        y, x = _within(y[:, None], code, w)[:, 0], _within(x, code, w)
    else:
        y, x, w = y[keep], np.column_stack([np.ones(int(keep.sum())), x[keep]]), w[keep]
        names = ("(Intercept)", *names)
    left = y.size - x.shape[1] - absorbed
    scale = np.abs(x).max(axis=0).clip(1e-300)
    if left < 1 or np.linalg.matrix_rank(x / scale) < x.shape[1]:
        raise ValueError(
            f"columns: too few rows, or one of {', '.join(columns)} is constant or follows from the others."
        )
    fit = given.library("statsmodels.api", "statsmodels").WLS(y, x, weights=w).fit()
    covariance, df = _covariance(fit, errors, group, left, taken)
    error = np.sqrt(np.diag(covariance))
    beta = np.asarray(fit.params)
    half = float(special.stdtrit(df, 0.5 + given.confidence_level(confidence) / 2)) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * special.stdtr(df, -np.abs(beta / error))
    count = 0 if group is None else int(np.unique(group).size)
    how = {"cluster": "clustered, G/(G-1) (N-1)/(N-K)", "cluster0": "clustered, no small-sample factor"}.get(
        errors, errors
    )
    return LinearModel(
        names, beta, error, beta - half, beta + half, p, df, y.size, count, absorbed, confidence,
        f"least squares, {how} errors",
    )  # fmt: skip


def _within(values: Array, code: npt.NDArray[np.int64], weights: Array) -> Array:
    total = np.bincount(code, weights)
    means = np.column_stack([np.bincount(code, weights * v) / total for v in values.T])
    return np.asarray(values - means[code])


def _covariance(
    fit: Any, errors: Errors, group: npt.NDArray[np.int64] | None, left: int, taken: Array
) -> tuple[Array, int]:
    n = taken.size
    if errors in ("cluster", "cluster0"):
        if group is None:
            raise ValueError("cluster: needed for clustered errors.")
        clusters = int(np.unique(group).size)
        if clusters < 2:
            raise ValueError("cluster: one cluster only; what differs between clusters cannot be seen.")
        robust = fit.get_robustcov_results("cluster", groups=group, use_correction=False)
        factor = clusters / (clusters - 1) * (n - 1) / left if errors == "cluster" else 1.0
        return np.asarray(robust.cov_params()) * factor, clusters - 1
    if errors == "classical":
        return np.asarray(fit.cov_params()) * (fit.df_resid / left), left
    if errors not in ("HC0", "HC1", "HC2", "HC3"):
        raise ValueError(f"errors is {errors!r}; it must be classical, HC0 to HC3, cluster or cluster0.")
    # Written out because statsmodels' leverages know nothing of the effects that were taken out.
    x, residual = fit.model.wexog, fit.wresid
    bread = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ij,jk,ik->i", x, bread, x) + taken
    lost = {"HC0": np.ones(n), "HC1": np.full(n, left / n), "HC2": 1 - leverage, "HC3": (1 - leverage) ** 2}[
        errors
    ]
    if (lost <= 1e-12).any():
        raise ValueError(
            f"errors: {errors} does not exist, since {given.rows(np.flatnonzero(lost <= 1e-12))} alone decides one coefficient."
        )
    return np.asarray(bread @ (x.T * (residual**2 / lost)) @ x @ bread), left


@dataclass(frozen=True, slots=True)
class DifferenceInDifferences:
    """How much more the treated changed than the others. Without single rows there is no interval (NaN)."""

    value: float
    lower: float
    upper: float
    standard_error: float
    p_value: float
    change_treated: float
    change_control: float
    n: int
    clusters: int
    method: str


def difference_in_differences(
    outcome: npt.ArrayLike,
    treated: npt.ArrayLike,
    after: npt.ArrayLike,
    cluster: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> DifferenceInDifferences:
    """The change of the treated less the change of the others, with errors by cluster.

    Parameters
    ----------
    outcome : array_like of shape (n,)
    treated, after : array_like of 0 and 1, shape (n,)
        All four combinations must occur.
    cluster : array_like of shape (n,)
        The unit that was treated or not, over both periods; with fewer than about 30 the interval is too narrow.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    DifferenceInDifferences
        It is an effect only if the treated would have changed as the others did, which no number here shows.

    References
    ----------
    Card, D. and Krueger, A. B. (1994). American Economic Review 84, 772-793; Bertrand, M., Duflo, E. and Mullainathan, S.
    (2004). Quarterly Journal of Economics 119, 249-275. Reference values: statsmodels' clustered interaction.

    Examples
    --------
    >>> y = [1.0, 2, 3, 4, 2, 2, 3, 3]
    >>> found = difference_in_differences(y, [1, 1, 1, 1, 0, 0, 0, 0], [0, 0, 1, 1] * 2, [1, 2, 1, 2, 3, 4, 3, 4])
    >>> found.value, found.change_treated, found.change_control
    (1.0, 2.0, 1.0)
    """
    y = given.numbers("outcome", outcome, fewest=4)
    t, a = (given.yes_or_no(n, v, size=y.size) for n, v in (("treated", treated), ("after", after)))
    means = {}
    for who in (0, 1):
        for when in (0, 1):
            cell = y[(t == who) & (a == when)]
            if not cell.size:
                raise ValueError(f"No row has treated {who} and after {when}.")
            means[who, when] = float(cell.mean())
    fit = linear_model(
        y, {"treated": t, "after": a, "both": t * a}, errors="cluster", cluster=cluster, confidence=confidence
    )
    changes = [means[who, 1] - means[who, 0] for who in (1, 0)]
    return DifferenceInDifferences(
        changes[0] - changes[1], float(fit.lower[3]), float(fit.upper[3]), float(fit.standard_error[3]),
        float(fit.p_value[3]), changes[0], changes[1], y.size, fit.clusters, f"difference in differences, {fit.method}",
    )  # fmt: skip


def difference_in_differences_of_means(
    treated_before: float, treated_after: float, control_before: float, control_after: float
) -> DifferenceInDifferences:
    """The same from four published means, which carry no interval.

    Examples
    --------
    >>> round(difference_in_differences_of_means(20.44, 21.03, 23.33, 21.17).value, 2)
    2.75
    """
    treated = given.number("treated_after", treated_after) - given.number("treated_before", treated_before)
    control = given.number("control_after", control_after) - given.number("control_before", control_before)
    nan = math.nan
    return DifferenceInDifferences(
        treated - control, nan, nan, nan, nan, treated, control, 0, 0, "difference in differences of means"
    )
