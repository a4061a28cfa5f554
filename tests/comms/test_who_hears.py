"""Who hears what: about a student whoever may open their page that day; about a waiting import whoever may say yes."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from cast import AT, ON, Cast
from crescendo.comms import actions, queries, registry
from crescendo.comms.models import Delivery, OutboxEntry
from crescendo.imports import telling
from crescendo.imports.models import ImportRun, Source
from crescendo.roster.models import FamilyRight

pytestmark = pytest.mark.django_db


@pytest.fixture
def about_sam() -> Iterator[str]:
    """A kind of message about a student, told by e-mail too."""
    registry.register_kind(
        "test.news", lambda entry, user: registry.Words("There is news", "Of a student"), by_email=True
    )
    yield "test.news"
    registry._kinds.pop("test.news")


@pytest.fixture(autouse=True)
def addresses(cast: Cast) -> None:
    for name, user in cast.users.items():
        user.email = f"{name}@harbor.example"
        user.save(update_fields=["email"])


def carry(on: dt.date = ON) -> None:
    while actions.address_next_entry(at=AT, on=on):
        pass
    while actions.send_next_email(at=AT, on=on):
        pass


def tell_everybody(cast: Cast, kind: str) -> OutboxEntry:
    users = [user.pk for user in cast.users.values()]
    return actions.tell(
        kind=kind, arguments={"users": users}, about=("student", cast.sam.pk), by=cast.users["tess"], at=AT
    )


def mailed() -> set[str]:
    return {message.to[0].partition("@")[0] for message in mail.outbox}


def test_about_a_student_exactly_those_hear_who_may_open_the_page(cast: Cast, about_sam: str) -> None:
    tell_everybody(cast, about_sam)
    carry()
    may_open = {"dina", "ana", "adam", "priya", "cora", "tess", "fay", "sam"}
    assert mailed() == may_open
    assert {name for name, user in cast.users.items() if queries.list_inbox(viewer=user, on=ON)} == may_open


def test_bryn_never_hears_of_sam_even_when_addressed_by_name(cast: Cast, about_sam: str) -> None:
    bryn = cast.users["bryn"]
    actions.tell(
        kind=about_sam,
        arguments={"users": [bryn.pk]},
        about=("student", cast.sam.pk),
        by=cast.users["tess"],
        at=AT,
    )
    carry()
    assert mail.outbox == []
    assert queries.list_inbox(viewer=bryn, on=ON) == []
    assert queries.count_unread(viewer=bryn) == 0
    states = Delivery.objects.order_by("id").values_list("channel", "state")
    assert list(states) == [("inbox", Delivery.State.WITHHELD)]


def test_a_court_order_stops_what_was_addressed_before_it(cast: Cast, about_sam: str) -> None:
    fay = cast.users["fay"]
    tell_everybody(cast, about_sam)
    while actions.address_next_entry(at=AT, on=ON):
        pass
    assert queries.list_inbox(viewer=fay, on=ON)
    rights = FamilyRight.objects.filter(family_member__user=fay, student=cast.sam)
    assert rights.update(level="barred") > 0
    carry()
    assert "fay" not in mailed()
    assert queries.list_inbox(viewer=fay, on=ON) == []


def test_a_right_counts_on_the_day_of_sending_not_of_telling(cast: Cast, about_sam: str) -> None:
    rights = FamilyRight.objects.filter(family_member__user=cast.users["fay"], student=cast.sam)
    assert rights.update(ends_on=ON) > 0
    tell_everybody(cast, about_sam)
    carry(on=ON + dt.timedelta(days=1))
    assert "fay" not in mailed()
    assert "tess" in mailed()


def make_run(cast: Cast, by: str, reasons: list[dict[str, object]]) -> ImportRun:
    source = Source.objects.create(slug="sis", title="School system", kind="table")
    return ImportRun.objects.create(
        source=source,
        state=ImportRun.State.WAITING,
        file_name="roster.zip",
        reasons=reasons,
        started_at=AT,
        by=cast.users[by],
    )


MUCH_ENDS = [{"code": "many_would_end", "target": "students", "ending": 34, "live": 412, "schools": 0}]


def test_an_import_that_waits_is_told_to_those_who_may_approve_it(cast: Cast) -> None:
    run = make_run(cast, "ana", MUCH_ENDS)
    telling.tell_that_it_waits(run, on=ON, at=AT)
    carry()
    assert mailed() == {"dina", "adam"}
    assert reverse("imports:import_detail", args=[run.pk]) in mail.outbox[0].body
    with translation.override("en-us"):
        (item,) = queries.list_inbox(viewer=cast.users["dina"], on=ON)
    assert (item.title, item.body) == (
        "An import is waiting for your OK.",
        "School system waits for your OK. 34 of 412 students would end.",
    )
    with translation.override("es"):
        (item,) = queries.list_inbox(viewer=cast.users["dina"], on=ON)
    assert item.title == "Una importación espera su visto bueno."
    assert "34 de 412 estudiantes" in item.body


def test_whoever_sent_the_file_and_may_approve_it_is_not_told(cast: Cast) -> None:
    telling.tell_that_it_waits(make_run(cast, "dina", MUCH_ENDS), on=ON, at=AT)
    carry()
    assert mailed() == {"adam"}


def test_nobody_is_told_of_a_usual_import_that_its_sender_may_approve(cast: Cast) -> None:
    telling.tell_that_it_waits(make_run(cast, "dina", []), on=ON, at=AT)
    assert OutboxEntry.objects.count() == 0


def test_an_import_that_was_decided_says_so(cast: Cast) -> None:
    run = make_run(cast, "ana", MUCH_ENDS)
    telling.tell_that_it_waits(run, on=ON, at=AT)
    carry()
    ImportRun.objects.filter(pk=run.pk).update(state=ImportRun.State.APPLIED)
    with translation.override("en-us"):
        (item,) = queries.list_inbox(viewer=cast.users["adam"], on=ON)
    assert item.title == "An import was waiting for an OK."


def test_an_email_speaks_the_sites_english(cast: Cast, about_sam: str) -> None:
    from crescendo.accounts.models import Site  # noqa: PLC0415

    Site.objects.update_or_create(pk=1, defaults={"term_pack": "en-gb"})
    registry.register_kind(
        "test.news",
        lambda entry, user: registry.Words(translation.gettext("Behavior"), ""),
        by_email=True,
    )
    tell_everybody(cast, "test.news")
    carry()
    subjects = {message.to[0].partition("@")[0]: message.subject for message in mail.outbox}
    assert subjects["tess"] == "Behaviour"
    assert subjects["fay"] == "Conducta"
