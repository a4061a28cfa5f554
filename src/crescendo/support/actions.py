"""Every write of support. The goal, check-ins, reviews and the close go through `plans`; each leaves a line in the trail."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotFound, Refused
from crescendo.plans import actions as plans
from crescendo.plans.aims import Measure, Subject
from crescendo.plans.errors import AlreadyOpen
from crescendo.plans.models import CheckIn, Plan, Review
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer

from . import permissions, queries, rules, starting, telling, wording
from .models import Delivery, DeliveryNote, Rhythm, SupportPlan
from .starting import Chosen, Start


@transaction.atomic
def open_support(*, student_id: int, start: Start, chosen: Chosen, by: Viewer, at: datetime) -> SupportPlan:
    """Open support for one student: a plan with its goal, and how often, by whom. The same form sent twice opens one."""
    permissions.require_may_open_for_student(by, student_id)
    _lock_opening(by)
    again = SupportPlan.objects.filter(opened_key=chosen.key, student_id=student_id).first()
    if again is not None:
        return again
    deliverers = queries.list_deliverers(viewer=by, student_ids=[student_id])
    if chosen.delivered_by_id not in {person.pk for person in deliverers}:
        name = roster.get_student(viewer=by, student_id=student_id).name
        raise Refused(
            _("This person does not work with %(student)s. Choose somebody who does.") % {"student": name}
        )
    plan = _open_plan(Subject(Plan.SubjectKind.STUDENT, student_id), start, chosen, by=by, at=at)
    support = SupportPlan.objects.create(
        plan=plan,
        student_id=student_id,
        tier=chosen.tier,
        strategy=chosen.strategy.strip(),
        delivered_by_id=chosen.delivered_by_id,
        family_told_on=_not_in_future(chosen.family_told_on, by.on),
        opened_at=at,
        opened_key=chosen.key,
    )
    Rhythm.objects.create(
        support=support,
        begins_on=chosen.begins_on,
        sessions_per_week=chosen.sessions_per_week,
        minutes=chosen.minutes,
    )
    _note("support.opened", support, by=by, at=at, detail={"tier": support.tier})
    telling.tell_who_gives_it(support, by=by, at=at)
    return support


@transaction.atomic
def open_support_for_several(
    *,
    student_ids: Sequence[int],
    indicator: str,
    parent_id: int | None,
    chosen: Chosen,
    by: Viewer,
    at: datetime,
) -> list[SupportPlan]:
    """The same support for several students, one plan each, all of them or none."""
    opened = []
    for student_id in student_ids:
        student = roster.get_student(viewer=by, student_id=student_id)
        start = starting.propose(viewer=by, student=student, indicator=indicator, parent_id=parent_id)
        if start.is_own and not chosen.own_measure:
            raise Refused(
                _("%(name)s has no number of this kind to start from. Leave this student out.")
                % {"name": student.name}
            )
        opened.append(open_support(student_id=student_id, start=start, chosen=chosen, by=by, at=at))
    return opened


@transaction.atomic
def log_delivery(
    *,
    support_id: int,
    key: UUID,
    on: date,
    happened: bool,
    by: Viewer,
    at: datetime,
    why_not: str = "",
    minutes: int | None = None,
    note: str = "",
) -> Delivery:
    """A session took place, or why not. The same press of the button twice is one session."""
    support = _open_for_writing(support_id, by)
    again = support.deliveries.filter(logged_key=key).first()
    if again is not None:
        return again
    _require_day(support, on, by)
    if not happened and why_not not in Delivery.WhyNot.values:
        raise Refused(_("Say why it did not take place."))
    delivery = Delivery.objects.create(
        support=support,
        on=on,
        happened=happened,
        why_not="" if happened else why_not,
        minutes=(minutes or support.rhythm.minutes) if happened else None,
        delivered_by_id=by.staff_id,
        logged_by_id=by.staff_id,
        logged_at=at,
        logged_key=key,
    )
    if note.strip():
        DeliveryNote.objects.create(
            delivery=delivery, text=note.strip(), written_by_id=by.staff_id, written_at=at
        )
    detail = {"delivery": delivery.pk, "happened": happened}
    _note("support.delivery_logged", support, by=by, at=at, detail=detail)
    return delivery


@transaction.atomic
def take_back_delivery(*, support_id: int, delivery_id: int, by: Viewer, at: datetime) -> Delivery:
    """A session was logged by mistake: it stays on record and no longer counts. Taken back twice, it is once."""
    support = _open_for_writing(support_id, by)
    delivery = support.deliveries.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise NotFound(_("There is no such session."))
    if delivery.taken_back_at is None:
        delivery.taken_back_at = at
        delivery.save(update_fields=["taken_back_at"])
        _note("support.delivery_taken_back", support, by=by, at=at, detail={"delivery": delivery_id})
    return delivery


@transaction.atomic
def record_progress(
    *,
    support_id: int,
    by: Viewer,
    at: datetime,
    on: date | None = None,
    value: float | None = None,
    confidence: int | None = None,
    comment: str = "",
) -> CheckIn:
    """How it goes: a check-in of the plan. A second one on the same day takes the place of the first."""
    support = _open_for_writing(support_id, by)
    return plans.check_in(
        plan_id=support.plan_id, on=on, value=value, confidence=confidence, comment=comment, by=by, at=at
    )


@transaction.atomic
def review_support(
    *,
    support_id: int,
    decision: str,
    reason: str,
    by: Viewer,
    at: datetime,
    sessions_per_week: int | None = None,
) -> Review:
    """Go on, change something, or stop. A changed rhythm holds from today on; what was planned before stays planned."""
    support = _open_for_writing(support_id, by)
    permissions.require_may_decide(by, support)
    review = plans.review_plan(plan_id=support.plan_id, decision=decision, reason=reason, by=by, at=at)
    now = support.rhythm
    if decision == Review.Decision.CHANGE and sessions_per_week not in (None, now.sessions_per_week):
        Rhythm.objects.update_or_create(
            support=support,
            begins_on=max(by.on, now.begins_on),
            defaults={"sessions_per_week": sessions_per_week, "minutes": now.minutes},
        )
        detail = {"sessions_per_week": [now.sessions_per_week, sessions_per_week]}
        _note("support.changed", support, by=by, at=at, detail=detail)
    return review


@transaction.atomic
def tell_family(*, support_id: int, on: date, by: Viewer, at: datetime) -> SupportPlan:
    """Write down on which day somebody told the family."""
    support = _open_for_writing(support_id, by)
    support.family_told_on = _not_in_future(on, by.on)
    support.save(update_fields=["family_told_on"])
    _note("support.family_told", support, by=by, at=at)
    return support


@transaction.atomic
def close_support(
    *, support_id: int, outcome: str, what_happened: str, by: Viewer, at: datetime, learned: str = ""
) -> Plan:
    """The support is over: whether the goal was reached, what happened, what was learned."""
    support = _open_for_writing(support_id, by)
    permissions.require_may_decide(by, support)
    return plans.close_plan(
        plan_id=support.plan_id, outcome=outcome, what_happened=what_happened, learned=learned, by=by, at=at
    )


def forget_student(*, student_id: int) -> None:
    """An erased student's support stays as days and counts; words about the person go (migration 0002)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT support_forget_student(%s)", [student_id])


def _open_plan(subject: Subject, start: Start, chosen: Chosen, *, by: Viewer, at: datetime) -> Plan:
    """The goal as a plan of `plans`, which reads the baseline of whatever is published or imported."""
    measure = Measure.own(chosen.own_measure) if start.is_own else start.measure
    target = chosen.target if chosen.target is not None else start.target
    baseline = chosen.baseline if start.is_own else start.baseline
    direction = start.direction
    if start.is_own and baseline is not None and target is not None:
        direction = Plan.Direction.DOWN if target < baseline else Plan.Direction.UP
    title = wording.goal_sentence(measure=measure, baseline=baseline, target=target, due_on=chosen.due_on)
    try:
        return plans.open_plan(
            subject=subject,
            title=title[:200],
            why=chosen.concern,
            opened_from=start.finding,
            measure=measure,
            target=target,
            direction=direction,
            baseline=baseline if start.is_own else None,
            begins_on=chosen.begins_on,
            due_on=chosen.due_on,
            parent_id=start.parent_id,
            by=by,
            at=at,
        )
    except AlreadyOpen:
        raise Refused(
            _("You have opened this support already. Change the goal, or go on with that one.")
        ) from None


def _lock_opening(by: Viewer) -> None:
    """Two presses at the same moment wait for each other; the second finds what the first opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('support.open'), %s)", [by.user_id])


def _open_for_writing(support_id: int, by: Viewer) -> SupportPlan:
    """The support plan, held to the end of the transaction, if the person may write and it is not closed."""
    support = queries.get_support(viewer=by, support_id=support_id)
    permissions.require_may_write(by, support)
    support = SupportPlan.objects.select_for_update(of=("self",)).select_related("plan").get(pk=support.pk)
    if support.plan.state == Plan.State.CLOSED:
        raise Refused(_("This support is closed. Open a new plan to go on."))
    return support


def _require_day(support: SupportPlan, on: date, by: Viewer) -> None:
    begins_on = support.plan.begins_on
    wrong = rules.why_not_a_delivery(on, begins_on=begins_on, today=by.on)
    if wrong == "future":
        raise Refused(_("This day has not come yet. Log a session on its day or afterwards."))
    if wrong == "too_early":
        raise Refused(
            _("The support begins on %(day)s. Choose that day or a later one.")
            % {"day": date_format(begins_on, "MONTH_DAY_FORMAT")}
        )


def _not_in_future(on: date | None, today: date) -> date | None:
    if on is not None and on > today:
        raise Refused(_("The day on which the family was told has not come yet."))
    return on


def _note(
    verb: str, support: SupportPlan, *, by: Viewer, at: datetime, detail: dict[str, object] | None = None
) -> None:
    accounts.record_audit(
        verb=verb,
        object_type="support",
        object_id=support.pk,
        student_id=support.student_id,
        by=by.user_id,
        at=at,
        detail=detail,
    )
