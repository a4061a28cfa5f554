"""Complementary suppression: the cheapest set of cells whose hiding protects every small one, as an integer program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .attack import NEAR, Audit, Flags, Floats, audit, flags_of, protection
from .cells import Cells, Key
from .programme import Ask, search

#: What hiding costs. A cell hidden costs its students, so that inner cells go before totals and small before large.
Cost = Literal["students", "cells"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """Which cells of a table are hidden, and the proof that they stay so.

    Parameters
    ----------
    cells : Cells
    hidden : ndarray of bool, shape (n,)
    reasons : tuple of str, length n
        "" (printed), "primary" (below the minimum, or named), "complementary" (hidden for the sake of others).
    cost : float
        Students (or cells) hidden, unprinted ones left out.
    least_cost : float
        No set that protects as much costs less. Below `cost` where the effort ran out: as safe, and may hide more than it must.
    proof : Audit
    method : str
    """

    cells: Cells
    hidden: Flags
    reasons: tuple[str, ...]
    cost: float
    least_cost: float
    proof: Audit
    method: str = "cell suppression by integer programming with attacker's cuts (HiGHS)"

    @property
    def is_optimal(self) -> bool:
        """No cheaper set protects as much."""
        return self.least_cost > self.cost - NEAR

    def printed(self, mark: str = "*") -> dict[Key, str]:
        """What stands in each cell: its count, or one mark for every hidden cell.

        One mark, because "N<10" beside "*" tells which of the hidden cells are small, and that can be subtracted with.
        """
        return {
            key: mark if self.hidden[i] else str(int(self.cells.values[i]))
            for i, key in enumerate(self.cells.keys)
            if self.cells.is_printed[i]
        }


def suppress_cells(
    cells: Cells,
    *,
    minimum: int = 10,
    sensitive: Iterable[Any] | None = None,
    keep: Iterable[Any] = (),
    together: Iterable[Sequence[Any]] = (),
    cost: Cost | Callable[[Key, int], float] = "students",
    rounds: int = 25,
) -> Suppression:
    """Hide every count from 1 to below the minimum, and as few others as keep them hidden.

    Parameters
    ----------
    cells : Cells
        Counts and sums; see `lay_out`.
    minimum : int
        The least number of students shown.
    sensitive : iterable of key, optional
        Cells to protect besides the small ones.
    keep : iterable of key
        Cells that have to be printed: a state's total that another page shows.
    together : iterable of sequences of keys
        Cells hidden all or none: one group in several periods whose numbers do not add up, where last month's count
        would tell this month's within one or two. Empty cells stand apart.
    cost : {"students", "cells"} or callable of (key, count)
        What is kept small. The default hides few students.
    rounds : int
        Integer programmes to solve before a good answer is taken in place of the best. The effort is counted and not timed:
        the same table always hides the same cells, or two publications of it could be laid over each other.

    Returns
    -------
    Suppression
        Safe always: the audit of `proof` is part of the search.

    Raises
    ------
    ValueError
        When the cells to keep leave a small cell without protection.

    Notes
    -----
    The programme chooses cells; the attacker's linear programs look for a small cell that can be narrowed, and their dual
    prices are the next inequality (Fischetti and Salazar 2001, section 4). Coefficients are cut at the protection asked
    for, which is valid for cells hidden whole. An empty cell is printed: that nobody is there names nobody.

    References
    ----------
    Fischetti, M. and Salazar, J. J. (2001). Solving the cell suppression problem on tabular data with linear constraints.
    Management Science 47, 1008-1027. NCES 2011-603 for why. The widths asked for are those of `protection`.

    Examples
    --------
    >>> cells = Cells.of({"all": 48, "A": 25, "B": 14, "C": 6, "D": 3}, [("all", "ABCD")])
    >>> found = suppress_cells(cells)
    >>> found.printed(), found.is_optimal, found.proof.is_safe
    ({'A': '25', 'B': '*', 'C': '*', 'D': '*', 'all': '48'}, True, True)
    """
    if minimum < 1:
        raise ValueError(f"minimum is {minimum}; it must be at least 1.")
    if rounds < 1:
        raise ValueError(f"rounds is {rounds}; it must be at least 1.")
    named = None if sensitive is None else tuple(sensitive)
    lower, upper = protection(cells, minimum, named)
    primary = ~np.isnan(lower)
    moves = [(int(i), 1, float(upper[i] - cells.values[i])) for i in np.flatnonzero(primary)]
    moves += [(int(i), -1, float(cells.values[i] - lower[i])) for i in np.flatnonzero(primary)]
    ask = Ask(
        cells,
        primary,
        flags_of(cells, keep),
        tuple(together),
        _weights(cells, cost),
        tuple(m for m in moves if m[2] > 0),
    )
    hidden, least_cost = search(ask, rounds)
    proof = audit(cells, hidden, minimum=minimum, sensitive=named)
    reasons = tuple(
        "" if not h else "primary" if p else "complementary" for h, p in zip(hidden, primary, strict=True)
    )
    spent = float(ask.weights[hidden & cells.is_printed].sum())
    return Suppression(cells, hidden, reasons, spent, min(least_cost, spent), proof)


def _weights(cells: Cells, cost: Cost | Callable[[Key, int], float]) -> Floats:
    if callable(cost):
        found = np.array(
            [cost(key, int(n)) for key, n in zip(cells.keys, cells.values, strict=True)], dtype=np.float64
        )
        if not (np.isfinite(found).all() and (found > 0).all()):
            raise ValueError("Every cell's cost must be a number above 0.")
        return found
    if cost == "cells":
        return np.ones(len(cells))
    # A change of nothing is still a cell, hence at least one.
    return np.maximum(1.0, np.abs(cells.values).astype(np.float64))
