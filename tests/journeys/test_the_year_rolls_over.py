"""Adam turns the school year: rehearses it, decides what no rule decides, says yes, and takes it all back."""

import re
from typing import TYPE_CHECKING

from walking import Person

if TYPE_CHECKING:
    pass

WORKER = 120_000  # milliseconds that the worker may take


def decide_everybody(person: Person) -> None:
    """Whoever no rule decides: the first answer that does for all of the list, list by list."""
    while person.page.get_by_role("link", name="Decide", exact=True).count():
        person.page.get_by_role("link", name="Decide", exact=True).click()
        selects = person.page.locator('select[name^="line-"]')
        for n in range(selects.count()):
            selects.nth(n).select_option(index=1)
        person.press("Note these")


def test_the_year_rolls_over_and_back(adam: Person, site: str) -> None:
    adam.page.goto(f"{site}/years/")
    assert "Nothing changes before you say yes" in adam.says()
    adam.look("year-begin")
    adam.press("Rehearse it")
    adam.page.get_by_text("Nothing has changed yet.").wait_for(timeout=WORKER)
    assert "move up" in adam.says()
    adam.look("year-rehearsed")
    address = adam.page.url
    adam.page.goto(f"{site}/years/")
    assert "Go on with the change to" in adam.says()  # begun and left: the same one is taken up again
    adam.page.goto(address)
    adam.page.locator("main tbody a").first.click()
    adam.look("year-students")
    adam.page.goto(address)
    decide_everybody(adam)
    adam.press("Yes, change the year")
    adam.page.get_by_text(re.compile("enroll?ments ended and")).wait_for(timeout=WORKER)
    adam.look("year-done")
    adam.press("Undo the change of year")
    adam.page.get_by_text("Every row is as it was before.").wait_for(timeout=WORKER)
    adam.look("year-undone")


def test_what_is_switched_on_stands_on_one_page(adam: Person, site: str) -> None:
    adam.page.goto(f"{site}/years/switched-on/")
    assert "What is switched on?" in adam.says()
    adam.look("year-switched-on")
