"""Which rows to hide for a group that is exposed: those whose change costs least, by one linear program."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from .attack import Incidence, Move
from .warm import Row, Warm

#: A total is worth so many of its parts: it is what most people come to read.
TOTAL = 10.0
#: A row that moves less than this of a student does not move.
STILL = 1e-6


class Cheapest:
    """All tables in which hidden rows move freely within what is told of them, and the others at a price per student.

    Parameters
    ----------
    incidence : Incidence
    values : ndarray of int64, shape (n,)
        Students by cell; the first are the rows, the others what is left over of wholes.
    totals : sequence of int
        Rows that others add up to.
    minimum : int
        A hidden row of so many students could be any number from it on.

    References
    ----------
    Castro, J. (2002). Network flows heuristics for complementary cell suppression: an empirical evaluation and extensions.
    In Inference Control in Statistical Databases, LNCS 2316, 59-73: the cells that a cheapest flow uses are hidden.
    """

    def __init__(
        self, incidence: Incidence, values: npt.NDArray[np.int64], totals: Sequence[int], minimum: int
    ) -> None:
        n = values.size
        self.n = n
        self.price = values.astype(np.float64)
        self.price[list(totals)] *= TOTAL
        self.can_shrink = np.maximum(0.0, values.astype(np.float64) - minimum)
        self.can_be_hidden = values >= minimum
        rows: dict[int, list[tuple[int, float]]] = {}
        for k, c, sign in zip(
            *(a.tolist() for a in (incidence.sum, incidence.cell, incidence.sign)), strict=True
        ):
            # A cell three times: what is free, and the students it pays for beyond, up and down.
            rows.setdefault(k, []).extend([(c, sign), (n + c, sign), (2 * n + c, -sign)])
        laid: list[Row] = [*rows.values()]
        self.program = Warm(laid, np.zeros(3 * n), np.zeros(3 * n))

    def rows_for(self, move: Move, down: Sequence[float], up: Sequence[float]) -> list[int]:
        """The rows to hide so that the move is possible, when each cell moves `down` and `up` so far for nothing.

        None where the move is free, or where nothing makes it possible.
        """
        n = self.n
        free_down, free_up = np.array(down, dtype=np.float64), np.array(up, dtype=np.float64)
        paid_up = np.where(self.can_be_hidden & np.isfinite(free_up), np.inf, 0.0)
        paid_down = np.where(self.can_be_hidden, np.maximum(0.0, self.can_shrink - free_down), 0.0)
        self.program.rebound(
            np.concatenate([-free_down, np.zeros(2 * n)]), np.concatenate([free_up, paid_up, paid_down])
        )
        cell, direction, need = move
        aim = {n + i: p for i, p in enumerate(self.price.tolist()) if self.can_be_hidden[i]}
        aim |= {n + i: p for i, p in aim.items()}
        found = self.program.least(aim, {cell: (direction * need, direction * need)})
        if found is None:
            return []
        return np.flatnonzero(found[n : 2 * n] + found[2 * n :] > STILL).tolist()
