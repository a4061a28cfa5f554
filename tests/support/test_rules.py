"""Arithmetic of support: what was planned, what lies before and since. Each result is written as a sum."""

from datetime import date, timedelta

from crescendo.support.rules import Point, before_and_after, is_quiet, planned_sessions

MONDAY = date(2026, 3, 2)


def school_days(n: int, first: date = MONDAY) -> list[date]:
    days = (first + timedelta(days=step) for step in range(2 * n + 7))
    return [day for day in days if day.weekday() < 5][:n]


def weeks(*values: tuple[float | None, float | None], first: date = MONDAY) -> list[Point]:
    """(part, whole) of one week after another."""
    return [
        Point(first + timedelta(weeks=n), part / whole if whole else None, part, whole)
        for n, (part, whole) in enumerate(values)
    ]


def test_three_a_week_over_twelve_school_days_are_seven() -> None:
    assert planned_sessions([(MONDAY, 3)], school_days(12)) == 7  # 36 / 5 = 7.2


def test_less_than_half_a_session_is_none() -> None:
    assert planned_sessions([(MONDAY, 1)], school_days(2)) == 0  # 2 / 5
    assert planned_sessions([(MONDAY, 1)], school_days(3)) == 1  # 3 / 5


def test_a_rhythm_holds_until_the_next_one_begins() -> None:
    rhythms = [(MONDAY, 1), (MONDAY + timedelta(days=7), 4)]
    assert planned_sessions(rhythms, school_days(6)) == 2  # 5 x 1/5 + 1 x 4/5 = 1.8


def test_days_before_the_first_rhythm_foresee_nothing() -> None:
    assert planned_sessions([(MONDAY + timedelta(days=7), 5)], school_days(6)) == 1
    assert planned_sessions([(MONDAY, 5)], []) == 0


def test_ten_school_days_without_a_session_are_quiet() -> None:
    assert is_quiet(10)
    assert not is_quiet(9)


def test_weeks_are_pooled_part_by_whole() -> None:
    """3 of 5, 5 of 5, 1 of 2 before: 9 of 12. 4 of 4 three times since: 12 of 12."""
    found = before_and_after(
        weeks((3, 5), (5, 5), (1, 2), (4, 4), (4, 4), (4, 4)), begins_on=MONDAY + timedelta(weeks=3), days=7
    )
    assert (found.before.n, found.before.value) == (3, 9 / 12)
    assert (found.before.lowest, found.before.highest) == (0.5, 1.0)
    assert (found.after.n, found.after.value) == (3, 1.0)
    assert found.is_enough
    assert found.difference == 0.25


def test_the_week_in_which_it_began_on_a_wednesday_counts_on_neither_side() -> None:
    wednesday = MONDAY + timedelta(weeks=1, days=2)
    found = before_and_after(weeks((5, 5), (0, 5), (5, 5)), begins_on=wednesday, days=7)
    assert (found.before.n, found.after.n) == (1, 1)
    assert (found.before.value, found.after.value) == (1.0, 1.0)


def test_a_week_without_a_value_counts_nowhere() -> None:
    found = before_and_after(weeks((5, 5), (0, 0), (4, 5)), begins_on=MONDAY + timedelta(weeks=2), days=7)
    assert (found.before.n, found.after.n) == (1, 1)


def test_of_scores_the_median_stands_for_all() -> None:
    days = [MONDAY + timedelta(days=n) for n in range(6)]
    scores = [Point(day, value) for day, value in zip(days, (60, 61, 20, 70, 72, 99), strict=True)]
    found = before_and_after(scores, begins_on=days[3])
    assert (found.before.value, found.after.value) == (60, 72)


def test_two_points_on_a_side_are_too_few_to_say() -> None:
    found = before_and_after(
        weeks((1, 5), (2, 5), (5, 5), (5, 5), (5, 5)), begins_on=MONDAY + timedelta(weeks=2)
    )
    assert found.before.n == 2
    assert not found.is_enough
    assert found.difference is None


def test_what_was_measured_after_the_close_says_nothing_of_the_support() -> None:
    points = weeks((5, 5), (5, 5), (5, 5), (0, 5))
    found = before_and_after(points, begins_on=MONDAY, ended_on=MONDAY + timedelta(weeks=2))
    assert (found.after.n, found.after.value) == (3, 1.0)


def test_the_value_a_plan_began_with_lies_before_it() -> None:
    points = [Point(MONDAY, 62, is_start=True), Point(MONDAY, 64), Point(MONDAY + timedelta(days=7), 66)]
    found = before_and_after(points, begins_on=MONDAY)
    assert (found.before.value, found.after.n, found.after.value) == (62, 2, 65)
