"""The proof: what a reader can work out about every hidden cell, by two linear programs each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .cells import Cells, Key
from .warm import Warm

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Solvers answer to about 1e-7; counts are whole, so a thousandth decides nothing wrongly.
NEAR = 1e-3
#: A table asked to make many moves need not make the most: halfway it has made many of them, far sooner.
ENOUGH = 0.5
#: A cell, a direction (-1 down, 1 up) and how far it must be able to move.
Move = tuple[int, int, float]


@dataclass(frozen=True, slots=True)
class Audit:
    """What can be worked out about the hidden cells of a table, arrays of shape (h,).

    Parameters
    ----------
    keys : tuple of key
        The hidden cells, unprinted ones included.
    values : ndarray of int64
        Their true counts.
    lower, upper : ndarray of float64
        The least and the most that agree with everything printed; infinity where nothing bounds a cell. Exact for whole
        students up to the ends of the protection interval; an end beyond is the linear program's, in whole students.
    required_lower, required_upper : ndarray of float64
        The protection interval: a reader must not be able to exclude anything in between. NaN for a cell that is hidden
        only for the sake of others.
    minimum : int
        The least number of students shown.
    n_programs : int
        How many programs were solved.
    method : str
    """

    keys: tuple[Key, ...]
    values: npt.NDArray[np.int64]
    lower: Floats
    upper: Floats
    required_lower: Floats
    required_upper: Floats
    minimum: int
    n_programs: int
    method: str = "linear programs over all tables that agree with what is printed; protection shown by tables of whole students"

    @property
    def exposed(self) -> tuple[Key, ...]:
        """Cells whose protection interval can be narrowed, and hidden cells whose number follows exactly."""
        with np.errstate(invalid="ignore"):
            narrowed = (self.lower > self.required_lower + NEAR) | (self.upper < self.required_upper - NEAR)
        exact = (self.upper - self.lower < NEAR) & ~np.isnan(self.required_lower)
        return tuple(self.keys[i] for i in np.flatnonzero(narrowed | exact))

    @property
    def is_safe(self) -> bool:
        return not self.exposed


def protection(cells: Cells, minimum: int, sensitive: Iterable[Any] | None = None) -> tuple[Floats, Floats]:
    """The interval that has to stay possible for each cell; NaN where a cell needs none.

    Of a count below the minimum a reader may learn nothing that the minimum would not allow anyway: everything from 0
    up to the minimum itself stays possible. So two small cells are not enough where their sum is small (S23). A cell named
    `sensitive` that is not small stays possible from `minimum` below to `minimum` above its count.

    Examples
    --------
    >>> cells = Cells.of({"A": 14, "B": 6, "C": 0}, [])
    >>> [list(map(float, ends)) for ends in protection(cells, 10, ["A", "B"])]
    [[4.0, 0.0, nan], [24.0, 10.0, nan]]
    """
    small = (cells.values > 0) & (cells.values < minimum) & cells.is_count
    if sensitive is not None:
        named = set(sensitive)
        if unknown := named - set(cells.keys):
            raise KeyError(f"There is no cell {min(unknown, key=str)!r}.")
        small |= np.array([key in named for key in cells.keys], dtype=bool)
    values = cells.values.astype(np.float64)
    lower = np.where(small, np.maximum(0, values - minimum), np.nan)
    upper = np.where(small, np.where(values < minimum, minimum, values + minimum), np.nan)
    return lower, upper


def audit(
    cells: Cells,
    hidden: npt.ArrayLike | Iterable[Any],
    *,
    minimum: int = 10,
    sensitive: Iterable[Any] | None = None,
    known: Mapping[Any, tuple[float, float]] | None = None,
) -> Audit:
    """Work out every hidden cell as an attacker would, and say which protection intervals hold.

    Parameters
    ----------
    cells : Cells
    hidden : array of bool of shape (n,), or keys
        What is not printed.
    minimum : int
        The least number of students shown.
    sensitive : iterable of key, optional
        Cells to protect besides those below the minimum.
    known : mapping of key to (lower, upper), optional
        What the reader knows beforehand about hidden cells: that a cell marked "N<10" is from 1 to 9, say. Of such a
        cell more cannot be hidden than the mark already says, so its protection interval is cut to what is known.

    Returns
    -------
    Audit

    References
    ----------
    Fischetti, M. and Salazar, J. J. (2001). Solving the cell suppression problem on tabular data with linear constraints.
    Management Science 47, 1008-1027: the attacker's problems. The linear program is enough where its answer is whole; where
    it is not (tables of three and more ways), an integer program narrows it, because students come whole.

    Examples
    --------
    >>> cells = Cells.of({"all": 48, "A": 25, "B": 14, "C": 6, "D": 3}, [("all", "ABCD")])
    >>> found = audit(cells, ["C", "D"])
    >>> found.is_safe, found.keys, found.upper.tolist()
    (False, ('C', 'D'), [9.0, 9.0])
    >>> audit(cells, ["B", "C", "D"]).is_safe
    True
    """
    flags = flags_of(cells, hidden) | ~cells.is_printed
    lower, upper = protection(cells, minimum, sensitive)
    at = np.flatnonzero(flags)
    attack = Attack(cells, flags, known)
    required_lower, required_upper = lower[at], upper[at]
    for key, told in (known or {}).items():
        j = np.flatnonzero(at == cells.index(key))
        required_lower[j] = np.maximum(required_lower[j], told[0])
        required_upper[j] = np.minimum(required_upper[j], told[1])
    values = cells.values[at].astype(np.float64)
    need_down, need_up = (np.nan_to_num(d) for d in (values - required_lower, required_upper - values))
    attack.refused(
        [
            (int(i), d, float(n))
            for d, needs in ((-1, need_down), (1, need_up))
            for i, n in zip(at, needs, strict=True)
        ]
    )
    least = np.array([attack.extreme(int(i), -1, n) for i, n in zip(at, need_down, strict=True)])
    most = np.array([attack.extreme(int(i), 1, n) for i, n in zip(at, need_up, strict=True)])
    open_small = [i for i in np.flatnonzero(~np.isnan(lower)) if not flags[i]]
    if open_small:
        at = np.concatenate([at, np.array(open_small, dtype=at.dtype)])
        shown = cells.values[open_small].astype(np.float64)
        least, most = np.concatenate([least, shown]), np.concatenate([most, shown])
        required_lower = np.concatenate([required_lower, lower[open_small]])
        required_upper = np.concatenate([required_upper, upper[open_small]])
    keys = tuple(cells.keys[i] for i in at)
    return Audit(
        keys, cells.values[at], least, most, required_lower, required_upper, minimum, attack.n_programs
    )


def flags_of(cells: Cells, chosen: Any) -> Flags:
    """Cells chosen by flags or by their keys, as flags."""
    array = chosen if isinstance(chosen, np.ndarray) else None
    if array is not None and array.dtype == bool:
        if array.shape != (len(cells),):
            raise ValueError(f"hidden has the shape {array.shape}; there are {len(cells)} cells.")
        return array.copy()
    flags = np.zeros(len(cells), dtype=bool)
    for key in chosen:
        flags[cells.index(key)] = True
    return flags


@dataclass(frozen=True, slots=True)
class Incidence:
    """Which cell stands in which sum, as a whole (1) or a part (-1): three arrays of one length."""

    sum: npt.NDArray[np.int64]
    cell: npt.NDArray[np.int64]
    sign: Floats

    @classmethod
    def of(cls, cells: Cells) -> Incidence:
        sizes = [1 + len(parts) for _, parts in cells.sums]
        cell = [i for whole, parts in cells.sums for i in (whole, *parts)]
        sign = np.full(len(cell), -1.0)
        sign[np.cumsum([0, *sizes[:-1]], dtype=np.int64)[: len(sizes)]] = 1.0
        order = np.repeat(np.arange(len(sizes)), sizes)
        return cls(order.astype(np.int64), np.array(cell, dtype=np.int64), sign)


class Attack:
    """The attacker's programs over one pattern of hidden cells.

    A cell is worked out within the hidden cells that sums link to it, so that large tables fall into small programs. The
    linear program comes first and is enough where it refuses. What it allows has to be shown by a table of whole students.
    """

    def __init__(
        self,
        cells: Cells,
        hidden: Flags,
        known: Mapping[Any, tuple[float, float]] | None = None,
        incidence: Incidence | None = None,
    ) -> None:
        self.cells, self.hidden = cells, hidden
        self.below = np.where(cells.is_count, -cells.values.astype(np.float64), -np.inf)
        self.above = np.full(len(cells), np.inf)
        place = {key: i for i, key in enumerate(cells.keys)} if known else {}
        for key, (low, high) in (known or {}).items():
            i = place[key]
            self.below[i] = max(self.below[i], low - cells.values[i])
            self.above[i] = high - cells.values[i]
        self._linked(incidence or Incidence.of(cells))
        self._programs: dict[tuple[int, bool], Warm] = {}
        # The farthest that whole tables found so far have moved each cell.
        self.lowest, self.highest = np.zeros(len(cells)), np.zeros(len(cells))

    def _linked(self, incidence: Incidence) -> None:
        """Sums by the island of hidden cells they bind: cells that some chain of sums links to each other."""
        from scipy import sparse  # noqa: PLC0415 - importing the library stays light
        from scipy.sparse import csgraph  # noqa: PLC0415

        n = len(self.cells)
        kept = self.hidden[incidence.cell]
        self._cell, self._sum, self._sign = (a[kept] for a in (incidence.cell, incidence.sum, incidence.sign))
        size = n + len(self.cells.sums)
        edges = (np.ones(self._cell.size), (self._cell, n + self._sum))
        _, label = csgraph.connected_components(sparse.coo_array(edges, shape=(size, size)), directed=False)
        self.island = label[:n]
        hidden = np.flatnonzero(self.hidden)
        order = hidden[np.argsort(self.island[hidden], kind="stable")]
        _, first, size_of = np.unique(self.island[order], return_index=True, return_counts=True)
        self.at = np.zeros(n, dtype=np.int64)
        self.at[order] = np.arange(order.size) - np.repeat(first, size_of)

    def members(self, island: int) -> npt.NDArray[np.int64]:
        """The hidden cells of an island."""
        return np.flatnonzero(self.hidden & (self.island == island))

    def _equations(self, island: int) -> list[list[tuple[int, float]]]:
        here = self.island[self._cell] == island
        found: dict[int, list[tuple[int, float]]] = {}
        places = self.at[self._cell[here]].tolist()
        for k, at, sign in zip(self._sum[here].tolist(), places, self._sign[here].tolist(), strict=True):
            found.setdefault(k, []).append((at, sign))
        return [*found.values()]

    @property
    def n_programs(self) -> int:
        return sum(p.n_solved for p in self._programs.values())

    def _program(self, island: int, whole: bool) -> Warm:
        found = self._programs.get((island, whole))
        if found is None:
            members = self.members(island)
            rows = self._equations(island)
            found = Warm(rows, self.below[members], self.above[members], whole=whole)
            self._programs[island, whole] = found
        return found

    def extreme(self, i: int, direction: int, need: float = np.inf) -> float:
        """The least (-1) or the most (1) that cell i can be; infinity where nothing bounds it.

        The end is of whole tables where it lies within `need` of the true count. Beyond, it is the linear program's.
        """
        value = float(self.cells.values[i])
        if not self.hidden[i]:
            return value
        far = self.reach(i, direction)
        if far < need - NEAR or not np.isfinite(need):
            far = far if not np.isfinite(far) else self._whole_reach(i, direction, far)
        elif not self.allows(i, direction, need):
            far = self._whole_reach(i, direction, need)
        return value + direction * far

    def reach(self, i: int, direction: int) -> float:
        """How far cell i can move by the linear program, in whole students."""
        found = self._moved(i, direction, np.inf, whole=False)
        return np.inf if found is None else float(np.floor(found[self.at[i]] * direction + NEAR))

    def _whole_reach(self, i: int, direction: int, most: float) -> float:
        """How far whole tables can move cell i, at most so far."""
        if (self.highest[i] if direction > 0 else -self.lowest[i]) > most - NEAR:
            return most
        found = self._moved(i, direction, most, whole=True)
        if found is None:  # the true table is always possible
            raise RuntimeError(f"HiGHS found no table at all for {self.cells.keys[i]!r}.")
        self._remember(int(self.island[i]), found)
        return float(np.round(found[self.at[i]]) * direction)

    def allows(self, i: int, direction: int, need: float) -> bool:
        """Whether a table of whole students puts cell i that far from its true count."""
        return not self.refused([(i, direction, need)])

    def refused(self, moves: Iterable[Move]) -> list[Move]:
        """Those of the moves that no whole table allows.

        One table is asked to make the first move and as many others as it can, then one for what is left, and so on.
        """
        todo = [m for m in moves if self.hidden[m[0]]]
        lost = [m for m in moves if not self.hidden[m[0]]]
        for island in sorted({int(self.island[i]) for i, _, _ in todo}):
            here = [m for m in todo if self.island[m[0]] == island]
            for direction in (1, -1):
                self._together(island, [m for m in here if m[1] == direction], direction)
            lost += [m for m in here if not self._is_shown(m)]
        return lost

    def _together(self, island: int, moves: list[Move], direction: int) -> None:
        left = [m for m in moves if not self._is_shown(m)]
        while left:
            # The first is made in full, so that every table shows something, and the others as far as they go with it.
            (first, _, most), *others = left
            ends = {int(self.at[i]): self._ends(i, direction, need) for i, _, need in others}
            aim = {at: -float(direction) for at in ends}
            alone = {int(self.at[first]): (direction * most, direction * most)}
            found = self._whole_table(island, aim, ends | alone)
            if found is None and others:  # the others, held to what they need, may leave the first no room
                found = self._whole_table(island, {}, alone)
            if found is not None:
                self._remember(island, found)
            left = [m for m in others if not self._is_shown(m)]

    def _whole_table(
        self, island: int, aim: Mapping[int, float], ends: Mapping[int, tuple[float, float]]
    ) -> Floats | None:
        # In tables of rows and columns the linear program's corners are whole, and it is faster.
        found = self._program(island, False).least(aim, ends)
        if found is not None and np.abs(found - np.round(found)).max() > NEAR:
            found = self._program(island, True).least(aim, ends, gap=ENOUGH)
        return found

    def _is_shown(self, move: Move) -> bool:
        i, direction, need = move
        return bool((self.highest[i] if direction > 0 else -self.lowest[i]) > need - NEAR)

    def _remember(self, island: int, found: Floats) -> None:
        members, moved = self.members(island), np.round(found)
        self.lowest[members] = np.minimum(self.lowest[members], moved)
        self.highest[members] = np.maximum(self.highest[members], moved)

    def _ends(self, i: int, direction: int, need: float) -> tuple[float, float]:
        if direction > 0:
            return float(self.below[i]), float(min(self.above[i], need))
        return float(max(self.below[i], -need)), float(self.above[i])

    def _moved(self, i: int, direction: int, need: float, *, whole: bool) -> Floats | None:
        """Differences of the island's cells in the table that moves cell i farthest, up to `need`; None without end."""
        at = int(self.at[i])
        program = self._program(int(self.island[i]), whole)
        return program.least({at: -float(direction)}, {at: self._ends(i, direction, need)})
