"""An active set with long steps, several regressions in lockstep (Barrodale and Roberts' simplex, one tau per row).

At a vertex, p rows lie on the fit. The dual value of each must lie within [tau - 1, tau]; the worst that does not leaves
the basis. The fit moves along the edge, past every row that still lets the check loss fall, to the row where it would
rise. All regressions take their step in the same array operations: NumPy's price per call is paid once for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .problem import Array, Flags, Ints, Problem
from .starting import TakingPart

DUAL_TOLERANCE = 1e-9  # of a student: duals are sums of rows' weights, exact to about 1e-13
FLAT = 1e-10  # of the longest possible change: a row that moves less does not bound a step
REFRESH = 20  # pivots between fresh inverses: rank-one updates lose about a digit in that time
REACH = 12.0  # times the last step is looked at for the next
WIDEN = 16.0  # when too few rows lie within reach of a step


@dataclass(frozen=True)
class Vertices:
    """Where the regressions ended: rows of the problem on each fit, coefficients, pivots, and whether it is the optimum."""

    basis: Ints
    coefficients: Array
    pivots: Ints
    solved: Flags
    lost: Flags


class ActiveSet:
    """Some rows of the problem take part in k regressions; the others enter as the constant `aside` (k, p).

    Those still at work stand first in every array, and the attributes are views of them: whoever leaves is overwritten by
    the last, so that one regression is copied and not all that stay.
    """

    #: One entry per regression in each.
    ARRAYS = ("rows", "tau", "aside", "basis", "xt", "y", "w", "reach", "alive", "b", "r", "g", "inverse")

    def __init__(self, problem: Problem, taus: Array, part: TakingPart, aside: Array, basis: Ints) -> None:
        rows = part.rows
        k, (m, p) = len(taus), (rows.shape[1], problem.p)
        self.rows, self.tau, self.aside, self.basis = rows.copy(), taus.copy(), aside.copy(), basis.copy()
        self.every_x, self.y, self.w = problem.x, problem.y[rows], part.w.copy()
        self.xt = np.ascontiguousarray(part.x.transpose(0, 2, 1))
        self.z, self.t = np.empty((k, m)), np.empty((k, m))
        self.b, self.r, self.g, self.inverse = (
            np.empty((k, p)),
            np.empty((k, m)),
            np.empty((k, p)),
            np.empty((k, p, p)),
        )
        self.reach = np.full(k, np.inf)
        self.all, self.alive = np.arange(k), np.arange(k)
        self.found = Vertices(
            np.zeros((k, problem.p), np.int64),
            np.zeros((k, problem.p)),
            np.zeros(k, np.int64),
            np.zeros(k, bool),
            np.zeros(k, bool),
        )
        self.far = 1e6 * (problem.spread or 1.0)

    @np.errstate(divide="ignore", invalid="ignore", over="ignore")
    def run(self) -> Vertices:
        """Pivot until each regression is optimal, unbounded (too many rows set aside) or lost (singular basis)."""
        p = self.xt.shape[1]
        limit = 400 + 60 * p
        self._refresh()
        for step in range(1, limit + 1):
            if not self.alive.size:
                return self.found
            column, violation, direction = self._price()
            if not self.alive.size:
                return self.found
            self._step(column, violation, direction)
            if step % REFRESH == 0:
                self._refresh()
        self._leave(self.all, lost=True)
        return self.found

    def _leave(self, which: Ints, *, solved: bool = False, lost: bool = False) -> Ints:
        """Write down the regressions `which` and go on with the others; returns who stands where now."""
        f, at, k = self.found, self.alive[which], len(self.all)
        f.basis[at] = self.rows[which[:, None], self.basis[which]]
        f.coefficients[at] = self.b[which]
        f.solved[at], f.lost[at] = solved, lost
        left = k - len(which)
        stays = np.ones(k, bool)
        stays[which] = False
        keep = np.arange(left)
        holes, last = which[which < left], left + np.flatnonzero(stays[left:])
        keep[holes] = last
        for name in self.ARRAYS:
            whole = getattr(self, name)
            for hole, end in zip(holes.tolist(), last.tolist(), strict=True):
                whole[hole] = whole[end]
            setattr(self, name, whole[:left])
        self.z, self.t = self.z[:left], self.t[:left]
        self.all = np.arange(left)
        return keep

    def _refresh(self) -> None:
        """Inverse, coefficients, residuals and subgradient from the rows themselves."""
        if not self.alive.size:
            return
        at = self.all[:, None]
        square = self.every_x[self.rows[at, self.basis]]
        self.inverse[:], singular = _inverses(square)
        self.b[:] = np.matmul(self.inverse, self.y[at, self.basis][:, :, None])[:, :, 0]
        np.subtract(self.y, np.matmul(self.b[:, None, :], self.xt)[:, 0], out=self.r)
        slope = self.w * (self.tau[:, None] - (self.r < 0))
        slope[at, self.basis] = 0.0
        self.g[:] = self.aside + np.matmul(self.xt, slope[:, :, None])[:, :, 0]
        self.r[at, self.basis] = np.nan  # never the end of a step
        if singular.size:
            self._leave(singular, lost=True)

    def _price(self) -> tuple[Ints, Array, Array]:
        """Which basis row leaves, how much its dual is out of bounds, and the edge along which the loss falls."""
        dual = -np.matmul(self.g[:, None, :], self.inverse)[:, 0, :]
        w = self.w[self.all[:, None], self.basis]
        above = dual - self.tau[:, None] * w
        below = (self.tau[:, None] - 1) * w - dual
        out = np.maximum(above, below)
        column = (out / np.sqrt(np.einsum("kij,kij->kj", self.inverse, self.inverse))).argmax(axis=1)
        violation = out[self.all, column]
        sign = np.where(below[self.all, column] > above[self.all, column], 1.0, -1.0)
        done = violation <= DUAL_TOLERANCE
        if done.any():
            keep = self._leave(np.flatnonzero(done), solved=True)
            column, violation, sign = column[keep], violation[keep], sign[keep]
        self.sign = sign
        return column, violation, self.inverse[self.all, :, column] * sign[:, None]

    def _step(self, column: Ints, violation: Array, direction: Array) -> None:
        """To the row where the loss would rise again; regressions without one in reach look further next time."""
        k, m = self.r.shape
        z, t = self.z, self.t
        np.matmul(direction[:, None, :], self.xt, out=z[:, None, :])
        size = np.abs(z)
        np.divide(self.r, z, out=t)
        near = t < self.reach[:, None]
        near &= t > 0
        near &= size > FLAT * size.max(axis=1, keepdims=True)
        at = np.flatnonzero(near)
        which = at // m
        step = t.ravel()[at]
        bounded = np.isfinite(self.reach).all()
        order = np.argsort(which + step / self.reach[which]) if bounded else np.lexsort((step, which))
        at, step = at[order], step[order]
        gain = np.cumsum(self.w.ravel()[at] * size.ravel()[at])
        number = np.bincount(which, minlength=k)
        end = np.cumsum(number)
        start = end - number
        before = np.concatenate(([0.0], gain))[start]
        place = np.searchsorted(gain, before + violation)
        go = np.flatnonzero(place < end)
        if len(go) == k:
            self._pivot(go, column, at[place] - go * m, step[place], z, direction, (at, start, place - start))
            return
        if len(go):
            self._pivot(
                go,
                column,
                at[place[go]] - go * m,
                step[place[go]],
                z,
                direction,
                (at, start[go], place[go] - start[go]),
            )
        self._look_further(np.flatnonzero(place >= end))

    def _look_further(self, which: Ints) -> None:
        endless = which[np.isinf(self.reach[which])]
        self.reach[which] = np.where(self.reach[which] > self.far, np.inf, self.reach[which] * WIDEN)
        if endless.size:
            self._leave(endless)

    def _pivot(
        self,
        go: Ints,
        column: Ints,
        enters: Ints,
        step: Array,
        z: Array,
        direction: Array,
        passed: tuple[Ints, Ints, Ints],
    ) -> None:
        """Flip the rows passed, exchange leaving and entering row, move the residuals, update the inverse."""
        at, start, number = passed
        every = len(go) == len(self.all)
        leaves, column, sign = self.basis[go, column[go]], column[go], self.sign[go]
        if int(number.sum()):
            shift = np.cumsum(number) - number
            rows = at[np.arange(int(number.sum())) + np.repeat(start - shift, number)]
            flips = -np.sign(self.r.ravel()[rows]) * self.w.ravel()[rows]
            some = np.flatnonzero(number)
            self.g[go[some]] += np.add.reduceat(
                flips[:, None] * self.every_x[self.rows.ravel()[rows]], shift[some], axis=0
            )
        entering = self.every_x[self.rows[go, enters]]
        tau = self.tau[go]
        self.g[go] += (self.w[go, leaves] * (tau - (sign > 0)))[:, None] * self.every_x[self.rows[go, leaves]]
        self.g[go] -= (self.w[go, enters] * (tau - (self.r[go, enters] < 0)))[:, None] * entering
        if every:
            z *= step[:, None]
            self.r -= z
            self.b += step[:, None] * direction
        else:
            self.r[go] -= step[:, None] * z[go]
            self.b[go] += step[:, None] * direction[go]
        self.r[go, leaves] = -step * sign
        self.r[go, enters] = np.nan
        inverse = self.inverse if every else self.inverse[go]
        row = np.matmul(entering[:, None, :], inverse)[:, 0, :]
        first = np.arange(len(go))
        pivot = inverse[first, :, column] / row[first, column][:, None]
        inverse -= pivot[:, :, None] * row[:, None, :]
        inverse[first, :, column] = pivot
        if not every:
            self.inverse[go] = inverse
        self.basis[go, column] = enters
        self.reach[go] = np.maximum(REACH * step, 1e-13 * self.far)
        self.found.pivots[self.alive[go]] += 1


def _inverses(square: Array) -> tuple[Array, Ints]:
    """Inverses, and the numbers of those that have none (their place holds zeros)."""
    try:
        return np.linalg.inv(square), np.zeros(0, np.int64)
    except np.linalg.LinAlgError:
        found = np.zeros_like(square)
        singular = []
        for i, one in enumerate(square):
            try:
                found[i] = np.linalg.inv(one)
            except np.linalg.LinAlgError:
                singular.append(i)
        return found, np.asarray(singular, np.int64)
