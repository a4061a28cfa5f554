"""Who reads what of a support plan: the family the goal and how it goes, never what staff write for one another."""

from uuid import uuid4

import pytest
from django.db import connection

from cast import AT, ON, Cast
from crescendo.plans.models import Plan
from crescendo.support import actions, queries
from crescendo.support.models import DeliveryNote, Rhythm, SupportPlan
from supported import open_for_sam

pytestmark = pytest.mark.django_db
CONCERN = "Worried at home?"
NOTE = "Cried a little"


@pytest.fixture
def support(cast: Cast) -> SupportPlan:
    support = open_for_sam(cast)
    with cast.looking_as("cora") as cora:
        actions.log_delivery(
            support_id=support.pk, key=uuid4(), on=ON, happened=True, note=NOTE, by=cora, at=AT
        )
        actions.record_progress(support_id=support.pk, value=66.0, comment="Better", by=cora, at=AT)
    return support


def test_those_who_give_support_read_everything(client, cast: Cast, support: SupportPlan) -> None:
    for name in ("cora", "tess", "priya"):
        client.force_login(cast.users[name])
        page = client.get(f"/support/{support.pk}/").text
        assert CONCERN in page, name
        assert NOTE in page, name
        assert "Better" in page, name


def test_the_family_reads_the_goal_and_how_it_goes_in_its_language(
    client, cast: Cast, support: SupportPlan
) -> None:
    client.force_login(cast.users["fay"])
    client.post("/language/", {"language": "es"})
    page = client.get(f"/support/{support.pk}/")
    assert page.status_code == 200
    assert '<html lang="es"' in page.text
    assert "Words read in a minute" in page.text
    assert "66" in page.text
    assert "Reads aloud with somebody" in page.text
    for private in (CONCERN, NOTE, "Better", '<form method="post" action="/support/'):
        assert private not in page.text, private


def test_the_student_reads_the_same_as_the_family(client, cast: Cast, support: SupportPlan) -> None:
    client.force_login(cast.users["sam"])
    page = client.get(f"/support/{support.pk}/").text
    assert "Words read in a minute: from 60 to 80" in page
    assert CONCERN not in page
    assert NOTE not in page


@pytest.mark.parametrize("name", ["bryn", "otto", "gus", "hana", "ana"])
def test_everybody_else_finds_no_such_plan(client, cast: Cast, support: SupportPlan, name: str) -> None:
    client.force_login(cast.users[name])
    assert client.get(f"/support/{support.pk}/").status_code == 404


def test_reading_it_leaves_a_line_for_the_family(client, cast: Cast, support: SupportPlan) -> None:
    client.force_login(cast.users["tess"])
    client.get(f"/support/{support.pk}/")
    client.force_login(cast.users["fay"])
    assert "Tess" in client.get(f"/students/{cast.sam.pk}/readers/").text


def test_a_member_of_staff_does_not_keep_the_record_of_their_own_child(
    client, cast: Cast, support: SupportPlan
) -> None:
    from crescendo.roster.models import FamilyLink, FamilyMember, FamilyRight  # noqa: PLC0415

    member = FamilyMember.objects.create(given_name="Tess", family_name="Tanaka", user=cast.users["tess"])
    FamilyLink.objects.create(student=cast.sam, family_member=member, relationship="mother")
    FamilyRight.objects.create(
        student=cast.sam, family_member=member, level="see", begins_on=ON, basis="school record"
    )
    client.force_login(cast.users["tess"])
    page = client.get(f"/support/{support.pk}/")
    assert page.status_code == 200
    assert NOTE not in page.text
    assert CONCERN not in page.text
    sent = {"key": str(uuid4()), "on": ON.isoformat(), "happened": "yes"}
    assert client.post(f"/support/{support.pk}/sessions/", sent).status_code == 403


# --- The second lock ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "plans", "goals", "notes"),
    [
        ("cora", 1, 0, 1),
        ("fay", 0, 1, 0),
        ("sam", 0, 1, 0),
        ("bryn", 0, 0, 0),
        ("otto", 0, 0, 0),
        ("ana", 0, 0, 0),
    ],
)
def test_postgresql_shows_the_same_whatever_a_page_asks(
    cast: Cast, support: SupportPlan, name: str, plans: int, goals: int, notes: int
) -> None:
    with cast.looking_as(name), connection.cursor() as cursor:
        assert Plan.objects.filter(pk=support.plan_id).count() == plans
        assert DeliveryNote.objects.count() == notes
        assert SupportPlan.objects.count() == Rhythm.objects.count() == plans + goals
        cursor.execute("SELECT count(*) FROM support_goal_told")
        assert cursor.fetchone()[0] == goals
        cursor.execute("SELECT count(*) FROM support_score_told")
        assert cursor.fetchone()[0] == goals


@pytest.mark.parametrize("name", ["fay", "bryn", "otto", "ana", "dina"])
def test_postgresql_takes_no_session_from_them(cast: Cast, support: SupportPlan, name: str) -> None:
    from django.db.utils import ProgrammingError  # noqa: PLC0415

    with pytest.raises(ProgrammingError, match="row-level security"), cast.looking_as(name):
        support.deliveries.create(
            on=ON,
            happened=True,
            delivered_by=cast.staff["cora"],
            logged_by=cast.staff["cora"],
            logged_at=AT,
            logged_key=uuid4(),
        )


def test_an_erased_students_words_go_and_the_days_stay(cast: Cast, support: SupportPlan) -> None:
    from crescendo.roster import actions as roster  # noqa: PLC0415

    with cast.looking_as("adam") as adam:
        roster.erase_student(student_id=cast.sam.pk, reason="the family asked", by=adam, at=AT)
    support.refresh_from_db()
    assert support.strategy == ""
    assert DeliveryNote.objects.get().text == ""
    assert support.deliveries.count() == 1


def test_a_barred_parent_hears_nothing_of_it(cast: Cast, support: SupportPlan) -> None:
    with cast.looking_as("bryn") as bryn:
        assert queries.list_supports_of_student(viewer=bryn, student_id=cast.sam.pk) == []
    with cast.looking_as("fay") as fay:
        [row] = queries.list_supports_of_student(viewer=fay, student_id=cast.sam.pk)
        assert row.dose.held == 1
