"""The proof: what a reader can work out about every hidden cell, by two linear programs each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .cells import Cells, Key

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

#: Solvers answer to about 1e-7; counts are whole, so a thousandth decides nothing wrongly.
NEAR = 1e-3


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
        The least and the most that agree with everything printed; infinity where nothing bounds a cell.
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
    method: str = "linear programs over all tables that agree with what is printed; whole numbers enforced"

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
    least = np.array([attack.extreme(int(i), -1) for i in at], dtype=np.float64)
    most = np.array([attack.extreme(int(i), 1) for i in at], dtype=np.float64)
    required_lower, required_upper = lower[at], upper[at]
    for j, i in enumerate(at):
        told = (known or {}).get(cells.keys[i])
        if told is not None:
            required_lower[j], required_upper[j] = (
                max(required_lower[j], told[0]),
                min(required_upper[j], told[1]),
            )
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


class Attack:
    """The attacker's programs over one pattern of hidden cells.

    A cell is worked out within the hidden cells that sums link to it, so that large tables fall into small programs.
    """

    def __init__(
        self, cells: Cells, hidden: Flags, known: Mapping[Any, tuple[float, float]] | None = None
    ) -> None:
        self.cells, self.hidden, self.n_programs = cells, hidden, 0
        self.below = np.where(cells.is_count, -cells.values.astype(np.float64), -np.inf)
        self.above = np.full(len(cells), np.inf)
        for key, (low, high) in (known or {}).items():
            i = cells.index(key)
            self.below[i] = max(self.below[i], low - cells.values[i])
            self.above[i] = high - cells.values[i]
        self._linked()

    def _linked(self) -> None:
        """Sums by the island of hidden cells they bind; a cell's island is its smallest linked cell."""
        from scipy import sparse  # noqa: PLC0415 - importing the library stays light
        from scipy.sparse import csgraph  # noqa: PLC0415

        n = len(self.cells)
        self.sums = [
            [(i, sign) for i, sign in ((whole, 1.0), *((p, -1.0) for p in parts)) if self.hidden[i]]
            for whole, parts in self.cells.sums
        ]
        edges = [(s[0][0], i) for s in self.sums if s for i, _ in s[1:]]
        rows, columns = (np.array([e[k] for e in edges], dtype=np.int64) for k in (0, 1))
        graph = sparse.coo_array((np.ones(len(edges)), (rows, columns)), shape=(n, n))
        _, self.island = csgraph.connected_components(graph, directed=False)
        self.members: dict[int, list[int]] = {}
        for i in np.flatnonzero(self.hidden):
            self.members.setdefault(int(self.island[i]), []).append(int(i))
        self.equations: dict[int, list[list[tuple[int, float]]]] = {}
        for s in self.sums:
            if s:
                self.equations.setdefault(int(self.island[s[0][0]]), []).append(s)

    def extreme(self, i: int, direction: int) -> float:
        """The least (-1) or the most (1) that cell i can be; infinity where nothing bounds it."""
        if not self.hidden[i]:
            return float(self.cells.values[i])
        found = self.table(i, direction, np.inf)
        return float(direction * np.inf if found is None else self.cells.values[i] + found[i])

    def allows(self, i: int, direction: int, need: float) -> bool:
        """Whether cell i can be that far from its true count."""
        return bool(self.hidden[i]) and self.reaches((i, direction, need), self.table(i, direction, need))

    @staticmethod
    def reaches(move: tuple[int, int, float], found: Floats | None) -> bool:
        return found is not None and bool(found[move[0]] * move[1] > move[2] - NEAR)

    def table(self, i: int, direction: int, need: float) -> Floats | None:
        """Differences from the true table, shape (n,), of one that moves cell i as far as it goes, up to `need`.

        None where it can go on without end.
        """
        from scipy import optimize, sparse  # noqa: PLC0415

        island = int(self.island[i])
        members = self.members[island]
        at = {cell: j for j, cell in enumerate(members)}
        equations = self.equations.get(island, [])
        triples = [(r, at[c], sign) for r, s in enumerate(equations) for c, sign in s]
        lower, upper = self.below[members].copy(), self.above[members].copy()
        aim = np.zeros(len(members))
        aim[at[i]] = -direction
        if direction > 0:
            upper[at[i]] = min(upper[at[i]], need)
        else:
            lower[at[i]] = max(lower[at[i]], -need)
        constraints = None
        if triples:
            rows, columns, signs = (np.array([t[k] for t in triples]) for k in range(3))
            matrix = sparse.csr_array((signs, (rows, columns)), shape=(len(equations), len(members)))
            constraints = optimize.LinearConstraint(matrix, 0, 0)
        for whole in (0, 1):  # students come whole: an integer program where the linear one's corner is not
            self.n_programs += 1
            found = optimize.milp(
                aim,
                integrality=np.full(len(members), whole),
                bounds=optimize.Bounds(lower, upper),
                constraints=constraints,
                options={"mip_rel_gap": 0.0},
            )
            if found.x is None:  # the true table is always possible, so that a failure is an unbounded cell
                return None
            if np.abs(found.x - np.round(found.x)).max() < NEAR:
                break
        moved = np.zeros(len(self.cells))
        moved[members] = np.round(found.x)
        return moved
