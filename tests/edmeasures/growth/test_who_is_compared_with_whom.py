"""Orders, missing years, small and constant cohorts, projections and targets."""

from dataclasses import replace

import numpy as np
import pytest
from hard_cohorts import cohort

from edmeasures.growth import (
    CoefficientMatrix,
    Panel,
    adequate_growth,
    cohort_percentiles,
    growth_percentiles,
    growth_targets,
    knots_of,
    project,
)
from edmeasures.growth.percentiles import percentile_of
from edmeasures.growth.splines import design_matrix

N = 150


def panel(n: int = N, *, gap_of: int = 0) -> Panel:
    """Grades 3, 4, 5 in 2023, 2024, 2025; the first `gap_of` students were not tested in 2023."""
    score, priors = cohort(n, priors=2, seed=12)
    first = priors[:, 1].copy()
    first[:gap_of] = np.nan
    grades = {y: np.full(n, g, dtype=object) for y, g in (("2023", "3"), ("2024", "4"), ("2025", "5"))}
    ids = np.array([f"{i:04d}" for i in range(n)], dtype=object)
    return Panel("READING", ids, grades, {"2023": first, "2024": priors[:, 0], "2025": score})


def test_each_student_is_read_from_the_highest_order_they_have() -> None:
    found = cohort_percentiles(panel(gap_of=40), "2025", ["3", "4", "5"])
    assert found.order.tolist() == [1] * 40 + [2] * (N - 40)
    assert [m.priors for m in found.matrices] == [1, 2]
    assert [m.n for m in found.matrices] == [N, N - 40]
    both = growth_percentiles(
        panel().scores["2025"], panel().scores["2024"][:, None], knots=[found.knots["4"]]
    )  # the order of one prior holds everybody, also those read from a higher one
    assert np.array_equal(found.value[:40], both.value[:40])


def test_exact_progression_leaves_out_who_misses_a_year_and_says_so() -> None:
    found = cohort_percentiles(panel(gap_of=40), "2025", ["3", "4", "5"], exact_progression=True)
    assert set(found.reason[:40]) == {"incomplete_progression"}
    assert found.value[:40].tolist() == [0] * 40
    assert np.isnan(found.cuts[:40]).all()
    assert found.n == N - 40


def test_a_year_without_tests_is_stepped_over_when_named() -> None:
    whole = panel()
    without = Panel(
        "READING",
        whole.ids,
        {y: whole.grades[y] for y in ("2023", "2025")},
        {y: whole.scores[y] for y in ("2023", "2025")},
    )
    assert set(cohort_percentiles(without, "2025", ["4", "5"]).reason) == {"no_prior_score"}
    found = cohort_percentiles(without, "2025", ["3", "5"], years=["2023", "2025"])
    assert found.n == N
    assert set(found.norm_group) == {"2023/READING_3; 2025/READING_5"}


def test_a_cohort_below_the_minimum_is_not_evaluated() -> None:
    found = cohort_percentiles(panel(), "2025", ["3", "4", "5"], minimum_n=N + 1)
    assert set(found.reason) == {"cohort_below_minimum"}
    assert found.n == 0
    tiny = cohort_percentiles(
        panel(12), "2025", ["3", "4", "5"], minimum_n=2
    )  # 15 coefficients for 12 students
    assert tiny.order.tolist() == [1] * 12


def test_constant_scores_are_not_evaluated() -> None:
    scores = panel()
    flat = replace(scores, scores={**scores.scores, "2025": np.full(N, 500.0)})
    assert set(cohort_percentiles(flat, "2025", ["4", "5"]).reason) == {"constant_scores"}
    prior = replace(scores, scores={**scores.scores, "2024": np.full(N, 500.0)})
    assert set(cohort_percentiles(prior, "2025", ["4", "5"]).reason) == {"constant_scores"}


def test_a_stored_norm_group_of_other_grades_is_not_used() -> None:
    norms = cohort_percentiles(panel(), "2025", ["4", "5"]).matrices
    found = cohort_percentiles(panel(), "2024", ["3", "4"], matrices=norms)
    assert set(found.reason) == {"no_matrix"}


@pytest.mark.parametrize("grades", [["5"], [str(g) for g in range(1, 10)]])
def test_a_progression_has_two_to_eight_grades(grades: list[str]) -> None:
    with pytest.raises(ValueError, match="two to eight grades"):
        cohort_percentiles(panel(), "2025", grades)


def test_seven_priors_are_taken() -> None:
    score, priors = cohort(400, priors=7, seed=5)
    found = growth_percentiles(score, priors)
    assert found.matrix.coefficients.shape == (50, 100)
    assert np.median(found.value) == pytest.approx(50, abs=8)  # 50 coefficients follow 400 students closely


def test_nan_and_infinity_are_named_by_column_and_row() -> None:
    score, priors = cohort(60)
    priors[4, 1] = np.nan
    with pytest.raises(ValueError, match=r"priors, column 1: 1 values are NaN or infinite \(rows 4\)"):
        growth_percentiles(score, priors)


def matrices() -> tuple[CoefficientMatrix, CoefficientMatrix, np.ndarray]:
    """Next year from one prior, the year after from two; and this year's scores."""
    score, priors = cohort(N, priors=2, seed=12)
    one = growth_percentiles(priors[:, 0], priors[:, [1]]).matrix
    two = growth_percentiles(score, priors, knots=[knots_of(priors[:, 0]), knots_of(priors[:, 1])]).matrix
    return one, two, priors[:, [1]]


def test_a_trajectory_is_the_same_percentile_year_after_year() -> None:
    """By the definition, one student and percentile at a time."""
    one, two, now = matrices()
    paths = project(now[:5], [one, two])
    for i in range(5):
        first = design_matrix(now[[i]], one.knots)[0] @ one.coefficients
        first = np.round(np.sort(first), 5)
        second = [
            design_matrix([[first[m], now[i, 0]]], two.knots)[0] @ two.coefficients[:, m] for m in range(100)
        ]
        assert paths.value[i, :, 0] == pytest.approx(first, abs=1e-9)
        assert paths.value[i, :, 1] == pytest.approx(np.round(np.sort(second), 5), abs=1e-9)


def test_projected_scores_stay_obtainable() -> None:
    one, _, now = matrices()
    paths = project(now, [one], bounds=[(480.0, 520.0)])
    assert paths.value.min() >= 480
    assert paths.value.max() <= 520


def test_the_target_is_the_least_percentile_that_reaches_the_cut() -> None:
    one, _, now = matrices()
    paths = project(now[:1], [one])
    cut = float(paths.value[0, 59, 0])
    assert growth_targets(paths, [cut]).value.tolist() == [[60]]
    assert growth_targets(paths, [cut + 1e-4]).value[0, 0] > 60
    assert growth_targets(paths, [9999.0]).value.tolist() == [[99]]


def test_a_percentile_at_the_target_reaches_the_cut() -> None:
    """Adequate growth and the percentile agree: whoever scores the cut next year grew at the target or one below it."""
    one, _, now = matrices()
    target = growth_targets(project(now, [one]), [515.0]).value[:, 0]
    reached = percentile_of(one.predict(now), np.full(len(now), 515.0))
    inside = (target > 1) & (target < 99)
    assert np.array_equal(reached[inside], target[inside] - 1)


def test_catching_up_takes_the_least_target_and_keeping_up_the_greatest() -> None:
    one, two, now = matrices()
    targets = growth_targets(project(now[:2], [one, two]), [520.0, 525.0])
    found = adequate_growth([50, 50], targets, below_cut_now=[True, False])
    assert found.target.tolist() == [targets.value[0].min(), targets.value[1].max()]
    assert found.value.tolist() == (found.target <= 50).tolist()
