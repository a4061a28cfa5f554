"""Each of the cast signs in with one click and opens every kind of page that links lead to, on a desktop and a phone.

With CRESCENDO_PICTURES set, pictures of every page lie in `var/screenshots/` afterwards, for people to look at.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import signed_in, walk

from cast import EVERYBODY

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = (
    Path(__file__).resolve().parents[2] / "var" / "screenshots"
    if os.environ.get("CRESCENDO_PICTURES")
    else None
)
LIVE_ON_A_PHONE = ("fay", "sam", "tess")
READ_IN_THE_DARK = ("priya", "fay")


@pytest.mark.thorough
@pytest.mark.parametrize("username", EVERYBODY)
def test_every_page_is_whole_for(username: str, site: str, browser: "Browser") -> None:
    """Status 200, no script or policy error, nothing serious for axe, no sideways scrolling at either width, one heading.

    For two of them the colours of the dark are looked at too. Axe looks at each page as the first of them find it, and at
    all of them at night.
    """
    with signed_in(browser, site, username) as person:
        visits = walk(person, PICTURES, both=True, dark=username in READ_IN_THE_DARK)
    broken = [f"{visit.path} is {visit.status}" for visit in visits if visit.status != 200]
    wrong = [f"{visit.path}: {problem}" for visit in visits for problem in visit.problems]
    assert broken + wrong == []
    assert len(visits) >= 2, [visit.name for visit in visits]


@pytest.mark.long
@pytest.mark.parametrize("username", LIVE_ON_A_PHONE)
def test_every_page_is_whole_on_the_phone_of(username: str, site: str, browser: "Browser") -> None:
    """As a phone's browser lays it out, with fingers instead of a pointer."""
    with signed_in(browser, site, username, "phone") as person:
        visits = walk(person)
    wrong = [f"{visit.path}: {problem}" for visit in visits for problem in visit.problems]
    assert wrong == []


def test_a_violation_of_the_security_policy_would_be_noticed(site: str, browser: "Browser") -> None:
    with signed_in(browser, site, "priya") as person:
        person.page.evaluate(
            "() => { const e = document.createElement('img'); e.src = 'https://elsewhere.example/x.png';"
            " document.body.append(e); }"
        )
        person.page.wait_for_timeout(300)
        assert any("security policy" in heard.lower() for heard in person.heard)


def test_colours_too_close_in_the_dark_would_be_noticed(site: str, browser: "Browser") -> None:
    with signed_in(browser, site, "priya") as person:
        # A sheet and not the heading's own style: what the page swaps meanwhile would come without it.
        person.page.evaluate(
            "() => { const s = new CSSStyleSheet(); s.replaceSync('h1 { color: #111 !important }');"
            " document.adoptedStyleSheets.push(s); }"
        )
        assert list(person._accessibility_problems("color-contrast")) == []
        assert any("color-contrast" in problem for problem in person._contrast_in_the_dark())


def test_something_serious_for_axe_would_be_noticed(site: str, browser: "Browser") -> None:
    with signed_in(browser, site, "priya") as person:
        person.page.evaluate("() => document.body.append(document.createElement('button'))")
        assert any("button-name" in problem for problem in person._accessibility_problems())


def test_the_first_page_works_without_scripts(site: str, browser: "Browser") -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/sign-in/")
    page.locator('button[name="username"][value="tess"]').click()
    assert page.locator("h1").count() == 1
    links = page.locator("nav a[href]")
    assert links.count() >= 2
    context.close()
