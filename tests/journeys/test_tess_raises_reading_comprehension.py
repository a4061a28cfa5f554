"""Tess wants her class's average reading comprehension up by 10 percent in six months.

Scores come in as files, through the door that every file takes: once before she sets her goal, once after. She types
no score; the second file moves her progress by itself, comparing the same students with themselves.
"""

import csv
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from walking import Person

from crescendo import database
from live_site import ROOT

if TYPE_CHECKING:
    pass

TITLE = "Average reading comprehension up by 10 percent"
BEFORE, BEGINS, AFTER, DUE = (date(2026, 1, 19), date(2026, 1, 26), date(2026, 4, 14), date(2026, 7, 26))

STUDENTS_OF_CLASS = """
SELECT ids.external_id, school.external_id
FROM roster_classenrolment member
JOIN roster_schoolclass taught ON taught.id = member.school_class_id
JOIN roster_externalid ids ON ids.source = 'sis' AND ids.entity = 'student' AND ids.object_id = member.student_id
JOIN roster_externalid school ON school.source = 'sis' AND school.entity = 'org' AND school.object_id = taught.school_id
WHERE member.school_class_id = %s AND member.begins_on <= %s AND (member.ends_on IS NULL OR member.ends_on >= %s)
ORDER BY ids.external_id
"""


def bring_in(
    environment: dict[str, str], folder: Path, rows: list[tuple[str, str]], on: date, scores: list[float]
) -> None:
    """A file of one sitting, and the import that a school would run."""
    folder.mkdir()
    with (folder / "assessments.csv").open("w", newline="") as file:
        header = "assessment_code,title,subject,family,accountability,scale_min,scale_max,benchmark"
        csv.writer(file).writerow(header.split(","))
        csv.writer(file).writerow(
            [
                "RC-6",
                "Reading comprehension, grade 6",
                "English language arts",
                "Reading comprehension",
                "false",
                0,
                40,
                "",
            ]
        )
    with (folder / "assessment_results.csv").open("w", newline="") as file:
        header = "result_id,student_id,school_id,assessment_code,date,grade,status,score,level,proficient"
        csv.writer(file).writerow(header.split(","))
        for (student, school), score in zip(rows, scores, strict=True):
            csv.writer(file).writerow(
                [f"rc-{on}-{student}", student, school, "RC-6", on.isoformat(), "06", "scored", score, "", ""]
            )
    command = [
        sys.executable,
        "-m",
        "crescendo",
        "import",
        "table",
        str(folder),
        "--mapping",
        "district-extracts",
    ]
    done = subprocess.run(
        [*command, "--source", "reading-tests", "--yes"],
        env=environment, cwd=ROOT, check=False, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_tess_raises_reading_comprehension(tess: Person, environment: dict[str, str], tmp_path: Path) -> None:
    class_id = open_her_class(tess)
    with psycopg.connect(environment[database.ADDRESSES["owner"]]) as connection:
        rows = connection.execute(STUDENTS_OF_CLASS, [class_id, AFTER, AFTER]).fetchall()
    assert len(rows) >= 10
    bring_in(environment, tmp_path / "january", rows, BEFORE, [20.0] * len(rows))
    set_the_goal(tess, class_id)
    plan_the_steps(tess)
    # Half of the class gains two points; one student is away, and is left out instead of counted as nothing.
    taking = rows[:-1]
    bring_in(
        environment, tmp_path / "april", taking, AFTER, [22.0 if n % 2 else 20.0 for n in range(len(taking))]
    )
    see_the_progress(tess, sum(2 for n in range(len(taking)) if n % 2) / len(taking))


def open_her_class(tess: Person) -> int:
    tess.page.get_by_role("link", name="Classes").first.click()
    tess.page.wait_for_load_state()
    tess.page.locator("main a[href^='/classes/']").first.click()
    tess.page.wait_for_load_state()
    return int(re.search(r"/classes/(\d+)/", tess.page.url)[1])


def set_the_goal(tess: Person, class_id: int) -> None:
    """What, measured by what, how far, by when; the rest is folded away."""
    page = tess.page
    page.goto(f"{tess.site}/plans/new/?class={class_id}")
    page.locator("#id_title").fill(TITLE)
    choice = page.locator("#id_measure option", has_text="Reading comprehension").first
    page.locator("#id_measure").select_option(choice.get_attribute("value"))
    page.locator("#id_how_far").select_option("up_by")
    page.locator("#id_amount").fill("10")
    page.locator("#id_due_on").fill(DUE.isoformat())
    tess.look("reading-1-goal")
    page.locator("summary", has_text="More, if you like").click()
    page.locator("#id_begins_on").fill(BEGINS.isoformat())
    page.get_by_role("button", name="Open this goal").click()
    page.wait_for_load_state()
    said = tess.says()
    assert TITLE in page.inner_text("h1")
    assert re.search(r"\b20(\.0)?\b", said), "the baseline is read from the file"
    assert re.search(r"\b22(\.0)?\b", said), "ten percent more than 20"


def plan_the_steps(tess: Person) -> None:
    """Targeted instruction, formative assessments, feedback: each with a day, and Tess answers for all three."""
    page = tess.page
    for what, day in (
        ("Targeted instruction: two small groups, twice a week", "2026-05-15"),
        ("Formative assessment: one short passage every second Friday", "2026-06-12"),
        ("Feedback: two sentences to each student after each passage", "2026-06-12"),
    ):
        page.get_by_role("link", name="Add a step").click()
        page.locator("[name=what]").fill(what)
        page.locator("[name=due_on]").fill(day)
        page.locator("main form button").last.click()
        page.wait_for_load_state()
        assert what in tess.says()
    assert "0 of 3 done" in tess.says()
    tess.look("reading-2-steps")


def see_the_progress(tess: Person, gained: float) -> None:
    """Nobody typed a number: the page counts from the second file, and says of how many students."""
    tess.page.reload()
    said = tess.says()
    assert f"{20 + gained:.1f}" in said, said[:800]
    tess.look("reading-3-progress")
