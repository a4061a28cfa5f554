"""How long until: Kaplan-Meier, the log-rank test and Cox's model, for withdrawal or leaving that may not have come yet.

Thin wraps of statsmodels (lifelines agrees, and holds pandas below 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Survival:
    """Share still there after each `time`, shape (k,), with Greenwood's standard error and log-log interval."""

    time: Array
    value: Array
    standard_error: Array
    lower: Array
    upper: Array
    n: int
    events: int
    confidence: float
    method: str = "Kaplan-Meier"


def kaplan_meier(
    time: npt.ArrayLike, event: npt.ArrayLike, *, at: npt.ArrayLike | None = None, confidence: float = 0.95
) -> Survival:
    """The share that is still there.

    Parameters
    ----------
    time : array_like of shape (n,)
        Until the event, or until last seen; from 0.
    event : array_like of 0 and 1, shape (n,)
        1 where it happened, 0 where it had not yet.
    at : array_like, optional
        Times to report; each after the last time observed is NaN, because nobody was watched that long. All times of
        events where not given.
    confidence : float
        Between 0 and 1.

    References
    ----------
    Kaplan, E. L. and Meier, P. (1958). JASA 53, 457-481; ``statsmodels.duration.survfunc``. Reference values: R package
    survival 3.5-3 on OULAD 2013J.

    Examples
    --------
    >>> found = kaplan_meier([5, 8, 8, 12, 15], [1, 1, 0, 1, 0], at=[5, 10, 20])
    >>> found.value.round(3).tolist()
    [0.8, 0.6, nan]
    """
    t, y = _watched(time, event)
    library = given.library("statsmodels.duration.survfunc", "statsmodels")
    fit = library.SurvfuncRight(t, y)
    # Before the first event everybody is there.
    known = np.concatenate([[0.0], np.asarray(fit.surv_times, dtype=np.float64)])
    value = np.concatenate([[1.0], fit.surv_prob])
    error = np.concatenate([[0.0], fit.surv_prob_se])
    asked = known[1:] if at is None else given.numbers("at", at)
    place = np.searchsorted(known, asked, side="right") - 1
    watched = (asked >= 0) & (asked <= t.max())
    value, error = (np.where(watched, v[np.maximum(place, 0)], np.nan) for v in (value, error))
    z = given.normal_quantile(0.5 + given.confidence_level(confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * error / (value * np.log(value))
        lower, upper = value ** np.exp(-spread), value ** np.exp(spread)
    inside = (value > 0) & (value < 1)
    lower, upper = np.where(inside, lower, value), np.where(inside, upper, value)
    return Survival(asked, value, error, lower, upper, t.size, int(y.sum()), confidence)


@dataclass(frozen=True, slots=True)
class LogRank:
    """Whether groups leave at different rates."""

    chi_square: float
    df: int
    p_value: float
    n: int
    method: str = "log-rank test"


def log_rank(time: npt.ArrayLike, event: npt.ArrayLike, group: npt.ArrayLike) -> LogRank:
    """The log-rank test of two or more groups.

    References
    ----------
    Mantel, N. (1966). Cancer Chemotherapy Reports 50, 163-170; ``statsmodels.duration.survfunc.survdiff``. Reference
    values: R package survival 3.5-3 on OULAD 2013J.

    Examples
    --------
    >>> found = log_rank([5, 8, 8, 12, 15, 3, 4, 6], [1, 1, 0, 1, 0, 1, 1, 1], list("aaaaabbb"))
    >>> round(found.chi_square, 3), found.df
    (5.277, 1)
    """
    t, y = _watched(time, event)
    labels, code = given.groups("group", group, size=t.size)
    if labels.size < 2:
        raise ValueError("group: one group only; there is nothing to compare.")
    if not y.any():
        raise ValueError("event: nobody had it.")
    chi, p = given.library("statsmodels.duration.survfunc", "statsmodels").survdiff(t, y, code)
    return LogRank(float(chi), labels.size - 1, float(p), t.size)


@dataclass(frozen=True, slots=True)
class CoxModel:
    """Log hazard ratios with standard errors and intervals, shape (p,), by `names`."""

    names: tuple[str, ...]
    value: Array
    standard_error: Array
    lower: Array
    upper: Array
    p_value: Array
    log_likelihood: float
    log_likelihood_empty: float
    n: int
    events: int
    confidence: float
    method: str = "Cox regression, Efron's ties"

    def __getitem__(self, name: str) -> float:
        return float(self.value[self.names.index(name)])


def cox(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    columns: Mapping[str, npt.ArrayLike],
    *,
    strata: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> CoxModel:
    """Cox's proportional hazards.

    Parameters
    ----------
    time, event : array_like of shape (n,)
        As for `kaplan_meier`.
    columns : mapping of str to array_like of shape (n,)
        Numbers; give a category as zeros and ones.
    strata : array_like of shape (n,), optional
        Groups that may each have a course of their own, such as modules.

    Raises
    ------
    ValueError
        When a column is missing values, does not vary or follows from the others, or there are fewer events than columns.

    References
    ----------
    Cox, D. R. (1972). JRSS B 34, 187-220; Efron, B. (1977). JASA 72, 557-565; ``statsmodels.PHReg``. Reference values: R
    package survival 3.5-3 on OULAD 2013J.

    Examples
    --------
    >>> fit = cox([5, 8, 8, 12, 15, 3, 4, 6], [1, 1, 0, 1, 0, 1, 1, 1], {"late": [0, 0, 1, 0, 0, 1, 0, 1]})
    >>> fit["late"] > 0
    True
    """
    t, y = _watched(time, event)
    if not columns:
        raise ValueError("columns: none given.")
    x = np.column_stack([given.numbers(name, values, size=t.size) for name, values in columns.items()])
    flat = [name for name, spread in zip(columns, np.ptp(x, axis=0), strict=True) if spread == 0]
    if flat:
        raise ValueError(f"{flat[0]}: all values are the same.")
    if np.linalg.matrix_rank(x - x.mean(axis=0)) < x.shape[1]:
        raise ValueError(f"columns: one of {', '.join(columns)} follows from the others.")
    if y.sum() < x.shape[1]:
        raise ValueError(f"event: {int(y.sum())} events are too few for {x.shape[1]} columns.")
    library = given.library("statsmodels.duration.hazard_regression", "statsmodels")
    code = None if strata is None else given.groups("strata", strata, size=t.size)[1]
    model = library.PHReg(t, x, status=y, strata=code, ties="efron")
    fit = model.fit(disp=0)
    beta, error = np.asarray(fit.params), np.asarray(fit.bse)
    half = given.normal_quantile(0.5 + given.confidence_level(confidence) / 2) * error
    p = 2 * special.ndtr(-np.abs(beta / error))
    empty = float(model.loglike(np.zeros(x.shape[1])))
    return CoxModel(
        tuple(columns),
        beta,
        error,
        beta - half,
        beta + half,
        p,
        float(fit.llf),
        empty,
        t.size,
        int(y.sum()),
        confidence,
    )


def _watched(time: npt.ArrayLike, event: npt.ArrayLike) -> tuple[Array, Array]:
    t = given.counts("time", time)
    return t, given.yes_or_no("event", event, size=t.size)
