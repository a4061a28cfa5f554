"""The same regression through SciPy's HiGHS: slow, plain, independent. The last resort, and an oracle of the tests."""

from __future__ import annotations

import numpy as np
from scipy import linalg, optimize

from .problem import Ints, Problem


def solve_by_linear_program(problem: Problem, tau: float) -> Ints:
    """Basis rows (p,) of an optimal vertex, from the dual: p equations, one bounded variable per row.

    Raises
    ------
    ArithmeticError
        When HiGHS ends without an optimum.
    """
    n, p = problem.n, problem.p
    w = problem.w[:n]
    found = optimize.linprog(
        -problem.y[:n],
        A_eq=problem.x[:n].T,
        b_eq=np.zeros(p),
        bounds=np.column_stack([(tau - 1) * w, tau * w]),
        method="highs-ds",
        options={"dual_feasibility_tolerance": 1e-10, "primal_feasibility_tolerance": 1e-10},
    )
    if found.status != 0:
        raise ArithmeticError(f"HiGHS found no optimum at tau {tau:g}: {found.message}")
    fit = -found.eqlin.marginals
    residual = np.abs(problem.y[:n] - problem.x[:n] @ fit)
    near = np.argsort(residual)[: 3 * p]
    inner = np.minimum(found.x[near] - (tau - 1) * w[near], tau * w[near] - found.x[near])
    scaled = (
        problem.x[near]
        / (1.0 + 1e9 * residual[near, None])
        * np.where(inner > 1e-9 * w[near], 1.0, 1e-3)[:, None]
    )
    _, _, order = linalg.qr(scaled.T, pivoting=True, mode="economic")
    return np.asarray(near[order[:p]], np.int64)
