"""HiGHS kept warm: one set of equations, many questions, each solved from where the last one ended.

``scipy.optimize`` builds its program anew for every question. An audit asks hundreds of one table that differ in a single
coefficient; from the last basis each takes one millisecond in place of seventy (three-way table of 900 cells).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: A row of coefficients: columns and their factors.
Row = Sequence[tuple[int, float]]


def _once(row: Row) -> Row:
    """Each column once: what is counted twice in a sum has twice the factor."""
    factors: dict[int, float] = {}
    for column, factor in row:
        factors[column] = factors.get(column, 0.0) + factor
    return [*factors.items()]


class Warm:
    """Least aim x with A x = 0 and x between its bounds.

    Parameters
    ----------
    rows : sequence of Row
    n : int
        Columns.
    lower, upper : ndarray of shape (n,)
        Infinity where nothing bounds a column.
    whole : bool
        Columns are whole numbers.
    """

    def __init__(self, rows: Sequence[Row], lower: Floats, upper: Floats, *, whole: bool = False) -> None:
        import highspy  # noqa: PLC0415 - importing the library stays light

        rows = [_once(row) for row in rows]
        n, m = lower.size, len(rows)
        program = highspy.HighsLp()
        program.num_col_, program.num_row_ = n, m
        program.col_cost_ = np.zeros(n)
        program.col_lower_, program.col_upper_ = lower, upper
        program.row_lower_, program.row_upper_ = np.zeros(m), np.zeros(m)
        program.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        program.a_matrix_.start_ = np.cumsum([0, *(len(r) for r in rows)], dtype=np.int32)
        program.a_matrix_.index_ = np.array([c for r in rows for c, _ in r], dtype=np.int32)
        program.a_matrix_.value_ = np.array([v for r in rows for _, v in r], dtype=np.float64)
        if whole:
            program.integrality_ = [highspy.HighsVarType.kInteger] * n
        self.n, self.lower, self.upper, self.whole, self.n_solved = n, lower.copy(), upper.copy(), whole, 0
        self._states = highspy.HighsModelStatus
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        # The primal simplex: the last answer stays possible when only the aim changes.
        told: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": 0}
        told |= {} if whole else {"presolve": "off", "simplex_strategy": 4}
        for name, value in told.items():
            self._solver.setOptionValue(name, value)
        self._solver.passModel(program)
        self._aimed = np.zeros(0, dtype=np.int32)
        self._bent = np.zeros(0, dtype=np.int32)

    def rebound(self, lower: Floats, upper: Floats) -> None:
        """New bounds for every column."""
        self.lower, self.upper = lower.copy(), upper.copy()
        self._solver.changeColsBounds(self.n, np.arange(self.n, dtype=np.int32), lower, upper)
        self._bent = self._bent[:0]

    def least(
        self,
        aim: Mapping[int, float],
        bounds: Mapping[int, tuple[float, float]] | None = None,
        *,
        gap: float = 0.0,
    ) -> Floats | None:
        """The x of the least aim, columns of `bounds` held to those for this once; None without an end.

        Raises
        ------
        RuntimeError
            When HiGHS gives up: an answer that is not one proves nothing.
        """
        self._aim(aim)
        self._bend(bounds or {})
        if self.whole:
            self._solver.setOptionValue("mip_rel_gap", gap)
        self.n_solved += 1
        self._solver.run()
        state = self._solver.getModelStatus()
        if state not in (self._states.kOptimal, self._states.kUnbounded):
            self._solver.clearSolver()  # once more from the start, without the last basis
            self._solver.run()
            state = self._solver.getModelStatus()
        if state == self._states.kOptimal:
            return np.array(self._solver.getSolution().col_value)
        if state in (
            self._states.kUnbounded,
            self._states.kUnboundedOrInfeasible,
            self._states.kInfeasible,
        ):
            return None
        raise RuntimeError(f"HiGHS stopped without an answer: {self._solver.modelStatusToString(state)}.")

    @property
    def reduced(self) -> Floats:
        """Reduced costs of the last answer, shape (n,)."""
        return np.array(self._solver.getSolution().col_dual)

    def _aim(self, aim: Mapping[int, float]) -> None:
        gone = self._aimed
        self._solver.changeColsCost(gone.size, gone, np.zeros(gone.size))
        self._aimed = np.array([*aim], dtype=np.int32)
        self._solver.changeColsCost(
            self._aimed.size, self._aimed, np.array([*aim.values()], dtype=np.float64)
        )

    def _bend(self, bounds: Mapping[int, tuple[float, float]]) -> None:
        gone = self._bent
        self._solver.changeColsBounds(gone.size, gone, self.lower[gone], self.upper[gone])
        self._bent = np.array([*bounds], dtype=np.int32)
        ends = np.array([*bounds.values()], dtype=np.float64).reshape(-1, 2)
        self._solver.changeColsBounds(self._bent.size, self._bent, ends[:, 0].copy(), ends[:, 1].copy())
