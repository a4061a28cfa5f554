"""A browser that has drawn a chart draws the next ones alone; whoever has no scripts gets pictures."""

import re

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def drawn(html: str) -> int:
    """How many charts carry a picture with marks in it."""
    return len(re.findall(r'class="chart__stage" aria-hidden="true"><svg[^>]*class="marks"', html))


def test_the_first_page_brings_pictures_and_the_next_only_their_room(client: Client) -> None:
    first = client.get(reverse("ui:gallery")).content.decode()
    assert drawn(first) == 6
    assert "data-waits" not in first
    client.cookies["draws"] = "1"
    following = client.get(reverse("ui:gallery")).content.decode()
    assert drawn(following) == 0
    assert following.count(" data-waits") == 6
    assert following.count('type="application/json"') == first.count('type="application/json"')


def test_the_room_is_as_large_as_the_picture(client: Client) -> None:
    from crescendo.ui import gallery  # noqa: PLC0415

    for chart in (gallery.example_line(), *gallery.example_multiples().panels):
        assert re.search(r'width="\d+"', chart.room())[0] == re.search(r'width="\d+"', chart.svg())[0]
        tall = [int(re.search(r'height="(\d+)"', svg)[1]) for svg in (chart.room(), chart.svg())]
        assert abs(tall[0] - tall[1]) <= 12, "what stands below a chart stays where it is"


def test_who_switched_scripts_off_afterwards_asks_for_pictures(client: Client) -> None:
    client.cookies["draws"] = "1"
    page = client.get(reverse("ui:gallery")).content.decode()
    noscript = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)[1]
    assert 'name="pictures"' in noscript
    answer = client.post(reverse("ui:display_set"), {"pictures": "1", "next": reverse("ui:gallery")})
    assert answer.cookies["draws"]["max-age"] == 0
    assert drawn(client.get(reverse("ui:gallery")).content.decode()) == 6
