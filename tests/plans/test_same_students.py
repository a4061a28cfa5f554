"""An average of scores is compared with the very same students' scores at the start."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crescendo.plans.scores import Score, Sitting, baseline_sitting, compare, later_sittings

START = date(2026, 3, 1)
SCALE = ("scale", 0.0, 100.0)


def score(student: int, days: int, value: float, scale: tuple[object, ...] = SCALE) -> Score:
    return Score(student, START + timedelta(days=days), value, scale)


def test_the_baseline_is_the_latest_sitting_before_the_start_and_each_students_latest_score_in_it():
    found = [score(1, -200, 10), score(1, -20, 50), score(1, -5, 54), score(2, -12, 46), score(3, 4, 99)]
    sitting, scale = baseline_sitting(found, START)
    assert sitting.scores == {1: 54, 2: 46}
    assert (sitting.mean, sitting.on, scale) == (50, START - timedelta(days=5), SCALE)


def test_nothing_older_than_a_year_is_a_baseline():
    assert baseline_sitting([score(1, -366, 50)], START) == (None, None)


def test_scores_of_another_scale_are_left_out():
    other = ("scale", 200.0, 800.0)
    sitting, scale = baseline_sitting([score(1, -3, 50), score(2, -3, 52), score(3, -3, 600, other)], START)
    assert sitting.scores == {1: 50, 2: 52}
    later = later_sittings([score(1, 40, 60), score(3, 40, 700, other)], START, scale)
    assert [s.scores for s in later] == [{1: 60}]


def test_later_scores_fall_into_sittings_of_four_weeks():
    later = later_sittings(
        [score(1, 30, 50), score(2, 44, 51), score(1, 100, 60), score(2, 0, 9)], START, SCALE
    )
    assert [s.scores for s in later] == [{1: 50, 2: 51}, {1: 60}]


def test_a_strong_newcomer_and_an_absent_weak_student_do_not_move_the_average():
    start = Sitting(START, {1: 40.0, 2: 60.0})
    later = Sitting(START + timedelta(days=60), {2: 62.0, 3: 95.0})
    compared = compare(start, later, start.mean)
    assert (compared.value, compared.gain, compared.n, compared.counts) == (52.0, 2.0, 1, True)


def test_a_sitting_that_few_have_taken_yet_does_not_count():
    start = Sitting(START, {1: 40.0, 2: 60.0, 3: 50.0})
    assert not compare(start, Sitting(START, {1: 80.0}), start.mean).counts
    nobody = compare(start, Sitting(START, {9: 80.0}), start.mean)
    assert (nobody.value, nobody.counts) == (None, False)


@given(
    before=st.dictionaries(st.integers(1, 30), st.floats(0, 100), min_size=1),
    gain=st.floats(-20, 20),
    newcomers=st.dictionaries(st.integers(31, 60), st.floats(0, 100)),
)
def test_when_everybody_gains_the_same_that_is_the_gain_whoever_joins(before, gain, newcomers):
    start = Sitting(START, before)
    later = Sitting(START, {pk: value + gain for pk, value in before.items()} | newcomers)
    compared = compare(start, later, start.mean)
    assert compared.gain == pytest.approx(gain, abs=1e-9)
    assert compared.value == pytest.approx(start.mean + gain, abs=1e-9)
    assert compared.n == len(before)
