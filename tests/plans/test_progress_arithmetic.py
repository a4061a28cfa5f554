"""How far a goal has come: arithmetic that can be checked by hand, and what holds whatever the numbers are."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crescendo.plans import advice, rules
from crescendo.plans.rules import Aim

START, DUE = date(2026, 1, 1), date(2026, 4, 11)  # 100 days
values = st.floats(-1e6, 1e6, allow_nan=False)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def aim(
    baseline: float | None = 50.0, target: float | None = 60.0, direction: str = "up", **more: object
) -> Aim:
    return Aim(baseline, target, direction, START, DUE, **more)


@pytest.mark.parametrize(
    ("baseline", "target", "current", "share"),
    [
        (50.0, 60.0, 50.0, 0.0),
        (50.0, 60.0, 55.0, 0.5),
        (50.0, 60.0, 60.0, 1.0),
        (50.0, 60.0, 65.0, 1.5),
        (50.0, 60.0, 48.0, -0.2),
        (0.20, 0.10, 0.15, 0.5),  # down: fewer are away
        (-10.0, 10.0, 0.0, 0.5),
    ],
)
def test_the_share_is_the_way_done_over_the_whole_way(baseline, target, current, share):
    assert rules.progress_share(aim(baseline, target), current) == pytest.approx(share)


@given(baseline=values, target=values, current=values)
def test_the_share_gives_the_present_value_back_and_the_bar_stays_between_its_ends(baseline, target, current):
    if abs(target - baseline) < 1e-6:
        return
    share = rules.progress_share(aim(baseline, target), current)
    assert baseline + share * (target - baseline) == pytest.approx(current, rel=1e-6, abs=1e-3)
    assert 0.0 <= rules.for_bar(share) <= 1.0
    assert rules.for_bar(share) == share or share < 0 or share > 1


@given(baseline=values, way=st.floats(1e-3, 1e3), step=st.floats(-2, 3))
def test_up_and_down_are_mirror_images(baseline, way, step):
    up = rules.progress_share(aim(baseline, baseline + way), baseline + step * way)
    down = rules.progress_share(aim(baseline, baseline - way, "down"), baseline - step * way)
    assert up == pytest.approx(down, rel=1e-3, abs=1e-3)


def test_baseline_and_target_alike_leave_no_way_to_measure():
    with pytest.raises(ValueError, match="no way"):
        rules.progress_share(aim(5.0, 5.0), 5.0)
    assert rules.why_not(aim(5.0, 5.0)) == "no_way_to_go"
    assert rules.why_not(aim(5.0, 5.0, "hold", margin=1.0)) == ""


def test_what_is_missing_stays_missing():
    assert rules.progress_share(aim(None), 55.0) is None
    assert rules.progress_share(aim(target=None), 55.0) is None
    assert rules.progress_share(aim(), None) is None
    assert rules.for_bar(None) is None
    assert rules.progress_share(aim(direction="hold", margin=1.0), 55.0) is None


@given(day=days)
def test_the_expected_share_runs_from_nothing_to_one_with_the_days(day):
    share = rules.expected_share(aim(), day)
    assert 0.0 <= share <= 1.0
    assert (share == 0.0) == (day <= START)
    assert (share == 1.0) == (day >= DUE)
    assert rules.expected_share(aim(), day + timedelta(days=1)) >= share
    assert rules.expected_value(aim(), day) == pytest.approx(50.0 + 10.0 * share)


def on(day: int) -> date:
    return START + timedelta(days=day)


@pytest.mark.parametrize(
    ("points", "asked_on", "status"),
    [
        ([], -1, "not_begun"),
        ([], 10, "not_measured"),
        ([(-5, 50.0)], 10, "not_measured"),  # the baseline is no progress
        ([(50, 55.0)], 50, "on_track"),
        ([(50, 53.4)], 50, "behind"),  # 0.34 done, 0.5 of the time: 0.16 late
        ([(50, 53.5)], 50, "on_track"),  # 0.15 late is not yet behind
        ([(50, 48.0)], 50, "behind"),
        ([(50, 60.0)], 50, "reached"),
        ([(50, 61.0), (80, 59.0)], 80, "on_track"),  # reached is where it stands, not where it once stood
        ([(20, 52.0)], 90, "on_track"),  # between two tests nobody is late
        ([(50, 55.0), (60, 40.0)], 55, "on_track"),  # what came later is not known yet
    ],
)
def test_the_status_follows_from_the_latest_value(points, asked_on, status):
    known = [(on(day), value) for day, value in points]
    assert rules.status(aim(), known, on(asked_on)) == status


def test_a_value_that_wavers_around_the_border_does_not_change_the_word():
    """Behind from 0.15; back on track only under 0.075."""
    late, nearly, back = (on(50), 53.4), (on(60), 55.0), (on(70), 56.5)
    assert rules.status(aim(), [late, nearly], on(60)) == "behind"  # 0.10 late
    assert rules.status(aim(), [nearly], on(60)) == "on_track"  # the same value, never late before
    assert rules.status(aim(), [late, nearly, back], on(70)) == "on_track"  # 0.05 late


def test_holding_a_value_means_staying_within_its_margin():
    held = aim(95.0, 95.0, "hold", margin=1.0)
    assert rules.status(held, [(on(10), 94.0)], on(10)) == "on_track"
    assert rules.status(held, [(on(10), 93.9)], on(10)) == "behind"
    assert rules.expected_value(held, on(50)) == 95.0


def test_ten_percent_up_and_down_of_a_baseline():
    assert rules.target_from_percent(200.0, 10.0, "up") == pytest.approx(220.0)
    assert rules.target_from_percent(200.0, 10.0, "down") == pytest.approx(180.0)
    assert rules.target_from_percent(-0.5, 10.0, "up") == pytest.approx(-0.45)


@given(baseline=values.filter(lambda v: abs(v) > 1e-3), percent=st.floats(0.1, 500))
def test_a_change_in_percent_always_lies_in_the_asked_direction(baseline, percent):
    assert rules.target_from_percent(baseline, percent, "up") > baseline
    assert rules.target_from_percent(baseline, percent, "down") < baseline


@pytest.mark.parametrize(
    ("before", "words"),
    [(1.26, "gained 1.3"), (-0.1, "lost 0.1"), (0.04, "stood still"), (-0.04, "stood still")],
)
def test_nobody_gains_less_than_nothing(before: float, words: str) -> None:
    said = advice._past_words(before) % {"wanted": "1.0", "before": f"{abs(before):.1f}", "unit": "points"}
    assert words in said
