"""The differencing guard: a filter is refused where it and what was answered before differ by a few students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .attack import Attack
from .cells import Cells

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FilterCheck:
    """Whether a filter's numbers may be shown.

    Parameters
    ----------
    is_allowed : bool
    reason : str
        "" | "too_few" (the filter itself) | "difference" (of two nested filters) | "combination" (of several).
    against : tuple of int
        Positions of the answered filters that give it away; -1 is everyone.
    n : int
        Students in the filter.
    n_exposed : int
        Students in the group that would be told.
    minimum : int
    """

    is_allowed: bool
    reason: str
    against: tuple[int, ...]
    n: int
    n_exposed: int
    minimum: int
    method: str = "nested differences, then linear programs over the parts that the filters cut"


def check_filter(
    chosen: npt.ArrayLike, answered: Sequence[npt.ArrayLike] = (), *, minimum: int = 10
) -> FilterCheck:
    """Whether a filter can be answered beside those answered already, everyone included.

    Parameters
    ----------
    chosen : array_like of bool, shape (n,)
        The students the filter keeps, of everyone the page is about.
    answered : sequence of array_like of bool, each of shape (n,)
        Filters whose numbers the same reader has seen.
    minimum : int
        The least number of students shown.

    Returns
    -------
    FilterCheck
        Refused when the filter keeps fewer than the minimum (but not nobody), when an answered filter that contains it or
        is contained in it differs by so few, or when sums and differences of several filters bound a part of so few
        students below the minimum.

    Raises
    ------
    ValueError
        When the filters are not of one length.

    References
    ----------
    Fellegi, I. P. (1972). On the question of statistical confidentiality. Journal of the American Statistical Association
    67, 7-18: what sums and differences of answers give away.

    Examples
    --------
    >>> import numpy as np
    >>> grade_6 = np.arange(60) < 40
    >>> but_three = np.arange(60) < 37
    >>> check_filter(grade_6).is_allowed, check_filter(but_three).is_allowed
    (True, True)
    >>> found = check_filter(but_three, [grade_6])
    >>> found.reason, found.against, found.n_exposed
    ('difference', (0,), 3)
    """
    mask = np.asarray(chosen, dtype=bool)
    others = [np.asarray(a, dtype=bool) for a in answered]
    if any(o.shape != mask.shape for o in others) or mask.ndim != 1:
        raise ValueError("Filters must be one-dimensional and say yes or no for the same students.")
    n = int(mask.sum())
    if 0 < n < minimum:
        return FilterCheck(False, "too_few", (), n, n, minimum)
    everyone = np.ones_like(mask)
    for at, other in [(-1, everyone), *enumerate(others)]:
        only_here, only_there = int((mask & ~other).sum()), int((other & ~mask).sum())
        is_nested = 0 in (only_here, only_there)
        if is_nested and 0 < only_here + only_there < minimum:
            return FilterCheck(False, "difference", (at,), n, only_here + only_there, minimum)
    exposed = _combined(np.array([everyone, *others, mask]), minimum)
    if exposed:
        return FilterCheck(False, "combination", tuple(range(-1, len(others))), n, exposed, minimum)
    return FilterCheck(True, "", (), n, 0, minimum)


def _combined(filters: Flags, minimum: int) -> int:
    """The smallest part of the students that all answers together bound below the minimum; 0 if there is none."""
    parts, sizes = np.unique(filters, axis=1, return_counts=True)
    counts: dict[tuple[str, int], int] = {("part", j): int(size) for j, size in enumerate(sizes)}
    counts |= {("filter", k): int(row.sum()) for k, row in enumerate(filters)}
    sums = [(("filter", k), [("part", int(j)) for j in np.flatnonzero(row)]) for k, row in enumerate(parts)]
    cells = Cells.of(counts, [s for s in sums if s[1]], unprinted=[key for key in counts if key[0] == "part"])
    attack = Attack(cells, ~cells.is_printed)
    small = [i for i in np.flatnonzero(~cells.is_printed) if cells.values[i] < minimum]
    told = [i for i in small if not attack.allows(int(i), 1, float(minimum - cells.values[i]))]
    return min((int(cells.values[i]) for i in told), default=0)
