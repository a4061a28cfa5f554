"""Names in order, days that both count."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crescendo.core.names import fold, sort_key
from crescendo.core.values import Days


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Núñez", "nunez"),
        ("O’Brien-Smith", "obrien smith"),
        ("  van   der Berg ", "van der berg"),
        ("Øystein Łukasz Straße", "oystein lukasz strasse"),
        ("ÅNGSTRÖM", "angstrom"),
        ("Đặng", "dang"),
        ("李小龍", "李小龍"),
    ],
)
def test_a_name_is_found_without_its_accents(name, folded):
    assert fold(name) == folded


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_people_stand_by_family_name_then_given_name():
    assert sort_key("Núñez", "María José") == "nunez maria jose"
    assert sort_key("", "Cher") == "cher"


def test_both_days_belong():
    days = Days(date(2026, 1, 1), date(2026, 1, 31))
    assert [date(2025, 12, 31) in days, date(2026, 1, 1) in days, date(2026, 1, 31) in days] == [
        False,
        True,
        True,
    ]
    assert date(2026, 2, 1) not in days
    assert date(2099, 1, 1) in Days(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [((1, 31), True), ((31, None), True), ((30, 30), True), ((1, 9), False), ((1, 10), True)],
)
def test_days_that_share_one_day_overlap(other, overlaps):
    begins, ends = other
    days = Days(date(2026, 1, begins), ends and date(2026, 1, ends))
    assert Days(date(2026, 1, 10)).overlaps(days) is overlaps
    assert days.overlaps(Days(date(2026, 1, 10))) is overlaps


def test_a_last_day_before_the_first_is_refused():
    with pytest.raises(ValueError, match="lies before the first"):
        Days(date(2026, 1, 2), date(2026, 1, 1))
