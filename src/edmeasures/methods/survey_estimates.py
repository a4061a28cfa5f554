"""Estimates from a drawn sample: means, totals, ratios and regressions with the errors that the drawing left.

Written out: statsmodels has no designs with strata, clusters and finite populations. One variance serves means, totals,
ratios and regressions over any number of stages; samplics, which has some of it, would be a package more for sixty lines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of drawing, one entry a row: the unit drawn, in which stratum, of how many there are (infinite: inf)."""

    unit: Ints
    stratum: Ints
    population: Array


@dataclass(frozen=True, slots=True)
class Design:
    """How a sample was drawn: each row's weight, and the stages, the second within the first's units."""

    weights: Array
    stages: tuple[Stage, ...]

    @property
    def df(self) -> int:
        """First-stage units less strata."""
        first = self.stages[0]
        return int(np.unique(first.unit).size - np.unique(first.stratum).size)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate with its linearised standard error and t interval on the design's degrees of freedom."""

    value: float
    standard_error: float
    lower: float
    upper: float
    n: int
    df: int
    confidence: float
    method: str


def survey_design(
    weights: npt.ArrayLike,
    *,
    strata: npt.ArrayLike | None = None,
    cluster: npt.ArrayLike | None = None,
    population: npt.ArrayLike | None = None,
    second_cluster: npt.ArrayLike | None = None,
    second_population: npt.ArrayLike | None = None,
) -> Design:
    """Describe how a sample was drawn.

    Parameters
    ----------
    weights : array_like of shape (n,)
        How many of the population each row stands for; above 0.
    strata : array_like of shape (n,), optional
        Parts of the population that were drawn from apart.
    cluster : array_like of shape (n,), optional
        What was drawn first, such as districts; rows themselves where not given.
    population : array_like of shape (n,), optional
        How many such units the row's stratum has. Without it the population counts as without end.
    second_cluster, second_population : array_like of shape (n,), optional
        What was drawn within each cluster, and how many there are in it.

    Raises
    ------
    ValueError
        When a stratum has one unit and more in the population (nothing says how it differs from others), a population
        is smaller than its sample, or lengths differ.

    References
    ----------
    Lumley, T. (2010). Complex Surveys, chapters 2 and 3; Saerndal, C.-E. et al. (1992), section 4.3 for two stages.

    Examples
    --------
    >>> survey_design([10, 10, 20, 20], strata=["a", "a", "b", "b"]).df
    2
    """
    w = given.above_zero("weights", weights, fewest=2)
    n = w.size
    stratum = np.zeros(n, dtype=np.int64) if strata is None else given.groups("strata", strata, size=n)[1]
    unit = np.arange(n) if cluster is None else _within(given.groups("cluster", cluster, size=n)[1], stratum)
    stages = [Stage(unit, stratum, _sizes("population", population, n))]
    if second_cluster is not None or second_population is not None:
        inner = (
            np.arange(n)
            if second_cluster is None
            else given.groups("second_cluster", second_cluster, size=n)[1]
        )
        stages.append(Stage(_within(inner, unit), unit, _sizes("second_population", second_population, n)))
    for name, stage in zip(("population", "second_population"), stages, strict=False):
        for one in np.unique(stage.stratum):
            rows = stage.stratum == one
            drawn, there = np.unique(stage.unit[rows]).size, stage.population[rows]
            if np.ptp(there) if np.isfinite(there).all() else not np.isinf(there).all():
                raise ValueError(f"{name}: differs within one stratum, {given.rows(np.flatnonzero(rows))}.")
            if there[0] < drawn:
                raise ValueError(
                    f"{name}: {there[0]:g} units where {drawn} were drawn, {given.rows(np.flatnonzero(rows))}."
                )
            if drawn == 1 and there[0] > 1:
                raise ValueError(
                    f"One unit was drawn from {there[0]:g} in {given.rows(np.flatnonzero(rows))}: no error can be told."
                )
    return Design(w, tuple(stages))


def survey_mean(
    values: npt.ArrayLike, design: Design, *, domain: npt.ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """The mean of the population, or of a domain of it.

    Parameters
    ----------
    values : array_like of shape (n,)
        Nothing missing within the domain.
    design : Design
    domain : array_like of bool, shape (n,), optional
        Which rows belong to the part of the population that is meant (or have the value). Dropping the others beforehand
        would take the domain's size for known, and the error would be too small.
    confidence : float
        Between 0 and 1.

    References
    ----------
    Lumley (2010), sections 2.3 and 3.2. Reference values: R package survey 4.1 on the API samples.

    Examples
    --------
    >>> found = survey_mean([1, 3, 5, 9], survey_design([10, 10, 20, 20], strata=[1, 1, 2, 2]))
    >>> round(found.value, 3), round(found.standard_error, 3)
    (5.333, 1.374)
    """
    y, inside = _values("values", values, design, domain)
    w = design.weights * inside
    mean = float(w @ y / w.sum())
    return _estimate(mean, w * (y - mean) / w.sum(), design, inside, confidence, "mean")


def survey_total(
    values: npt.ArrayLike, design: Design, *, domain: npt.ArrayLike | None = None, confidence: float = 0.95
) -> Estimate:
    """The total of the population, or of a domain.

    Examples
    --------
    >>> survey_total([1, 3, 5, 9], survey_design([10, 10, 20, 20])).value
    320.0
    """
    y, inside = _values("values", values, design, domain)
    w = design.weights * inside
    return _estimate(float(w @ y), w * y, design, inside, confidence, "total")


def survey_ratio(
    numerator: npt.ArrayLike,
    denominator: npt.ArrayLike,
    design: Design,
    *,
    domain: npt.ArrayLike | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """One total over another.

    Examples
    --------
    >>> round(survey_ratio([8, 9, 10], [10, 10, 10], survey_design([1, 1, 1])).value, 3)
    0.9
    """
    y, inside = _values("numerator", numerator, design, domain)
    x, _ = _values("denominator", denominator, design, domain)
    w = design.weights * inside
    below = float(w @ x)
    if not below:
        raise ValueError("denominator: its total is 0.")
    ratio = float(w @ y) / below
    return _estimate(ratio, w * (y - ratio * x) / below, design, inside, confidence, "ratio")


@dataclass(frozen=True, slots=True)
class SurveyRegression:
    """Coefficients by `names`, intercept first, with linearised errors; shape (p,)."""

    names: tuple[str, ...]
    value: Array
    standard_error: Array
    df: int
    n: int
    method: str = "weighted least squares, linearised over the design"


def survey_regression(
    outcome: npt.ArrayLike,
    columns: Mapping[str, npt.ArrayLike],
    design: Design,
    *,
    domain: npt.ArrayLike | None = None,
) -> SurveyRegression:
    """A regression for the population.

    Examples
    --------
    >>> fit = survey_regression([1, 3, 5, 9], {"x": [1, 2, 3, 4]}, survey_design([10, 10, 20, 20]))
    >>> fit.names, round(float(fit.value[1]), 3)
    (('(Intercept)', 'x'), 2.683)
    """
    y, inside = _values("outcome", outcome, design, domain)
    x = np.column_stack(
        [np.ones(y.size), *(_values(name, v, design, domain)[0] for name, v in columns.items())]
    )
    w = design.weights * inside
    inner = x.T @ (x * w[:, None])
    if np.linalg.matrix_rank(x[inside] / np.abs(x[inside]).max(axis=0).clip(1e-300)) < x.shape[1]:
        raise ValueError(f"columns: one of {', '.join(columns)} is constant or follows from the others.")
    beta = np.asarray(np.linalg.solve(inner, x.T @ (w * y)), dtype=np.float64)
    influence = np.linalg.solve(inner, (x * (w * (y - x @ beta))[:, None]).T).T
    error = [math.sqrt(_variance(column, design)) for column in influence.T]
    return SurveyRegression(
        ("(Intercept)", *columns), beta, np.array(error), design.df + 1 - x.shape[1], int(inside.sum())
    )


def _values(
    name: str, values: npt.ArrayLike, design: Design, domain: npt.ArrayLike | None
) -> tuple[Array, Bools]:
    n = design.weights.size
    inside = np.ones(n, dtype=np.bool_) if domain is None else np.asarray(domain, dtype=np.bool_)
    if inside.shape != (n,) or not inside.any():
        raise ValueError(f"domain: {n} truth values are needed, at least one of them true.")
    raw = np.asarray(values, dtype=np.float64)
    if raw.shape != (n,):
        raise ValueError(f"{name}: shape {raw.shape} given where {n} are needed, one for each row.")
    return given.numbers(name, np.where(inside, raw, 0.0)), inside


def _estimate(
    value: float, influence: Array, design: Design, inside: Bools, confidence: float, method: str
) -> Estimate:
    error = math.sqrt(_variance(influence, design))
    level = given.confidence_level(confidence)
    half = float(special.stdtrit(design.df, 0.5 + level / 2)) * error if design.df > 0 else math.nan
    return Estimate(
        value,
        error,
        value - half,
        value + half,
        int(inside.sum()),
        design.df,
        level,
        f"design-based {method}, linearised",
    )


def _variance(influence: Array, design: Design) -> float:
    """Between the units of each stratum, less what was drawn of it; then within units, for the part that was drawn."""
    total, drawn_share = 0.0, np.ones(influence.size)
    for stage in design.stages:
        _, first, unit = np.unique(stage.unit, return_index=True, return_inverse=True)
        sums = np.bincount(unit, influence)
        stratum, population = stage.stratum[first], stage.population[first]
        _, place = np.unique(stratum, return_inverse=True)
        m = np.bincount(place).astype(np.float64)
        squares = np.bincount(place, (sums - (np.bincount(place, sums) / m)[place]) ** 2)
        share = m / population[np.unique(place, return_index=True)[1]]
        outer = drawn_share[first[np.unique(place, return_index=True)[1]]]
        between = np.where(m > 1, m / np.maximum(m - 1, 1) * squares, 0.0)
        total += float((outer * (1 - share) * between).sum())
        drawn_share = drawn_share * share[place][unit]
    return total


def _within(code: Ints, outer: Ints) -> Ints:
    """Units that carry the same label in different strata are different units."""
    return np.unique(np.column_stack([outer, code]), axis=0, return_inverse=True)[1].ravel().astype(np.int64)


def _sizes(name: str, values: npt.ArrayLike | None, n: int) -> Array:
    return np.full(n, np.inf) if values is None else given.above_zero(name, values, size=n)
