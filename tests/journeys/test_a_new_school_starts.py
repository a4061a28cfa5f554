"""A new school goes from its roster file to the first useful page by the screens alone, on an empty database.

Begun, left in the middle and taken up again; nothing is asked that the file holds. At the end the principal, who was
invited by a printed code, has a page of her own. Steps are counted, not seconds.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from walking import Person

import live_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WORKER = 180_000  # milliseconds that the worker may take, on a machine that others share
PASSWORD = "three green paper boats"


def _today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture(scope="module")
def school_year() -> int:
    today = _today()
    if (7, 1) <= (today.month, today.day) < (9, 15):
        pytest.skip("the made-up district has its summer: nobody is enrolled yet")
    return today.year + 1 if today.month > 6 else today.year


@pytest.fixture(scope="module")
def roster_file(school_year: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a student information system exports: a OneRoster package, as one ZIP."""
    from edmeasures import synth  # noqa: PLC0415

    folder = tmp_path_factory.mktemp("export")
    synth.write(
        synth.generate(300, 7, min(_today(), date(school_year, 6, 10)), school_year=school_year), folder
    )
    return Path(shutil.make_archive(str(folder / "roster"), "zip", folder / "oneroster"))


@pytest.fixture(scope="module")
def new_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of a site in which nobody can sign in, with its worker; and its data folder."""
    data = tmp_path_factory.mktemp("school")
    with live_site.new_site("school", data) as address:
        yield address, data


class Somebody(Person):
    """One person at one window, who reads headings and presses buttons; each press is a step."""

    def __init__(self, browser: "Browser", address: str) -> None:
        super().__init__(browser, address, "", "desktop")
        self.steps = 0

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def press(self, words: str) -> None:
        self.steps += 1
        super().press(words)

    def fill(self, **fields: str) -> None:
        for name, value in fields.items():
            self.page.locator(f'[name="{name}"]').fill(value)

    def wait_for(self, words: str) -> None:
        """Until the worker is done and the page says so by itself."""
        self.page.get_by_role("button", name=words).or_(
            self.page.get_by_role("link", name=words)
        ).first.wait_for(timeout=WORKER)


def test_from_the_roster_file_to_the_first_useful_page(
    new_site: tuple[str, Path], roster_file: Path, browser: "Browser"
) -> None:
    address, data = new_site
    ada = Somebody(browser, address)

    begin(ada, (data / "setup_code").read_text())
    assert not (data / "setup_code").exists()

    send_roster(ada, roster_file)
    ada = come_back_tomorrow(browser, address, ada)
    say_that_they_are_ours(ada)
    say_when_there_is_school(ada)
    confirm_roles(ada)
    code, username = invite_the_principals(ada)
    count(ada)

    assert ada.heading() == "What is of use now?"
    assert "300 students" in ada.says()
    ada.look("new-school-first-page")
    ada.press("Open my first page")
    assert ada.page.url == address + "/"
    assert "step" not in ada.says()
    ada.look("new-school-today")
    assert ada.steps <= 20, ada.steps

    accept(browser, address, code, username)


def begin(ada: Somebody, code: str) -> None:
    ada.go("/")
    assert ada.heading() == "Which school begins here?"
    ada.look("new-school-begin")
    ada.fill(code=code, name="Northfield Schools", person="Ada Abbott", email="ada@northfield.example")
    ada.fill(password=PASSWORD, again=PASSWORD)
    ada.press("Begin")
    assert ada.heading() == "What comes next in setting up?"
    ada.look("new-school-steps")


def send_roster(ada: Somebody, file: Path) -> None:
    ada.press("Go on")
    assert ada.heading() == "Who is at the school?"
    ada.look("new-school-roster")
    ada.page.locator('input[type="file"]').set_input_files(file)
    ada.press("Read this file")
    ada.wait_for("Yes, apply it")
    ada.press("Yes, apply it")
    ada.page.get_by_text("came in. New:").wait_for(timeout=WORKER)


def come_back_tomorrow(browser: "Browser", address: str, ada: Somebody) -> Somebody:
    """Left half-way: another window, another session, the same place."""
    ada.context.close()
    back = Somebody(browser, address)
    back.steps = ada.steps
    back.go("/")
    back.fill(username="ADA@northfield.example", password=PASSWORD)
    back.press("Sign in")
    back.look("new-school-today-while-setting-up")
    back.press("Go on setting up")
    return back


def say_that_they_are_ours(ada: Somebody) -> None:
    assert ada.heading() == "Are these your schools?"
    ada.look("new-school-ours")
    ada.press("Yes, these are ours")


def say_when_there_is_school(ada: Somebody) -> None:
    assert ada.heading().startswith("On which days is there school")
    assert "From your roster file" in ada.says()
    assert ada.page.locator('[name="terms"]').count() == 0, "the file told the terms: nobody is asked again"
    year = ada.page.locator('[name="ends_on"]').input_value()[:4]
    ada.fill(holidays=f"{int(year) - 1}-11-26 to {int(year) - 1}-11-27 Thanksgiving\n2026-13-45 nonsense")
    ada.press("Show the days")
    assert "there is no such day" in ada.says()
    ada.fill(holidays=f"{int(year) - 1}-11-26 to {int(year) - 1}-11-27 Thanksgiving")
    ada.press("Show the days")
    ada.look("new-school-calendar")
    ada.press("Keep these days")


def confirm_roles(ada: Somebody) -> None:
    assert ada.heading() == "Who does what?"
    assert ada.page.locator("tbody select").count() > 3
    ada.look("new-school-roles")
    ada.press("These roles are right")


def invite_the_principals(ada: Somebody) -> tuple[str, str]:
    assert ada.heading() == "Whom do you invite first?"
    ada.look("new-school-invitations")
    ada.press("Invite principals")
    assert ada.heading() == "Who can sign in?"
    ada.look("new-school-people")
    ada.page.locator("main .button", has_text="Invite those").click()
    ada.page.wait_for_load_state()
    assert "4 letters go out" in ada.says()
    ada.look("new-school-invite")
    ada.page.go_back()
    ada.press("Print codes instead")
    assert "4 codes are made to print" in ada.says()
    ada.press("Invite them")
    assert ada.heading() == "Print these codes now"
    ada.look("new-school-codes")
    strip = ada.page.locator(".strip").first
    code, username = strip.locator(".strip__code").inner_text(), strip.locator("dd").nth(2).inner_text()
    ada.go("/")
    ada.press("Go on setting up")
    ada.press("Go on; I invite later")
    return code, username


def count(ada: Somebody) -> None:
    assert ada.heading() == "What do the first numbers say?"
    ada.press("Count now")
    ada.look("new-school-counting")
    ada.wait_for("See your first page")
    ada.press("See your first page")


def accept(browser: "Browser", address: str, code: str, username: str) -> None:
    principal = Somebody(browser, address)
    principal.go("/welcome/")
    principal.fill(code=code.lower())
    principal.look("new-school-code")
    principal.press("Go on")
    principal.look("new-school-welcome")
    principal.fill(password="a quiet harbor at seven", again="a quiet harbor at seven")
    principal.press("Sign in")
    assert principal.page.url == address + "/"
    assert principal.page.locator("nav a", has_text="Students").count()
    principal.look("new-school-principal")
    principal.context.close()
    stranger = Somebody(browser, address)
    stranger.go("/welcome/")
    stranger.fill(code=code)
    stranger.press("Go on")
    assert "opens nothing" in stranger.says()
    stranger.go("/setup/")
    assert stranger.heading() == "There is no such page for you"
    assert username
