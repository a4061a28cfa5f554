"""Ana traces a school's number to its students, a student's to the days, and the days to the file that was sent.

Nothing is looked up in the database: what the pages say is compared with the files that the district brought in.
"""

import csv
import io
import json
import os
import re
import zipfile
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.utils import translation
from django.utils.formats import date_format
from walking import Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

FIRST_DAY = date(2025, 7, 1)


@pytest.fixture
def files(request: pytest.FixtureRequest) -> Path:
    """The folder of files that the demo was built from."""
    data = os.environ.get("CRESCENDO_BROWSER_DATA")
    return Path(data or request.getfixturevalue("environment")["CRESCENDO_DATA"]) / "demo"


def row_of(person: Person, words: str) -> "Locator":
    return person.page.get_by_role("row").filter(
        has=person.page.get_by_role("rowheader", name=words, exact=True)
    )


def test_ana_traces_a_number_to_its_rows(site: str, browser: "Browser", ana: Person, files: Path) -> None:
    open_the_number(ana)
    address = ana.page.url
    part, whole = divide_it_again(ana)
    ana.look("number-of-a-school")
    follow_the_import(ana)
    see_the_way_from_the_tables(ana)
    read_the_other_counting_rules(ana)
    download_it_with_its_definition(ana, part, whole)
    name = open_a_flagged_student(ana)
    ana.look("number-of-a-student")
    compare_with_the_file(ana, files, name)
    with signed_in(browser, site, "gus") as gus:
        gus.page.goto(address)
        read = gus.page.locator("main").inner_text()
        # A school as small as the demo's may have to be hidden whole, so that no group of it can be worked out.
        assert f"{part} ÷ {whole} =" in read or "hidden to protect a small group" in read
        assert "The rows are students' records." in read
        assert name not in read


def open_the_number(ana: Person) -> None:
    """From the reports to a school, and from its value to where the value comes from: three clicks."""
    ana.page.get_by_role("link", name="Reports").first.click()
    ana.page.get_by_role("link", name="Middle School").first.click()
    row_of(ana, "Chronic absence").locator("a.explained").first.click()
    assert ana.page.locator("h1").inner_text() == "Where does this number come from?"


def divide_it_again(ana: Person) -> tuple[int, int]:
    """The division on the page is a division, and is rounded as taught in school."""
    said = ana.page.locator("main").inner_text()
    found = re.search(r"(\d+) ÷ (\d+) = ([\d.]+); printed, rounded half-up ([\d.]+)%", said)
    assert found, said[:800]
    part, whole = int(found[1]), int(found[2])
    assert float(found[3]) == part / whole
    printed = (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert Decimal(found[4]) == printed
    return part, whole


def follow_the_import(ana: Person) -> None:
    """The extracts and the roster brought the facts; the delivery itself is one click away."""
    address = ana.page.url
    table = ana.page.get_by_role("table", name="Who sent the facts")
    assert table.get_by_role("rowheader").all_inner_texts() == [
        "District extracts",
        "Student information system",
    ]
    table.get_by_role("link", name="extracts").click()
    assert "/imports/" in ana.page.url
    assert "attendance_events.csv" in ana.page.locator("main").inner_text()
    ana.page.goto(address)


def see_the_way_from_the_tables(ana: Person) -> None:
    ana.page.get_by_text("Show the way").click()
    way = ana.page.locator(
        "section", has=ana.page.get_by_role("heading", name="From the tables to the number")
    )
    for words in ("attendance_events", "attendance_days", "FROM attendance_days AS d"):
        assert words in way.inner_text()


def read_the_other_counting_rules(ana: Person) -> None:
    rules = ana.page.get_by_role("table", name="The same facts, counted as different authorities count")
    assert rules.get_by_role("rowheader").count() == 3
    assert rules.get_by_text("this number", exact=True).count() == 1


def download_it_with_its_definition(ana: Person, part: int, whole: int) -> None:
    """The same number stands in the file, beside what it means."""
    place = re.search(r"/numbers/places/(\d+)/", ana.page.url)[1]
    with ana.page.expect_download() as waiting:
        ana.page.get_by_role("link", name="table with its definitions (ZIP)").click()
    archive = zipfile.ZipFile(waiting.value.path())
    rows = list(csv.DictReader(io.StringIO(archive.read("numbers.csv").decode())))
    own = [
        row for row in rows
        if (row["organisation_id"], row["characteristic"], row["counting_rules"]) == (place, "", "us-federal")
    ]  # fmt: skip
    assert [(float(row["numerator"]), float(row["denominator"])) for row in own] == [(part, whole)]
    said = json.loads(archive.read("numbers.csv-metadata.json"))
    assert said["notes"][0]["indicator"] == "chronic_absence"


def open_a_flagged_student(ana: Person) -> str:
    """Somebody of whom the measure is true; the value leads to the days it was made from."""
    rows = ana.page.get_by_role("table", name="Each student's own value").get_by_role("row")
    flagged = rows.filter(has=ana.page.get_by_role("cell", name="yes", exact=True)).first
    name = flagged.get_by_role("rowheader").inner_text()
    flagged.locator("a.explained").click()
    read = ana.page.locator("main").inner_text()
    assert name in read
    assert "These rows add up to the number: yes." in read
    assert "Absent for the threshold share or more: yes." in read
    return name


def compare_with_the_file(ana: Person, files: Path, name: str) -> None:
    """Day for day what the district's file says of this student in this school year."""
    with (files / "oneroster" / "users.csv").open(newline="") as file:
        known = [row for row in csv.DictReader(file) if f"{row['givenName']} {row['familyName']}" == name]
    ids = {row["identifier"] for row in known}
    with (files / "extracts" / "attendance_events.csv").open(newline="") as file:
        sent = [row for row in csv.DictReader(file) if row["student_id"] in ids]
    days = sorted(day for row in sent if (day := date.fromisoformat(row["date"])) >= FIRST_DAY)
    with translation.override("en-us"):
        wanted = [date_format(day, "DATE_FORMAT") for day in days]
    table = ana.page.get_by_role("table", name="Absences and late arrivals")
    assert table.get_by_role("rowheader").all_inner_texts() == wanted
