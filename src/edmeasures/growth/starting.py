"""Where a regression starts: which rows take part, which lie on the first fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .problem import Array, Flags, Ints, Problem

BLOCK = 1024  # rows at a time: predictions of a block for 100 taus stay in the cache
SAMPLED = 60  # rows within a band from which its width is read
LEAST_SAMPLED, MOST_SAMPLED = 500, 4000  # in all
DEPENDENT = 1e-5  # of its squared length: a row with less of its own makes a poor basis
POWER = 2.0  # with which a candidate counts less the farther it lies
NEAR = 4  # candidates per coefficient for the first basis


@dataclass(frozen=True)
class Swept:
    """One look at all rows from k fits: which lie near, and the weighted sums of those clearly below."""

    near: Flags
    below: Array
    below_outcome: Array


def sweep(problem: Problem, fits: Array, y: Array, band: Array, *, by_leverage: bool = True) -> Swept:
    """Rows within `band` (k,) of each fit (k, p), by residual over length of the row, or by residual alone."""
    k, n = len(fits), problem.n
    near = np.empty((k, n), bool)
    below, below_outcome = np.zeros((k, problem.p)), np.zeros(k)
    residual, flag = np.empty((k, BLOCK)), np.empty((k, BLOCK))
    wy = problem.w[:n] * y[:n]
    for at in range(0, n, BLOCK):
        stop = min(n, at + BLOCK)
        whole = stop - at == BLOCK
        r = residual if whole else np.empty((k, stop - at))
        f = flag if whole else np.empty((k, stop - at))
        np.matmul(fits, problem.x[at:stop].T, out=r)
        np.subtract(y[at:stop], r, out=r)
        if by_leverage:
            r /= problem.scale[at:stop]
        np.copyto(f, r <= -band[:, None])
        below += f @ problem.weighted[at:stop]
        below_outcome += f @ wy[at:stop]
        np.abs(r, out=r)
        np.less(r, band[:, None], out=near[:, at:stop])
    return Swept(near, below, below_outcome)


def listed(near: Flags) -> Ints:
    """The rows marked in each line of `near` (k, n), padded with row n to equal length."""
    k, n = near.shape
    at = np.flatnonzero(near)
    number = np.count_nonzero(near, axis=1)
    start = np.cumsum(number) - number
    rows = np.full((k, int(number.max(initial=0))), n, np.int64)
    which = np.repeat(np.arange(k), number)
    rows[which, np.arange(len(at)) - start[which]] = at - which * n
    return rows


@dataclass(frozen=True)
class TakingPart:
    """Rows (k, m) of the problem that take part in k regressions, with their columns x (k, m, p) and weights w (k, m).

    Fetched once: at thirty columns a fetch costs as much as two steps of the regression.
    """

    rows: Ints
    x: Array
    w: Array


def taking_part(problem: Problem, rows: Ints) -> TakingPart:
    """The rows with what belongs to them."""
    return TakingPart(rows, np.take(problem.x, rows, axis=0), problem.w[rows])


def places(rows: Ints, basis: Ints) -> Ints:
    """Where the rows of the basis stand in the padded, ascending lists."""
    return np.stack([np.searchsorted(line, one) for line, one in zip(rows, basis, strict=True)])


def bands(problem: Problem, fits: Array, kept: Array) -> Array:
    """Widths within which about `kept` (k,) rows lie."""
    n = problem.n
    size = int(np.clip(SAMPLED * n / max(kept.min(initial=n), 1.0), LEAST_SAMPLED, MOST_SAMPLED))
    rows = np.arange(n) if n <= size else np.linspace(0, n - 1, size).astype(np.int64)
    r = np.abs(problem.y[rows] - fits @ problem.x[rows].T) / problem.scale[rows]
    r.sort(axis=1)
    place = np.minimum(len(rows) - 1, np.ceil(kept * len(rows) / n).astype(np.int64))
    width: Array = np.where(kept >= n, np.inf, r[np.arange(len(fits)), place])
    return width


def aside(problem: Problem, taus: Array, swept: Swept, part: TakingPart) -> Array:
    """The constant subgradient of the rows that take no part."""
    theirs = np.matmul(part.w[:, None, :], part.x)[:, 0, :]
    constant: Array = taus[:, None] * (problem.total - theirs) - swept.below
    return constant


def first_basis(problem: Problem, fits: Array, part: TakingPart) -> Ints:
    """p independent rows among the nearest, taken greedily by what the earlier ones leave unexplained."""
    rows, m, p = part.rows, part.rows.shape[1], problem.p
    q = min(m, NEAR * p)
    r = np.abs(problem.y[rows] - np.matmul(part.x, fits[:, :, None])[:, :, 0])
    r /= np.maximum(problem.length[rows], 1e-300)
    r[np.isnan(r)] = np.inf
    near = np.argpartition(r, q - 1, axis=1)[:, :q]
    away = np.take_along_axis(r, near, axis=1)
    unit = np.maximum(np.partition(away, p - 1, axis=1)[:, p - 1, None], 1e-300)
    basis, weakest = _independent(problem, rows, near, 1.0 / (1.0 + (away / unit) ** POWER))
    poor = np.flatnonzero(weakest < DEPENDENT)
    if poor.size and q < m:
        every = np.broadcast_to(np.arange(m), (len(poor), m))
        basis[poor], _ = _independent(
            problem, rows[poor], every, 1.0 / (1.0 + (r[poor] / unit[poor]) ** POWER)
        )
    return basis


def _independent(problem: Problem, rows: Ints, near: Ints, weight: Array) -> tuple[Ints, Array]:
    """Gram and Schmidt among candidates of unit length; and the least share that a row chosen had left of itself."""
    chosen = np.take_along_axis(rows, near, axis=1)
    unit = problem.x[chosen] / np.maximum(problem.length[chosen], 1e-300)[:, :, None]
    k, _, p = unit.shape
    left = np.einsum("kqp,kqp->kq", unit, unit)
    every = np.arange(k)
    basis = np.empty((k, p), np.int64)
    weakest = np.ones(k)
    spanned = np.zeros((k, p, p))
    for j in range(p):
        best = (left * weight).argmax(axis=1)
        basis[:, j] = near[every, best]
        weakest = np.minimum(weakest, left[every, best])
        v = unit[every, best]
        for _ in range(2):  # the second time takes away what rounding left
            v = (
                v
                - np.matmul(np.matmul(v[:, None, :], spanned[:, :j].transpose(0, 2, 1)), spanned[:, :j])[:, 0]
            )
        spanned[:, j] = v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-300)
        left -= np.matmul(unit, spanned[:, j, :, None])[:, :, 0] ** 2
        left[every, best] = -1.0
    return basis, np.maximum(weakest, 0.0)
