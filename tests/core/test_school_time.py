"""The school's clock and the school year."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from crescendo.core import school_time


@pytest.fixture
def frozen(monkeypatch):
    def freeze(day):
        monkeypatch.setattr(school_time, "_read_site", lambda: (day, ""))

    freeze(None)
    return freeze


def test_the_schools_day_is_the_day_where_the_school_is(frozen, settings):
    settings.TIME_ZONE = "America/New_York"
    with time_machine.travel(datetime(2026, 3, 11, 3, 30, tzinfo=UTC), tick=False):
        assert school_time.today() == date(2026, 3, 10)
        assert school_time.now().isoformat() == "2026-03-10T23:30:00-04:00"


def test_a_demos_day_stands_still_while_its_clock_goes_on(frozen, settings):
    settings.TIME_ZONE = "America/New_York"
    frozen(date(2026, 2, 3))
    with time_machine.travel(datetime(2026, 7, 1, 14, 0, tzinfo=UTC), tick=False):
        assert school_time.now().isoformat() == "2026-02-03T10:00:00-05:00"


@pytest.mark.parametrize(
    ("on", "school_year"),
    [
        (date(2025, 6, 30), 2025),
        (date(2025, 7, 1), 2026),
        (date(2025, 12, 31), 2026),
        (date(2026, 1, 1), 2026),
    ],
)
def test_a_school_year_is_named_for_the_year_in_which_it_ends(on, school_year):
    assert school_time.school_year_of(on) == school_year
    first, last = school_time.school_year_days(school_year)
    assert first <= on <= last


def test_where_the_school_year_is_the_calendar_year_its_number_is_the_same():
    assert school_time.school_year_of(date(2026, 12, 31), first_month=1) == 2026
    assert school_time.school_year_days(2026, first_month=1) == (date(2026, 1, 1), date(2026, 12, 31))


def test_the_name_of_a_school_year():
    assert school_time.school_year_name(2026) == "2025–26"
    assert school_time.school_year_name(2000) == "1999–00"
