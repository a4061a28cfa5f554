"""Every page answers for whoever may open it, before and after the first measurement."""

import pytest

from cast import EVERYBODY, Cast
from crescendo.records.models import ParticipationCheck

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
