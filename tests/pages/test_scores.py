"""The page of a class's scores: what can be saved is saved, what was typed is not lost, and who only reads only reads."""

from datetime import date, timedelta

import pytest
from django.test import Client

from cast import AT, ON, Cast
from crescendo.records import actions
from crescendo.records.models import AttendanceSubmission, CourseworkItem, CourseworkResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(cast: Cast) -> str:
    """The address of the last work of Tess's class, out of ten."""
    item = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("-id").first()
    CourseworkItem.objects.filter(pk=item.pk).update(score_min=0, score_max=10)
    return f"/classes/{item.school_class_id}/scores/{item.pk}/"


def fields(cast: Cast, **rows: tuple[str, str]) -> dict[str, str]:
    """What the form sends: for each student what it showed and what is typed."""
    sent = {}
    for name, (seen, typed) in rows.items():
        pk = cast.students[name].pk
        sent |= {f"seen-{pk}": seen, f"score-{pk}": typed}
    return sent


def test_tess_saves_her_class_and_reads_what_was_saved(client: Client, cast: Cast, sheet: str) -> None:
    client.force_login(cast.users["tess"])
    page = client.get(sheet).text
    assert 'inputmode="decimal"' in page
    assert "of 10" in page
    saved = client.post(sheet, fields(cast, sam=("", "7.5"), nora=("8", "8")), follow=True)
    assert "Saved. 1 score was changed." in saved.text
    assert 'value="7.5"' in saved.text


def test_what_is_wrong_is_said_in_its_row_and_stays_typed_while_the_rest_is_saved(
    client: Client, cast: Cast, sheet: str
) -> None:
    client.force_login(cast.users["tess"])
    answer = client.post(sheet, fields(cast, sam=("", "eleven"), nora=("8", "9")))
    assert answer.status_code == 422
    assert "Saved. 1 score was changed." in answer.text
    assert "“eleven” is not a number" in answer.text
    assert 'value="eleven"' in answer.text
    assert "data-live=" not in answer.text, "nothing swaps away what is typed"
    assert CourseworkResult.objects.get(source="crescendo").score == 9.0


def test_a_newer_score_is_not_undone_and_the_second_save_is_a_decision(
    client: Client, cast: Cast, sheet: str
) -> None:
    client.force_login(cast.users["priya"])
    client.post(sheet, fields(cast, sam=("", "9")))
    client.force_login(cast.users["tess"])
    answer = client.post(sheet, fields(cast, sam=("", "4")))
    assert "Now it says: 9" in answer.text
    assert f'name="seen-{cast.sam.pk}" value="9"' in answer.text
    assert 'value="4"' in answer.text
    assert client.post(sheet, fields(cast, sam=("9", "4"))).status_code == 302
    assert CourseworkResult.objects.get(source="crescendo").score == 4.0


def test_a_score_and_not_handed_in_at_once_is_asked_back(client: Client, cast: Cast, sheet: str) -> None:
    client.force_login(cast.users["tess"])
    both = fields(cast, sam=("", "5")) | {f"missing-{cast.sam.pk}": "yes"}
    assert "leave one of the two" in client.post(sheet, both).text
    assert not CourseworkResult.objects.filter(source="crescendo").exists()


def test_a_tick_beside_the_score_that_stood_there_says_not_handed_in_and_late_work_brings_a_score(
    client: Client, cast: Cast, sheet: str
) -> None:
    client.force_login(cast.users["tess"])
    nora = cast.students["nora"].pk
    client.post(sheet, fields(cast, nora=("8", "8")) | {f"missing-{nora}": "yes"})
    assert CourseworkResult.objects.get(source="crescendo").status == "not submitted"
    client.post(sheet, fields(cast, nora=("missing", "6")) | {f"missing-{nora}": "yes"})
    assert CourseworkResult.objects.get(source="crescendo").score == 6.0


def test_a_student_who_is_not_in_the_class_is_said_without_a_name(
    client: Client, cast: Cast, sheet: str
) -> None:
    client.force_login(cast.users["tess"])
    answer = client.post(sheet, fields(cast, omar=("", "9")))
    assert "the score 9 was not saved" in answer.text
    assert "Okafor" not in answer.text


def test_who_leads_the_school_or_counsels_reads_and_only_who_may_saves(
    client: Client, cast: Cast, sheet: str
) -> None:
    client.force_login(cast.users["cora"])
    page = client.get(sheet)
    assert page.status_code == 200
    assert "Save scores" not in page.text
    assert client.post(sheet, fields(cast, sam=("", "9"))).status_code == 403


def test_work_of_another_class_is_not_there(client: Client, cast: Cast) -> None:
    other = CourseworkItem.objects.get(school_class=cast.classes["science"])
    client.force_login(cast.users["tess"])
    assert client.get(f"/classes/{cast.classes['mathematics'].pk}/scores/{other.pk}/").status_code == 404


def test_work_that_waits_for_scores_stands_before_later_work(client: Client, cast: Cast) -> None:
    math = cast.classes["mathematics"]
    done = CourseworkItem.objects.create(
        school_class=math, title="Done yesterday", assigned_on=ON, due_on=ON - timedelta(days=1), score_max=10
    )
    CourseworkItem.objects.create(
        school_class=math, title="Due in June", assigned_on=ON, due_on=date(2026, 6, 1), score_max=10
    )
    typed = {cast.students[name].pk: "5" for name in ("sam", "nora")}
    with cast.looking_as("tess") as tess:
        actions.record_scores(item_id=done.pk, typed=typed, seen={}, by=tess, at=AT)
    client.force_login(cast.users["tess"])
    page = client.get(f"/classes/{math.pk}/scores/").text
    assert "2 pieces of work are due and wait for scores." in page
    assert page.index("Worksheet") < page.index("Due in June") < page.index("Done yesterday")


def test_tess_adds_work_and_comes_to_its_sheet(client: Client, cast: Cast) -> None:
    client.force_login(cast.users["tess"])
    address = f"/classes/{cast.classes['mathematics'].pk}/scores/add/"
    answer = client.post(address, {"title": "Quiz", "due_on": "2026-03-10", "score_max": "20"}, follow=True)
    assert "Who has which score in Quiz?" in answer.text
    assert "of 20" in answer.text
    for wrong in ("nan", "0", "-1", "many", ""):
        refused = client.post(address, {"title": "Test", "due_on": "2026-03-10", "score_max": wrong})
        assert refused.status_code == 422, wrong
    assert "Choose another title" in client.post(
        address, {"title": "Quiz", "due_on": "2026-03-10", "score_max": "10"}
    ).text  # fmt: skip


def test_a_students_page_says_that_todays_mark_does_not_count_yet(client: Client, cast: Cast) -> None:
    with cast.looking_as("tess") as tess:
        actions.record_attendance_mark(
            student_id=cast.sam.pk,
            class_id=cast.classes["mathematics"].pk,
            on=ON,
            mark="unexcused",
            by=tess,
            at=AT,
        )
    client.force_login(cast.users["cora"])
    address = f"/students/{cast.sam.pk}/"
    assert client.get(address).text.count("does not count yet") == 1, "today's, and not the one that was sent"
    AttendanceSubmission.objects.create(
        school_year=2026, source="sis", source_key="today", school_id=cast.lincoln.pk, on=ON
    )
    assert "does not count yet" not in client.get(address).text
