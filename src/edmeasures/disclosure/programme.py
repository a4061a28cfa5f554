"""The search for the cheapest pattern of hidden cells: a choosing programme, an attacker's programme, and prices between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from .attack import NEAR, Attack, Flags, Floats
from .cells import Cells

#: Weights and a right side: the cells hidden, weighted, must come to at least so much.
Cut = tuple[Floats, float]
#: A cell, a direction (-1 down, 1 up) and how far it must be able to move.
Move = tuple[int, int, float]

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


def search(ask: Ask, rounds: int) -> tuple[Flags, bool]:
    """A pattern in which every move is possible, and whether none is cheaper."""
    master, prices = Master(ask), Prices(ask.cells)
    master.seed(ask.moves)
    _tighten(master, prices, ask.moves)
    for _ in range(rounds):
        hidden = master.solve()
        cuts = missing(prices, hidden, ask.moves)
        if not cuts:
            return hidden, master.is_optimal
        master.add(cuts)
    # Out of rounds: keep what is hidden, add what is missing, then open again what nothing needs.
    while cuts:
        master.add(cuts)
        master.hold(hidden)
        hidden = master.solve()
        cuts = missing(prices, hidden, ask.moves)
    return prune(ask, hidden), False


def _tighten(master: Master, prices: Prices, moves: Sequence[Move]) -> None:
    """Inequalities of the linear relaxation: they are cheap, and leave the integer programme little to branch on."""
    before, asked = -np.inf, moves
    while True:
        share, bound = master.relaxed()
        if bound < before + GAIN * abs(before):
            return
        found = [(move, cut) for move in asked if (cut := prices.cut(share, move))]
        if not found and asked is moves:
            return
        # What was content is asked again only when nothing else is left to say.
        asked = [move for move, _ in found] or moves
        before = bound if found else -np.inf
        master.add([cut for _, cut in found])


def missing(prices: Prices, hidden: Flags, moves: Sequence[Move]) -> list[Cut]:
    """Inequalities that the pattern fails, one for each move that it does not allow."""
    attack = Attack(prices.cells, hidden)
    lowest, highest = np.zeros(len(hidden)), np.zeros(len(hidden))
    cuts = []
    for move in moves:
        # One table that agrees with what is printed often proves several moves.
        if attack.reaches(move, lowest if move[1] < 0 else highest):
            continue
        found = attack.table(*move)
        if found is not None:
            lowest, highest = np.minimum(lowest, found), np.maximum(highest, found)
        if not attack.reaches(move, found):
            cut = prices.cut(hidden.astype(np.float64), move)
            # Whole numbers can be narrower than the linear program knows: then any one more cell, and look again.
            cuts.append(cut if cut is not None else ((~hidden).astype(np.float64), 1.0))
    return cuts


def prune(ask: Ask, hidden: Flags) -> Flags:
    """Open each cell hidden for others, dearest first, where every move stays possible.

    A move is looked at again only when the table that proved it possible changed the cell.
    """
    proofs = {move: Attack(ask.cells, hidden).table(*move) for move in ask.moves}
    joined = {ask.cells.index(key) for group in ask.together for key in group}
    free = [int(i) for i in np.flatnonzero(hidden & ~ask.primary & ask.cells.is_printed) if i not in joined]
    for i in sorted(free, key=lambda i: (-ask.weights[i], i)):
        tried = hidden.copy()
        tried[i] = False
        attack, moved = Attack(ask.cells, tried), {}
        for move, proof in proofs.items():
            if proof is None or proof[i] != 0:
                moved[move] = attack.table(*move)
                if not attack.reaches(move, moved[move]):
                    break
        else:
            hidden, proofs = tried, proofs | moved
    return hidden


def capacities(cells: Cells, need: float) -> tuple[Floats, Floats]:
    """How far each cell, once hidden, can move down and up."""
    far = float(np.abs(cells.values).sum() + need)
    return np.where(cells.is_count, cells.values.astype(np.float64), far), np.full(len(cells), far)


class Prices:
    """The attacker's programs over cells hidden in part, and their dual prices as inequalities."""

    def __init__(self, cells: Cells) -> None:
        from scipy import sparse  # noqa: PLC0415 - importing the library stays light

        entries = [
            (r, i, sign)
            for r, (whole, parts) in enumerate(cells.sums)
            for i, sign in ((whole, 1.0), *((p, -1.0) for p in parts))
        ]
        rows, columns, signs = (np.array([e[k] for e in entries], dtype=np.float64) for k in range(3))
        self.cells = cells
        self.matrix = sparse.csr_array(
            (signs, (rows.astype(int), columns.astype(int))), shape=(len(cells.sums), len(cells))
        )

    def cut(self, share: Floats, move: Move) -> Cut | None:
        """An inequality that the shares hidden, each from 0 to 1, fail; None if the linear program is content."""
        from scipy import optimize  # noqa: PLC0415

        i, direction, need = move
        down, up = capacities(self.cells, need)
        aim = np.zeros(len(self.cells))
        aim[i] = -direction
        # An open cell is given a breath of room first: among the prices of equal worth, those of few cells are found.
        for breath in (1e-6, 0.0):
            room = np.maximum(share, breath)
            bounds = np.column_stack([-down * room, up * room])
            bounds[i] = (-np.inf, need) if direction > 0 else (-need, np.inf)
            found = optimize.linprog(
                aim, A_eq=self.matrix, b_eq=np.zeros(self.matrix.shape[0]), bounds=bounds, method="highs-ds"
            )
            if found.status != 0 or -found.fun > need - NEAR:
                continue
            reduced = -(aim - self.matrix.T @ found.eqlin.marginals)
            reduced[i] = 0.0
            reduced[np.abs(reduced) < 1e-9] = 0.0
            weights = np.minimum(np.where(reduced > 0, up * reduced, -down * reduced), need)
            if weights @ share < need - NEAR:
                return weights, need
        return None


class Master:
    """The choice of cells under the inequalities found so far."""

    def __init__(self, ask: Ask) -> None:
        cells = self.cells = ask.cells
        if (both := np.flatnonzero(ask.primary & ask.keep)).size:
            raise ValueError(f"Cell {cells.keys[both[0]]!r} cannot be printed: it needs protection.")
        self.is_optimal = True
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
        return np.asarray(found.x), float(found.fun)

    def solve(self) -> Flags:
        """The cheapest choice; out of branches, the best found, or every cell that the relaxation hides in part."""
        found = self._programme(whole=True)
        self.is_optimal = self.is_optimal and found.status == 0
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
