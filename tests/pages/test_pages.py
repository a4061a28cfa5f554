"""Every page answers for whoever may open it, before and after the first measurement."""

from datetime import timedelta

import pytest

from cast import EVERYBODY, ON, YEAR, Cast
from crescendo.records.models import Assessment, AssessmentResult, ParticipationCheck

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", EVERYBODY)
def test_today_answers_everybody_before_anything_was_measured(client, cast: Cast, name: str) -> None:
    client.force_login(cast.users[name])
    response = client.get("/")
    assert response.status_code == 200
    assert "What needs you today?" in response.text or "¿" in response.text


def test_a_students_page_greets_with_the_question_and_leaves_a_line_for_the_family(
    client, cast: Cast
) -> None:
    client.force_login(cast.users["tess"])
    sam = cast.students["sam"].pk
    assert "How is Sam Soto doing?" in client.get(f"/students/{sam}/").text
    client.force_login(cast.users["fay"])
    assert "Tess" in client.get(f"/students/{sam}/readers/").text


def test_a_students_page_shows_a_test_taken_once_and_why_another_has_no_score(client, cast: Cast) -> None:
    once = Assessment.objects.create(
        code="rit", title="RIT", subject="Mathematics", family="RIT", source="vendor"
    )
    for key, day, said in (("a", 3, {"score": 217.0}), ("b", 4, {"score": None, "status": "absent"})):
        AssessmentResult.objects.create(
            student_id=cast.sam.pk, school_id=cast.lincoln.pk, school_year=YEAR, assessment_id=once.pk,
            on=ON - timedelta(days=day), source="vendor", source_key=key, **said,
        )  # fmt: skip
    client.force_login(cast.users["tess"])
    page = client.get(f"/students/{cast.sam.pk}/").context
    latest, earlier = (
        [(one["test"], one["score"], one["status"]) for one in page[name]]
        for name in ("latest_results", "earlier_results")
    )
    assert latest[0] == ("RIT", "217", "")
    assert ("RIT", "–", "Absent") in earlier
    assert latest[1][1] == "52"
    assert len({test for test, _score, _status in latest}) == len(latest), "each test once, however old"


@pytest.mark.parametrize("name", ["otto", "gus", "bryn", "hana", "mona"])
def test_a_student_out_of_scope_is_as_if_absent(client, cast: Cast, name: str) -> None:
    client.force_login(cast.users[name])
    assert client.get(f"/students/{cast.students['sam'].pk}/").status_code == 404


def test_one_tap_records_that_a_student_took_part(client, cast: Cast) -> None:
    client.force_login(cast.users["tess"])
    math, sam = cast.classes["mathematics"], cast.students["sam"]
    address = f"/classes/{math.pk}/students/{sam.pk}/participation/"
    assert client.post(address, {"took_part": "yes"}).status_code == 302
    assert client.post(address, {"took_part": "no"}).status_code == 302
    checks = ParticipationCheck.objects.filter(student_id=sam.pk, class_id=math.pk, on=cast.on)
    assert [check.took_part for check in checks] == [False]
