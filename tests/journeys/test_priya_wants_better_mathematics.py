"""Priya wants better mathematics. She looks at test scores, attendance and engagement together, sees that attendance goes
with the scores, opens a school plan on the scores themselves, and has support opened under it for students she chose by
name. A later file of scores moves the plan.

The site is built from imported files; what goes with what was computed by its worker after the measurement.
"""

import csv
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from walking import Person, signed_in

from crescendo import database
from live_site import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PLAN = "Better mathematics by more days in school"
FAMILY, SUBJECT = "Winter screener", "Mathematics"
BEFORE, BEGINS, AFTER = date(2026, 1, 19), date(2026, 1, 26), date(2026, 4, 14)
BENCHMARK = 20.0
# Everybody enrolled at the school on both days, so that all of them can sit both times.
STUDENTS = """
SELECT ids.external_id, org.external_id
FROM roster_organisation school
JOIN roster_externalid org ON org.source = 'sis' AND org.entity = 'org' AND org.object_id = school.id
JOIN roster_enrolment e ON e.school_id = school.id AND e.entry_on <= %s AND (e.exit_on IS NULL OR e.exit_on >= %s)
JOIN roster_externalid ids ON ids.source = 'sis' AND ids.entity = 'student' AND ids.object_id = e.student_id
WHERE school.name = 'Willow Creek Middle School' ORDER BY ids.external_id
"""
STRATEGY = "Meets a mentor each Monday; a call home after the second day away."


def test_priya_wants_better_mathematics(
    priya: Person,
    browser: "Browser",
    site: str,
    environment: dict[str, str],
    tmp_path: Path,
) -> None:
    with psycopg.connect(environment[database.ADDRESSES["owner"]]) as connection:
        students = connection.execute(STUDENTS, [BEFORE, AFTER]).fetchall()
    assert len(students) >= 50
    winter = [float(10 + n % 20) for n in range(len(students))]
    bring_in(environment, tmp_path / "winter", students, BEFORE, winter)
    see_that_attendance_goes_with_mathematics(priya)
    names = see_who_is_low_in_both(priya)
    open_a_school_plan(priya, winter)
    chosen = open_support_under_it(priya, sum(score < BENCHMARK for score in winter))
    # One in five is away. The others gain one point on average; nobody types it.
    came = [n for n in range(len(students)) if n % 5]
    spring = [winter[n] + (n % 5 - 1.5) for n in came]
    bring_in(environment, tmp_path / "spring", [students[n] for n in came], AFTER, spring)
    gain = sum(n % 5 - 1.5 for n in came) / len(came)
    find_it_again(priya, len(chosen))
    the_scores_have_moved_it(priya, sum(winter) / len(winter) + gain, len(came), len(students))
    nobody_else_reads_the_names(browser, site, priya.page.url, names + chosen)


def bring_in(
    environment: dict[str, str],
    folder: Path,
    students: list[tuple[str, str]],
    on: date,
    scores: list[float],
) -> None:
    """A file of one screening of the whole school, and the import that a district would run."""
    folder.mkdir()
    tests = "assessment_code,title,subject,family,accountability,scale_min,scale_max,benchmark"
    results = "result_id,student_id,school_id,assessment_code,date,grade,status,score,level,proficient"
    with (folder / "assessments.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(tests.split(","))
        rows.writerow(["WS-M", "Winter screener, mathematics", SUBJECT, FAMILY, "false", 0, 40, BENCHMARK])
    with (folder / "assessment_results.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(results.split(","))
        for (student, school), score in zip(students, scores, strict=True):
            rows.writerow([f"ws-{on}-{student}", student, school, "WS-M", on, "", "scored", score, "", ""])
    command = [sys.executable, "-m", "crescendo", "import", "table", str(folder), "--mapping"]
    done = subprocess.run(
        [*command, "district-extracts", "--source", "screener", "--yes"],
        env=environment, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def see_that_attendance_goes_with_mathematics(priya: Person) -> None:
    page = priya.page
    page.get_by_role("link", name="Reports").first.click()
    page.locator("main").get_by_role("link", name="Willow Creek Middle School").click()
    page.get_by_role("link", name="What goes with test scores here?").click()
    page.get_by_label("Scores in").select_option("Mathematics")
    page.get_by_role("button", name="Show").click()
    said = priya.says()
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
    priya.look("mathematics-1-goes-with")


def see_who_is_low_in_both(priya: Person) -> list[str]:
    names = [
        name.rstrip(":")
        for name in priya.page.locator("#low ~ form label strong, #low ~ ul strong").all_inner_texts()
    ]
    assert names, "the district has students who miss much and are below the benchmark"
    assert len(set(names)) == len(names)
    return names


def open_a_school_plan(priya: Person, winter: list[float]) -> None:
    """The finding comes along as the reason. She wants to see it in the scores, five percent up."""
    page = priya.page
    page.get_by_role("link", name="Open a school plan").first.click()
    assert "came to school less also scored lower in Mathematics" in priya.says()
    page.locator("#id_title").fill(PLAN)
    assert page.locator("#id_measure").input_value() == "indicator:attendance_rate"
    page.locator("#id_measure").select_option(f"assessment:{FAMILY}|{SUBJECT}")
    page.locator("#id_how_far").select_option("up_by")
    page.locator("#id_amount").fill("5")
    page.locator("#id_due_on").fill("2026-06-12")
    priya.look("mathematics-2-plan")
    page.locator("summary", has_text="More, if you like").click()
    page.locator("#id_begins_on").fill(BEGINS.isoformat())
    page.get_by_role("button", name="Open this goal").click()
    assert PLAN in page.inner_text("h1")
    mean = sum(winter) / len(winter)
    assert f"from {mean:.1f} to {mean * 1.05:.1f}" in priya.says(), "the start is read from the file"


def open_support_under_it(priya: Person, low: int) -> list[str]:
    """Two of those below the benchmark of the plan's own test, by name; the others stay as they are."""
    page = priya.page
    page.get_by_role("link", name="Open support for several students").first.click()
    assert "Who gets the same support?" in page.inner_text("h1")
    assert f"Measured by: {FAMILY}, {SUBJECT}." in priya.says()
    boxes = page.locator('input[name="students"]')
    assert 2 <= boxes.count() <= low, "those below the benchmark who have no support yet"
    for box in boxes.all():
        box.uncheck()
    chosen = []
    for n in range(2):
        boxes.nth(n).check()
        said = page.locator(f'label[for="{boxes.nth(n).get_attribute("id")}"]').inner_text()
        assert f"the benchmark is {BENCHMARK:.0f}." in said, "each with the score that names them"
        chosen.append(said.partition(":")[0].strip())
    page.locator("#id_concern").fill("Misses a day most weeks, and falls behind in mathematics.")
    page.locator("#id_strategy").fill(STRATEGY)
    priya.look("mathematics-3-support")
    page.get_by_role("button", name="Open support for those chosen").click()
    assert "Support is open for" in priya.says()
    return chosen


def find_it_again(priya: Person, n: int) -> None:
    page = priya.page
    page.get_by_role("link", name="Goals & plans").first.click()
    page.get_by_role("link", name=PLAN).first.click()
    assert PLAN in page.inner_text("h1")
    under = page.locator("section", has=page.locator("#under"))
    assert "None yet" not in under.inner_text()
    assert under.locator("li").count() == n or f"{n} more" in under.inner_text()
    priya.look("mathematics-4-plan-with-support")


def the_scores_have_moved_it(priya: Person, now: float, both: int, started: int) -> None:
    """Nobody typed a number: the page counts from the second file, and says of how many students."""
    said = priya.says()
    assert f"{now:.1f} on " in said, said[:800]
    priya.page.locator("summary", has_text="How we know").first.click()
    assert f"{both} students have both scores, of {started} at the start" in priya.says()


def nobody_else_reads_the_names(browser: "Browser", site: str, plan: str, names: list[str]) -> None:
    """A governor reads what goes with what and no name; a teacher of another school finds neither page nor plan."""
    with signed_in(browser, site, "gus") as gus:
        gus.page.goto(f"{site}/goes-with/{school_id(gus, site)}/?subject=Mathematics")
        said = gus.says()
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
