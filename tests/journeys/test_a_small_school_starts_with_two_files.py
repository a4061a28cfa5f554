"""A school of six begins with two lists and nothing else: from an empty site to its attendance, by the screens alone.

The lists and the answers worked out by hand are those of `tests/imports/two_files/school.py`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import Person

import live_site
from imports.two_files import school

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PASSWORD = "three green paper boats"
WORKER = 180_000  # milliseconds that the worker may take


@pytest.fixture
def new_site(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of a site in which nobody can sign in yet, with its worker; and the code that opens it."""
    with live_site.new_site("two_lists", tmp_path / "data") as address:
        yield address, (tmp_path / "data" / "setup_code").read_text()


def test_two_lists_are_enough(new_site: tuple[str, str], browser: "Browser", tmp_path: Path) -> None:
    address, code = new_site
    ada = Person(browser, address, "", "desktop")
    page = ada.page
    page.goto(address)
    for name, value in {
        "code": code, "name": "Hill Farm District", "person": "Ada Abbott", "email": "ada@hill.example",
        "password": PASSWORD, "again": PASSWORD,
    }.items():  # fmt: skip
        page.locator(f'[name="{name}"]').fill(value)
    ada.press("Begin")

    page.goto(f"{address}/imports/two-lists/")
    ada.look("two-lists-send")
    students, attendance = school.write(
        tmp_path, school.students(";").encode("cp1252"), school.attendance(";", "%d.%m.%Y")
    )
    page.locator('[name="students"]').set_input_files(students)
    page.locator('[name="attendance"]').set_input_files(attendance)
    page.locator('[name="school_name"]').fill("Hill Farm School")
    ada.press("Look at these lists")
    assert "The attendance list names 10 days" in ada.says()
    ada.look("two-lists-meaning")
    ada.press("Yes, store these lists")
    page.get_by_text("came in. New:").wait_for(timeout=WORKER)
    ada.look("two-lists-stored")

    page.goto(f"{address}/reports/")
    page.get_by_role("link", name="Hill Farm School").click()
    for _ in range(60):  # counted by the worker after the import
        if "93.3%" in ada.says():
            break
        page.wait_for_timeout(3000)
        page.reload()
    assert "93.3%" in ada.says(), ada.says()  # 56 of 60 days
    # The lists are of 2025–26: in a later year the page says whose numbers these are.
    assert "2025–26" in ada.says()
    ada.look("two-lists-school")
