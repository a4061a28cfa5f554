"""The pictures of the documentation. `make screenshots` writes them; `make test-long` proves that it could."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import page_name, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.long  # the same pages are walked by everybody in `test_cast`
FOLDER = os.environ.get("CRESCENDO_SCREENSHOTS")

# file name: (who looks, window, address name; the first link with this name is followed)
PICTURES = {
    "today-principal": ("priya", "desktop", "pages:today"),
    "school": ("priya", "desktop", "pages:school_page"),
    "student": ("tess", "desktop", "pages:student_page"),
    "today-family-phone": ("fay", "phone", "pages:today"),
    "imports": ("dina", "desktop", "imports:import_list"),
    "definition": ("ana", "desktop", "indicators:definition_view"),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_picture(picture: str, site: str, browser: "Browser", tmp_path: Path) -> None:
    username, size, wanted = PICTURES[picture]
    folder = Path(FOLDER) if FOLDER else tmp_path
    with signed_in(browser, site, username, size) as person:
        path = _find(person, wanted)
        person.page.goto(site + path)
        person.page.wait_for_load_state("networkidle")
        folder.mkdir(parents=True, exist_ok=True)
        person.page.screenshot(path=folder / f"{picture}.png")
    assert (folder / f"{picture}.png").stat().st_size > 5_000


def _find(person: object, wanted: str) -> str:
    """Follow links, breadth first, until an address of that name is found."""
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop(0)
        name = page_name(path)
        if name == wanted:
            return path
        if name is None or name in seen or "." in path:
            continue
        seen.add(name)
        person.go(path)
        waiting += person.links(path)
    raise AssertionError(f"no link leads {person.username} to {wanted}; found {sorted(seen)}")
