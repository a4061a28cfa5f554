"""What the two are told, what is due today, and what travels in the open."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import translation

from crescendo.coaching import actions, queries, telling
from crescendo.coaching.models import Agreement
from crescendo.comms import actions as comms
from crescendo.comms import queries as inbox
from crescendo.comms.models import Delivery, OutboxEntry


def deliver(cast):
    while comms.address_next_entry(at=cast.at, on=cast.on):
        pass
    while comms.send_next_email(at=cast.at, on=cast.on):
        pass


def due(cast, name, on=None):
    with cast.looking_as(name, on) as viewer:
        return [each.code for each in queries.list_due(viewer=viewer)]


def test_only_the_two_hear_of_it_and_not_the_one_who_did_it(cast, session):
    deliver(cast)
    heard = set(Delivery.objects.values_list("recipient__username", flat=True))
    assert heard == {"ivo", "tess"}
    assert not Delivery.objects.filter(recipient=cast.users["ivo"], entry__by=cast.users["ivo"]).exists()


def test_an_email_says_neither_who_nor_what(cast, invitation):
    cast.users["tess"].email = "tess@harbor.example"
    cast.users["tess"].save()
    deliver(cast)
    (letter,) = mail.outbox
    assert letter.to == ["tess@harbor.example"]
    for word in ("Ivo", "Ivanov", "oach", "Use of time"):
        assert word not in letter.subject
    assert "Use of time" not in letter.body
    assert "Ivo" not in letter.body


def test_the_inbox_names_the_other_once_its_reader_has_signed_in(cast, invitation):
    deliver(cast)
    with cast.looking_as("tess"):
        (item,) = inbox.list_inbox(viewer=cast.users["tess"], on=cast.on)
    assert "Ivo Ivanov invites you" in item.body
    assert item.path == f"/coaching/{invitation.pk}/"


@pytest.mark.parametrize("name", ["priya", "adam", "dina"])
def test_a_third_person_may_not_hear_even_when_named_by_mistake(cast, invitation, name):
    comms.tell(
        kind="coaching.changed",
        arguments={"users": [cast.users[name].pk]},
        about=("coaching_agreement", invitation.pk),
        by=None,
        at=cast.at,
    )
    deliver(cast)
    assert (
        Delivery.objects.filter(recipient=cast.users[name]).values_list("state", flat=True).get()
        == "withheld"
    )


def test_outbox_entries_hold_ids_alone(cast, session):
    for entry in OutboxEntry.objects.filter(kind__startswith="coaching."):
        assert entry.data == {}
        assert set(entry.audience_arguments) <= {"agreement", "except"}


def test_that_something_was_written_is_told_once_a_day(cast, session, step):
    told = OutboxEntry.objects.filter(kind="coaching.changed").values_list("by__username", flat=True)
    assert sorted(told) == ["ivo", "tess"]
    tomorrow = cast.at + timedelta(days=1)
    actions.end_step(step=step, done=True, by=cast.viewer("tess"), at=tomorrow)
    assert OutboxEntry.objects.filter(kind="coaching.changed", by=cast.users["tess"]).count() == 2


def test_every_kind_of_message_has_words_in_the_readers_language(cast, agreement):
    for code, words in telling.KINDS.items():
        entry = OutboxEntry(kind=code, object_id=agreement.pk)
        with translation.override("es"):
            said = words(entry, cast.users["tess"])
        assert said.title
        assert "Ivo Ivanov" in said.body


def test_an_invitation_is_due_for_whoever_answers_it(cast, invitation):
    assert due(cast, "tess") == ["answer"]
    assert due(cast, "ivo") == []
    assert due(cast, "priya") == []


def test_two_quiet_weeks_are_due_for_both_and_a_session_ahead_ends_them(cast, agreement):
    before, after = cast.on + timedelta(days=13), cast.on + timedelta(days=14)
    assert due(cast, "tess", before) == []
    assert due(cast, "tess", after) == due(cast, "ivo", after) == ["quiet"]
    actions.plan_session(
        agreement=agreement,
        kind="goal",
        planned_on=after + timedelta(days=2),
        by=cast.viewer("ivo"),
        at=cast.at,
    )
    assert due(cast, "tess", after) == []


def test_a_step_is_due_for_the_one_who_tries_it_and_a_review_for_both(cast, step, session):
    assert due(cast, "tess", step.due_on) == ["step"]
    assert due(cast, "ivo", step.due_on) == []
    end = cast.on + timedelta(weeks=6)
    assert due(cast, "ivo", end) == ["review", "quiet"]
    with cast.looking_as("ivo", end) as viewer:
        (first, _quiet) = queries.list_due(viewer=viewer)
    assert "Tess Tanaka" in first.sentence
    assert first.href == f"/coaching/cycles/{session.cycle_id}/review/"


def test_a_planned_session_is_due_on_its_day_until_it_is_written_down(cast, agreement):
    actions.plan_session(
        agreement=agreement, kind="goal", planned_on=cast.on, by=cast.viewer("ivo"), at=cast.at
    )
    assert due(cast, "tess") == ["session"]


def test_after_the_last_day_they_may_finish_and_nobody_reminds_them_to_meet(cast, invite):
    last = cast.on + timedelta(weeks=8)
    agreement = invite(ends_on=last)
    actions.accept(agreement=agreement, by=cast.viewer("tess"), at=cast.at)
    assert due(cast, "tess", last - timedelta(days=1)) == ["quiet"]
    assert due(cast, "tess", last) == ["end"]
    assert actions.remind_quiet_pairs(on=last, at=cast.at + timedelta(weeks=8)) == 0
    ended = actions.stop(agreement=agreement, by=cast.viewer("tess", last), at=cast.at + timedelta(weeks=8))
    assert ended.state == "closed"


def test_nothing_is_due_in_what_has_ended(cast, agreement):
    actions.stop(agreement=agreement, by=cast.viewer("ivo"), at=cast.at)
    assert due(cast, "tess", cast.on + timedelta(days=60)) == []


def test_quiet_pairs_are_reminded_every_two_weeks_at_most(cast, agreement):
    def remind(days):
        return actions.remind_quiet_pairs(
            on=cast.on + timedelta(days=days), at=cast.at + timedelta(days=days)
        )

    assert [remind(days) for days in (13, 14, 15, 27, 28)] == [0, 1, 0, 0, 1]
    OutboxEntry.objects.exclude(kind="coaching.quiet").update(addressed_at=cast.at)
    deliver(cast)
    reminded = Delivery.objects.filter(entry__kind="coaching.quiet").values_list(
        "recipient__username", flat=True
    )
    assert sorted(reminded) == ["ivo", "ivo", "tess", "tess"]
    assert Agreement.objects.get().reminded_on == cast.on + timedelta(days=28)
