"""The linear programs of one cohort: distinct rows with weights, orthonormal columns, ties broken by a hair."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import linalg

Array = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

JITTER = 1e-8  # of a standard deviation: far above rounding, far below what any score can tell
JITTER_SEED = 20240101
RANK_TOLERANCE = (
    1e-7  # R's own for "singular design": the share of a column that the earlier ones do not explain
)
SAFE_PIVOT = 1e-8  # of a squared column: a smaller one asks for a Householder factorisation
SAMPLE_SEED = 7
LEAST_SPREAD = 0.25


@dataclass(frozen=True)
class Problem:
    """Rows of one regression. Row `n` is empty: it pads lists of rows to equal length.

    Attributes
    ----------
    design : shape (n, p0), as given, distinct rows.
    x : shape (n + 1, p), columns orthonormal under the weights, redundant ones left out.
    y : shape (n + 1,), outcomes with ties broken; y_exact : the same, untouched.
    w : shape (n + 1,), how many students share the row.
    length : shape (n + 1,), Euclidean length of each row of `x`: the square root of its leverage.
    scale : the same, times the spread of outcomes expected there: what a fit's error at the row is proportional to.
    columns : which columns of the design are kept.
    """

    design: Array
    x: Array
    y: Array
    y_exact: Array
    w: Array
    length: Array
    apart: Array
    scale: Array
    columns: Ints
    spread: float
    weighted: Array
    total: Array

    @property
    def n(self) -> int:
        return int(self.design.shape[0])

    @property
    def p(self) -> int:
        return int(self.x.shape[1])

    def fits(self, basis: Ints, *, exact: bool = False) -> Array:
        """Coefficients (k, p) on the orthonormal columns, through the outcomes of the basis rows (k, p)."""
        y = self.y_exact if exact else self.y
        found: Array = np.linalg.solve(self.x[basis], y[basis][:, :, None])[:, :, 0]
        return found

    def coefficients(self, basis: Ints) -> Array:
        """Through the exact outcomes of the basis rows: shape (k, p0), zero for redundant columns."""
        rows = self.design[basis][:, :, self.columns]
        found = np.zeros((len(basis), self.design.shape[1]))
        found[:, self.columns] = np.linalg.solve(rows, self.y_exact[basis][:, :, None])[:, :, 0]
        return found

    def finer(self, share: float) -> Problem:
        """With ties broken by a smaller hair, in the same order."""
        return replace(self, y=self.y_exact + share * (self.y - self.y_exact))

    def spread_by(self, fits: Array) -> Problem:
        """With the distance between two fits (2, p) as each row's spread, from a quarter of its median upwards."""
        apart = np.abs(self.x @ (fits[1] - fits[0]))
        return replace(self, apart=np.maximum(apart, LEAST_SPREAD * np.median(apart[: self.n])))

    def near_at(self, width: float, rows: float) -> Problem:
        """With the distance at which a row counts as near: `width` standard errors of the fit there.

        Where few rows carry a direction (h of it each), the wider distance at which `rows` of them are near on average.
        """
        h = self.length**2 / self.w.sum()
        return replace(self, scale=self.apart * (width * np.sqrt(h) + rows * h))

    def part(self, rows: Ints, weights: Array) -> Problem:
        """The same columns and outcomes on some rows, with other weights."""
        keep = np.append(rows, self.n)
        w = np.append(weights, 0.0)
        weighted = self.x[keep] * w[:, None]
        return Problem(
            self.design[rows],
            self.x[keep],
            self.y[keep],
            self.y_exact[keep],
            w,
            self.length[keep],
            self.apart[keep],
            self.scale[keep],
            self.columns,
            self.spread,
            weighted,
            weighted.sum(axis=0),
        )


def merge_rows(scores: npt.ArrayLike) -> tuple[Ints, Ints, Ints]:
    """First row, number and group of equal rows, in the order of their values: whatever order they came in.

    Students with the same scores are one row with a weight. At a hard ceiling that is thousands of them.
    """
    s = np.asarray(scores, dtype=np.float64)
    code = np.zeros(len(s), dtype=np.int64)
    for column in s.T:
        distinct, where = np.unique(column, return_inverse=True)
        if code.size and int(code.max()) > np.iinfo(np.int64).max // (len(distinct) + 1):
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
        code = code * len(distinct) + where
    _, first, group, number = np.unique(code, return_index=True, return_inverse=True, return_counts=True)
    return first.astype(np.int64), number.astype(np.int64), group.astype(np.int64)


def prepare(design: Array, outcome: Array, weights: Array) -> Problem:
    """Orthonormal columns and broken ties. Rows must be distinct and in an order of their own values.

    Raises
    ------
    ValueError
        When there are fewer distinct rows than columns.
    """
    n = len(outcome)
    if n < design.shape[1]:
        raise ValueError(f"{n} distinct rows cannot carry {design.shape[1]} coefficients.")
    columns, x = _orthonormal(design, weights)
    mean = weights @ outcome / weights.sum()
    spread = float(np.sqrt(weights @ (outcome - mean) ** 2 / weights.sum()))
    hair = JITTER * 2 * (spread or 1.0) * (np.random.default_rng(JITTER_SEED).random(n) - 0.5)
    padded = np.zeros((n + 1, len(columns)))
    padded[:n] = x
    w = np.append(weights, 0.0)
    weighted = padded * w[:, None]
    length = np.append(np.sqrt(np.einsum("ij,ij->i", x, x)), 0.0)
    return Problem(
        design,
        padded,
        np.append(outcome + hair, np.nan),
        np.append(outcome, np.nan),
        w,
        length,
        np.ones(n + 1),
        length,
        columns,
        spread,
        weighted,
        weighted.sum(axis=0),
    )


def _orthonormal(design: Array, weights: Array) -> tuple[Ints, Array]:
    """The columns kept, and the design made orthonormal under the weights."""
    total = weights.sum()
    size = np.sqrt(weights @ design**2 / total)
    used = np.flatnonzero(size > 0)
    scaled = design[:, used] / size[used]
    gram = (scaled.T * weights) @ scaled / total
    factor, order, rank, _ = linalg.lapack.dpstrf(gram, lower=0)
    if rank == len(used) and np.diag(factor).min() ** 2 > SAFE_PIVOT:
        upper = np.linalg.cholesky(gram).T
        return used, linalg.solve_triangular(upper.T, scaled.T, lower=True).T.copy()
    root = np.sqrt(weights / total)[:, None]
    _, upper, order = linalg.qr(scaled * root, mode="economic", pivoting=True)
    diagonal = np.abs(np.diag(upper))
    rank = int((diagonal > RANK_TOLERANCE * diagonal[0]).sum())
    kept = np.sort(order[:rank])
    q, _ = np.linalg.qr(scaled[:, kept] * root)
    return used[kept], q / root


def sample_rows(problem: Problem, size: int) -> tuple[Ints, Array]:
    """Rows drawn by leverage, with the weights that make up for it: rare directions stay represented."""
    n = problem.n
    leverage = problem.length[:n] ** 2
    share = np.minimum(1.0, size * (0.5 * leverage / leverage.sum() + 0.5 / n))
    chosen = np.flatnonzero(np.random.default_rng(SAMPLE_SEED).random(n) < share)
    return chosen.astype(np.int64), problem.w[chosen] / share[chosen]
