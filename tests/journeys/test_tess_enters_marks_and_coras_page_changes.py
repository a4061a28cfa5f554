"""Tess takes the register of her class; Cora, who has a student's page open, sees the mark without touching anything.

The numbers follow by the process that counts marks as they come. What the open page shows then is what a fresh one shows.
"""

import time
from typing import TYPE_CHECKING

from walking import Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SOON_MS = 30_000  # a machine that many tests share


def words(person: Person) -> str:
    return person.page.locator("#live").inner_text()


def test_a_mark_reaches_an_open_page_without_a_reload(site: str, browser: "Browser") -> None:
    with signed_in(browser, site, "tess") as tess, signed_in(browser, site, "cora") as cora:
        tess.page.goto(f"{site}/classes/")
        tess.page.locator("#live table a, main table a").first.click()
        tess.page.get_by_role("link", name="attendance").click()
        line = tess.page.locator(".register__line").nth(1)
        name = line.locator(".register__name").inner_text()
        choice = line.locator("select")
        student = choice.get_attribute("name").removeprefix("mark-")
        cora.page.goto(f"{site}/students/{student}/")
        assert name in cora.page.locator("h1").inner_text()
        cora.page.wait_for_timeout(1500)  # the page has begun to listen
        before = words(cora)
        cora.page.evaluate("window.stillTheSamePage = true")
        choice.select_option("late" if choice.input_value() == "unexcused" else "unexcused")
        tess.look("marks-register")
        tess.page.get_by_role("button", name="Save attendance").click()
        tess.page.get_by_text("1 mark was changed").wait_for()
        tess.look("marks-class")
        cora.page.wait_for_function(
            "before => document.querySelector('#live').innerText !== before", arg=before, timeout=SOON_MS
        )
        assert cora.page.evaluate("window.stillTheSamePage") is True, "nothing was loaded again"
        settled = _settled(cora)
        cora.look("marks-student")
        cora.page.reload()
        assert _settled(cora) == settled, "what was swapped in is what a fresh page shows"
        assert tess.heard + cora.heard == []


def _settled(person: Person) -> str:
    """The page's words once they stop changing: the mark first, the numbers that follow from it a moment later."""
    last, since = words(person), time.monotonic()
    while time.monotonic() - since < 3:
        person.page.wait_for_timeout(200)
        if (now := words(person)) != last:
            last, since = now, time.monotonic()
    return last


def test_a_stranger_hears_nothing(site: str, browser: "Browser") -> None:
    """Otto teaches at another school: the stream of a student he may not see is as if it were not there."""
    with signed_in(browser, site, "cora") as cora:
        cora.page.goto(f"{site}/students/")
        href = cora.page.locator("main a[href^='/students/']").first.get_attribute("href")
    student = href.strip("/").split("/")[-1]
    with signed_in(browser, site, "otto") as otto:
        answer = otto.page.request.get(f"{site}/live/?topic=student:{student}", timeout=SOON_MS)
        assert answer.status == 404
