"""NHS England's Making Data Count: special cause and assurance on an XmR chart.

Written out: the rules live in R (NHSRplotthedots) and Excel templates only.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import given
from .xmr import XmR, xmr_limits

Array = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Better = Literal["up", "down", "neither"]
RUN = 7  # points in a shift, and points in a trend


@dataclass(frozen=True, slots=True)
class MakingDataCount:
    """Which points belong to a pattern, each of shape (k,), and what the last one says.

    `kind` of each point is "common cause", "improvement", "concern" or (where neither direction is better) "change".
    `assurance` is "consistently passes", "consistently fails", "hit and miss", or None without target or direction.
    """

    limits: XmR
    outside: Bools
    shift: Bools
    trend: Bools
    two_of_three: Bools
    kind: tuple[str, ...]
    assurance: str | None
    n: int
    method: str = "Making Data Count, XmR"


def making_data_count(
    values: npt.ArrayLike,
    *,
    better: Better = "up",
    target: float | None = None,
    screened: bool = True,
) -> MakingDataCount:
    """The four rules of Making Data Count, and whether the target will be met by chance.

    Parameters
    ----------
    values : array_like of shape (k,)
        In order of time; two or more.
    better : {"up", "down", "neither"}
        Which way is an improvement.
    target : float, optional
        Compared with the natural limits.
    screened : bool
        Leave out moving ranges above 3.267 times their mean, as NHSRplotthedots does.

    Returns
    -------
    MakingDataCount
        A trend is 7 points each beyond the one before: equal neighbours break it. A shift is 7 points on one side of
        the mean. Two of three: of three points on one side of the mean, two lie in the last third before a limit. As
        in NHSRplotthedots, `kind` goes by the side of the mean on which a special point lies.

    References
    ----------
    NHS England, Making Data Count (https://www.england.nhs.uk/publication/making-data-count/). Reference values: tests
    of R package NHSRplotthedots.

    Examples
    --------
    >>> making_data_count([1, 2, 3, 4, 5, 6, 7]).trend.all()
    np.True_
    >>> making_data_count([1, 2, 3, 3, 4, 5, 6]).trend.any()
    np.False_
    """
    x = given.numbers("values", values, fewest=2)
    if better not in ("up", "down", "neither"):
        raise ValueError(f"better is {better!r}; it must be 'up', 'down' or 'neither'.")
    limits = xmr_limits(x, screened=screened)
    outside = np.sign(np.where(x > limits.upper, 1.0, np.where(x < limits.lower, -1.0, 0.0)))
    side = np.sign(x - limits.centre)
    near = (outside == 0) & (np.abs(x - limits.centre) > (limits.upper - limits.centre) * 2 / 3)
    shift, trend = in_shift(x, limits.centre), in_trend(x)
    two_of_three = _two_of_three(near, side)
    special = (outside != 0) | (shift != 0) | (trend != 0) | two_of_three
    way = np.where(special, np.where(side != 0, side, trend), 0)
    return MakingDataCount(
        limits,
        outside != 0,
        shift != 0,
        trend != 0,
        two_of_three,
        tuple(_kind(int(w), better) for w in way),
        None if target is None else assurance(limits.lower, limits.upper, target, better=better),
        x.size,
    )


def in_shift(values: npt.ArrayLike, centre: float, *, run: int = RUN) -> Array:
    """1 or -1 for points of a run on one side of the centre, else 0. A point on the centre ends a run.

    Examples
    --------
    >>> in_shift([1, 1, 1, 1, 1, 1, 1, -1], 0.0).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]
    """
    return _long_runs(np.sign(given.numbers("values", values) - centre), run)


def in_trend(values: npt.ArrayLike, *, run: int = RUN) -> Array:
    """1 or -1 for points of a run in which each lies beyond the one before, else 0.

    Examples
    --------
    >>> in_trend([1, 2, 3, 4, 5, 6]).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    x = given.numbers("values", values)
    if x.size < 2:
        return np.zeros(x.size)
    steps = _long_runs(np.sign(np.diff(x)), run - 1)
    # A run of steps owns the point it starts from as well.
    ends, starts = np.concatenate([[0.0], steps]), np.concatenate([steps, [0.0]])
    return np.where(ends != 0, ends, starts)


def assurance(lower: float, upper: float, target: float, *, better: Better) -> str | None:
    """Whether the natural limits lie on one side of the target.

    Examples
    --------
    >>> assurance(1, 3, 4, better="up"), assurance(1, 5, 4, better="up"), assurance(1, 3, 4, better="down")
    ('consistently fails', 'hit and miss', 'consistently passes')
    """
    if better == "neither":
        return None
    if lower <= target <= upper:
        return "hit and miss"
    return "consistently passes" if (target < lower) == (better == "up") else "consistently fails"


def _long_runs(side: Array, run: int) -> Array:
    found = np.zeros(side.size)
    if not side.size:
        return found
    cuts = np.concatenate([[0], np.flatnonzero(np.diff(side)) + 1, [side.size]])
    for start, end in itertools.pairwise(cuts):
        if side[start] and end - start >= run:
            found[start:end] = side[start]
    return found


def _two_of_three(near: Bools, side: Array) -> Bools:
    """Points near a limit in three on one side of the mean of which two or more are near it."""
    found = np.zeros(near.size, dtype=np.bool_)
    for start in range(near.size - 2):
        three = slice(start, start + 3)
        if abs(side[three].sum()) == 3 and near[three].sum() >= 2:
            found[three] |= near[three]
    return found


def _kind(way: int, better: Better) -> str:
    if not way:
        return "common cause"
    if better == "neither":
        return "change"
    return "improvement" if (way > 0) == (better == "up") else "concern"
