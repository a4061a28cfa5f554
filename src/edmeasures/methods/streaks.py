"""Runs of consecutive days: the longest, the one that is still open, and how many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Streaks:
    """Runs by owner: `owner`, `longest` and `last_rank` (the rank at which the last run ends), `last` its length; how many
    `runs` there are, and `days` in all of them."""

    owner: Ints
    longest: Ints
    last: Ints
    last_rank: Ints
    runs: Ints
    days: Ints
    method: str = "runs of consecutive ranks"


def streaks(owner: Ints, rank: Ints) -> Streaks:
    """The longest run of consecutive ranks of each owner.

    Ranks count the recorded instructional days of a calendar, so that weekends, holidays and days nobody recorded do
    not stand between two neighbours.

    Parameters
    ----------
    owner : ndarray of int, shape (n,)
        To whom each absent day belongs.
    rank : ndarray of int, shape (n,)
        The day's rank, each once per owner. Any order.

    Returns
    -------
    Streaks
        One row per owner, by ascending owner.

    Examples
    --------
    >>> found = streaks(np.array([7, 7, 7, 7, 9]), np.array([3, 4, 5, 9, 1]))
    >>> found.owner.tolist(), found.longest.tolist(), found.last.tolist()
    ([7, 9], [3, 1], [1, 1])
    """
    empty = np.zeros(0, dtype=np.int64)
    if owner.size == 0:
        return Streaks(empty, empty, empty, empty, empty, empty)
    # One sort key: an owner's ranks never touch the next owner's, because the gap between owners is wider than a year.
    width = int(rank.max()) + 2
    key = np.sort(owner.astype(np.int64) * width + rank)
    starts = np.flatnonzero(np.diff(key, prepend=key[0] - 2) != 1)
    lengths = np.diff(starts, append=key.size)
    run_owner = key[starts] // width
    first = np.flatnonzero(np.diff(run_owner, prepend=run_owner[0] - 1))
    last = np.append(first[1:], run_owner.size) - 1
    last_key = key[starts[last] + lengths[last] - 1]
    return Streaks(
        run_owner[first],
        np.maximum.reduceat(lengths, first),
        lengths[last],
        last_key - run_owner[last] * width,
        last - first + 1,
        np.add.reduceat(lengths, first),
    )
