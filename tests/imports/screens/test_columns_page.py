"""The page of a new table's columns: what is understood, what needs somebody, and what each answer does to the file."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cast import Cast
from crescendo.imports import field_words
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.table.building import BUILDABLE, SIDE_BY_SIDE
from crescendo.imports.sources.table.fields import TARGETS
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster.models import Organisation
from imports.screens.test_import_pages import send, work
from imports.table.school import make_school

pytestmark = pytest.mark.django_db(transaction=True)
COLUMNS = "imports:mapping_columns"
# Nobody calls these columns as we do. 'Exam Grade' is no day, and 'State' no student's id, whatever they sound like.
QUIZ = (
    "State,Pupil Local,Exam Grade,Taken,Got\n"
    "EA,00107,4,03/04/2026,7\nEA,00108,4,03/05/2026,9\nEA,00109,4,03/06/2026,absent\nEA,77777,4,03/06/2026,3\n"
)
ENROLMENT, DAY = "\x01enrolment", "\x01day"
ANSWERS = {
    "column_student": "Pupil Local", "ids_of": "sis", "column_school": ENROLMENT, "column_school_year": DAY,
    "constant_assessment": "Spelling", "column_on": "Taken", "written_on": "%m/%d/%Y", "column_score": "Got",
}  # fmt: skip


@pytest.fixture
def ids(cast: Cast) -> dict[str, int]:
    """Lincoln, which Dina's district leads: a page counts the students whom its reader may see."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    Source.objects.create(slug="sis", title="Roster", kind="oneroster")
    made = make_school()
    Organisation.objects.filter(pk=made["LIN"]).update(parent=cast.district)
    return made


@pytest.fixture
def ask(client: Client, cast: Cast, ids: dict[str, int]) -> Callable[..., HttpResponse]:
    """Send a table of results as Dina; the page that asks what its columns mean."""
    client.force_login(cast.users["dina"])

    def send_it(content: str, ask_first: str = "on") -> HttpResponse:
        response = send(client, content, title="Quiz", what="target:assessment_results", ask_first=ask_first)
        return client.get(response.headers["Location"])

    return send_it


def result_of(response: HttpResponse) -> str:
    section = re.search(r'<section id="mapping-result".*?</section>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", section[0]).split()) if section else ""


def test_columns_are_told_by_their_cells_and_what_is_not_clear_is_asked(
    ask: Callable[..., HttpResponse],
) -> None:
    page = ask(QUIZ)
    form = page.context["form"]
    assert form["column_student"].value() == "Pupil Local"
    assert form["ids_of"].value() == "sis"
    assert form["column_on"].value() == "Taken"
    assert form["written_on"].value() == "", "day or month: it is asked"
    assert form["column_school"].value() == ENROLMENT
    assert form["column_assessment"].value() == ""
    assert [name for name, _words in form.fields["written_on"].choices] == ["", "%m/%d/%Y", "%d/%m/%Y"]
    assert "03/04/2026 is March 4, 2026" in page.content.decode()
    assert "03/04/2026 is April 3, 2026" in page.content.decode()
    assert [line.field.name for line in page.context["opened"]] == ["student", "assessment", "on", "score"]
    assert "3 lines still need you." in result_of(page)


def test_a_torn_row_is_told_beside_what_still_has_to_be_said(ask: Callable[..., HttpResponse]) -> None:
    """Before the day is said no row can be read: that is no fault of the file, and a count of none would scare."""
    assert result_of(ask("No,Taken,Got\n00107,03/04/2026,7\n00108,03/05/2026\n")).startswith(
        "The file has 2 rows. 1 row has more or fewer cells than the header, and is set aside. 3 lines still need you."
    )


def test_whose_ids_they_are_is_said_with_those_that_nobody_knows(ask: Callable[..., HttpResponse]) -> None:
    page = ask(QUIZ).content.decode()
    assert "3 of 4 ids belong to students whom you may see (75.0%)" in page
    assert "<code>77777</code>" in page
    assert "the ids of Roster: 3 of 4 known" in page


def test_a_column_of_ids_that_nobody_knows_is_pointed_out(
    ask: Callable[..., HttpResponse], client: Client
) -> None:
    ask(QUIZ)
    client.post(reverse(COLUMNS), ANSWERS | {"column_student": "State", "look": "1"})
    page = client.get(reverse(COLUMNS))
    text = element(page.content.decode(), "says-student")
    assert "Only 0 of 1 ids belong to students whom you may see" in text
    assert "look at this" in text


def test_each_answer_is_tried_at_once_and_a_fresh_page_says_the_same(
    ask: Callable[..., HttpResponse], client: Client
) -> None:
    ask(QUIZ)
    first = client.post(reverse(COLUMNS), ANSWERS | {"column_score": ""}, headers={"HX-Request": "true"})
    assert "We understand 4 of 4 rows. 1 line still needs you. The score" in result_of(first)
    swapped = client.post(reverse(COLUMNS), ANSWERS, headers={"HX-Request": "true"})
    assert result_of(swapped) == "We understand 3 of 4 rows. Nothing is left to say."
    text = swapped.content.decode()
    assert re.findall(r'id="says-(\w+)"', text) == ["score"], "only what was answered is drawn again"
    assert "1 row would be set aside: Not a number, such as “absent”." in text
    fresh = client.get(reverse(COLUMNS)).content.decode()
    for part in ("mapping-result", "mapping-rows", "mapping-left-out", "says-score", "how-score"):
        assert element(fresh, part) == element(text.replace(' hx-swap-oob="true"', ""), part)
    assert ImportRun.objects.count() == 0


def element(page: str, identifier: str) -> str:
    """From an element's tag to the blank line or tag that follows its own; enough to compare two drawings of it."""
    found = re.search(rf'<(section|div) id="{identifier}".*?</\1>', page, re.DOTALL)
    assert found, identifier
    return " ".join(found[0].split())


def test_without_scripts_a_button_tries_the_answers(ask: Callable[..., HttpResponse], client: Client) -> None:
    ask(QUIZ)
    response = client.post(reverse(COLUMNS), ANSWERS | {"look": "1"})
    assert response.headers["Location"] == reverse(COLUMNS)
    assert "We understand 3 of 4 rows." in result_of(client.get(reverse(COLUMNS)))


def test_a_table_of_results_without_a_score_is_not_read(
    ask: Callable[..., HttpResponse], client: Client
) -> None:
    ask(QUIZ)
    page = client.post(reverse(COLUMNS), ANSWERS | {"column_score": ""})
    assert "without it nothing would be seen" in page.content.decode()
    assert ImportRun.objects.count() == 0


def test_a_test_named_by_hand_is_made_and_its_results_are_seen(
    ask: Callable[..., HttpResponse], client: Client, ids: dict[str, int]
) -> None:
    ask(QUIZ)
    page = client.post(reverse(COLUMNS), ANSWERS).headers["Location"]
    work()
    assert "New: " in client.get(page).content.decode()
    client.post(reverse("imports:import_approve", args=[ImportRun.objects.get().pk]))
    work()
    text = client.get(page).content.decode()
    assert (
        "sheet.csv came in. New: assessment results (2), assessments (1). 2 of 4 rows were set aside." in text
    )
    assert f'<a href="{reverse("pages:student_list")}">' in text.partition("Where you see it")[2]
    test = Assessment.objects.get(source="quiz")
    assert (test.title, test.code) == ("Spelling", "quiz/Spelling")
    result = AssessmentResult.objects.get(source="quiz", student_id=ids["00107"])
    assert (result.assessment_id, result.score, result.on.isoformat()) == (test.pk, 7, "2026-03-04")


def test_scores_side_by_side_become_a_row_for_each_test(
    ask: Callable[..., HttpResponse], client: Client, ids: dict[str, int]
) -> None:
    page = ask("No,Given,Unit 1,Unit 2\n00107,13/02/2026,7,\n00108,14/02/2026,9,12\n", ask_first="")
    form = page.context["form"]
    assert form["column_score"].value() == SIDE_BY_SIDE
    assert form["side_by_side"].value() == ["Unit 1", "Unit 2"]
    assert [line.field.name for line in page.context["opened"]] == ["student", "score"], (
        "which they are is shown"
    )
    assert result_of(page) == "We understand 2 of 2 rows. Nothing is left to say."
    answers = {
        "column_student": "No", "ids_of": "sis", "column_school": ENROLMENT, "column_school_year": DAY, "column_on": "Given",
        "written_on": "%d/%m/%Y", "column_score": SIDE_BY_SIDE, "side_by_side": ["Unit 1", "Unit 2"],
    }  # fmt: skip
    refused = client.post(reverse(COLUMNS), answers | {"side_by_side": []})
    assert "Choose the columns that hold scores." in refused.content.decode()
    client.post(reverse(COLUMNS), answers)
    work()
    found = (
        AssessmentResult.objects.filter(source="quiz")
        .order_by("student_id", "assessment_id")
        .values_list("student_id", "score")
    )
    assert list(found) == [(ids["00107"], 7), (ids["00108"], 9), (ids["00108"], 12)], (
        "an empty cell is no test"
    )
    assert sorted(Assessment.objects.filter(source="quiz").values_list("title", flat=True)) == [
        "Unit 1",
        "Unit 2",
    ]


def test_every_word_of_a_field_that_people_map_is_marked_for_translation() -> None:
    marked = {one._args[0] for one in field_words.MEANINGS}
    shown = {field.meaning for name in BUILDABLE for field in TARGETS[name].fields}
    assert shown <= marked
