"""Adam turns the school year: rehearses it, decides what no rule decides, says yes, and takes it all back."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import SIZES, Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WORKER = 120_000  # milliseconds that the worker may take


@pytest.fixture
def adam(site: str, browser: "Browser") -> Iterator[Person]:
    with signed_in(browser, site, "adam") as person:
        yield person


def look(person: Person, pictures: Path, name: str) -> None:
    for size, (width, height) in SIZES.items():
        person.page.set_viewport_size({"width": width, "height": height})
        person.size = size
        person.page.screenshot(path=pictures / f"year-{name}-{width}.png", full_page=True)
        assert list(person._layout_problems()) == []
    assert list(person._accessibility_problems()) == []
    width, height = SIZES["desktop"]
    person.page.set_viewport_size({"width": width, "height": height})
    assert person.heard == []


def says(person: Person) -> str:
    return " ".join(person.page.inner_text("main").split())


def press(person: Person, words: str) -> None:
    person.page.locator("main .button", has_text=re.compile(rf"^{re.escape(words)}$")).first.click()
    person.page.wait_for_load_state()


def decide_everybody(person: Person) -> None:
    """Whoever no rule decides: the first answer that does for all of the list, list by list."""
    while person.page.get_by_role("link", name="Decide", exact=True).count():
        person.page.get_by_role("link", name="Decide", exact=True).click()
        selects = person.page.locator('select[name^="line-"]')
        for n in range(selects.count()):
            selects.nth(n).select_option(index=1)
        press(person, "Note these")


def test_the_year_rolls_over_and_back(adam: Person, site: str, pictures: Path) -> None:
    adam.page.goto(f"{site}/years/")
    assert "Nothing changes before you say yes" in says(adam)
    look(adam, pictures, "begin")
    press(adam, "Rehearse it")
    adam.page.get_by_text("Nothing has changed yet.").wait_for(timeout=WORKER)
    assert "move up" in says(adam)
    look(adam, pictures, "rehearsed")
    address = adam.page.url
    adam.page.goto(f"{site}/years/")
    assert "Go on with the change to" in says(adam)  # begun and left: the same one is taken up again
    adam.page.goto(address)
    adam.page.locator("main tbody a").first.click()
    look(adam, pictures, "students")
    adam.page.goto(address)
    decide_everybody(adam)
    press(adam, "Yes, change the year")
    adam.page.get_by_text(re.compile("enroll?ments ended and")).wait_for(timeout=WORKER)
    look(adam, pictures, "done")
    press(adam, "Undo the change of year")
    adam.page.get_by_text("Every row is as it was before.").wait_for(timeout=WORKER)
    look(adam, pictures, "undone")


def test_what_is_switched_on_stands_on_one_page(adam: Person, site: str, pictures: Path) -> None:
    adam.page.goto(f"{site}/years/switched-on/")
    assert "What is switched on?" in says(adam)
    look(adam, pictures, "switched-on")
