"""Goals over time: growth needed, the aim line and its rules, and whether a goal can be reached or be told from chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import given
from .slopes import ols_slope

Array = npt.NDArray[np.float64]
Better = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class GrowthNeeded:
    """By how much a value has to change each period."""

    value: float
    distance: float
    periods: float
    method: str = "distance over periods"


def growth_needed(start: float, goal: float, periods: float) -> GrowthNeeded:
    """The even step from where one stands to the goal.

    Parameters
    ----------
    start, goal : float
        In the unit of the scale.
    periods : float
        Weeks or years left; above 0.

    References
    ----------
    Hosp, M. K., Hosp, J. L. and Howell, K. W. (2016). The ABCs of CBM, 2nd ed. Reference values: worked example S30.

    Examples
    --------
    >>> growth_needed(35, 90, 20).value
    2.75
    """
    left = float(given.above_zero("periods", [periods])[0])
    distance = given.number("goal", goal) - given.number("start", start)
    return GrowthNeeded(distance / left, distance, left)


@dataclass(frozen=True, slots=True)
class AimLine:
    """Where the line is at each score, and what the two rules say.

    `consecutive` says "change", "raise the goal" or "keep"; `trend` the same from the projection. NaN and a `reason`
    where too few scores are there: no rule is applied then.
    """

    aim: Array
    behind: npt.NDArray[np.bool_]
    slope_needed: float
    slope: float
    intercept: float
    projection: float
    last_run: int
    consecutive: str | None
    trend: str | None
    n: int
    method: str = "aim line"
    reason: str | None = None


def aim_line(
    weeks: npt.ArrayLike,
    scores: npt.ArrayLike,
    *,
    start: float,
    goal: float,
    goal_week: float,
    points: int = 4,
    fewest: int = 6,
    better: Better = "up",
) -> AimLine:
    """Progress towards a goal by the rules of curriculum-based measurement.

    Parameters
    ----------
    weeks, scores : array_like of shape (n,)
        In order of time, week 0 being that of `start`.
    start, goal, goal_week : float
        The baseline, the goal, and the week it is to be reached; above 0.
    points : int
        So many last scores in a row behind the line ask for a change, so many ahead for a higher goal (grades and
        authors differ: 3 or 4). A score on the line ends a run.
    fewest : int
        So few scores are needed for the trend rule.
    better : {"up", "down"}
        Which way is progress.

    References
    ----------
    Stecker, P. M. and Fuchs, L. S. (2000). Learning Disabilities Research and Practice 15, 128-134; IRIS Center,
    Vanderbilt, https://iris.peabody.vanderbilt.edu/module/pmr. Reference values: worked example S31.

    Examples
    --------
    >>> found = aim_line([1, 2, 3, 4, 5, 6, 7, 8], [22, 22, 25, 24, 26, 27, 28, 28], start=20, goal=35, goal_week=10)
    >>> found.last_run, found.consecutive, round(found.slope, 3), round(found.projection, 1), found.trend
    (-5, 'change', 0.952, 30.5, 'change')
    """
    when = given.numbers("weeks", weeks)
    got = given.numbers("scores", scores, size=when.size)
    back = np.flatnonzero(np.diff(when) <= 0) + 1
    if back.size:
        raise ValueError(f"weeks: not in order of time in {given.rows(back)}.")
    if better not in ("up", "down"):
        raise ValueError(f"better is {better!r}; it must be 'up' or 'down'.")
    if points < 1 or fewest < 3:
        raise ValueError(f"points is {points} and fewest is {fewest}; at least 1 and 3 are needed.")
    way = 1.0 if better == "up" else -1.0
    step = growth_needed(start, goal, goal_week).value
    aim = start + step * when
    side = np.sign(way * (got - aim))
    run = _last_run(side)
    verdict = "keep" if abs(run) < points else "change" if run < 0 else "raise the goal"
    enough = got.size >= max(fewest, points)
    line = ols_slope(when, got)
    ahead = line.at(goal_week)
    trend = "change" if way * (ahead - goal) < 0 else "raise the goal" if way * (ahead - goal) > 0 else "keep"
    return AimLine(
        aim,
        side < 0,
        step,
        line.value,
        line.intercept,
        ahead,
        run,
        verdict if got.size >= points else None,
        trend if enough and line.reason is None else None,
        got.size,
        reason=None if enough else given.TOO_FEW,
    )


def _last_run(side: Array) -> int:
    """How many last scores lie on one side: below 0 where behind."""
    if not side.size or not side[-1]:
        return 0
    other = np.flatnonzero(side != side[-1])
    return int((side.size - 1 - other[-1] if other.size else side.size) * side[-1])


@dataclass(frozen=True, slots=True)
class Reach:
    """How often comparable schools changed by a goal or more, and how many changes it exceeds."""

    reached: int
    exceeded: int
    n: int
    method: str = "changes of comparable schools"


def reach_of_goal(changes: npt.ArrayLike, goal: float) -> Reach:
    """Whether others have done what is planned. Both counts are needed: ties belong to the first.

    Parameters
    ----------
    changes : array_like of shape (n,)
        Of comparable schools over the same horizon.
    goal : float
        The planned change, above 0 being better.

    References
    ----------
    Bryk, A. S. et al. (2015). Learning to Improve, chapter 4. Reference values: worked example S55.

    Examples
    --------
    >>> found = reach_of_goal([-2, -1, 0, 1, 1, 2, 3, 4, 5, 8], 5)
    >>> found.reached, found.exceeded
    (2, 8)
    """
    x = given.numbers("changes", changes, fewest=1)
    wanted = given.number("goal", goal)
    return Reach(int((x >= wanted).sum()), int((x < wanted).sum()), x.size)


@dataclass(frozen=True, slots=True)
class SmallestChange:
    """The smallest difference of two shares that chance would rarely make, a share."""

    value: float
    n_before: int
    n_after: int
    confidence: float
    method: str = "normal, two independent shares"


def smallest_distinguishable_change(
    share: float, n_before: int, n_after: int | None = None, *, confidence: float = 0.95
) -> SmallestChange:
    """How much a share must change from one year to the next to be told from chance.

    Parameters
    ----------
    share : float
        About where it stands, strictly between 0 and 1.
    n_before, n_after : int
        People in each year; the same where only one is given.

    References
    ----------
    Altman, D. G. (1991). Practical Statistics for Medical Research, section 10.3. Reference values: worked example S58.

    Examples
    --------
    >>> round(100 * smallest_distinguishable_change(0.60, 80).value, 1)
    15.2
    """
    after = n_before if n_after is None else n_after
    given.whole("n_before", n_before, least=1)
    given.whole("n_after", after, least=1)
    if not 0 < share < 1:
        raise ValueError(f"share is {share}; it must lie strictly between 0 and 1.")
    z = given.normal_quantile(0.5 + given.confidence_level(confidence) / 2)
    value = z * math.sqrt(share * (1 - share) * (1 / n_before + 1 / after))
    return SmallestChange(value, n_before, after, confidence)
