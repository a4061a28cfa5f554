"""Is this vertex the optimum? Duals and the gap between primal and dual loss say so, whatever found the vertex."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from .problem import Array, Flags, Ints, Problem
from .starting import listed, places, sweep

ON_THE_FIT = 1e-6  # of a standard deviation: closer rows may have had their tie broken either way
DUAL_SLACK = 1e-8  # of a student
ROUNDING = (
    1e-12  # of the largest outcome: a smaller residual is zero, ten thousand times below the fifth decimal
)
GAP = 1e-12  # of the loss; asked for is 1e-9


@dataclass(frozen=True)
class Certificate:
    """Per tau: total check loss, share of it by which dual and primal differ, worst dual out of bounds, verdict."""

    loss: Array
    gap: Array
    violation: Array
    optimal: Flags

    def with_(self, at: Ints, newer: Certificate) -> Certificate:
        """The same with newer findings at some taus."""
        parts = []
        for old, new in zip(astuple(self), astuple(newer), strict=True):
            merged = old.copy()
            merged[at] = new
            parts.append(merged)
        return Certificate(*parts)


def certify(problem: Problem, taus: Array, basis: Ints) -> Certificate:
    """Proves or refuses that the fits through `basis` (k, p) minimise the check loss of the untouched outcomes.

    Feasible duals are a lower bound of the loss (weak duality); where the loss meets it, nothing lies lower. Rows on the
    fit may take any dual within their bounds: the broken ties say which.
    """
    k = len(taus)
    every = np.arange(k)[:, None]
    square = problem.x[basis]
    exact = problem.fits(basis, exact=True)
    moved = problem.fits(basis)
    band = np.full(k, ON_THE_FIT * (problem.spread or 1.0))
    swept = sweep(problem, exact, problem.y_exact, band, by_leverage=False)
    np.put_along_axis(swept.near, basis, True, axis=1)
    rows = listed(swept.near)
    x, w = problem.x[rows], problem.w[rows]
    r = problem.y_exact[rows] - np.matmul(x, exact[:, :, None])[:, :, 0]
    r[w == 0] = 0.0
    side = (problem.y[rows] - np.matmul(x, moved[:, :, None])[:, :, 0]) < 0
    slope = w * (taus[:, None] - side)
    inside = np.zeros_like(slope, bool)
    place = places(rows, basis)
    inside[every, place] = True
    slope[inside] = 0.0
    others = taus[:, None] * (problem.total - np.matmul(w[:, None, :], x)[:, 0, :]) - swept.below
    g = others + np.matmul(slope[:, None, :], x)[:, 0, :]
    dual = -np.linalg.solve(np.swapaxes(square, 1, 2), g[:, :, None])[:, :, 0]
    wb = w[every, place]
    violation = np.maximum(dual - taus[:, None] * wb, (taus[:, None] - 1) * wb - dual).max(axis=1)
    slope[every, place] = dual
    r[np.abs(r) <= ROUNDING * np.abs(problem.y_exact[:-1]).max(initial=0.0)] = 0.0
    gap = (w * r * (taus[:, None] - (r < 0)) - slope * r).sum(axis=1)
    below_near = (w * np.minimum(r, 0)).sum(axis=1)
    n = problem.n
    total = problem.w[:n] @ problem.y_exact[:n] - exact @ problem.total
    loss = taus * total - (swept.below_outcome - np.einsum("kp,kp->k", exact, swept.below)) - below_near
    floor = np.finfo(float).eps * problem.w.sum() * (np.abs(problem.y_exact[:n]).max(initial=0.0) or 1.0)
    optimal = (violation <= DUAL_SLACK * np.maximum(1, wb.max(axis=1))) & (gap <= GAP * loss + floor)
    return Certificate(loss, gap / np.maximum(loss, floor), violation, optimal)
