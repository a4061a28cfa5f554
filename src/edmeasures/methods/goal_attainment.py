"""Goal attainment scaling: several goals of one person on one T score."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given


@dataclass(frozen=True, slots=True)
class GoalAttainment:
    """A T score: 50 is what was expected, 10 a standard deviation."""

    value: float
    n: int
    between_goals: float
    method: str = "goal attainment scaling, Kiresuk and Sherman"


def goal_attainment(
    levels: npt.ArrayLike, *, weights: npt.ArrayLike | None = None, between_goals: float = 0.3
) -> GoalAttainment:
    """One score of how far goals were reached.

    Parameters
    ----------
    levels : array_like of shape (k,)
        -2 (much less than expected) to 2 (much more), 0 as expected.
    weights : array_like of shape (k,), optional
        How much each goal counts; above 0. Equal where not given.
    between_goals : float
        The assumed correlation between goals, 0 to 1.

    References
    ----------
    Kiresuk, T. J. and Sherman, R. E. (1968). Community Mental Health Journal 4, 443-453. Reference values: worked
    example S53.

    Examples
    --------
    >>> round(goal_attainment([1, 1, 1]).value, 2), goal_attainment([0, 0]).value
    (63.69, 50.0)
    """
    x = given.numbers("levels", levels, fewest=1)
    bad = np.flatnonzero(np.abs(x) > 2)
    if bad.size:
        raise ValueError(f"levels: {x[bad[0]]:g} in {given.rows(bad)}; a level lies between -2 and 2.")
    w = np.ones_like(x) if weights is None else given.above_zero("weights", weights, size=x.size)
    if not 0 <= between_goals <= 1:
        raise ValueError(f"between_goals is {between_goals}; a correlation between 0 and 1 is needed.")
    spread = math.sqrt((1 - between_goals) * float(w @ w) + between_goals * float(w.sum()) ** 2)
    return GoalAttainment(50 + 10 * float(w @ x) / spread, x.size, between_goals)
