"""Betebenner's percentile growth trajectories: where would constant growth lead, and how much growth is enough?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .coefficients import CoefficientMatrix
from .percentiles import DECIMALS
from .problem import Array, Ints
from .splines import design_matrix


@dataclass(frozen=True)
class Trajectories:
    """Scores `years` ahead at each percentile of growth.

    Attributes
    ----------
    value : shape (n, 100, years), in score points. Entry [:, 50, 0] is next year's score at the 50th percentile.
    grades : of the projected years.
    """

    value: Array
    grades: tuple[str, ...]
    n: int
    method: str = "percentile growth trajectories (Betebenner)"


def project(
    history: npt.ArrayLike,
    matrices: Sequence[CoefficientMatrix],
    *,
    bounds: Sequence[tuple[float, float] | None] | None = None,
) -> Trajectories:
    """Follow each of the 100 percentiles for as many years as there are matrices.

    A student who grows at the m-th percentile every year: the m-th fitted quantile of next year's matrix, then of the one
    after with that score as the latest prior, and so on. Within a student and year, scores are sorted and rounded to
    five decimals, as SGP does.

    Parameters
    ----------
    history : array_like of shape (n, k)
        Observed scores, the latest first (this year's score is the first column).
    matrices : one per year ahead
        The j-th takes the latest `priors` scores, projected ones first. It may not ask for more than there are.
    bounds : least and greatest obtainable score of each projected grade; None leaves a year unbounded.

    Raises
    ------
    ValueError
        For NaN or infinities, or a matrix that asks for more scores than a student has.

    References
    ----------
    Betebenner (2009); R package SGP 2.2-0.0, `studentGrowthProjections`.
    """
    past = np.asarray(history, dtype=np.float64)
    if past.ndim != 2 or not np.isfinite(past).all():
        raise ValueError(
            "history must be a table of finite scores: students without them cannot be projected."
        )
    limits = list(bounds) if bounds is not None else [None] * len(matrices)
    if len(limits) != len(matrices):
        raise ValueError(f"There are {len(matrices)} matrices and {len(limits)} bounds: one for each year.")
    n = len(past)
    ahead: list[Array] = []
    for matrix, limit in zip(matrices, limits, strict=True):
        if matrix.priors > past.shape[1] + len(ahead):
            raise ValueError(f"The matrix of {matrix.norm_group} asks for {matrix.priors} priors.")
        observed = [np.repeat(past[:, [j]], len(matrix.taus), axis=1) for j in range(past.shape[1])]
        scores = [*reversed(ahead), *observed][: matrix.priors]
        flat = np.column_stack([s.ravel() for s in scores])
        design = design_matrix(flat, matrix.knots).reshape(n, len(matrix.taus), -1)
        reached = np.einsum("ntp,pt->nt", design, matrix.coefficients)
        if limit is not None:
            reached = np.clip(reached, *limit)
        ahead.append(np.round(np.sort(reached, axis=1), DECIMALS))
    return Trajectories(np.stack(ahead, axis=2), tuple(m.grades[-1] if m.grades else "" for m in matrices), n)


@dataclass(frozen=True)
class GrowthTargets:
    """The percentile of growth that reaches the cut score, per student and year ahead: shape (n, years), 1 to 99."""

    value: Ints
    n: int
    method: str = "least percentile whose trajectory reaches the cut; 99 also where none does"


def growth_targets(trajectories: Trajectories, cut_scores: Sequence[float]) -> GrowthTargets:
    """How much growth, kept up every year, reaches the cut of each year ahead.

    Parameters
    ----------
    cut_scores : one per projected year, in points of its scale.

    Examples
    --------
    >>> path = Trajectories(np.arange(400.0, 500.0)[None, :, None], ("6",), 1)
    >>> growth_targets(path, [449.5]).value.tolist()
    [[51]]
    """
    years = trajectories.value.shape[2]
    if len(cut_scores) != years:
        raise ValueError(f"There are {years} projected years and {len(cut_scores)} cut scores.")
    below = (trajectories.value < np.asarray(cut_scores, dtype=np.float64)).sum(axis=1)
    return GrowthTargets(np.clip(below + 1, 1, 99).astype(np.int64), trajectories.n)


@dataclass(frozen=True)
class AdequateGrowth:
    """Was the growth shown enough? Target percentile and verdict per student."""

    target: Ints
    value: npt.NDArray[np.bool_]
    n: int
    method: str


def adequate_growth(
    percentiles: npt.ArrayLike, targets: GrowthTargets, *, below_cut_now: npt.ArrayLike, years: int = 3
) -> AdequateGrowth:
    """Catch up or keep up: is the growth percentile at least the target?

    A student below the cut must catch up in any of the years: the least of their targets counts. A student at or above
    it must keep up in all of them: the greatest counts.

    Parameters
    ----------
    percentiles : array_like of shape (n,), 1 to 99.
    below_cut_now : array_like of shape (n,), whether last year's score lies below last year's cut.
    years : how many years ahead are looked at (most states: three).

    References
    ----------
    Betebenner (2009), "catch-up and keep-up"; R package SGP, `combineSGP` (target SGPs by minimum and maximum).

    Examples
    --------
    >>> targets = GrowthTargets(np.array([[70, 60, 55], [30, 40, 45]]), 2)
    >>> adequate_growth([57, 42], targets, below_cut_now=[True, False]).value.tolist()
    [True, False]
    """
    looked_at = targets.value[:, :years]
    behind = np.asarray(below_cut_now, dtype=bool)
    target = np.where(behind, looked_at.min(axis=1), looked_at.max(axis=1))
    shown = np.asarray(percentiles)
    return AdequateGrowth(target, shown >= target, len(target), f"catch-up and keep-up within {years} years")
