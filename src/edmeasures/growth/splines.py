"""Cubic B-splines on a prior score, as R's `splines::bs` makes them, with knots and boundaries as SGP chooses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.interpolate import BSpline

Array = npt.NDArray[np.floating[Any]]

DEGREE = 3
KNOT_SHARES = (0.2, 0.4, 0.6, 0.8)
EXTENSION = 0.1  # SGP lets each boundary stand a tenth of the range outside
DECIMALS = 3  # SGP rounds knots and boundaries to three decimals


@dataclass(frozen=True, slots=True)
class Knots:
    """Interior knots and boundaries of one test: its scale, its grade. In score points.

    `lowest` and `highest` are the least and the greatest obtainable (here: obtained) score; projections are kept in them.
    """

    interior: tuple[float, ...]
    boundaries: tuple[float, float]
    lowest: float
    highest: float

    @property
    def columns(self) -> int:
        """Columns of the basis: one per interior knot and per degree, the first column of the full basis dropped."""
        return len(self.interior) + DEGREE


def knots_of(scores: npt.ArrayLike, *, rounded: bool = True) -> Knots:
    """Knots at 20, 40, 60 and 80 % (type 7 quantiles), boundaries a tenth of the range outside.

    Parameters
    ----------
    scores : array_like of shape (n,)
        Finite scores, in points of the scale. NaN is taken for "no score" and left out.
    rounded : bool
        To three decimals, as SGP does. Unrounded knots make everything invariant to the scale's unit.

    Raises
    ------
    ValueError
        When no score is left, or all are the same: a constant has no spline.

    References
    ----------
    SGP 2.2-0.0, `createKnotsBoundaries` (R), https://github.com/CenterForAssessment/SGP.

    Examples
    --------
    >>> knots_of(range(101)).interior
    (20.0, 40.0, 60.0, 80.0)
    >>> knots_of(range(101)).boundaries
    (-10.0, 110.0)
    """
    x = np.asarray(scores, dtype=np.float64).ravel()
    x = x[~np.isnan(x)]
    if not x.size:
        raise ValueError("There are no scores to place knots on.")
    low, high = float(x.min()), float(x.max())
    if not low < high:
        raise ValueError(f"All {x.size} scores are {low:g}: a constant score has no knots.")
    reach = EXTENSION * (high - low)
    values = [*np.quantile(x, KNOT_SHARES).tolist(), low - reach, high + reach, low, high]
    if rounded:
        values = [float(np.round(v, DECIMALS)) for v in values]
    return Knots(tuple(values[:4]), (values[4], values[5]), values[6], values[7])


def spline_basis(scores: npt.ArrayLike, knots: Knots) -> Array:
    """The basis without its first column, shape (n, 7) for four interior knots.

    Outside the boundaries the outermost cubic is continued, as `splines::bs` does.

    Examples
    --------
    >>> spline_basis([50.0], knots_of(range(101))).round(4).tolist()
    [[0.0, 0.0179, 0.4821, 0.4821, 0.0179, 0.0, 0.0]]
    """
    x = np.asarray(scores, dtype=np.float64).ravel()
    low, high = knots.boundaries
    places = np.concatenate([[low] * (DEGREE + 1), np.sort(knots.interior), [high] * (DEGREE + 1)])
    distinct, where = np.unique(x, return_inverse=True)  # whole scores repeat: evaluate each once
    full = BSpline(places, np.eye(len(places) - DEGREE - 1), DEGREE, extrapolate=True)(distinct)
    return np.ascontiguousarray(full[:, 1:])[where]


def design_matrix(priors: npt.ArrayLike, knots: Sequence[Knots]) -> Array:
    """Intercept and one basis per prior, shape (n, 1 + 7 k). The latest prior comes first.

    Parameters
    ----------
    priors : array_like of shape (n, k)
        Prior scores, the latest in the first column.
    knots : sequence of k Knots
        In the same order.
    """
    x = np.asarray(priors, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] != len(knots):
        raise ValueError(
            f"priors has shape {x.shape}, and there are {len(knots)} sets of knots: one column each."
        )
    parts = [np.ones((x.shape[0], 1)), *(spline_basis(x[:, j], k) for j, k in enumerate(knots))]
    return np.concatenate(parts, axis=1)
