"""Support is opened from a finding, once, by those who may."""

from datetime import timedelta
from uuid import uuid4

import pytest

from cast import AT, ON, Cast
from crescendo.comms.models import OutboxEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.support import actions
from crescendo.support.models import SupportPlan
from supported import OWN, chosen, open_for_sam

pytestmark = pytest.mark.django_db


def test_the_same_form_sent_twice_opens_one_plan(cast: Cast) -> None:
    key = uuid4()
    first = open_for_sam(cast, key=key)
    second = open_for_sam(cast, key=key)
    assert first.pk == second.pk
    assert SupportPlan.objects.count() == 1


def test_a_student_out_of_scope_is_as_if_absent(cast: Cast) -> None:
    with pytest.raises(NotFound), cast.looking_as("cora") as cora:
        actions.open_support(
            student_id=cast.students["omar"].pk, start=OWN, chosen=chosen(cast), by=cora, at=AT
        )


@pytest.mark.parametrize("name", ["ana", "fay", "sam"])
def test_whoever_sees_the_student_without_writing_support_is_refused(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed), cast.looking_as(name) as viewer:
        actions.open_support(student_id=cast.sam.pk, start=OWN, chosen=chosen(cast), by=viewer, at=AT)


def test_only_somebody_who_works_with_the_student_can_be_asked_to_give_it(cast: Cast) -> None:
    otto = cast.staff["otto"].pk
    with pytest.raises(Refused, match="does not work with Sam Soto"), cast.looking_as("cora") as cora:
        actions.open_support(
            student_id=cast.sam.pk, start=OWN, chosen=chosen(cast, delivered_by_id=otto), by=cora, at=AT
        )


def test_whoever_is_asked_to_give_it_is_told_and_nobody_tells_oneself(cast: Cast) -> None:
    open_for_sam(cast, delivered_by="tess")
    entry = OutboxEntry.objects.get(kind="support.assigned")
    assert entry.audience_arguments == {"users": [cast.users["tess"].pk]}
    open_for_sam(cast, delivered_by="cora", due_on=ON + timedelta(weeks=9))
    assert OutboxEntry.objects.filter(kind="support.assigned").count() == 1


def test_the_message_names_no_student(cast: Cast) -> None:
    from crescendo.support import telling  # noqa: PLC0415

    open_for_sam(cast, delivered_by="tess")
    words = telling.words(OutboxEntry.objects.get(kind="support.assigned"), cast.users["tess"])
    assert "Sam" not in words.title + words.body
    assert "2 sessions a week, 30 minutes each" in words.body


def test_the_page_opens_it_with_what_was_filled_in(client, cast: Cast) -> None:
    client.force_login(cast.users["cora"])
    address = f"/support/open/?student={cast.sam.pk}"
    page = client.get(address)
    assert page.status_code == 200
    sent = {
        "key": str(uuid4()),
        "concern": "Reads slowly",
        "strategy": "Reads aloud with somebody",
        "own_measure": "Words a minute",
        "baseline": "60",
        "target": "80",
        "sessions_per_week": "3",
        "delivered_by": cast.staff["cora"].pk,
        "tier": "2",
        "begins_on": ON.isoformat(),
        "due_on": (ON + timedelta(weeks=8)).isoformat(),
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.text
    support = SupportPlan.objects.get()
    assert (support.plan.baseline, support.plan.target, support.rhythm.sessions_per_week) == (60, 80, 3)
    assert client.post(address, sent).status_code == 302
    assert SupportPlan.objects.count() == 1


def test_an_own_measure_without_its_numbers_is_sent_back_with_what_is_missing(client, cast: Cast) -> None:
    client.force_login(cast.users["cora"])
    answer = client.post(
        f"/support/open/?student={cast.sam.pk}",
        {"key": str(uuid4()), "concern": "x", "strategy": "y", "sessions_per_week": "2"},
    )
    assert answer.status_code == 200
    assert answer.text.count("so that you can see later whether it helped") == 3
    assert not SupportPlan.objects.exists()


@pytest.mark.parametrize("student", ["", "x", "-1", "99999999", "9" * 40])
def test_an_unknown_student_is_not_found(client, cast: Cast, student: str) -> None:
    client.force_login(cast.users["cora"])
    assert client.get(f"/support/open/?student={student}").status_code == 404


@pytest.mark.parametrize(
    ("status", "names"),
    [
        (200, ("cora", "tess", "priya")),
        (403, ("dina", "ana", "fay", "sam", "adam")),
        (404, ("otto", "bryn", "gus", "hana", "ivo", "max", "mona")),
    ],
)
def test_who_gets_to_the_page_that_opens_support_for_sam(
    client, cast: Cast, status: int, names: tuple[str, ...]
) -> None:
    for name in names:
        client.force_login(cast.users[name])
        assert client.get(f"/support/open/?student={cast.sam.pk}").status_code == status, name
