"""Opening a plan: three things are enough, the rest follows from the subject and the measure."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound, Refused
from crescendo.indicators import queries as indicators
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation, Post, SchoolClass, StaffMember
from crescendo.roster.viewer import Viewer

from .. import following, measuring, permissions, queries, rules, telling, wording
from ..aims import Measure, Subject
from ..errors import AlreadyOpen
from ..models import Plan, Team
from . import trail

_COLUMNS = {
    Plan.SubjectKind.STUDENT: "student_id",
    Plan.SubjectKind.CLASS: "school_class_id",
    Plan.SubjectKind.STAFF: "staff_id",
    Plan.SubjectKind.TEAM: "team_id",
    Plan.SubjectKind.SCHOOL: "organisation_id",
    Plan.SubjectKind.DISTRICT: "organisation_id",
}
_SEEN_BY = {
    Plan.SubjectKind.TEAM: Plan.Visibility.TEAM,
    Plan.SubjectKind.SCHOOL: Plan.Visibility.ORGANISATION,
    Plan.SubjectKind.DISTRICT: Plan.Visibility.ORGANISATION,
}


@transaction.atomic
def open_plan(
    *,
    subject: Subject,
    title: str,
    due_on: date,
    by: Viewer,
    at: datetime,
    measure: Measure | None = None,
    target: float | None = None,
    target_percent: float | None = None,
    direction: str = Plan.Direction.UP,
    margin: float | None = None,
    baseline: float | None = None,
    begins_on: date | None = None,
    statement: str = "",
    why: str = "",
    opened_from: str = "",
    owner_id: int | None = None,
    visibility: str = "",
    parent_id: int | None = None,
    is_draft: bool = False,
) -> Plan:
    """Open a plan for a goal. Where the measure is published or imported, the baseline is read there, not typed."""
    subject = _named(subject)
    permissions.require_may_open(by, subject.kind, subject.id)
    measure = measure or Measure()
    begins_on = begins_on or by.on
    _require_words(title, measure, subject)
    _refuse_twice(subject, title, due_on, by=by)
    place_id = _place_of(subject, by)
    plan = Plan(
        subject_kind=subject.kind,
        **{_COLUMNS[subject.kind]: subject.id},
        place_id=place_id,
        parent=_parent(parent_id, by) if parent_id else None,
        school_year=by.school_year,
        title=title.strip(),
        statement=statement.strip(),
        why=why.strip(),
        opened_from=opened_from.strip()[:300],
        measure_kind=measure.kind,
        indicator=measure.indicator,
        assessment_family=measure.family,
        assessment_subject=measure.subject,
        own_measure=measure.text.strip(),
        unit=measure.unit.strip(),
        target=target,
        target_percent=target_percent if target is None else None,
        direction=direction,
        margin=margin,
        begins_on=begins_on,
        due_on=due_on,
        owner_id=owner_id or by.staff_id,
        opened_by_id=by.user_id,
        opened_at=at,
        visibility=visibility or _SEEN_BY.get(subject.kind, Plan.Visibility.CASE),
        state=Plan.State.DRAFT if is_draft else Plan.State.ACTIVE,
    )
    _set_baseline(plan, subject, measure, baseline, by=by)
    _require_sense(plan, by)
    plan.save()
    trail.note("plan.opened", plan, by=by, at=at, detail={"subject": subject.kind, "measure": measure.kind})
    if plan.owner_id != by.staff_id and not is_draft:
        telling.tell_owner(plan, by=by, at=at)
    return plan


@transaction.atomic
def begin_plan(*, plan_id: int, by: Viewer, at: datetime) -> Plan:
    """A draft becomes a plan under way. Asked twice, it is under way once."""
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_lead(by, plan)
    plan = trail.lock(plan)
    trail.require_open(plan)
    if plan.state == Plan.State.DRAFT:
        plan.state = Plan.State.ACTIVE
        plan.save(update_fields=["state"])
        trail.note("plan.begun", plan, by=by, at=at)
        if plan.owner_id != by.staff_id:
            telling.tell_owner(plan, by=by, at=at)
    return plan


def _named(subject: Subject) -> Subject:
    """A school is called so by its own kind, whatever the caller said."""
    if subject.kind not in _COLUMNS:
        raise Refused(_("'%(kind)s' is nothing that a goal can be about.") % {"kind": subject.kind})
    if subject.kind not in (Plan.SubjectKind.SCHOOL, Plan.SubjectKind.DISTRICT):
        return subject
    kind = Organisation.objects.filter(pk=subject.id).values_list("kind", flat=True).first()
    is_school = kind in (Organisation.Kind.SCHOOL, None)
    return Subject(Plan.SubjectKind.SCHOOL if is_school else Plan.SubjectKind.DISTRICT, subject.id)


def _require_words(title: str, measure: Measure, subject: Subject) -> None:
    if not title.strip():
        raise Refused(_("Say what you want to reach, in a few words."))
    if measure.kind == Plan.MeasureKind.INDICATOR:
        indicators.get_definition(measure.indicator)
    if measure.kind == Plan.MeasureKind.ASSESSMENT:
        if subject.kind in (Plan.SubjectKind.STAFF, Plan.SubjectKind.TEAM):
            raise Refused(
                _(
                    "Scores of a test measure a goal for a student, a class, a school or a district. Choose an indicator "
                    "here."
                )
            )
        if not measuring.list_tests(measure.family, measure.subject):
            raise NotFound(_("No test of that name and subject has been imported."))


def _refuse_twice(subject: Subject, title: str, due_on: date, *, by: Viewer) -> None:
    """The same goal sent twice is opened once; two requests at the same moment wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('plans.open'), %s)", [by.user_id])
    same = Plan.objects.filter(
        **{_COLUMNS[subject.kind]: subject.id},
        title=title.strip(),
        due_on=due_on,
        opened_by_id=by.user_id,
    ).exclude(state=Plan.State.CLOSED)
    found = same.order_by("id").first()
    if found is not None:
        raise AlreadyOpen(_("You have opened this goal already."), found.pk)


def _place_of(subject: Subject, by: Viewer) -> int:
    """The school (or district) in whose house the plan lives."""
    if subject.kind == Plan.SubjectKind.STUDENT:
        enrolment = roster.find_enrolment(viewer=by, student_id=subject.id)
        enrolment = enrolment or roster.list_enrolments(viewer=by, student_id=subject.id).first()
        return enrolment.school_id if enrolment else by.posts[0].organisation_id
    if subject.kind == Plan.SubjectKind.CLASS:
        return SchoolClass.objects.get(pk=subject.id).school_id
    if subject.kind == Plan.SubjectKind.STAFF:
        return by.posts[0].organisation_id
    if subject.kind == Plan.SubjectKind.TEAM:
        return Team.objects.get(pk=subject.id).organisation_id
    return subject.id


def _parent(parent_id: int, by: Viewer) -> Plan:
    """The plan this one hangs under. It has to be open, and one that the person may see."""
    parent = queries.get_plan(viewer=by, plan_id=parent_id)
    trail.require_open(parent)
    return parent


def _set_baseline(
    plan: Plan, subject: Subject, measure: Measure, baseline: float | None, *, by: Viewer
) -> None:
    if measure.kind == Plan.MeasureKind.OWN:
        plan.baseline = baseline
        plan.baseline_on = plan.begins_on if baseline is not None else None
        return
    found = measuring.measure_now(
        viewer=by, subject=subject, place_id=plan.place_id, measure=measure, begins_on=plan.begins_on
    )
    plan.baseline, plan.baseline_on = found.value, found.on if found.value is not None else None
    plan.baseline_n, plan.rule_pack = found.n, found.rule_pack
    if plan.target is None and plan.target_percent is not None and plan.baseline is not None:
        plan.target = rules.target_from_percent(plan.baseline, plan.target_percent, plan.direction)


def _require_sense(plan: Plan, by: Viewer) -> None:
    """What would make the goal impossible to follow is refused, with what to change."""
    if plan.due_on < by.on:
        raise Refused(_("The goal is due on a day that has passed. Choose a later day."))
    aim = following.aim_as_written(plan)
    wrong = rules.why_not(aim)
    if wrong:
        raise Refused(wording.why_not(wrong, plan))
    owner = StaffMember.objects.filter(pk=plan.owner_id).first()
    works_here = Post.objects.filter(roster.active(by.on), staff_id=plan.owner_id).exists()
    if owner is None or not works_here:
        raise Refused(
            _("The person who should own this goal does not work here today. Choose somebody who does.")
        )
    if plan.visibility == Plan.Visibility.PRIVATE and plan.owner_id != by.staff_id:
        raise Refused(_("A goal for somebody else cannot be private: they could not see who set it."))
