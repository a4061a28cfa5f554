"""Telling people: once, in their language, and nobody who may not hear."""

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import override_settings
from django.utils.translation import gettext

from crescendo.accounts.models import User
from crescendo.comms import actions, queries, registry
from crescendo.comms.models import Delivery, OutboxEntry

AT = dt.datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("America/New_York"))
ON = AT.date()

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    made = {}
    for name, language in (("tess", "en-us"), ("fay", "es"), ("bryn", "en-us")):
        made[name] = User.objects.create(
            username=f"{name}@outbox.example",
            email=f"{name}@outbox.example",
            display_name=name.capitalize(),
            language=language,
            created_at=AT,
        )
    return made


@pytest.fixture
def barred() -> Iterator[set[str]]:
    """A kind of message about a 'parcel', and the list of people whom its owner turns away."""
    names: set[str] = set()
    registry.register_kind(
        "test.parcel",
        lambda entry, user: registry.Words(gettext("Monday"), f"parcel {entry.object_id}", "/parcels/7/"),
        by_email=True,
    )
    registry.register_visibility("parcel", lambda user, object_id, on: user.display_name not in names)
    yield names
    registry._kinds.pop("test.parcel")
    registry._visibility.pop("parcel")


def tell(people: dict[str, User], *names: str, by: str = "tess") -> OutboxEntry:
    ids = [people[name].pk for name in names]
    return actions.tell(
        kind="test.parcel", arguments={"users": ids}, about=("parcel", 7), by=people[by], at=AT
    )


def run_the_worker() -> None:
    while actions.address_next_entry(at=AT, on=ON):
        pass
    while actions.send_next_email(at=AT, on=ON):
        pass


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'crescendo.comms.tasks.send_outbox'"
        )
        return int(cursor.fetchone()[0])


def test_an_event_that_is_undone_tells_nobody(people: dict[str, User], barred: set[str]) -> None:
    with transaction.atomic():
        tell(people, "fay")
        assert jobs() == 1
        transaction.set_rollback(True)
    assert OutboxEntry.objects.count() == 0
    assert jobs() == 0


def test_many_events_wait_for_one_job(people: dict[str, User], barred: set[str]) -> None:
    for _ in range(3):
        tell(people, "fay")
    assert OutboxEntry.objects.count() == 3
    assert jobs() == 1


def test_a_page_may_tell_and_wake_the_worker(people: dict[str, User], barred: set[str]) -> None:
    """The web role has the rights to do so, and row-level security lets it write only in its viewer's name."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE crescendo_web")
        cursor.execute("SELECT set_config('crescendo.viewer', %s, true)", [str(people["tess"].pk)])
        tell(people, "fay")
        cursor.execute("RESET ROLE")
    assert OutboxEntry.objects.get().by == people["tess"]
    assert jobs() == 1


def test_a_page_sees_only_its_own_readers_messages(people: dict[str, User], barred: set[str]) -> None:
    tell(people, "fay", "tess")
    run_the_worker()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE crescendo_web")
        cursor.execute("SELECT set_config('crescendo.viewer', %s, true)", [str(people["fay"].pk)])
        seen = set(Delivery.objects.order_by().values_list("recipient", flat=True))
        cursor.execute("SELECT set_config('crescendo.viewer', '', true)")
        signed_out = Delivery.objects.count() + OutboxEntry.objects.count()
        cursor.execute("RESET ROLE")
    assert seen == {people["fay"].pk}
    assert signed_out == 0


def test_each_recipient_is_reached_once_however_often_the_worker_runs(
    people: dict[str, User], barred: set[str]
) -> None:
    tell(people, "tess", "fay")
    for _ in range(3):
        run_the_worker()
    assert sorted(message.to[0] for message in mail.outbox) == ["fay@outbox.example", "tess@outbox.example"]
    assert len(queries.list_inbox(viewer=people["fay"], on=ON)) == 1
    OutboxEntry.objects.update(addressed_at=None)  # as if the worker had died before it could say "done"
    run_the_worker()
    assert len(mail.outbox) == 2
    assert len(queries.list_inbox(viewer=people["fay"], on=ON)) == 1


def test_the_same_delivery_always_carries_the_same_message_id(
    people: dict[str, User], barred: set[str]
) -> None:
    """So that a mail system that gets it twice, from a worker killed in between, shows it once."""
    tell(people, "fay")
    run_the_worker()
    Delivery.objects.filter(channel="email").update(state=Delivery.State.WAITING)
    run_the_worker()
    assert len(mail.outbox) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


def test_an_email_is_in_its_readers_language_and_says_no_more_than_its_title(
    people: dict[str, User], barred: set[str]
) -> None:
    tell(people, "fay")
    run_the_worker()
    assert mail.outbox[0].subject == "lunes"
    assert "parcel 7" not in mail.outbox[0].body
    assert "http://localhost:8000/parcels/7/" in mail.outbox[0].body


def test_a_barred_adult_hears_nothing(people: dict[str, User], barred: set[str]) -> None:
    barred.add("Bryn")
    tell(people, "bryn", "fay")
    run_the_worker()
    assert [message.to for message in mail.outbox] == [["fay@outbox.example"]]
    assert queries.list_inbox(viewer=people["bryn"], on=ON) == []
    assert queries.count_unread(viewer=people["bryn"]) == 0


def test_a_court_order_between_addressing_and_sending_stops_the_email_and_empties_the_inbox(
    people: dict[str, User], barred: set[str]
) -> None:
    tell(people, "bryn")
    actions.address_next_entry(at=AT, on=ON)
    assert len(queries.list_inbox(viewer=people["bryn"], on=ON)) == 1
    barred.add("Bryn")
    run_the_worker()
    assert mail.outbox == []
    assert queries.list_inbox(viewer=people["bryn"], on=ON) == []
    assert Delivery.objects.get(channel="email").state == Delivery.State.WITHHELD


def test_what_nobody_answers_for_is_told_to_nobody(people: dict[str, User], barred: set[str]) -> None:
    entry = tell(people, "fay")
    OutboxEntry.objects.filter(pk=entry.pk).update(object_type="unknown")
    run_the_worker()
    assert mail.outbox == []
    assert queries.list_inbox(viewer=people["fay"], on=ON) == []


def test_an_unknown_kind_or_audience_is_refused_when_told(people: dict[str, User]) -> None:
    with pytest.raises(LookupError, match=r"kind 'test\.nothing'"):
        actions.tell(kind="test.nothing", by=people["tess"], at=AT)


@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9
)
def test_an_unreachable_mail_server_is_tried_again_later_and_at_last_given_up(
    people: dict[str, User], barred: set[str]
) -> None:
    tell(people, "fay")
    run_the_worker()
    delivery = Delivery.objects.get(channel="email")
    assert (delivery.state, delivery.attempts) == (Delivery.State.WAITING, 1)
    assert delivery.next_attempt_at == AT + dt.timedelta(minutes=2)
    assert not actions.send_next_email(at=AT + dt.timedelta(minutes=1), on=ON), "it is not due yet"
    later = AT
    for _ in range(actions.MOST_ATTEMPTS):
        later += dt.timedelta(days=1)
        actions.send_next_email(at=later, on=ON)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.FAILED, actions.MOST_ATTEMPTS)


def test_reading_is_remembered_and_only_ones_own(people: dict[str, User], barred: set[str]) -> None:
    tell(people, "fay", "tess")
    run_the_worker()
    (item,) = queries.list_inbox(viewer=people["fay"], on=ON)
    actions.mark_read(delivery=item.id, by=people["tess"], at=AT)
    assert queries.count_unread(viewer=people["fay"]) == 1
    actions.mark_read(delivery=item.id, by=people["fay"], at=AT)
    assert queries.count_unread(viewer=people["fay"]) == 0
    assert queries.count_unread(viewer=people["tess"]) == 1
    assert actions.mark_all_read(by=people["tess"], at=AT) == 1
