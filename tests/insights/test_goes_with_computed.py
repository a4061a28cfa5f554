"""What goes with what, computed: within school and test, missing counted, nothing said of too few."""

import numpy as np
import pytest
from scipy import stats

from crescendo.insights.associations import FEWEST_IN_A_BIN, Link, Scores, link, standardised

RNG = np.random.default_rng(11)


def scores(student: np.ndarray, test: np.ndarray, score: np.ndarray) -> Scores:
    return standardised("Mathematics", "Screener", student, test, score)


def values(student: np.ndarray, school: np.ndarray, value: np.ndarray) -> dict[str, np.ndarray]:
    return {"student": student, "school": school, "value": value}


def one_school(n: int, strength: float = 0.6) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Students, their school, attendance and scores that go with it."""
    student = np.arange(n, dtype=np.int64)
    attendance = 0.9 + 0.05 * RNG.normal(size=n)
    score = 200 + 14 * (strength * (attendance - 0.9) / 0.05 + np.sqrt(1 - strength**2) * RNG.normal(size=n))
    return student, np.full(n, 7), attendance, score


def found(
    student: np.ndarray, school: np.ndarray, value: np.ndarray, score: np.ndarray, test: int = 1
) -> Link:
    return link(
        "attendance_rate",
        values(student, school, value),
        scores(student, np.full(student.size, test), score),
        student,
        school,
    )


def test_one_school_with_one_test_gives_the_plain_correlation() -> None:
    student, school, attendance, score = one_school(200)
    ours = found(student, school, attendance, score)
    theirs = stats.pearsonr(attendance, score)
    interval = theirs.confidence_interval()
    assert ours.pearson is not None
    assert (ours.pearson.value, ours.pearson.lower, ours.pearson.upper) == pytest.approx(
        (theirs.statistic, interval.low, interval.high), abs=1e-9
    )
    assert ours.spearman is not None
    assert ours.spearman.value == pytest.approx(stats.spearmanr(attendance, score).statistic, abs=1e-9)


def test_schools_that_differ_are_no_link_between_students() -> None:
    """Two schools: one comes more and scores more; inside each, attendance and scores have nothing to do with each other."""
    n = 300
    student, school = np.arange(n), np.repeat([1, 2], n // 2)
    attendance = np.where(school == 1, 0.95, 0.85) + 0.01 * RNG.normal(size=n)
    score = np.where(school == 1, 230, 200) + 10 * RNG.normal(size=n)
    assert np.corrcoef(attendance, score)[0, 1] > 0.5
    ours = found(student, school, attendance, score)
    assert ours.pearson is not None
    assert ours.pearson.lower < 0 < ours.pearson.upper
    assert ours.groups == 2


def test_grades_that_differ_are_no_link_between_students() -> None:
    """Older students score more on one scale and come less: within each grade's test nothing goes with anything."""
    n = 400
    student, grade = np.arange(n), np.repeat([3, 6], n // 2)
    attendance = np.where(grade == 3, 0.96, 0.88) + 0.01 * RNG.normal(size=n)
    score = np.where(grade == 3, 190, 215) + 10 * RNG.normal(size=n)
    ours = link(
        "attendance_rate", values(student, np.ones(n, int), attendance), scores(student, grade, score),
        student, np.ones(n, int),
    )  # fmt: skip
    assert ours.pearson is not None
    assert ours.pearson.lower < 0 < ours.pearson.upper


def test_who_has_no_score_or_no_measure_is_counted_and_not_taken_as_zero() -> None:
    student, school, attendance, score = one_school(100)
    with_score, with_value = student[:90], student[20:]
    ours = link(
        "attendance_rate",
        values(with_value, school[20:], attendance[20:]),
        scores(with_score, np.ones(90, int), score[:90]),
        student,
        school,
    )
    assert (ours.n_enrolled, ours.n_without_driver, ours.n_without_score, ours.n) == (100, 20, 10, 70)
    alone = found(student[20:90], school[20:90], attendance[20:90], score[20:90])
    assert ours.pearson is not None
    assert alone.pearson is not None
    assert ours.pearson.value == pytest.approx(alone.pearson.value, abs=1e-9)


def test_nine_students_are_too_few_whatever_they_show() -> None:
    ours = found(*one_school(9, strength=0.99))
    assert (ours.reason, ours.pearson, ours.bins) == ("below_minimum_n", None, ())


def test_a_measure_that_is_the_same_for_all_says_so() -> None:
    student, school, _attendance, score = one_school(40)
    assert found(student, school, np.ones(40), score).reason == "no_spread"
    nobody = link(
        "class_participation", values(*(np.empty(0, np.int64),) * 2, np.empty(0)), scores(student, school, score),
        student, school,
    )  # fmt: skip
    assert (nobody.reason, nobody.n_without_driver) == ("source_not_received", 40)


def test_the_picture_groups_ten_or_more_and_its_groups_add_up() -> None:
    for n in (61, 89, 400):
        ours = found(*one_school(n))
        assert sum(one.n for one in ours.bins) == n
        assert all(one.n >= FEWEST_IN_A_BIN for one in ours.bins)
        assert [one.driver for one in ours.bins] == sorted(one.driver for one in ours.bins)
    assert found(*one_school(45)).bins == ()


def test_who_comes_least_scores_below_the_middle_more_often() -> None:
    ours = found(*one_school(400))
    assert ours.bins[0].share > 0.7
    assert ours.bins[-1].share < 0.4
    assert all(one.lower <= one.share <= one.upper for one in ours.bins)


def test_a_yes_or_no_makes_two_groups() -> None:
    student, school, attendance, score = one_school(200)
    ours = link(
        "activity_participation", values(student, school, (attendance > 0.9).astype(float)),
        scores(student, school, score), student, school, is_yes_or_no=True,
    )  # fmt: skip
    assert [one.driver for one in ours.bins] == [0, 1]
    assert ours.bins[0].share > ours.bins[1].share


def test_a_test_that_one_student_took_has_no_norm() -> None:
    student = np.arange(11)
    made = scores(student, np.array([1] * 10 + [2]), np.arange(11.0))
    assert made.student.tolist() == list(range(10))
