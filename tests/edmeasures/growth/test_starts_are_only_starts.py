"""Smoothed starts and settled fits save time; where they mislead, the answer is the same."""

import numpy as np
import pytest
from hard_cohorts import HARD, cohort
from test_the_vertex_is_exact import design_of, problem_of

from edmeasures.growth import approach as approaching
from edmeasures.growth import regression
from edmeasures.growth.coefficients import TAUS

SOME = TAUS[[0, 2, 6, 15, 32, 50, 67, 84, 93, 97, 99]]


def test_approached_fits_lie_near_the_optimum() -> None:
    """Fewer rows change sides than a standard error of the fit is worth in ranks, sqrt(p tau (1 - tau) / n)."""
    problem = problem_of(*cohort(3000))
    taus = SOME[2:-2]
    fits, _ = approaching.approach(problem, taus)
    exact = problem.fits(regression.solve(problem, taus))
    x, y = problem.x[: problem.n], problem.y[: problem.n]
    changed = ((y - fits @ x.T > 0) != (y - exact @ x.T > 0)).mean(axis=1)
    assert (changed < np.sqrt(problem.p * taus * (1 - taus) / problem.n)).all()


@pytest.mark.parametrize("kind", HARD)
def test_degenerate_cohorts_that_start_from_a_smoothed_fit_are_proved(kind: str) -> None:
    score, priors = HARD[kind](1500)
    fits = regression.quantile_regression(design_of(priors), score, SOME, keys=priors)
    assert fits.fallbacks == 0
    assert fits.gap.max() < 1e-11


def test_a_misleading_start_does_not_change_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    score, priors = cohort(1200, seed=8)
    x = design_of(priors)
    taus = TAUS[::5]
    plain = regression.quantile_regression(x, score, taus, keys=priors)

    def astray(problem: object, at: np.ndarray) -> tuple[np.ndarray, object]:
        fits, problem = approaching.approach(problem, at)
        return fits[::-1] * 1.05, problem

    monkeypatch.setattr(regression, "approach", astray)
    other = regression.quantile_regression(x, score, taus, keys=priors)
    assert other.coefficients == pytest.approx(plain.coefficients, abs=1e-7)
    assert other.fallbacks == 0
