"""A score's place among the fitted quantiles of students with the same past: the student growth percentile.

References
----------
Betebenner, D. W. (2009). Norm- and criterion-referenced student growth. Educational Measurement: Issues and Practice 28(4),
42-51. Reference values: R package SGP 2.2-0.0, `studentGrowthPercentiles`, rq.method "br".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .coefficients import CoefficientMatrix, fit_matrix
from .problem import Array, Ints
from .splines import Knots, design_matrix, knots_of

DECIMALS = (
    5  # SGP rounds predictions to five decimals before it compares: a student on the fit is not above it
)
CUTS = (1, 10, 25, 35, 50, 65, 75, 90, 99)
BLOCK = 4096  # students at a time: their 100 predictions stay in the cache


@dataclass(frozen=True)
class GrowthPercentiles:
    """One per student, 1 to 99, with the scores that would have reached chosen percentiles.

    Attributes
    ----------
    value : shape (n,), integers. cuts : shape (n, c), in score points, one column per entry of `at`.
    n : students of the norm group (of the stored matrix, where one was used).
    """

    value: Ints
    cuts: Array
    at: tuple[int, ...]
    n: int
    matrix: CoefficientMatrix
    method: str = "Betebenner's student growth percentile, exact quantile regressions, 100 taus"


def growth_percentiles(
    scores: npt.ArrayLike,
    priors: npt.ArrayLike,
    *,
    knots: Sequence[Knots] | None = None,
    matrix: CoefficientMatrix | None = None,
    cuts: Sequence[int] = CUTS,
) -> GrowthPercentiles:
    """Student growth percentiles of one cohort, or of new students against a stored norm group.

    Parameters
    ----------
    scores : array_like of shape (n,)
        Current scale scores, in points.
    priors : array_like of shape (n, k)
        Prior scale scores, the latest in the first column; one to seven.
    knots : sequence of k Knots, optional
        Without them they are placed on the cohort's own priors. SGP places them on all students of the grade.
    matrix : CoefficientMatrix, optional
        A stored norm group (baseline-referenced percentiles): nothing is fitted.
    cuts : percentiles 0 to 99 whose predicted scores are returned.

    Raises
    ------
    ValueError
        For NaN, infinities, a constant prior, wrong shapes, too many priors, or too few students for the coefficients.

    Examples
    --------
    >>> draw = np.random.default_rng(1)
    >>> before = draw.normal(500, 50, 200).round()
    >>> after = (before + draw.normal(20, 25, 200)).round()
    >>> found = growth_percentiles(after, before[:, None])
    >>> int(found.value.min()), int(np.median(found.value)), int(found.value.max()), found.n
    (1, 48, 99, 200)
    """
    y, x = _checked(scores, priors)
    if matrix is None:
        chosen = knots or [knots_of(x[:, j]) for j in range(x.shape[1])]
        matrix = fit_matrix(y, x, chosen)
    elif matrix.priors != x.shape[1]:
        raise ValueError(f"The stored matrix takes {matrix.priors} priors; {x.shape[1]} were given.")
    value = np.empty(len(y), np.int64)
    at = tuple(cuts)
    cut_scores = np.empty((len(y), len(at)))
    for start in range(0, len(y), BLOCK):
        part = slice(start, start + BLOCK)
        predicted = design_matrix(x[part], matrix.knots) @ matrix.coefficients
        value[part] = percentile_of(predicted, y[part])
        if at:
            predicted.sort(axis=1)
            cut_scores[part] = np.round(predicted[:, list(at)], DECIMALS)
    return GrowthPercentiles(value, cut_scores, at, matrix.n, matrix)


def percentile_of(predicted: Array, scores: Array) -> Ints:
    """How many of the 100 predictions, rounded to five decimals, lie strictly below the score; 0 -> 1, 100 -> 99.

    Parameters
    ----------
    predicted : shape (n, 100), in any order within a student: the count is the same sorted or not.
    scores : shape (n,)

    Examples
    --------
    >>> percentile_of(np.tile(np.arange(100.0), (3, 1)), np.array([0.0, 40.0, 1000.0])).tolist()
    [1, 40, 99]
    """
    below = np.count_nonzero(np.round(predicted, DECIMALS) < scores[:, None], axis=1)
    return np.asarray(np.clip(below, 1, 99), dtype=np.int64)


def _checked(scores: npt.ArrayLike, priors: npt.ArrayLike) -> tuple[Array, Array]:
    y, x = np.asarray(scores, dtype=np.float64), np.asarray(priors, dtype=np.float64)
    if x.ndim != 2 or y.ndim != 1 or len(x) != len(y):
        raise ValueError(
            f"scores has shape {y.shape} and priors {x.shape}: one row per student, one column per prior."
        )
    if not 1 <= x.shape[1] <= 7:
        raise ValueError(f"{x.shape[1]} priors were given; one to seven are used.")
    for name, column in [("scores", y), *((f"priors, column {j}", x[:, j]) for j in range(x.shape[1]))]:
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            listed = ", ".join(map(str, bad[:5]))
            raise ValueError(
                f"{name}: {bad.size} values are NaN or infinite (rows {listed}{', ...' if bad.size > 5 else ''})."
            )
    return y, x
