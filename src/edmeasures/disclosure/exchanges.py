"""A few cells that make room for each other: the cheap proof that a small group may be another number.

In a table of rows and columns a cell grows while one beside it shrinks, one below it shrinks, and the one at the corner grows:
every sum stays. Such a table is a proof as good as a linear program's. Most groups have one; the programs are asked about
the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from .attack import Move
from .cells import Cells

#: Cells of an exchange: a pair, or the corners of a rectangle.
MOST = 4
#: Cells looked at for one move; then the linear program is the faster one.
PATIENCE = 600


class Exchanges:
    """Exchanges between cells that can move `down` and `up` so far."""

    def __init__(self, cells: Cells, down: Sequence[float], up: Sequence[float]) -> None:
        self.down, self.up = down, up
        self.sums: list[list[tuple[int, int]]] = []
        self.standing: list[list[tuple[int, int]]] = [[] for _ in range(len(cells))]
        for k, (whole, parts) in enumerate(cells.sums):
            terms = [(whole, 1), *((i, -1) for i in parts)]
            for i, sign in terms:
                self.standing[i].append((k, sign))
            self.sums.append([(i, sign) for i, sign in terms if down[i] > 0 or up[i] > 0])

    def allow(self, move: Move) -> bool:
        """Whether a few cells together put the cell that far from its count, every sum kept; False says nothing."""
        cell, direction, need = move
        self._left = PATIENCE
        open_sums = {k: sign * direction for k, sign in self.standing[cell]}
        return self._settle(open_sums, {cell}, need)

    def _settle(self, open_sums: dict[int, int], used: set[int], need: float) -> bool:
        """Bring every sum that is out back, by one more cell, and another, until none is."""
        if not open_sums:
            return True
        if len(used) == MOST:
            return False
        k = min(open_sums, key=lambda s: len(self.sums[s]))
        for cell, sign in self.sums[k]:
            way = -open_sums[k] * sign
            if cell in used or (self.up[cell] if way > 0 else self.down[cell]) < need:
                continue
            self._left -= 1
            if self._left < 0:
                return False
            after = dict(open_sums)
            for s, its_sign in self.standing[cell]:
                after[s] = after.get(s, 0) + its_sign * way
                if not after[s]:
                    del after[s]
            # The last cell must bring back all that is out, the one before it all but what one cell can.
            if len(after) <= 2 * (MOST - 1 - len(used)) and self._settle(after, used | {cell}, need):
                return True
        return False
