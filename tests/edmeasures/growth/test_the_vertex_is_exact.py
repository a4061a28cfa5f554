"""Exactness of the regressions: against R's simplex, against HiGHS, and by their own certificate."""

from pathlib import Path

import numpy as np
import pytest
from hard_cohorts import HARD, cohort
from other_solvers import check_loss, highs_loss, quantreg_br

from edmeasures.growth import knots_of, quantile_regression
from edmeasures.growth.certificate import certify
from edmeasures.growth.coefficients import TAUS
from edmeasures.growth.linear_program import solve_by_linear_program
from edmeasures.growth.percentiles import percentile_of
from edmeasures.growth.problem import Problem, merge_rows, prepare
from edmeasures.growth.regression import solve
from edmeasures.growth.splines import design_matrix

LOSS = 1e-9  # relative: what the method asks for; found are differences of some 1e-13
# On other sizes of these kinds R's simplex does not end; HiGHS judges all kinds below.
WHERE_R_ENDS = [
    ("hard_ceiling", 60),
    ("hard_ceiling", 150),
    ("few_values", 300),
    ("tied_fits", 60),
    ("tied_fits", 300),
]
FOR_HIGHS = [("hard_floor_and_ceiling", 60), ("few_values", 150), ("tied_fits", 150), ("hard_ceiling", 700)]


def design_of(priors: np.ndarray) -> np.ndarray:
    return design_matrix(priors, [knots_of(priors[:, j]) for j in range(priors.shape[1])])


def problem_of(score: np.ndarray, priors: np.ndarray) -> Problem:
    first, number, _ = merge_rows(np.column_stack([priors, score]))
    return prepare(design_of(priors)[first], score[first], number.astype(float))


@pytest.mark.parametrize(("kind", "n"), WHERE_R_ENDS)
def test_floors_ceilings_and_ties_reach_the_loss_and_the_percentiles_of_r(
    kind: str, n: int, tmp_path: Path
) -> None:
    score, priors = HARD[kind](n)
    x = design_of(priors)
    fits = quantile_regression(x, score, TAUS, keys=priors)
    independent = x[:, fits.columns]  # R refuses a singular design
    theirs = quantreg_br(independent, score, TAUS, tmp_path)
    least = check_loss(independent, score, theirs, TAUS)
    assert fits.loss == pytest.approx(check_loss(x, score, fits.coefficients, TAUS), rel=1e-11)
    assert fits.loss == pytest.approx(least, rel=LOSS)
    ours = percentile_of(x @ fits.coefficients, score)
    assert np.array_equal(ours, percentile_of(independent @ theirs, score))


@pytest.mark.parametrize("n", [30, 1000])
def test_small_cohorts_give_the_integers_of_r(n: int, tmp_path: Path) -> None:
    score, priors = cohort(n, priors=1 if n == 30 else 2, seed=n)
    x = design_of(priors)
    fits = quantile_regression(x, score, TAUS)
    theirs = quantreg_br(x, score, TAUS, tmp_path)
    assert fits.loss == pytest.approx(check_loss(x, score, theirs, TAUS), rel=LOSS)
    assert np.array_equal(percentile_of(x @ fits.coefficients, score), percentile_of(x @ theirs, score))


@pytest.mark.parametrize(("kind", "n"), FOR_HIGHS)
def test_highs_finds_no_smaller_loss(kind: str, n: int) -> None:
    score, priors = HARD[kind](n)
    x = design_of(priors)
    taus = np.array([0.005, 0.255, 0.5, 0.865, 0.995])
    fits = quantile_regression(x, score, taus)
    for tau, loss in zip(taus, fits.loss, strict=True):
        assert loss == pytest.approx(
            highs_loss(x[:, fits.columns], score, tau), rel=1e-8
        )  # HiGHS works to 1e-7 or so


def test_a_wrong_vertex_is_refused() -> None:
    problem = problem_of(*cohort(400))
    taus = np.array([0.305, 0.505, 0.705])
    basis = solve(problem, taus)
    assert certify(problem, taus, basis).optimal.all()
    wrong = basis[[1, 1, 1]]  # the median's vertex, offered for its neighbours too
    proof = certify(problem, taus, wrong)
    assert proof.optimal.tolist() == [False, True, False]
    assert (proof.violation[[0, 2]] > 0.1).all()


def test_each_single_exchange_of_a_basis_row_is_refused() -> None:
    problem = problem_of(*cohort(300, priors=1))
    taus = np.array([0.405])
    best = solve(problem, taus)
    outside = np.setdiff1d(np.arange(problem.n), best[0])[:: problem.n // 40]
    for row in outside:
        other = best.copy()
        other[0, 3] = row
        proof = certify(problem, taus, other)
        assert not proof.optimal[0]
        assert proof.loss[0] > certify(problem, taus, best).loss[0]


def test_the_plain_linear_program_ends_at_the_same_fit() -> None:
    problem = problem_of(*cohort(250))
    taus = np.array([0.105, 0.505, 0.905])
    ours = problem.coefficients(solve(problem, taus))
    plain = problem.coefficients(np.stack([solve_by_linear_program(problem, t) for t in taus]))
    assert problem.design @ plain.T == pytest.approx(problem.design @ ours.T, abs=1e-8)


def test_collinear_columns_get_zero_and_the_fit_stays() -> None:
    score, priors = cohort(300, priors=1)
    x = design_of(priors)
    doubled = np.column_stack([x, x[:, 3] * 2 - x[:, 1]])
    plain, fits = quantile_regression(x, score, TAUS), quantile_regression(doubled, score, TAUS)
    assert len(fits.columns) == x.shape[1]
    assert doubled @ fits.coefficients == pytest.approx(x @ plain.coefficients, abs=1e-7)


def test_large_cohorts_that_leave_rows_aside_are_as_exact() -> None:
    score, priors = cohort(6000, seed=9)
    taus = TAUS[::9]
    x = design_of(priors)
    fits = quantile_regression(x, score, taus, keys=priors)
    problem = problem_of(score, priors)
    one = np.full((1, problem.p), -1)
    one[0] = solve_by_linear_program(problem, float(taus[4]))
    assert fits.loss[4] == pytest.approx(certify(problem, taus[[4]], one).loss[0], rel=1e-12)
    assert fits.gap.max() < 1e-12


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_score_that_is_no_number_is_named_by_its_row(value: float) -> None:
    score, priors = cohort(60, priors=1)
    score[17] = value
    with pytest.raises(ValueError, match="row 17"):
        quantile_regression(design_of(priors), score, TAUS)


def test_fewer_students_than_coefficients_are_refused() -> None:
    x = np.random.default_rng(1).normal(size=(5, 8))
    with pytest.raises(ValueError, match="5 distinct rows cannot carry"):
        quantile_regression(x, np.arange(5.0), TAUS)
