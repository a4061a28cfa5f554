"""Reasons are plain sentences with their number; a drift is three days and twice as often; a cold is neither."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crescendo.indicators.numbers import Number, Point
from crescendo.insights.findings import list_reasons
from crescendo.insights.findings.weeks import LEVEL, ONE_WEEK, judge

AS_OF = date(2026, 3, 13)


def number(indicator: str, numerator: float, denominator: float, flag: bool | None = None) -> Number:
    return Number(
        indicator=indicator,
        rule_pack="us-federal",
        run_id=1,
        snapshot_id="",
        as_of=AS_OF,
        value=numerator / denominator if denominator else None,
        numerator=numerator,
        denominator=denominator,
        status="evaluated" if denominator else "not_evaluated",
        reason="",
        student_id=1,
        flag=flag,
    )


def sentences(*numbers: Number, recent: float | None = None) -> list[str]:
    return [reason.sentence for reason in list_reasons(numbers, recent)]


def test_each_reason_says_its_number() -> None:
    assert sentences(
        number("chronic_absence", 18, 120, True),
        number("benchmark_risk", 1, 2, True),
        number("course_failure", 2, 8, True),
        number("coursework_completion", 20, 40),
        number("late_work", 10, 20),
    ) == [
        "Missed 18 of 120 school days.",
        "Scored below the benchmark in 1 of 2 subjects in the latest screening.",
        "Did not pass 2 courses.",
        "20 of 40 pieces of work are not handed in.",
        "Hands in 50% of the work late.",
    ]


def test_what_is_not_evaluated_is_no_reason() -> None:
    assert sentences(number("chronic_absence", 0, 0), number("coursework_completion", 0, 0)) == []


def test_two_pieces_of_work_are_too_few_to_say_that_much_is_missing() -> None:
    assert sentences(number("coursework_completion", 1, 2)) == []
    assert sentences(number("coursework_completion", 2, 5)) == ["3 of 5 pieces of work are not handed in."]


def test_behaviour_is_never_a_reason() -> None:
    assert sentences(number("behaviour_incident_rate", 9, 10, True)) == []


@pytest.mark.parametrize(
    ("attended", "days", "recent", "drifts"),
    [
        (115, 120, 4, True),  # 4 days in four weeks, 1 in twenty weeks before
        (118, 120, 2, False),  # two days are a cold
        (100, 120, 4, False),  # 16 days in twenty weeks before: 4 in four weeks are as usual
        (112, 120, 5, True),  # 5 of 20 days, 3 of 100 before
        (30, 35, 5, False),  # too short a year to know what is usual
    ],
)
def test_missing_more_than_before_is_said_of_three_days_and_twice_as_often(
    attended: float, days: float, recent: float, drifts: bool
) -> None:
    said = sentences(number("attendance_rate", attended, days), recent=recent)
    assert bool(said) == drifts


def test_the_drift_says_both_numbers() -> None:
    assert sentences(number("attendance_rate", 114.5, 120), recent=4.5) == [
        "Missed 4.5 days in the last four weeks, and 1 in all the weeks before."
    ]


def weeks(*values: float | None, days: float = 500) -> list[Point]:
    """One point a week; the last whole week ends on the Friday before AS_OF's week is over."""
    first = date(2025, 9, 1)
    return [
        Point(first + timedelta(weeks=n), value, None if value is None else value * days, days)
        for n, value in enumerate(values)
    ]


USUAL = [0.93, 0.94, 0.92, 0.935, 0.925, 0.94, 0.93, 0.92, 0.935, 0.93, 0.925, 0.94, 0.93, 0.92]


def test_a_usual_week_is_no_finding() -> None:
    assert judge(weeks(*USUAL, 0.928), AS_OF) is None


def test_a_week_far_below_the_usual_ones_is_found() -> None:
    found = judge(weeks(*USUAL, 0.80), AS_OF)
    assert found is not None
    assert (found.how, found.is_up, found.now) == (ONE_WEEK, False, pytest.approx(0.80))
    assert found.lower < min(USUAL)
    assert found.upper > max(USUAL)


def test_a_level_that_lasts_is_found_with_the_weeks_it_lasts_and_both_levels() -> None:
    low = [0.90, 0.905, 0.895, 0.90, 0.905, 0.90, 0.895, 0.90, 0.905]
    found = judge(weeks(*USUAL, *low), AS_OF)
    assert found is not None
    assert (found.how, found.is_up, found.weeks) == (LEVEL, False, 9)
    assert found.now == pytest.approx(sum(low) / 9)
    assert found.usual == pytest.approx(sum(USUAL) / len(USUAL))
    assert found.begins_on == weeks(*USUAL, *low)[len(USUAL)].begins_on


def test_a_week_of_holidays_is_not_compared() -> None:
    points = weeks(*USUAL, 0.93)
    points[-1] = Point(points[-1].begins_on, 0.5, 30, 60)
    assert judge(points, AS_OF) is None


def test_a_week_that_is_not_over_is_not_compared() -> None:
    points = weeks(*USUAL, 0.5)
    assert judge(points, points[-1].begins_on + timedelta(days=2)) is None
    assert judge(points, points[-1].begins_on + timedelta(days=4)) is not None


def test_eleven_weeks_do_not_show_what_is_usual() -> None:
    assert judge(weeks(*USUAL[:10], 0.5), AS_OF) is None


def test_a_number_that_never_moves_has_no_ups_and_downs() -> None:
    assert judge(weeks(*[1.0] * 15), AS_OF) is None


def test_unknown_weeks_are_left_out_and_not_taken_as_zero() -> None:
    assert judge(weeks(*USUAL, None, 0.93), AS_OF) is None


def test_weeks_just_above_the_middle_after_very_high_ones_are_no_new_level() -> None:
    high_and_low = [0.96, 0.92, 0.92, 0.96, 0.92, 0.92, 0.96, 0.92, 0.92, 0.96, 0.92, 0.92]
    assert judge(weeks(*high_and_low, *[0.921] * 9), AS_OF) is None


@given(st.lists(st.floats(0.9, 0.96), min_size=12, max_size=28))
def test_weeks_that_jump_about_by_chance_never_break_the_rule_and_both_levels_lie_between_them(
    values: list[float],
) -> None:
    found = judge(weeks(*values), AS_OF)
    if found is not None:
        assert min(values) <= found.now <= max(values)
        assert found.is_up == (found.now > found.usual)
