"""Each of the cast signs in with one click and opens every kind of page that links lead to, on a desktop and a phone.

Pictures of every page lie in `var/screenshots/` afterwards, for people to look at.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import SIZES, signed_in, walk

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PICTURES = Path(__file__).resolve().parents[2] / "var" / "screenshots"
CAST = [
    "dina",
    "priya",
    "tess",
    "otto",
    "cora",
    "ivo",
    "fay",
    "sam",
    "hana",
    "max",
    "mona",
    "ana",
    "gus",
    "bryn",
]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("username", CAST)
def test_every_page_is_whole_for(username: str, size: str, site: str, browser: "Browser") -> None:
    """Status 200, no script or policy error, nothing serious for axe, no sideways scrolling, one heading.

    axe reads the same markup on a phone; it is asked there for those who live on one.
    """
    with signed_in(browser, site, username, size) as person:
        visits = walk(person, PICTURES, axe=size == "desktop" or username in {"fay", "sam", "tess"})
    broken = [f"{visit.path} is {visit.status}" for visit in visits if visit.status != 200]
    wrong = [f"{visit.path}: {problem}" for visit in visits for problem in visit.problems]
    assert broken + wrong == []
    assert len(visits) >= 2, [visit.name for visit in visits]


@pytest.mark.parametrize("username", ["priya", "fay"])
def test_every_page_is_readable_in_the_dark_for(username: str, site: str, browser: "Browser") -> None:
    with signed_in(browser, site, username, "desktop", scheme="dark") as person:
        visits = walk(person, PICTURES / "dark")
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
