"""Opening support: for one student, or the same for several."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.plans import actions as plans
from crescendo.plans.aims import Measure, Subject
from crescendo.plans.errors import AlreadyOpen
from crescendo.plans.models import Plan
from crescendo.roster import queries as roster
from crescendo.roster.models import StaffMember
from crescendo.roster.viewer import Viewer

from .. import permissions, queries, starting, telling, wording
from ..models import Rhythm, SupportPlan
from ..starting import Chosen, Start
from . import trail


@transaction.atomic
def open_support(*, student_id: int, start: Start, chosen: Chosen, by: Viewer, at: datetime) -> SupportPlan:
    """Open support for one student: a plan with its goal, and how often, by whom. The same form sent twice opens one."""
    permissions.require_may_open_for_student(by, student_id)
    deliverers = queries.list_deliverers(viewer=by, student_ids=[student_id])
    name = roster.get_student(viewer=by, student_id=student_id).name
    _require_among(deliverers, chosen, name)
    return _open(Subject(Plan.SubjectKind.STUDENT, student_id), start, chosen, by=by, at=at)


@transaction.atomic
def open_support_for_class(
    *, class_id: int, start: Start, chosen: Chosen, by: Viewer, at: datetime
) -> SupportPlan:
    """Open support for a whole class: one plan, one rhythm, one log. No family reads it, and none is told by it."""
    permissions.require_may_open_for_class(by, class_id)
    deliverers = queries.list_deliverers_of_class(viewer=by, class_id=class_id)
    _require_among(deliverers, chosen, roster.get_class(viewer=by, class_id=class_id).title)
    return _open(Subject(Plan.SubjectKind.CLASS, class_id), start, chosen, by=by, at=at)


def _require_among(deliverers: Sequence[StaffMember], chosen: Chosen, name: str) -> None:
    if chosen.delivered_by_id not in {person.pk for person in deliverers}:
        raise Refused(
            _("This person does not work with %(student)s. Choose somebody who does.") % {"student": name}
        )


def _open(subject: Subject, start: Start, chosen: Chosen, *, by: Viewer, at: datetime) -> SupportPlan:
    _lock_opening(by)
    about = {"student_id": subject.id, "school_class_id": None}
    if subject.kind == Plan.SubjectKind.CLASS:
        about = {"student_id": None, "school_class_id": subject.id}
    again = SupportPlan.objects.filter(opened_key=chosen.key, **about).first()
    if again is not None:
        return again
    plan = _open_plan(subject, start, chosen, by=by, at=at)
    support = SupportPlan.objects.create(
        plan=plan,
        **about,
        tier=chosen.tier,
        strategy=chosen.strategy.strip(),
        delivered_by_id=chosen.delivered_by_id,
        family_told_on=trail.day_not_in_future(chosen.family_told_on, by.on),
        opened_at=at,
        opened_key=chosen.key,
    )
    Rhythm.objects.create(
        support=support,
        begins_on=chosen.begins_on,
        sessions_per_week=chosen.sessions_per_week,
        minutes=chosen.minutes,
    )
    trail.note("support.opened", support, by=by, at=at, detail={"tier": support.tier})
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
    test: str = "",
) -> list[SupportPlan]:
    """The same support for several students, one plan each, all of them or none."""
    opened = []
    for student_id in student_ids:
        student = roster.get_student(viewer=by, student_id=student_id)
        start = starting.propose(
            viewer=by, student=student, indicator=indicator, parent_id=parent_id, test=test
        )
        if start.is_own and not chosen.own_measure:
            raise Refused(
                _("%(name)s has no number of this kind to start from. Leave this student out.")
                % {"name": student.name}
            )
        opened.append(open_support(student_id=student_id, start=start, chosen=chosen, by=by, at=at))
    return opened


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
            # Whoever works at the school may give it to the class, so that they have to be able to read it.
            visibility=Plan.Visibility.ORGANISATION if subject.kind == Plan.SubjectKind.CLASS else "",
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
