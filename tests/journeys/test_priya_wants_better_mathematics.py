"""Priya wants better mathematics. She looks at test scores, attendance and engagement together, sees that attendance goes
with the scores, opens a school plan, and has support opened under it for students she chose by name.

The site is built from imported files; what goes with what was computed by its worker after the measurement.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import SIZES, Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PLAN = "Better mathematics by more days in school"
STRATEGY = "Meets a mentor each Monday; a call home after the second day away."


@pytest.fixture
def priya(site: str, browser: "Browser") -> Iterator[Person]:
    with signed_in(browser, site, "priya") as person:
        yield person


def look(person: Person, pictures: Path, name: str) -> None:
    """A picture on a desktop and on a phone; nothing serious for a screen reader, nothing wider than the screen."""
    for size, (width, height) in SIZES.items():
        person.page.set_viewport_size({"width": width, "height": height})
        person.size = size
        person.page.screenshot(path=pictures / f"mathematics-{name}-{width}.png", full_page=True)
        assert list(person._layout_problems()) == []
    assert list(person._accessibility_problems()) == []
    width, height = SIZES["desktop"]
    person.page.set_viewport_size({"width": width, "height": height})
    assert person.heard == []


def says(person: Person) -> str:
    return " ".join(person.page.inner_text("main").split())


def test_priya_wants_better_mathematics(priya: Person, pictures: Path, browser: "Browser", site: str) -> None:
    see_that_attendance_goes_with_mathematics(priya, pictures)
    names = see_who_is_low_in_both(priya)
    open_a_school_plan(priya, pictures)
    chosen = open_support_under_it(priya, pictures, names)
    find_it_again(priya, pictures, len(chosen))
    nobody_else_reads_the_names(browser, site, priya.page.url, names)


def see_that_attendance_goes_with_mathematics(priya: Person, pictures: Path) -> None:
    page = priya.page
    page.get_by_role("link", name="Reports").first.click()
    page.locator("main").get_by_role("link", name="Willow Creek Middle School").click()
    page.get_by_role("link", name="What goes with test scores here?").click()
    page.get_by_label("Scores in").select_option("Mathematics")
    page.get_by_role("button", name="Show").click()
    said = says(priya)
    found = re.search(
        r"came to school less also scored lower in Mathematics: among (\d+) students, "
        r"correlation (0\.\d+) \((0\.\d+) to (0\.\d+)\)",
        said,
    )
    assert found, said[:600]
    n, r, lower, upper = (float(part) for part in found.groups())
    assert n >= 50
    assert lower < r < upper
    assert "This does not say that one causes the other." in said
    for measure in (
        "Attendance rate",
        "Coursework completion",
        "Classroom participation",
        "Participation in activities",
    ):
        assert page.locator("dt", has_text=measure).count() == 1, "every pair chosen in advance is shown"
    look(priya, pictures, "1-goes-with")


def see_who_is_low_in_both(priya: Person) -> list[str]:
    names = [
        name.rstrip(":")
        for name in priya.page.locator("#low ~ form label strong, #low ~ ul strong").all_inner_texts()
    ]
    assert names, "the district has students who miss much and are below the benchmark"
    assert len(set(names)) == len(names)
    return names


def open_a_school_plan(priya: Person, pictures: Path) -> None:
    """The finding comes along as the reason; the number it rests on is chosen already."""
    page = priya.page
    page.get_by_role("link", name="Open a school plan").first.click()
    assert "came to school less also scored lower in Mathematics" in says(priya)
    page.locator("#id_title").fill(PLAN)
    assert page.locator("#id_measure").input_value() == "indicator:attendance_rate"
    page.locator("#id_how_far").select_option("up")
    page.locator("#id_amount").fill("95")
    page.locator("#id_due_on").fill("2026-06-12")
    look(priya, pictures, "2-plan")
    page.get_by_role("button", name="Open this goal").click()
    assert PLAN in page.inner_text("h1")


def open_support_under_it(priya: Person, pictures: Path, names: list[str]) -> list[str]:
    """Two of those who are low in both, by name; the others stay as they are."""
    page = priya.page
    page.get_by_role("link", name="Open support for several students").first.click()
    assert "Who gets the same support?" in page.inner_text("h1")
    for box in page.locator('input[name="students"]').all():
        box.uncheck()
    chosen = []
    for name in names:
        row = page.locator("label", has_text=name).locator('input[name="students"]')
        if row.count() == 1 and len(chosen) < 2:
            row.check()
            chosen.append(name)
    assert chosen, "those who are low in both are among those whom the plan's number points at"
    page.locator("#id_concern").fill("Misses a day most weeks, and falls behind in mathematics.")
    page.locator("#id_strategy").fill(STRATEGY)
    look(priya, pictures, "3-support")
    page.get_by_role("button", name="Open support for those chosen").click()
    assert "Support is open for" in says(priya)
    return chosen


def find_it_again(priya: Person, pictures: Path, n: int) -> None:
    page = priya.page
    page.get_by_role("link", name="Goals & plans").first.click()
    page.get_by_role("link", name=PLAN).first.click()
    assert PLAN in page.inner_text("h1")
    under = page.locator("section", has=page.locator("#under"))
    assert "None yet" not in under.inner_text()
    assert under.locator("li").count() == n or f"{n} more" in under.inner_text()
    look(priya, pictures, "4-plan-with-support")


def nobody_else_reads_the_names(browser: "Browser", site: str, plan: str, names: list[str]) -> None:
    """A governor reads what goes with what and no name; a teacher of another school finds neither page nor plan."""
    with signed_in(browser, site, "gus") as gus:
        gus.page.goto(f"{site}/goes-with/{school_id(gus, site)}/?subject=Mathematics")
        said = says(gus)
        assert "scored lower in Mathematics" in said
        assert not any(name in said for name in names)
    with signed_in(browser, site, "otto") as otto:
        assert otto.page.goto(plan).status == 404


def school_id(person: Person, site: str) -> str:
    person.page.goto(f"{site}/reports/")
    href = (
        person.page.locator("main")
        .get_by_role("link", name="Willow Creek Middle School")
        .get_attribute("href")
    )
    return re.search(r"\d+", href or "")[0]
