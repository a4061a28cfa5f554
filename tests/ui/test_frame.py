"""The rail, the school and year above each page, and what stands there when a page cannot be shown."""

from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from crescendo import nav


def places(cast: Any, name: str) -> list[str]:
    with cast.looking_as(name) as viewer:
        return [place.label for place in nav.places_for(viewer, "/")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tess", ["Today", "Students", "Classes", "Goals & plans"]),
        ("fay", ["Today", "My children"]),
        ("sam", ["Today", "My record"]),
        ("gus", ["Today", "Goals & plans", "Reports"]),
        ("max", ["Today", "Goals & plans", "My coaching"]),
    ],
)
def test_a_person_sees_the_places_of_their_role(cast: Any, name: str, expected: list[str]) -> None:
    assert places(cast, name) == expected


def test_nobody_sees_more_than_seven_places(cast: Any) -> None:
    assert max(len(places(cast, name)) for name in cast.users) in range(4, 8)


def test_a_place_without_a_page_is_not_shown(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    later = nav.Place("The moon", "moon:landing", frozenset({nav.EVERYONE}))
    monkeypatch.setattr(nav, "PLACES", (*nav.PLACES, later))
    assert "Today" in places(cast, "dina")
    assert "The moon" not in places(cast, "dina")


def test_school_and_year_are_above_every_page(client: Client, cast: Any) -> None:
    for name, school in (("tess", "Lincoln School"), ("dina", "Harbor District"), ("fay", "Lincoln School")):
        client.force_login(cast.users[name])
        html = client.get("/password/").content.decode()
        assert f'<span class="topbar__school">{school}</span>' in html
        assert '<span class="topbar__year">20' in html


def test_a_barred_parent_is_not_told_the_school(client: Client, cast: Any) -> None:
    client.force_login(cast.users["bryn"])
    assert "Lincoln" not in client.get("/password/").content.decode()


def test_somebody_not_signed_in_sees_no_place_and_no_search(client: Client, db: None) -> None:
    html = client.get("/sign-in/").content.decode()
    assert 'class="rail"' not in html
    assert 'id="search"' not in html


def test_the_current_place_is_marked_for_screen_readers(cast: Any) -> None:
    with cast.looking_as("tess") as viewer:
        marked = {place.label: place.current for place in nav.places_for(viewer, "/students/7/")}
    assert marked == {"Today": "", "Students": "true", "Classes": "", "Goals & plans": ""}


def test_a_page_that_is_not_there_says_so_and_shows_a_way_out(client: Client, db: None) -> None:
    response = client.get("/no/such/page/")
    assert response.status_code == 404
    assert "There is no such page for you" in response.content.decode()
    assert 'href="/"' in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_the_page_for_our_own_failure_needs_neither_database_nor_request(name: str) -> None:
    html = render_to_string(name)
    assert "<h1>" in html
    assert "Go to the start page" in html
    assert 'class="rail"' not in html


def test_the_title_stands_in_the_window_and_once_on_the_page(client: Client, db: None) -> None:
    html = client.get("/gallery/").content.decode()
    assert "<title>What are our pages made of? · Crescendo</title>" in html
    assert html.count("<h1>") == 1


def test_the_inbox_says_what_will_stand_there(client: Client, cast: Any) -> None:
    client.force_login(cast.users["tess"])
    html = client.get("/inbox/").content.decode()
    assert "What has happened that I should know?" in html
    assert "Nothing here yet" in html
