"""A school of six begins with two lists and nothing else: from an empty site to its attendance, by the screens alone.

The lists and the answers worked out by hand are those of `tests/imports/two_files/school.py`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import live_site
from imports.two_files import school

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "three green paper boats"
WORKER = 180_000  # milliseconds that the worker may take


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a site in which nobody can sign in yet, with its worker; and the code that opens it."""
    with live_site.new_site("two_lists", tmp_path / "data") as address:
        yield address, (tmp_path / "data" / "setup_code").read_text()


def press(page: "Page", words: str) -> None:
    page.locator("main .button", has_text=re.compile(rf"^{re.escape(words)}$")).first.click()
    page.wait_for_load_state()


def look(page: "Page", pictures: Path, name: str) -> None:
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 1, f"{name} is {wide} pixels wider than {width}"
        page.screenshot(path=pictures / f"two-lists-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})


def says(page: "Page") -> str:
    return " ".join(page.inner_text("main").split())


def test_two_lists_are_enough(
    new_site: tuple[str, str], browser: "Browser", pictures: Path, tmp_path: Path
) -> None:
    address, code = new_site
    page = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce").new_page()
    page.goto(address)
    for name, value in {
        "code": code, "name": "Hill Farm District", "person": "Ada Abbott", "email": "ada@hill.example",
        "password": PASSWORD, "again": PASSWORD,
    }.items():  # fmt: skip
        page.locator(f'[name="{name}"]').fill(value)
    press(page, "Begin")

    page.goto(f"{address}/imports/two-lists/")
    look(page, pictures, "send")
    students, attendance = school.write(
        tmp_path, school.students(";").encode("cp1252"), school.attendance(";", "%d.%m.%Y")
    )
    page.locator('[name="students"]').set_input_files(students)
    page.locator('[name="attendance"]').set_input_files(attendance)
    page.locator('[name="school_name"]').fill("Hill Farm School")
    press(page, "Look at these lists")
    assert "The attendance list names 10 days" in says(page)
    look(page, pictures, "meaning")
    press(page, "Yes, store these lists")
    page.get_by_text("rows brought something new").wait_for(timeout=WORKER)
    look(page, pictures, "stored")

    page.goto(f"{address}/reports/")
    page.get_by_role("link", name="Hill Farm School").click()
    for _ in range(60):  # counted by the worker after the import
        if "93.3%" in says(page):
            break
        page.wait_for_timeout(3000)
        page.reload()
    assert "93.3%" in says(page), says(page)  # 56 of 60 days
    # The lists are of 2025–26: in a later year the page says whose numbers these are.
    assert "2025–26" in says(page)
    look(page, pictures, "school")
