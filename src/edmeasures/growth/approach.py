"""Near every optimum within a few Newton steps: the check loss smoothed around its kink, the kink made sharper each time.

Fernandes, Guerre and Horta (2021), Journal of Business & Economic Statistics 39, 338-357, smooth the loss by convolution; the
uniform kernel is used here, whose second derivative counts the rows near the fit. What comes out is where exact regressions
start, never an answer.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from .problem import Array, Problem, sample_rows
from .starting import TakingPart, bands, listed, sweep

SUBSAMPLE = 8  # many rows are first approached on an eighth of them
MANY = 12_000  # rows
# Shares of the rows within the kink, at the median; elsewhere times 4 tau (1 - tau).
COARSE = (0.8, 0.5, 0.3, 0.2, 0.12, 0.08)
FINE = (0.15, 0.08, 0.05)
# Rows per coefficient within the kink, when a fit settles among its rows.
SHARP = (8, 6, 4, 3, 2, 2, 1.5, 1.5)
SETTLING = 0.1  # the ridge then
SHARES = (0.1, 2.0)  # of a step then: as far as its pull tells
SETTLED = 0.25  # widths of the kink: a fit that moved less needs no further step
PATIENCE = 4  # further steps
FARTHEST = 1.0  # a step, in widths of the kink: beyond it the curvature says nothing
SHARPEST = 5.0  # rows per coefficient within the kink
TAIL = 0.05  # taus beyond it are approached one after the other, from inside
RIDGE = 0.2  # of the mean curvature: directions without a row near the fit stay where they are
SPREAD_BETWEEN = (0.155, 0.845)  # a row's spread is the distance of these two fits
LEAST_PER_DIRECTION = 12.0  # rows near, also where few carry a direction


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
    step = _damped(x, 0.5 * w / width, pull, RIDGE)
    z = np.matmul(x, step[:, :, None])[:, :, 0]
    far = np.sqrt((w * (z / width) ** 2).sum(axis=1) / np.maximum(w.sum(axis=1), 1.0))
    return fits + step * np.minimum(1.0, FARTHEST / np.maximum(far, FARTHEST))[:, None], far


def settle(problem: Problem, taus: Array, fits: Array, part: TakingPart, aside: Array) -> Array:
    """Sharpen the kink among the rows that take part until few more than the basis lie within it.

    Rows within a kink that sharp are mostly those of the optimal basis: an exact regression that starts from them has few
    of them left to exchange.
    """
    x, w, rows = part.x, part.w, part.rows
    scale = np.where(w > 0, problem.apart[rows] * problem.length[rows], np.inf)
    constant = aside + np.matmul((w * (taus[:, None] - 0.5))[:, None, :], x)[:, 0]
    every = np.arange(len(taus))[:, None]
    r = np.where(w > 0, problem.y[rows], 0.0) - np.matmul(x, fits[:, :, None])[:, :, 0]
    for within in SHARP:
        u = r / scale
        away = np.where(w > 0, np.abs(u), np.inf)
        number = min(rows.shape[1], int(within * problem.p))
        inside = np.argpartition(away, number - 1, axis=1)[:, :number]
        width = np.take_along_axis(away, inside, axis=1).max(axis=1, keepdims=True)
        if not (np.isfinite(width) & (width > 0)).all():
            break  # more rows exactly on a fit than are asked for
        u /= width
        pull = constant + 0.5 * np.matmul((w * np.clip(u, -1.0, 1.0))[:, None, :], x)[:, 0]
        some, reach = x[every, inside], scale[every, inside] * width
        step = _damped(some, 0.5 * w[every, inside] / reach, pull, SETTLING)
        z = np.matmul(x, step[:, :, None])[:, :, 0]
        rest = np.einsum("kp,kp->k", constant, step)  # of the pull along the step, what no row here changes
        left = rest + 0.5 * (w * z * np.clip(u - z / (scale * width), -1.0, 1.0)).sum(axis=1)
        share = _share(np.einsum("kp,kp->k", pull, step), left)[:, None]
        fits, r = fits + step * share, r - z * share
    return fits


def _share(before: Array, after: Array) -> Array:
    """How much of a step to take: where its pull, read at its beginning and its end, would be none."""
    share: Array = before / np.maximum(before - after, 1e-300)
    return np.clip(share, *SHARES)


def _damped(x: Array, stiffness: Array, pull: Array, ridge: float) -> Array:
    """Newton's step from the rows within the kink; none where they hold no curvature."""
    curved = np.matmul((x * stiffness[:, :, None]).transpose(0, 2, 1), x)
    mean = np.trace(curved, axis1=1, axis2=2) / x.shape[2]
    usable = np.isfinite(mean) & (mean > 0)
    curved[~usable], mean[~usable] = 0.0, 1.0
    curved += (ridge * mean)[:, None, None] * np.eye(x.shape[2])
    step: Array = np.linalg.solve(curved, np.where(usable[:, None], pull, 0.0)[:, :, None])[:, :, 0]
    return step
