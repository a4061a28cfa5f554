"""Sessions: planned, written together, held; feedback with its evidence; each one's private notes."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.roster.viewer import Viewer

from .. import queries, rules
from ..conflicts import ChangedMeanwhile
from ..models import Agreement, Feedback, PrivateNote, Session
from . import trail


@transaction.atomic
def plan_session(
    *, agreement: Agreement, kind: str, planned_on: date, by: Viewer, at: datetime, agenda: str = ""
) -> Session:
    """Set a day for the next session. The same kind on the same day twice is one session."""
    row = trail.locked_and_under_way(agreement, by=by)
    same = row.sessions.filter(planned_on=planned_on, kind=kind, called_off_on__isnull=True).first()
    if same is not None:
        return same
    session = Session.objects.create(
        agreement=row,
        cycle=queries.find_open_cycle(agreement=row),
        kind=kind,
        planned_on=planned_on,
        agenda=agenda.strip(),
        changed_by_id=by.staff_id,
        changed_at=at,
    )
    trail.note("session_planned", session, by=by, at=at)
    trail.tell_other("changed", row, by=by, at=at)
    return session


@transaction.atomic
def write_session(
    *,
    session: Session,
    kind: str,
    planned_on: date,
    held_on: date | None,
    agenda: str,
    questions: Sequence[str],
    shared_notes: str,
    version: int,
    by: Viewer,
    at: datetime,
) -> Session:
    """Prepare a session or write down what was said. Whoever saves over an unseen change is told instead."""
    agreement = trail.locked_and_under_way(session.agreement, by=by)
    row = Session.objects.select_related("changed_by").get(pk=session.pk)
    row.agreement = agreement
    if held_on is not None and held_on > by.on:
        raise Refused(
            _(
                "A session that lies ahead can be planned, but not held. Leave the day empty until you have met."
            )
        )
    if row.called_off_on is not None:
        raise Refused(_("This session was called off. Plan a new one."))
    wanted = {
        "kind": kind,
        "planned_on": planned_on,
        "held_on": held_on,
        "agenda": agenda.strip(),
        "questions": list(questions),
        "shared_notes": shared_notes.strip(),
    }
    changed = [name for name, value in wanted.items() if getattr(row, name) != value]
    if not changed:
        return row
    if row.version != version:
        raise ChangedMeanwhile(row, row.changed_by.name)
    for name in changed:
        setattr(row, name, wanted[name])
    row.version += 1
    row.changed_by_id, row.changed_at = by.staff_id, at
    row.save(update_fields=[*changed, "version", "changed_by", "changed_at"])
    trail.note("session_written", row, by=by, at=at)
    trail.tell_other("changed", agreement, by=by, at=at)
    return row


@transaction.atomic
def note_privately(*, session: Session, text: str, by: Viewer, at: datetime) -> None:
    """Keep a note that only its author reads. An empty text leaves an empty note. No line in the trail, no word to anybody."""
    agreement = trail.locked(session.agreement, by=by)
    text = text.strip()
    if text == queries.get_private_note(viewer=by, session=session):
        return
    PrivateNote.objects.update_or_create(
        session=session,
        author_id=by.staff_id,
        defaults={"text": text, "changed_at": at, "agreement": agreement},
    )


@transaction.atomic
def call_off(*, session: Session, by: Viewer, at: datetime) -> Session:
    """The session does not take place."""
    agreement = trail.locked_and_under_way(session.agreement, by=by)
    row = Session.objects.get(pk=session.pk)
    if row.held_on is not None:
        raise Refused(_("This session has been held. Take its day away first if that was a mistake."))
    if row.called_off_on is None:
        row.called_off_on = by.on
        row.save(update_fields=["called_off_on"])
        trail.note("session_called_off", row, by=by, at=at)
        trail.tell_other("changed", agreement, by=by, at=at)
    return row


@transaction.atomic
def give_feedback(
    *,
    session: Session,
    observation: str,
    effect: str,
    offer_kind: str,
    offer: str,
    by: Viewer,
    at: datetime,
) -> Feedback:
    """What was seen, what it led to, then a question or a suggestion. Either of the two may give it."""
    agreement = trail.locked_and_under_way(session.agreement, by=by)
    row = Session.objects.get(pk=session.pk)
    if row.held_on is None:
        raise Refused(
            _("Write down first when the session was held; then there is something to give feedback on.")
        )
    if not rules.says_what_was_seen(observation):
        raise Refused(_("Say first what you saw or heard: who did what, in a sentence. Judgement can wait."))
    if not effect.strip() or not offer.strip():
        raise Refused(_("Say what it led to, and end with a question or a suggestion."))
    words = {"observation": observation.strip(), "effect": effect.strip(), "offer": offer.strip()}
    same = row.feedback.filter(by_id=by.staff_id, **words).first()
    if same is not None:
        return same  # sent twice
    given = Feedback.objects.create(
        session=row, agreement=agreement, by_id=by.staff_id, offer_kind=offer_kind, given_at=at, **words
    )
    trail.note("feedback_given", given, by=by, at=at)
    trail.tell_other("changed", agreement, by=by, at=at)
    return given
