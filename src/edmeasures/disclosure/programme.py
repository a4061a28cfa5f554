"""The search for the cheapest pattern of hidden cells: a choosing programme, an attacker's programme, and prices between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .attack import NEAR, Attack, Flags, Floats, Move
from .cells import Cells
from .warm import Warm

#: Weights and a right side: the cells hidden, weighted, must come to at least so much.
Cut = tuple[Floats, float]

#: The relaxation's bound must rise by this share, or its inequalities are left to the integer programme.
GAIN = 1e-2
#: Branches per integer programme. Effort is counted, never timed: a table published twice must hide the same cells, or the
#: two could be laid over each other.
BRANCHES = 2000


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of a pattern: cells that must be hidden or printed, and what hiding costs."""

    cells: Cells
    primary: Flags
    keep: Flags
    together: tuple[Sequence[Any], ...]
    weights: Floats
    moves: tuple[Move, ...]


def search(ask: Ask, rounds: int) -> tuple[Flags, float]:
    """A pattern in which every move is possible, and a cost that no such pattern is below."""
    master, prices = Master(ask), Prices(ask.cells, ask.moves)
    master.seed(ask.moves)
    _tighten(master, prices, ask.moves)
    for _ in range(rounds):
        hidden = master.solve()
        cuts = missing(prices, hidden, ask.moves)
        if not cuts:
            return hidden, master.bound
        master.add(cuts)
    bound = master.bound
    # Out of rounds: keep what is hidden, add what is missing, then open again what nothing needs.
    while cuts:
        master.add(cuts)
        master.hold(hidden)
        hidden = master.solve()
        cuts = missing(prices, hidden, ask.moves)
    # Pruned by the linear program: what whole numbers then lack is added again.
    hidden = prune(ask, hidden)
    while cuts := missing(prices, hidden, ask.moves):
        master.add(cuts)
        master.hold(hidden)
        hidden = master.solve()
    return hidden, bound


def _tighten(master: Master, prices: Prices, moves: Sequence[Move]) -> None:
    """Inequalities of the linear relaxation: they are cheap, and leave the integer programme little to branch on."""
    before, asked = -np.inf, moves
    while True:
        share, bound = master.relaxed()
        if bound < before + GAIN * abs(before):
            return
        found = prices.cuts(share, asked)
        if not found and asked is moves:
            return
        # What was content is asked again only when nothing else is left to say.
        asked = [move for move, _ in found] or moves
        before = bound if found else -np.inf
        master.add([cut for _, cut in found])


def missing(prices: Prices, hidden: Flags, moves: Sequence[Move]) -> list[Cut]:
    """Inequalities that the pattern fails, one for each move that it does not allow."""
    cuts = [cut for _, cut in prices.cuts(hidden.astype(np.float64), moves)]
    if cuts:
        return cuts
    # Whole numbers can be narrower than the linear program knows: then any one more cell, and look again.
    is_refused = Attack(prices.cells, hidden).refused(moves)
    return [((~hidden).astype(np.float64), 1.0)] if is_refused else []


def prune(ask: Ask, hidden: Flags) -> Flags:
    """Open each cell hidden for others, dearest first, where every move stays possible by the linear program.

    A move is looked at again only when the table that proved it possible changed the cell.
    """
    prices = Prices(ask.cells, ask.moves, only=hidden)
    joined = {ask.cells.index(key) for group in ask.together for key in group}
    free = [int(i) for i in np.flatnonzero(hidden & ~ask.primary & ask.cells.is_printed) if i not in joined]
    proofs, _ = prices.proofs(hidden.astype(np.float64), ask.moves)
    for i in sorted(free, key=lambda i: (-ask.weights[i], i)):
        tried = hidden.copy()
        tried[i] = False
        again = [move for move, table in proofs.items() if abs(table[i]) > NEAR]
        found, refused = prices.proofs(tried.astype(np.float64), again, until_refused=True)
        if not refused:
            hidden, proofs = tried, proofs | found
    return hidden


def capacities(cells: Cells, need: float) -> tuple[Floats, Floats]:
    """How far each cell, once hidden, can move down and up."""
    far = float(np.abs(cells.values).sum() + need)
    return np.where(cells.is_count, cells.values.astype(np.float64), far), np.full(len(cells), far)


class Prices:
    """The attacker's programs over cells hidden in part, and their dual prices as inequalities."""

    def __init__(self, cells: Cells, moves: Sequence[Move], only: Flags | None = None) -> None:
        rows = [[(whole, 1.0), *((p, -1.0) for p in parts)] for whole, parts in cells.sums]
        if only is not None:  # cells that are never hidden do not move, and a small program is a fast one
            rows = [kept for row in rows if (kept := [(c, v) for c, v in row if only[c]])]
        self.cells = cells
        self.down, self.up = capacities(cells, max((m[2] for m in moves), default=0.0))
        self.program = Warm(rows, -self.down, self.up)

    def proofs(
        self, share: Floats, moves: Sequence[Move], *, until_refused: bool = False
    ) -> tuple[dict[Move, Floats], list[Move]]:
        """For each move a table of differences that makes it, and the moves for which there is none.

        First one table for as many moves as it can make, then one for what is left; the last ones are asked alone.
        """
        self.program.rebound(-self.down * share, self.up * share)
        found: dict[Move, Floats] = {}
        for direction in (1, -1):
            todo = [m for m in moves if m[1] == direction and m not in found]
            while len(todo) > 1:
                table = self.program.least(
                    {i: -float(direction) for i, _, _ in todo},
                    {i: self._own(i, direction, need, share) for i, _, need in todo},
                )
                made = {m: table for m in moves if table is not None and _makes(table, m)}
                found |= {m: t for m, t in made.items() if m not in found}
                if not any(m in found for m in todo):
                    break
                todo = [m for m in todo if m not in found]
        refused = []
        for move in moves:
            if move in found:
                continue
            table = self._farthest(move)
            if _makes(table, move):
                found |= {m: table for m in moves if m not in found and (m == move or _makes(table, m))}
            else:
                refused.append(move)
                if until_refused:
                    break
        return found, refused

    def cuts(self, share: Floats, moves: Sequence[Move]) -> list[tuple[Move, Cut]]:
        """For each move that the shares hidden, each from 0 to 1, do not allow: an inequality that they fail."""
        _, refused = self.proofs(share, moves)
        found: dict[Move, Cut] = {}
        # An open cell is given a breath of room first: among the prices of equal worth, those of few cells are found.
        for breath in (1e-6, 0.0):
            left = [m for m in refused if m not in found]
            if left:
                room = np.maximum(share, breath)
                self.program.rebound(-self.down * room, self.up * room)
            for move in left:
                if _makes(self._farthest(move), move):
                    continue
                weights = self._weights(move)
                if weights @ share < move[2] - NEAR:
                    found[move] = (weights, move[2])
        return list(found.items())

    def _own(self, i: int, direction: int, need: float, share: Floats) -> tuple[float, float]:
        down, up = self.down[i] * share[i], self.up[i] * share[i]
        return (-down, min(up, need)) if direction > 0 else (max(-down, -need), up)

    def _farthest(self, move: Move) -> Floats:
        i, direction, need = move
        ends = (-np.inf, need) if direction > 0 else (-need, np.inf)
        found = self.program.least({i: -float(direction)}, {i: ends})
        if found is None:
            raise RuntimeError(f"HiGHS found no table at all for {self.cells.keys[i]!r}.")
        return found

    def _weights(self, move: Move) -> Floats:
        """How much room each cell gives the move, by the prices of the last program."""
        prices = -self.program.reduced
        prices[move[0]] = 0.0
        prices[np.abs(prices) < 1e-9] = 0.0
        return np.minimum(np.where(prices > 0, self.up * prices, -self.down * prices), move[2])


def _makes(table: Floats, move: Move) -> bool:
    return bool(table[move[0]] * move[1] > move[2] - NEAR)


class Master:
    """The choice of cells under the inequalities found so far."""

    def __init__(self, ask: Ask) -> None:
        cells = self.cells = ask.cells
        if (both := np.flatnonzero(ask.primary & ask.keep)).size:
            raise ValueError(f"Cell {cells.keys[both[0]]!r} cannot be printed: it needs protection.")
        #: No pattern under the inequalities costs less; more inequalities raise it, cells held do not count.
        self.bound = 0.0
        self.weights = np.where(cells.is_printed, ask.weights, 0.0)
        is_empty = (cells.values == 0) & cells.is_count & ~ask.primary
        self.least = (ask.primary | ~cells.is_printed).astype(np.float64)
        self.most = np.where(ask.keep | is_empty, 0.0, 1.0)
        self.cuts: list[Cut] = []
        self.equal: list[tuple[int, int]] = []
        for group in ask.together:
            members = [i for i in map(cells.index, group) if not is_empty[i]]
            self.equal += list(pairwise(members))

    def seed(self, moves: Iterable[Move]) -> None:
        """The inequality of each single sum that a small cell stands in: what moves must be taken up by the others."""
        sums_of: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
        for whole, parts in self.cells.sums:
            for i in (whole, *parts):
                sums_of.setdefault(i, []).append((whole, parts))
        for i, direction, need in moves:
            down, up = capacities(self.cells, need)
            for whole, parts in sums_of.get(i, []):
                # A part that rises is taken up by other parts that fall or by the whole that rises.
                weights = np.zeros(len(self.cells))
                rises = direction if i != whole else -direction
                others = [p for p in parts if p != i]
                weights[others] = (down if rises > 0 else up)[others]
                if i != whole:
                    weights[whole] = (up if direction > 0 else down)[whole]
                self.add([(np.minimum(weights, need), need)])

    def add(self, cuts: Iterable[Cut]) -> None:
        self.cuts += cuts

    def hold(self, hidden: Flags) -> None:
        """From now on these cells stay hidden."""
        self.least = np.maximum(self.least, hidden)

    def relaxed(self) -> tuple[Floats, float]:
        """Shares of cells hidden, each from 0 to 1, and their cost: no whole choice is cheaper."""
        found = self._programme(whole=False)
        self.bound = max(self.bound, float(found.fun))
        return np.asarray(found.x), float(found.fun)

    def solve(self) -> Flags:
        """The cheapest choice; out of branches, the best found, or every cell that the relaxation hides in part."""
        found = self._programme(whole=True)
        self.bound = max(self.bound, float(found.mip_dual_bound or 0.0))
        if found.x is None:
            return np.asarray(self.relaxed()[0] > NEAR * 1e-3)
        return np.asarray(found.x > 0.5)

    def _programme(self, whole: bool) -> Any:
        from scipy import optimize, sparse  # noqa: PLC0415

        constraints = []
        if self.cuts:
            rows = sparse.csr_array(np.array([c[0] for c in self.cuts]))
            constraints.append(optimize.LinearConstraint(rows, [c[1] for c in self.cuts], np.inf))
        if self.equal:
            pairs = np.zeros((len(self.equal), len(self.cells)))
            for r, (a, b) in enumerate(self.equal):
                pairs[r, a], pairs[r, b] = 1.0, -1.0
            constraints.append(optimize.LinearConstraint(sparse.csr_array(pairs), 0, 0))
        found = optimize.milp(
            self.weights,
            integrality=np.full(len(self.cells), int(whole)),
            bounds=optimize.Bounds(self.least, self.most),
            constraints=constraints,
            options={"mip_rel_gap": 0.0, "node_limit": BRANCHES},
        )
        if found.status == 2:
            raise ValueError(
                "The cells to keep (and the empty ones, which are printed) leave a small cell without protection. "
                "Keep fewer."
            )
        return found
