"""In July, and until the new year's first measurement, pages show the latest numbers there are and name their year."""

import pytest

from cast import Cast
from indicators.published import add_group_value, make_run

pytestmark = pytest.mark.django_db
WHOSE = "These are the numbers of 2024–25"


@pytest.fixture
def school_page(cast: Cast) -> str:
    run = make_run(at=cast.at, school_year=cast.on.year - 1)
    add_group_value(run, cast.lincoln.pk)
    return f"/schools/{cast.lincoln.pk}/"


def test_last_years_numbers_stand_until_this_year_is_measured(client, cast: Cast, school_page: str) -> None:
    client.force_login(cast.users["priya"])
    page = client.get(school_page).text
    assert "93.0%" in page
    assert WHOSE in page
    assert "Nothing of 2025–26 has been measured yet" in page


def test_the_page_turns_to_this_year_by_itself(client, cast: Cast, school_page: str) -> None:
    this_year = make_run(at=cast.at, school_year=cast.on.year)
    add_group_value(this_year, cast.lincoln.pk, numerator=88.0, value=0.88)
    client.force_login(cast.users["priya"])
    page = client.get(school_page).text
    assert "88.0%" in page
    assert "93.0%" not in page
    assert WHOSE not in page


def test_a_year_to_come_is_not_shown(client, cast: Cast, school_page: str) -> None:
    next_year = make_run(at=cast.at, school_year=cast.on.year + 1)
    add_group_value(next_year, cast.lincoln.pk, numerator=88.0, value=0.88)
    client.force_login(cast.users["priya"])
    assert "93.0%" in client.get(school_page).text
