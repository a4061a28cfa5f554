"""The one live action step: set, practised, seen, done or let go."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, Refused
from crescendo.roster.viewer import Viewer

from .. import permissions, queries
from ..models import ActionStep, Agreement
from . import trail

State = ActionStep.State


@transaction.atomic
def set_step(*, agreement: Agreement, what: str, due_on: date, by: Viewer, at: datetime) -> ActionStep:
    """One small thing to try next. The one before has to be done or let go first: the database holds this too."""
    row = trail.locked_and_under_way(agreement, by=by)
    if not what.strip():
        raise Refused(_("Say what is tried, so that somebody could see it."))
    if due_on < by.on:
        raise Refused(_("The day until which it is tried has to lie ahead."))
    try:
        with transaction.atomic():
            step = ActionStep.objects.create(
                agreement=row,
                cycle=queries.find_open_cycle(agreement=row),
                what=what.strip(),
                due_on=due_on,
                set_by_id=by.staff_id,
                set_on=by.on,
            )
    except IntegrityError as error:
        if "one_live" not in str(error):
            raise
        raise Refused(
            _("One step at a time: finish the live step or let it go, then set the next.")
        ) from error
    trail.note("step_set", step, by=by, at=at)
    trail.tell_other("changed", row, by=by, at=at)
    return step


def _locked_live(step: ActionStep, by: Viewer) -> tuple[Agreement, ActionStep]:
    agreement = trail.locked_and_under_way(step.agreement, by=by)
    row = ActionStep.objects.get(pk=step.pk)
    if row.state != State.LIVE:
        raise Refused(_("This step is over."))
    return agreement, row


@transaction.atomic
def mark_practised(*, step: ActionStep, by: Viewer, at: datetime) -> ActionStep:
    """The two have rehearsed it. Either says so."""
    agreement, row = _locked_live(step, by)
    if row.practised_on is None:
        row.practised_on = by.on
        row.save(update_fields=["practised_on"])
        trail.note("step_practised", row, by=by, at=at)
        trail.tell_other("changed", agreement, by=by, at=at)
    return row


@transaction.atomic
def mark_seen(*, step: ActionStep, by: Viewer, at: datetime) -> ActionStep:
    """The coach has seen it in a lesson. Only the coach says so."""
    agreement, row = _locked_live(step, by)
    if not permissions.is_coach(by, agreement):
        raise NotAllowed(_("Whoever coaches says that they have seen it."))
    if row.seen_on is None:
        row.seen_on = by.on
        row.save(update_fields=["seen_on"])
        trail.note("step_seen", row, by=by, at=at)
        trail.tell_other("changed", agreement, by=by, at=at)
    return row


@transaction.atomic
def end_step(*, step: ActionStep, done: bool, by: Viewer, at: datetime) -> ActionStep:
    """Done, or let go without a reason. Then the next can be set. Pressed twice it changes nothing twice."""
    agreement = trail.locked_and_under_way(step.agreement, by=by)
    row = ActionStep.objects.get(pk=step.pk)
    if row.state == State.LIVE:
        row.state, row.ended_on = (State.DONE if done else State.DROPPED), by.on
        row.save(update_fields=["state", "ended_on"])
        trail.note("step_done" if done else "step_dropped", row, by=by, at=at)
        trail.tell_other("changed", agreement, by=by, at=at)
    return row
