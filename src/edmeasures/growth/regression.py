"""Linear quantile regressions at many taus, each solved to the vertex of its linear program and proved optimal.

Koenker and Bassett (1978) define the problem, Barrodale and Roberts (1974) the simplex with long steps, Portnoy and Koenker
(1997) the globs: rows far from a fit enter only as the constant sum of their subgradients. Here the fits of neighbouring
taus predict each other, so that few rows have to take part, and all taus of a level step together in NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from .active_set import ActiveSet
from .approach import approach, location_shift, settle
from .certificate import DUAL_SLACK, Certificate, certify
from .linear_program import solve_by_linear_program
from .problem import Array, Flags, Ints, Problem, merge_rows, prepare
from .starting import aside, bands, first_basis, listed, places, sweep, taking_part

SMALL = 700  # distinct rows that all take part at once
FEW = 16  # taus below which none predicts another
ANCHORS = (0.005, 0.025, 0.065, 0.155, 0.325, 0.505, 0.675, 0.845, 0.935, 0.975, 0.995)
ALONE = 0.05  # an approached fit is as far from its optimum as fits of taus so far apart
WIDTH = 3.0  # standard errors of a prediction within which rows take part
LEAST_ROWS = 8  # per coefficient
MORE_ROWS = 4  # times as many where they did not suffice
ROUNDS = 12
LAST_ROUND = 256  # times all rows: some rounds with every row, in which only the ties change
FINEST = 1e-4  # of the hair that breaks ties: below 1e-12 standard deviations rounding would break them


@dataclass(frozen=True)
class QuantileFits:
    """Coefficients of shape (p, k) for k taus, the total check loss of each, n rows, and how they were proved.

    `columns` are those of the design that carry a coefficient; redundant ones have 0.
    `fallbacks` counts taus that the plain linear program had to solve.
    """

    taus: Array
    coefficients: Array
    loss: Array
    gap: Array
    n: int
    distinct_rows: int
    columns: Ints
    fallbacks: int
    method: str = "exact vertex, certified by duals"


class NotProved(ArithmeticError):
    """No optimal vertex could be proved; nothing is returned rather than a doubtful number."""


def quantile_regression(
    design: npt.ArrayLike, outcome: npt.ArrayLike, taus: npt.ArrayLike, *, keys: npt.ArrayLike | None = None
) -> QuantileFits:
    """Minimise the sum of check losses at each tau, exactly.

    Parameters
    ----------
    design : array_like of shape (n, p)
        With its intercept. Redundant columns (relative tolerance 1e-7) get the coefficient 0.
    outcome : array_like of shape (n,)
    taus : array_like of shape (k,)
        Each between 0 and 1.
    keys : array_like of shape (n, j), optional
        Columns that determine the design's rows (the prior scores): cheaper to compare than the rows themselves.

    Raises
    ------
    ValueError
        For NaN and infinities, wrong shapes, taus outside (0, 1), fewer distinct rows than coefficients.
    NotProved
        When no vertex passes the certificate.

    References
    ----------
    Koenker and Bassett (1978), Econometrica 46, 33-50; Barrodale and Roberts (1974), CACM 17, 319-320 (algorithm 478);
    Portnoy and Koenker (1997), Statistical Science 12, 279-300. Reference values: R quantreg, `rq(method = "br")`.

    Examples
    --------
    >>> fits = quantile_regression([[1.0]] * 5, [1.0, 2.0, 3.0, 4.0, 100.0], [0.5])
    >>> fits.coefficients.tolist(), fits.loss.tolist()
    ([[3.0]], [50.5])
    """
    x, y, t = _checked(design, outcome, taus)
    first, number, _ = merge_rows(np.column_stack([x if keys is None else np.asarray(keys, float), y]))
    problem = prepare(x[first], y[first], number.astype(np.float64))
    basis, fallbacks, proof = _solve_and_prove(problem, t)
    return QuantileFits(
        t, problem.coefficients(basis).T, proof.loss, proof.gap, len(y), problem.n, problem.columns, fallbacks
    )


def _checked(
    design: npt.ArrayLike, outcome: npt.ArrayLike, taus: npt.ArrayLike
) -> tuple[Array, Array, Array]:
    x, y = np.asarray(design, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    t = np.atleast_1d(np.asarray(taus, dtype=np.float64))
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(
            f"design has shape {x.shape} and outcome {y.shape}: one row and one outcome per student."
        )
    bad = np.flatnonzero(~(np.isfinite(x).all(axis=1) & np.isfinite(y)))
    if bad.size:
        raise ValueError(
            f"{bad.size} rows hold NaN or infinity, the first is row {bad[0]}: leave them out or mend them."
        )
    if not ((t > 0) & (t < 1)).all():
        raise ValueError("Each tau must lie between 0 and 1.")
    return x, y, t


def _solve_and_prove(problem: Problem, taus: Array) -> tuple[Ints, int, Certificate]:
    """Solve, prove, and work again on what is not proved; at last by the plain linear program."""
    basis, problem = _solve(problem, taus)
    proof = certify(problem, taus, basis)
    kept = np.full(len(taus), float(MORE_ROWS * LEAST_ROWS * problem.p))
    hair = np.ones(len(taus))
    while (todo := np.flatnonzero(~proof.optimal & (kept < LAST_ROUND * problem.n) & (hair >= FINEST))).size:
        by_rows = proof.violation > DUAL_SLACK  # else the broken ties themselves stand in the way
        hair[todo[~by_rows[todo]]] *= 0.1
        for share in np.unique(hair[todo]):
            some = todo[hair[todo] == share]
            finer = problem.finer(float(share))
            basis[some], _ = _regress(finer, taus[some], finer.fits(basis[some]), kept[some], basis[some])
            proof = proof.with_(some, certify(finer, taus[some], basis[some]))
        kept[todo] *= MORE_ROWS
    left = np.flatnonzero(~proof.optimal)
    for i in left:
        basis[i] = solve_by_linear_program(problem, float(taus[i]))
        proof = proof.with_(left[left == i], certify(problem, taus[[i]], basis[[i]]))
    if not proof.optimal.all():
        refused = ", ".join(f"{tau:g}" for tau in taus[~proof.optimal])
        raise NotProved(f"No vertex could be proved optimal at tau {refused}.")
    return basis, int(left.size), proof


def solve(problem: Problem, taus: Array) -> Ints:
    """Basis rows of each tau, shape (k, p), before their proof."""
    return _solve(problem, taus)[0]


def _solve(problem: Problem, taus: Array) -> tuple[Ints, Problem]:
    """Bases, and the problem with what was learnt of each row's spread."""
    if problem.n <= max(SMALL, 8 * problem.p):
        every = np.full(len(taus), float(problem.n))
        return _regress(problem, taus, location_shift(problem, taus), every)[0], problem
    order = np.argsort(taus)
    t = taus[order]
    anchors = t if len(t) <= FEW else t[sorted({int(np.abs(t - a).argmin()) for a in ANCHORS})]
    fits, problem = approach(problem, anchors)
    predicted, apart = between(anchors, fits, t) if len(t) > FEW else (fits, np.full(len(t), ALONE))
    problem = problem.near_at(WIDTH * float(np.sqrt(np.mean(apart))), LEAST_ROWS)
    kept = WIDTH * np.sqrt(problem.n * problem.p * apart) + LEAST_ROWS * problem.p
    basis, solved = _regress(problem, t, predicted, kept, rounds=1)
    left = np.flatnonzero(~solved)
    if left.size:
        if solved.sum() > 1:  # exact neighbours predict better than approached ones
            predicted[left] = between(t[solved], problem.fits(basis[solved]), t[left])[0]
        basis[left] = _regress(problem, t[left], predicted[left], kept[left])[0]
    found = np.empty_like(basis)
    found[order] = basis
    return found, problem


def between(anchors: Array, fits: Array, taus: Array) -> tuple[Array, Array]:
    """Predictions from the anchors on both sides, linear on the scale of z, and the distances of these anchors."""
    i = np.searchsorted(anchors, taus, side="right").clip(1, len(anchors) - 1) - 1
    z, at = special.ndtri(taus), special.ndtri(anchors)
    share = ((z - at[i]) / (at[i + 1] - at[i]))[:, None]
    predicted: Array = fits[i] * (1 - share) + fits[i + 1] * share
    return predicted, anchors[i + 1] - anchors[i]


def _regress(
    problem: Problem,
    taus: Array,
    fits: Array,
    kept: Array,
    known: Ints | None = None,
    rounds: int = ROUNDS,
) -> tuple[Ints, Flags]:
    """Solve with about `kept` (k,) rows around the fits; more rows where those left out of account pull without end.

    `known` (k, p) are bases to start from; without them each fit chooses its own. Returns bases and whether each is solved.
    """
    basis = np.zeros((len(taus), problem.p), np.int64) if known is None else known.copy()
    solved = np.zeros(len(taus), bool)
    todo = np.arange(len(taus))
    kept = np.maximum(kept, LEAST_ROWS * problem.p)
    for _ in range(rounds):
        swept = sweep(problem, fits[todo], problem.y, bands(problem, fits[todo], kept[todo]))
        if known is not None:
            np.put_along_axis(swept.near, known[todo], True, axis=1)
        part = taking_part(problem, listed(swept.near))
        constant = aside(problem, taus[todo], swept, part)
        if known is None:
            settled = settle(problem, taus[todo], fits[todo], part, constant)
            start = first_basis(problem, settled, part)
        else:
            start = places(part.rows, known[todo])
        found = ActiveSet(problem, taus[todo], part, constant, start).run()
        basis[todo], solved[todo] = found.basis, found.solved
        todo = todo[~found.solved & (kept[todo] < problem.n)]
        if not todo.size:
            break
        kept[todo] *= MORE_ROWS
    return basis, solved
