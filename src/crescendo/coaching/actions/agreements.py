"""Inviting, answering, ending."""

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crescendo.comms import actions as comms
from crescendo.core.errors import NotAllowed, Refused
from crescendo.roster.models import StaffMember
from crescendo.roster.viewer import Viewer

from .. import permissions, queries, rules
from ..models import Agreement, Kind
from . import trail

State = Agreement.State


@transaction.atomic
def invite(
    *,
    colleague: StaffMember,
    i_am_coach: bool,
    focus: str,
    confidentiality: str,
    by: Viewer,
    at: datetime,
    kind: str = Kind.COACHING,
    every_weeks: int = 2,
    ends_on: date | None = None,
) -> Agreement:
    """Ask a colleague to coach, or to be coached. Whoever asks has agreed to the words; the other has not yet."""
    permissions.check_may_take_part(by)
    _check_invitation(colleague, focus, confidentiality, ends_on, by=by)
    me = StaffMember.objects.get(pk=by.staff_id)
    try:
        with transaction.atomic():
            agreement = Agreement.objects.create(
                kind=kind,
                coach=me if i_am_coach else colleague,
                coachee=colleague if i_am_coach else me,
                focus=focus.strip(),
                confidentiality=confidentiality.strip(),
                every_weeks=every_weeks,
                begins_on=by.on,
                ends_on=ends_on,
                invited_by=me,
                coach_agreed_at=at if i_am_coach else None,
                coachee_agreed_at=None if i_am_coach else at,
                created_at=at,
            )
    except IntegrityError as error:
        if "one_open_per_pair" not in str(error):
            raise
        raise Refused(
            _("The two of you have coaching or mentoring open already. Finish or stop that first.")
        ) from error
    trail.note("invited", agreement, by=by, at=at)
    trail.tell_other("invited", agreement, by=by, at=at)
    return agreement


def _check_invitation(
    colleague: StaffMember, focus: str, confidentiality: str, ends_on: date | None, *, by: Viewer
) -> None:
    if colleague.pk == by.staff_id:
        raise Refused(_("Choose somebody else: coaching takes two."))
    if not queries.list_colleagues(viewer=by).filter(pk=colleague.pk).exists():
        raise Refused(
            _("This person does not work with you, or cannot sign in yet. Choose another colleague.")
        )
    if not focus.strip() or not confidentiality.strip():
        raise Refused(_("Say what it is about, and who reads what the two of you write."))
    if ends_on is not None and ends_on <= by.on:
        raise Refused(_("The last day has to lie ahead."))


@transaction.atomic
def accept(*, agreement: Agreement, by: Viewer, at: datetime) -> Agreement:
    """The invited one agrees to the same words. From now on the two may plan."""
    row = trail.locked(agreement, by=by)
    if row.has_begun:
        return row  # pressed twice
    _check_may_answer(row, by)
    row.coach_agreed_at = row.coach_agreed_at or at
    row.coachee_agreed_at = row.coachee_agreed_at or at
    row.state, row.begins_on = State.AGREED, by.on
    row.save(update_fields=["coach_agreed_at", "coachee_agreed_at", "state", "begins_on"])
    trail.note("agreed", row, by=by, at=at)
    trail.tell_other("agreed", row, by=by, at=at)
    return row


@transaction.atomic
def decline(*, agreement: Agreement, by: Viewer, at: datetime) -> Agreement:
    """The invited one says no. Nobody asks why."""
    row = trail.locked(agreement, by=by)
    if row.state == State.DECLINED:
        return row
    _check_may_answer(row, by)
    return _end(row, State.DECLINED, "declined", by=by, at=at)


def _check_may_answer(row: Agreement, by: Viewer) -> None:
    if not row.is_open:
        raise Refused(_("This invitation is no longer open."))
    if not permissions.may_answer(by, row):
        raise NotAllowed(_("The other of you answers this invitation."))


@transaction.atomic
def stop(*, agreement: Agreement, by: Viewer, at: datetime) -> Agreement:
    """Either of the two ends it, at once, without a reason. What was written stays readable for both.

    After the last day they agreed on it is finished rather than stopped.
    """
    row = trail.locked(agreement, by=by)
    if not row.is_open:
        return row
    if row.time_is_up(by.on):
        return _end(row, State.CLOSED, "closed", by=by, at=at)
    return _end(row, State.STOPPED, "stopped", by=by, at=at)


@transaction.atomic
def close(*, agreement: Agreement, by: Viewer, at: datetime) -> Agreement:
    """The two have reached the end they set themselves."""
    row = trail.locked_and_under_way(agreement, by=by)
    return _end(row, State.CLOSED, "closed", by=by, at=at)


def _end(row: Agreement, state: str, verb: str, *, by: Viewer, at: datetime) -> Agreement:
    row.state, row.ended_at = state, at
    row.save(update_fields=["state", "ended_at"])
    trail.note(verb, row, by=by, at=at)
    trail.tell_other("ended" if verb != "declined" else "declined", row, by=by, at=at)
    return row


def remind_quiet_pairs(*, on: date, at: datetime) -> int:
    """Tell each pair that has been quiet for two weeks, at most every two weeks. Told to the two alone; by the clock."""
    told = 0
    begun = list(Agreement.objects.filter(state__in=Agreement.BEGUN).order_by("pk"))
    standings = queries.list_standings(agreements=begun, on=on)
    for agreement in begun:
        if agreement.time_is_up(on) or not standings[agreement.pk].is_quiet(on):
            continue
        with transaction.atomic():
            row = Agreement.objects.select_for_update().get(pk=agreement.pk)
            pause = timedelta(days=rules.QUIET_AFTER_DAYS)
            if not row.has_begun or (row.reminded_on and on - row.reminded_on < pause):
                continue
            row.reminded_on = on
            row.save(update_fields=["reminded_on"])
            comms.tell(
                kind="coaching.quiet",
                audience="coaching.pair",
                arguments={"agreement": row.pk},
                about=("coaching_agreement", row.pk),
                by=None,
                at=at,
            )
            told += 1
    return told
