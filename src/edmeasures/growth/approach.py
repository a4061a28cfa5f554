"""Near every optimum within a few Newton steps: the check loss smoothed around its kink, the kink made sharper each time.

Fernandes, Guerre and Horta (2021), Journal of Business & Economic Statistics 39, 338-357, smooth the loss by convolution; the
uniform kernel is used here, whose second derivative counts the rows near the fit. What comes out is where exact regressions
start, never an answer.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from .problem import Array, Problem, sample_rows
from .starting import bands, listed, sweep

SUBSAMPLE = 8  # many rows are first approached on an eighth of them
MANY = 12_000
COARSE = (
    0.8,
    0.5,
    0.3,
    0.2,
    0.12,
    0.08,
)  # shares of the rows within the kink, at the median; times 4 tau (1 - tau)
FINE = (0.15, 0.08, 0.05)
SETTLED = 0.25  # widths of the kink: a fit that moved less needs no further step
PATIENCE = 4  # further steps
FARTHEST = 1.0  # a step, in widths of the kink: beyond it the curvature says nothing
SHARPEST = 5.0  # rows per coefficient within the kink
TAIL = 0.05  # taus beyond it are approached one after the other, from inside
RIDGE = 0.2  # of the mean curvature: directions without a row near the fit stay where they are
SPREAD_BETWEEN = (0.155, 0.845)  # a row's spread is the distance of these two fits
LEAST_PER_DIRECTION = 12.0


def approach(problem: Problem, taus: Array) -> tuple[Array, Problem]:
    """Fits near the optimum of each of the ascending taus, shape (k, p), and the problem with each row's spread."""
    if problem.n > MANY:
        part = problem.part(*sample_rows(problem, problem.n // SUBSAMPLE))
        fits, part = approach(part, taus)
        problem = problem.spread_by(fits[quartiles(taus)]) if len(taus) > 1 else problem
        return _sharpened(problem.near_at(1.0, LEAST_PER_DIRECTION), taus, fits, FINE), problem
    inner = np.flatnonzero((taus > TAIL) & (taus < 1 - TAIL))
    inner = inner if len(inner) > 1 else np.arange(len(taus))
    fits = location_shift(problem, taus)
    for shares in (COARSE[:2], COARSE[2:]):
        smooth = problem.near_at(1.0, LEAST_PER_DIRECTION)
        fits[inner] = _sharpened(smooth, taus[inner], fits[inner], shares)
        if len(inner) > 1:
            problem = problem.spread_by(fits[inner][quartiles(taus[inner])])
    smooth = problem.near_at(1.0, LEAST_PER_DIRECTION)
    z = special.ndtri(taus)
    low, high = int(inner[0]) - 1, int(inner[-1]) + 1
    while low >= 0 or high < len(taus):  # outwards, each from the two before it
        ring = [(i, i + s, i + 2 * s) for i, s in ((low, 1), (high, -1)) if 0 <= i < len(taus)]
        i, near, far = np.array(ring).T
        share = ((z[i] - z[near]) / (z[near] - z[far]))[:, None]
        fits[i] = _sharpened(smooth, taus[i], fits[near] + share * (fits[near] - fits[far]), COARSE[-2:])
        low, high = low - 1, high + 1
    return fits, problem


def _sharpened(problem: Problem, taus: Array, fits: Array, shares: tuple[float, ...]) -> Array:
    """Steps with fewer and fewer rows within the kink, the last repeated by those who are still on their way."""
    for share in shares:
        fits, far = _newton(problem, taus, fits, share)
    todo = np.flatnonzero(far > SETTLED)
    for _ in range(PATIENCE):
        if not todo.size:
            break
        fits[todo], far = _newton(problem, taus[todo], fits[todo], shares[-1])
        todo = todo[far > SETTLED]
    return fits


def quartiles(taus: Array) -> list[int]:
    """The places of the two taus whose distance is taken for the spread."""
    low, high = (int(np.abs(taus - t).argmin()) for t in SPREAD_BETWEEN)
    return [low, high if high > low else len(taus) - 1]


def location_shift(problem: Problem, taus: Array) -> Array:
    """Least squares, moved to each quantile of its residuals."""
    n = problem.n
    w = problem.w[:n]
    b = problem.weighted[:n].T @ problem.y[:n] / w.sum()
    r = problem.y[:n] - problem.x[:n] @ b
    order = np.argsort(r)
    at = np.searchsorted(np.cumsum(w[order]), taus * w.sum()).clip(0, n - 1)
    shifted: Array = b + r[order][at][:, None] * (problem.total / w.sum())
    return shifted


def _newton(problem: Problem, taus: Array, fits: Array, share: float) -> tuple[Array, Array]:
    """One step with about a `share` of the rows within the kink; and how far it goes, in widths of the kink."""
    at_tau = share * 4 * taus * (1 - taus)
    band = bands(problem, fits, np.maximum(at_tau * problem.n, SHARPEST * problem.p))
    swept = sweep(problem, fits, problem.y, band)
    rows = listed(swept.near)
    x, w = problem.x[rows], problem.w[rows]
    width = problem.scale[rows] * band[:, None]
    width[w == 0] = 1.0
    u = np.nan_to_num((problem.y[rows] - np.matmul(x, fits[:, :, None])[:, :, 0]) / width)
    pull = taus[:, None] * problem.total - swept.below - np.matmul((w * (0.5 - 0.5 * u))[:, None, :], x)[:, 0]
    curved = np.matmul((x * (0.5 * w / width)[:, :, None]).transpose(0, 2, 1), x)
    mean = np.trace(curved, axis1=1, axis2=2) / problem.p
    curved += (RIDGE * mean)[:, None, None] * np.eye(problem.p)
    step = np.linalg.solve(curved, pull[:, :, None])
    far = np.sqrt((w * (np.matmul(x, step)[:, :, 0] / width) ** 2).sum(axis=1) / w.sum(axis=1))
    return fits + step[:, :, 0] * np.minimum(1.0, FARTHEST / np.maximum(far, FARTHEST))[:, None], far
