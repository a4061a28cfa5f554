"""Cora opens a support plan from what a student's page says is worth a look, gives it, looks back and closes it.

The numbers come from imported files: nobody types attendance. Beside it Sam's reading, which Cora measures herself on
her phone; his mother reads how it goes in Spanish, and nobody else who should not finds it.
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from walking import Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TODAY, SINCE = "2026-04-20", "2026-03-02"
WHAT_IS_DONE = "Meets Cora each Monday and Thursday before school, and calls home together on Fridays."
CONCERN = "Away after weekends. Something at home?"
NOTE = "Came in smiling, talked about the bus."
READING = "Reads one page aloud twice, with a partner."


def test_cora_opens_a_plan_logs_reviews_and_closes(cora: Person) -> None:
    name = find_a_student_who_misses_school(cora)
    open_support(cora, name)
    log_sessions(cora)
    say_how_it_goes(cora)
    look_back_and_go_on(cora)
    find_it_in_the_list(cora, name)
    close_it(cora, name)


def find_a_student_who_misses_school(cora: Person) -> str:
    page = cora.page
    page.get_by_role("link", name="Students").first.click()
    page.get_by_label("Show").select_option("chronic_absence")
    page.get_by_role("button", name="Show").click()
    first = page.locator(".person a").first
    name = first.inner_text()
    first.click()
    assert "Missed" in cora.says()
    cora.look("support-1-student")
    return name


def open_support(cora: Person, name: str) -> None:
    """The reasons, the present value and the goal stand there already; two things are said, the rest is proposed."""
    page = cora.page
    page.get_by_role("link", name="Open a support plan").first.click()
    assert name in page.inner_text("h1")
    assert "Missed" in cora.says()
    assert page.get_by_label("Wanted, in percent").input_value() == "95"
    page.get_by_label("What worries you").fill(CONCERN)
    page.get_by_label("What will be done").fill(WHAT_IS_DONE)
    page.get_by_text("Who, when, how intensive").click()
    page.get_by_label("From", exact=True).fill(SINCE)
    page.get_by_label("Minutes of a session").fill("20")
    cora.look("support-2-open")
    page.get_by_role("button", name="Open support").click()
    assert "Attendance rate: from" in cora.says()
    assert "0 of 12 sessions took place." in cora.says()


def log_sessions(cora: Person) -> None:
    """Today's with one press; an earlier one with a note; one that fell out; one on a day that has not come."""
    page = cora.page
    page.get_by_role("button", name="A session took place today").click()
    assert "Today's session is logged" in cora.says()
    log_another_day(cora, "2026-04-02", note=NOTE)
    assert NOTE in cora.says()
    log_another_day(cora, "2026-04-09", why="The student was away")
    log_another_day(cora, "2026-04-21")
    assert "has not come yet" in cora.says()
    page.goto(page.url.replace("sessions/", ""))
    assert "2 of 12 sessions took place. 1 could not take place." in cora.says()
    page.get_by_role("button", name=re.compile("Take back.*April 2, 2026")).click()
    assert "1 of 12 sessions took place." in cora.says()
    log_another_day(cora, "2026-04-02", note=NOTE)
    cora.look("support-3-given")


def log_another_day(cora: Person, on: str, *, note: str = "", why: str = "") -> None:
    page = cora.page
    page.get_by_text("Another day, or it did not take place").click()
    page.get_by_label("Day", exact=True).first.fill(on)
    if why:
        page.get_by_label("No", exact=True).check()
        page.get_by_label("If not, why").select_option(label=why)
    if note:
        page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Log this session").click()


def say_how_it_goes(cora: Person) -> None:
    """Attendance comes from the school's own files: there is no field to type it into."""
    page = cora.page
    page.get_by_text("Say how it goes").click()
    assert page.get_by_label("Score").count() == 0
    page.get_by_label("Will the goal be reached?").select_option(label="Probably")
    page.get_by_label("In a sentence").fill("Comes in on Mondays now.")
    page.get_by_role("button", name="Write it down").click()
    assert "Will the goal be reached? Probably" in cora.says()
    page.get_by_text("The family has been told").click()
    page.get_by_role("button", name="Write down the day").click()
    assert "Family told on April 20, 2026" in cora.says()


def look_back_and_go_on(cora: Person) -> None:
    page = cora.page
    page.get_by_text("Look back and decide").click()
    page.get_by_label("Change something").check()
    page.get_by_label("Sessions a week from now on").fill("1")
    page.get_by_label("Why", exact=True).fill("Mondays are what matters.")
    page.get_by_role("button", name="Decide").click()
    assert "1 session a week, 20 minutes each" in cora.says()
    assert "Mondays are what matters." in cora.says()
    # What was planned before stays planned.
    assert "2 of 12 sessions took place." in cora.says()


def find_it_in_the_list(cora: Person, name: str) -> None:
    page = cora.page
    page.get_by_role("link", name="Students").first.click()
    page.get_by_role("link", name="Whom do you support?").click()
    assert "Whom do you support?" in page.inner_text("h1")
    cora.look("support-4-list")
    page.get_by_role("link", name=name).click()


def close_it(cora: Person, name: str) -> None:
    """Before and after stand beside each other before anything is said about it, with the caution."""
    page = cora.page
    page.get_by_role("link", name="Close this support").click()
    assert "One student's change proves nothing" in cora.says()
    assert "over 7 weeks" in cora.says()
    cora.look("support-5-close")
    page.get_by_label("In part").check()
    page.get_by_label("What happened").fill("Mondays improved, Fridays did not.")
    page.get_by_label("What you learned").fill("Ask about the bus earlier.")
    page.get_by_role("button", name="Close this support").click()
    assert "Closed on April 20, 2026" in cora.says()
    assert page.get_by_role("button", name="A session took place today").count() == 0
    cora.look("support-6-closed")
    page.get_by_role("link", name="Students").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Show").click()
    page.locator(".person a").first.click()
    assert "partly reached" in cora.says()


def test_a_score_is_written_down_on_a_phone_and_the_mother_reads_it(site: str, browser: "Browser") -> None:
    with signed_in(browser, site, "cora", "phone") as cora:
        address = support_sams_reading(cora)
        cora.picture("support-7-phone")
        assert cora.heard == []
    with signed_in(browser, site, "fay", "phone") as fay:
        visit = fay.visit(address)
        fay.picture("support-8-family")
        assert (visit.status, visit.problems) == (200, [])
        assert fay.page.locator("html").get_attribute("lang") == "es"
        assert "Words read in a minute" in fay.says()
        assert "71" in fay.says()
        assert READING in fay.says()
        for private in (CONCERN, "A good day", "Log"):
            assert private not in fay.says()
        assert fay.page.locator("main form[action*=support]").count() == 0
    for username in ("bryn", "otto", "gus", "hana"):
        with signed_in(browser, site, username) as person:
            assert person.visit(address, axe=False).status == 404, username


def support_sams_reading(cora: Person) -> str:
    """One value before it began and four since: too few to say, and the page says so."""
    page = cora.page
    page.goto(f"{cora.site}/search/?q=Sam")
    page.locator("main a[href^='/students/']").first.click()
    page.get_by_role("link", name="Open a support plan").first.click()
    other = page.get_by_role("link", name="something you measure yourself")
    if other.count():
        other.click()
    page.get_by_label("What worries you").fill(CONCERN)
    page.get_by_label("What will be done").fill(READING)
    page.get_by_label("What you will measure").fill("Words read in a minute")
    page.get_by_label("Now").fill("62")
    page.get_by_label("Wanted").fill("80")
    page.get_by_text("Who, when, how intensive").click()
    page.get_by_label("From", exact=True).fill(SINCE)
    page.get_by_role("button", name="Open support").click()
    assert "Words read in a minute: from 62 to 80" in cora.says()
    for on, score in (("2026-03-16", "64"), ("2026-03-30", "69"), (TODAY, "71")):
        page.get_by_text("Write down a score").click()
        page.locator("details[open] input[name=on]").fill(on)
        page.get_by_role("spinbutton", name="Words read in a minute").fill(score)
        page.get_by_label("In a sentence").fill("A good day")
        page.get_by_role("button", name="Write it down").click()
    assert "Latest: 71 on April 20; it was 62 when the support began." in cora.says()
    assert "Too few to say whether anything changed" in cora.says()
    return urlsplit(page.url).path
