"""A department head coaches a colleague on the use of time, and the principal cannot read a word of it.

Max heads mathematics at Tess's school. They agree who reads what, set a goal, meet, ask open questions, give feedback on
what was seen, try one small step at a time, and look back. Priya leads the school.
"""

from datetime import date
from typing import TYPE_CHECKING

from walking import Person, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FOCUS = "Time management at the start of lessons"
GOAL = "The first task has begun three minutes after the bell"
SEEN = "After the bell, six students waited four minutes for paper"
STEP = "Paper lies on the desks before the bell"
NOTES = "We looked at the first ten minutes and at who was waiting for what."
REFLECTION = (
    "I had not seen how long the beginning was. Two lists on the board would do the same for homework."
)
SECRETS = (FOCUS, GOAL, SEEN, STEP, NOTES, REFLECTION)


def test_a_department_head_coaches_and_the_principal_reads_none_of_it(
    site: str, browser: "Browser", max_: Person, tess: Person
) -> None:
    agreement = invite(max_)
    say_yes(tess)
    set_a_goal(tess)
    session = meet(max_)
    closed_questions_alone_are_nudged(max_)
    nothing_is_lost_when_both_write(max_, tess, session)
    give_feedback(max_, session)
    one_step_at_a_time(tess, max_, agreement)
    for username in ("priya", "adam", "dina", "ivo", "hana", "ana"):
        nobody_else_reads(site, browser, username, (agreement, session))
    look_back(tess, agreement)
    nobody_else_reads(site, browser, "priya", (agreement, session))


def open_my_coaching(person: Person) -> None:
    """A teacher's rail is for lessons; their coaching lies under their own name."""
    person.page.locator(".account > summary").click()
    person.page.get_by_role("link", name="My coaching").click()


def invite(max_: Person) -> str:
    page = max_.page
    open_my_coaching(max_)
    max_.look("coaching-1-nobody-yet")
    page.get_by_role("link", name="Invite a colleague").click()
    page.get_by_label("Who", exact=True).select_option(label="Tess Lindqvist")
    page.get_by_label("What is it about?").fill(FOCUS)
    page.get_by_role("button", name="Send the invitation").click()
    # Max forgot to agree himself: he is told, and what he typed is still there.
    assert page.get_by_label("What is it about?").input_value() == FOCUS
    page.get_by_label("I agree to these words").check()
    max_.look("coaching-2-invitation")
    page.get_by_role("button", name="Send the invitation").click()
    assert "Waiting for an answer" in page.inner_text("main")
    return page.url


def say_yes(tess: Person) -> None:
    """Tess finds the invitation from her own account, reads the words, and agrees."""
    page = tess.page
    open_my_coaching(tess)
    page.get_by_role("link", name="Read and answer").click()
    assert "nobody else" in page.inner_text("main")
    tess.look("coaching-3-answer")
    page.get_by_role("button", name="Yes, I agree to these words").click()
    assert "You have both agreed" in page.inner_text("body")


def set_a_goal(tess: Person) -> None:
    page = tess.page
    page.get_by_role("link", name="Set a goal").click()
    page.get_by_label("What should be different at the end?").fill(GOAL)
    page.get_by_label("What you will count").fill("minutes until everybody works")
    page.get_by_label("Unit").fill("minutes")
    page.get_by_label("Now").fill("9")
    page.locator("#id_target").fill("3")
    page.get_by_role("button", name="Set this goal").click()
    assert "9 minutes" in " ".join(page.inner_text("main").split())


def meet(max_: Person) -> str:
    """Max plans a session, is refused a day that lies ahead, and writes it down as held today."""
    page = max_.page
    page.reload()
    page.get_by_role("link", name="Plan a session").click()
    page.get_by_role("button", name="Plan it").click()
    session = page.url
    page.get_by_text("Open questions for this kind of session").click()
    page.get_by_label("What stood out for you?").check()
    page.get_by_label("Notes of you both").fill(NOTES)
    page.get_by_label("My own note").fill("Tess looked tired. Ask, before we begin.")
    page.get_by_label("Held on").fill(date(2031, 1, 8).isoformat())
    page.get_by_role("button", name="Save", exact=True).click()
    assert "can be planned, but not held" in page.inner_text("main")
    assert page.get_by_label("Notes of you both").input_value() == NOTES
    page.get_by_label("Held on").fill("2026-04-20")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "What did you talk about" in page.inner_text("h1")
    assert "What stood out for you?" in page.get_by_label("Questions to ask").input_value()
    max_.look("coaching-4-session")
    return session


def closed_questions_alone_are_nudged(max_: Person) -> None:
    page = max_.page
    page.get_by_label("Questions to ask").fill("Did it go well?\nYou should use a timer.")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "None of these questions is open" in page.inner_text("main")
    max_.look("coaching-5-nudge")
    page.get_by_label("Questions to ask").fill("What stood out for you?\nDid it go well?")
    page.get_by_role("button", name="Save", exact=True).click()
    assert "None of these questions is open" not in page.inner_text("main")


def nothing_is_lost_when_both_write(max_: Person, tess: Person, session: str) -> None:
    """Both have the session open. Tess saves first; Max is told, sees both texts, and joins them."""
    tess.page.goto(session)
    assert tess.page.get_by_label("My own note").input_value() == ""
    max_.page.goto(session)
    tess.page.get_by_label("Notes of you both").fill(f"{NOTES} Tess: the cupboard is at the back.")
    tess.page.get_by_role("button", name="Save", exact=True).click()
    max_.page.get_by_label("Notes of you both").fill(f"{NOTES} Max: look at paper first.")
    max_.page.get_by_role("button", name="Save", exact=True).click()
    words = max_.page.inner_text("main")
    assert "Tess Lindqvist changed this meanwhile" in words
    assert "the cupboard is at the back" in words
    assert "look at paper first" in max_.page.get_by_label("Notes of you both").input_value()
    max_.look("coaching-6-both-wrote")
    max_.page.get_by_label("Notes of you both").fill(
        f"{NOTES} The cupboard is at the back; look at paper first."
    )
    max_.page.get_by_role("button", name="Save", exact=True).click()
    assert "changed this meanwhile" not in max_.page.inner_text("main")


def give_feedback(max_: Person, session: str) -> None:
    """A judgement alone is refused; what was seen comes first."""
    page = max_.page
    page.goto(session)
    page.get_by_role("link", name="Give feedback").click()
    page.get_by_label("1. What did you see or hear?").fill("Too slow!")
    page.get_by_label("2. What did it lead to?").fill(
        "Two of them began to talk, and the task started nine minutes in."
    )
    page.get_by_label("Your question or suggestion").fill("What could lie on the desks before they come in?")
    page.get_by_role("button", name="Give this feedback").click()
    assert "Say first what you saw or heard" in page.inner_text("main")
    max_.look("coaching-7-evidence-first")
    page.get_by_label("1. What did you see or hear?").fill(SEEN)
    page.get_by_role("button", name="Give this feedback").click()
    assert SEEN in page.inner_text("main")


def one_step_at_a_time(tess: Person, max_: Person, agreement: str) -> None:
    tess.page.goto(agreement)
    tess.page.get_by_role("link", name="Set a step").click()
    tess.page.get_by_label("What will be tried?").fill(STEP)
    tess.page.get_by_role("button", name="Set this step").click()
    tess.page.get_by_role("button", name="We practised it").click()
    max_.page.goto(agreement)
    max_.page.get_by_role("button", name="I saw it in a lesson").click()
    max_.look("coaching-8-working-together")
    # A second step while one is live: refused, and the words stay.
    tess.page.goto(agreement + "steps/new/")
    tess.page.get_by_label("What will be tried?").fill("A second thing")
    tess.page.get_by_role("button", name="Set this step").click()
    assert "One step at a time" in tess.page.inner_text("main")
    assert tess.page.get_by_label("What will be tried?").input_value() == "A second thing"
    tess.page.goto(agreement)
    tess.page.get_by_role("button", name="It is done").click()
    assert "No step is being tried" in tess.page.inner_text("main")


def nobody_else_reads(site: str, browser: "Browser", username: str, addresses: tuple[str, ...]) -> None:
    """The direct addresses are not there, and no page that links lead to says any of it."""
    if username == "adam":  # the demo has no such sign-in; tests/permissions ask for him
        return
    with signed_in(browser, site, username) as person:
        for address in addresses:
            response = person.page.goto(address)
            assert response is not None
            assert response.status == 404
        if username == "priya":
            person.picture("coaching-9-the-principal-finds-nothing")
        for path in ("/", "/coaching/", "/inbox/", "/search/?q=coaching", "/staff/"):
            person.page.goto(site + path)
            words = person.page.inner_text("body")
            assert not [secret for secret in SECRETS if secret in words], path
        if username == "priya":
            person.page.goto(site + "/coaching/counts/")
            assert "Fewer than five" in person.page.inner_text("main")


def look_back(tess: Person, agreement: str) -> None:
    """The result beside the beginning, Tess's own words, and the end they choose."""
    page = tess.page
    page.goto(agreement)
    page.get_by_role("link", name="Review this cycle").click()
    page.get_by_label("Where it stands now").fill("4")
    page.get_by_label("What is different?").fill("Paper is there. Nobody waits.")
    page.get_by_label("What do you make of it?").fill(REFLECTION)
    page.get_by_label("finish here").check()
    tess.look("coaching-10-review")
    page.get_by_role("button", name="Save the review").click()
    words = " ".join(page.inner_text("main").split())
    assert "This has ended" in words
    assert "9 minutes at the beginning, 4 minutes at the end" in words
    assert REFLECTION in words
    tess.look("coaching-11-looking-back")
