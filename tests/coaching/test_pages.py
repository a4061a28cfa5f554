"""The pages as the two find them, and as everybody else does not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crescendo.coaching import actions
from crescendo.coaching.models import Agreement, Feedback, PrivateNote, Session

THIRD_PEOPLE = ["priya", "dina", "adam", "hana", "ana"]


@pytest.fixture
def look(cast, client):
    def as_person(name):
        client.force_login(cast.users[name])
        return client

    return as_person


@pytest.fixture
def addresses(session, step):
    """Every address of coaching that is about one pair."""
    agreement, cycle = session.agreement_id, session.cycle_id
    found = [
        reverse(f"coaching:{page}", args=[agreement])
        for page in (
            "agreement_page", "agreement_answer", "agreement_stop", "cycle_start", "session_plan", "step_set",
        )
    ]  # fmt: skip
    found += [
        reverse(f"coaching:{page}", args=[session.pk])
        for page in ("session_page", "session_call_off", "feedback_give")
    ]
    return [
        *found,
        reverse("coaching:step_check", args=[step.pk]),
        reverse("coaching:cycle_review", args=[cycle]),
    ]


def test_the_list_of_addresses_is_whole(addresses):
    from crescendo.coaching import urls  # noqa: PLC0415

    about_nobody = {"coaching_list", "agreement_invite", "coaching_counts"}
    assert len(addresses) == len({pattern.name for pattern in urls.urlpatterns} - about_nobody)


@pytest.mark.parametrize("name", THIRD_PEOPLE)
def test_a_third_person_finds_no_page_and_changes_nothing(look, cast, addresses, session, name):
    client = look(name)
    sent = {
        "answer": "accept",
        "do": "done",
        "goal": "x",
        "weeks": 4,
        "version": session.version,
        "kind": "goal",
    }
    sent |= {
        "planned_on": "2026-03-10",
        "shared_notes": "x",
        "what": "x",
        "due_on": "2026-03-20",
        "next": "again",
    }
    sent |= {"observation": "one two three four", "effect": "x", "offer_kind": "question", "offer": "x"}
    for address in addresses:
        # That a page takes no GET, or no POST, is said to everybody alike, before it is looked at whose it is.
        assert client.get(address).status_code in {404, 405}, address
        answer = client.post(address, sent)
        assert answer.status_code in {404, 405}, address
        assert 404 in {answer.status_code, client.get(address).status_code}, address
        assert b"SECRET" not in answer.content
    assert Session.objects.get().version == session.version
    assert Agreement.objects.get().state == "active"
    assert Feedback.objects.count() == 0


def test_both_texts_are_on_the_page_when_both_wrote(look, cast, session):
    address = reverse("coaching:session_page", args=[session.pk])
    sent = {
        "kind": "debrief", "planned_on": "2026-03-10", "held_on": "2026-03-10", "questions": "What?\nHow?",
        "version": session.version,
    }  # fmt: skip
    assert look("tess").post(address, sent | {"shared_notes": "Words of Tess"}).status_code == 302
    answer = look("ivo").post(address, sent | {"shared_notes": "Words of Ivo", "private_note": "Mine alone"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Tess Tanaka changed this meanwhile" in page
    assert "Words of Tess" in page
    assert "Words of Ivo" in page
    assert f'name="version" value="{session.version + 1}"' in page
    assert PrivateNote.objects.get().text == "Mine alone"
    again = look("ivo").post(
        address, sent | {"shared_notes": "Words of both", "version": session.version + 1}
    )
    assert again.status_code == 302
    assert Session.objects.get().shared_notes == "Words of both"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"held_on": "2026-03-11"}, "can be planned, but not held"),
        ({"planned_on": "tomorrow"}, "valid date"),
        ({"questions": "x" * 401}, "longer than 400 characters"),
        ({"version": ""}, ""),
    ],
)
def test_nothing_typed_is_lost_when_something_is_wrong(look, cast, session, changes, said):
    sent = {
        "kind": "debrief", "planned_on": "2026-03-10", "agenda": "Agenda typed", "shared_notes": "Notes typed",
        "private_note": "Private typed", "questions": "Question typed?", "version": session.version,
    }  # fmt: skip
    answer = look("ivo").post(reverse("coaching:session_page", args=[session.pk]), sent | changes)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert said in page
    for typed in (
        "Agenda typed",
        "Notes typed",
        "Private typed",
        changes.get("questions", "Question typed?"),
    ):
        assert typed in page


def test_ticked_questions_join_the_list(look, session):
    address = reverse("coaching:session_page", args=[session.pk])
    sent = {
        "kind": "debrief", "planned_on": "2026-03-10", "version": session.version, "questions": "Mine, how?",
        "stems": ["What do you think was behind that?"],
    }  # fmt: skip
    assert look("ivo").post(address, sent).status_code == 302
    assert Session.objects.get().questions == ["Mine, how?", "What do you think was behind that?"]


def test_the_nudge_says_what_it_looked_at(look, session):
    address = reverse("coaching:session_page", args=[session.pk])
    assert "None of these questions is open" not in look("ivo").get(address).content.decode()
    Session.objects.update(questions=["Did it go well?"])
    page = look("ivo").get(address).content.decode()
    assert "None of these questions is open" in page
    assert "Only the first words are looked at" in page


def test_the_coach_is_not_asked_for_the_coachees_words(look, session):
    address = reverse("coaching:cycle_review", args=[session.cycle_id])
    assert 'name="reflection"' not in look("ivo").get(address).content.decode()
    assert 'name="reflection"' in look("tess").get(address).content.decode()


def test_what_has_ended_is_read_and_not_written(look, session):
    look("tess").post(reverse("coaching:agreement_stop", args=[session.agreement_id]))
    page = look("ivo").get(reverse("coaching:session_page", args=[session.pk])).content.decode()
    assert "SECRET shared words" in page
    assert 'name="shared_notes"' not in page
    for name in ("session_plan", "step_set", "cycle_start"):
        answer = look("ivo").get(reverse(f"coaching:{name}", args=[session.agreement_id]))
        assert answer.status_code == 302, "there is nothing to fill in"


def test_teachers_find_it_under_their_name_and_those_who_work_with_colleagues_in_the_rail(look):
    link = 'href="/coaching/"'
    for name, times in {"tess": 1, "priya": 1, "ivo": 2, "max": 2, "fay": 0, "sam": 0, "gus": 0}.items():
        assert look(name).get("/").content.decode().count(link) == times, name


def test_the_list_asks_as_often_for_many_agreements_as_for_few(look, cast, session, invite):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert look("ivo").get("/coaching/").status_code == 200
        return len(asked)

    questions()  # what a process asks once
    few = questions()
    for other in ("cora", "max", "priya"):
        actions.accept(agreement=invite(coachee=other), by=cast.viewer(other), at=cast.at)
    assert questions() == few


def test_an_unknown_id_is_answered_like_somebody_elses(look, session):
    assert look("ivo").get(reverse("coaching:agreement_page", args=[10**9])).status_code == 404
    assert look("ivo").get(reverse("coaching:session_page", args=[10**9])).status_code == 404
