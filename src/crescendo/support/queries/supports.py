"""Support plans as their readers may see them: lists, the caseload, one plan in full."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound
from crescendo.plans import queries as plans
from crescendo.plans.models import CheckIn, Plan, Review
from crescendo.roster import queries as roster
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer

from .. import dose, permissions, rules, series, told
from ..dose import Dose, Running
from ..models import Delivery, DeliveryNote, SupportPlan
from ..told import Goal

SOON = timedelta(days=7)
WRITES = "support.write"


@dataclass(frozen=True)
class Row:
    """One support plan in a list."""

    support: SupportPlan
    goal: Goal
    dose: Dose
    is_mine: bool
    is_logged: bool
    due: str

    @property
    def name(self) -> str:
        return self.support.subject_name

    @property
    def may_worry(self) -> bool:
        """Under way, and without a session for two weeks of school."""
        return self.goal.is_open and self.dose.is_quiet


@dataclass(frozen=True)
class Described:
    """Everything the page of a support plan shows."""

    support: SupportPlan
    goal: Goal
    dose: Dose
    sessions: Sequence[tuple[Delivery, str]]
    points: Sequence[rules.Point]
    compared: rules.BeforeAfter
    may_write: bool
    may_decide: bool
    plan: Plan | None
    check_ins: Sequence[CheckIn]
    reviews: Sequence[Review]

    @property
    def reached(self) -> tuple[int, int]:
        """How many of the points since the plan began are as good as wanted, and of how many."""
        since = self.since
        return sum(self.goal.reaches(point.value) for point in since), len(since)

    @property
    def since(self) -> list[rules.Point]:
        """The known points of the time of the plan."""
        span = {"begins_on": self.goal.begins_on, "ended_on": self.goal.closed_on}
        return [point for point in self.points if rules.is_since(point, **span)]


def list_supports(*, viewer: Viewer) -> QuerySet[SupportPlan]:
    """The support plans that this viewer may know of: of students in scope, and of classes they teach or reach."""
    classes = roster.list_classes(viewer=viewer).values("pk") if viewer.is_staff else []
    seen = Q(SeenBy(viewer, "student_id"), student__isnull=False) | Q(school_class_id__in=classes)
    found = (
        SupportPlan.objects.filter(seen)
        .select_related("student", "school_class", "delivered_by")
        .prefetch_related("rhythms")
    )
    # As staff a plan has to be readable too; the family reads it through two views that hold less.
    return (
        found
        if not viewer.is_staff
        else found.filter(Q(plan__in=plans.list_plans(viewer=viewer).order_by().values("pk")) | _own(viewer))
    )


def get_support(*, viewer: Viewer, support_id: int) -> SupportPlan:
    """One support plan. Absent and out of scope look the same."""
    found = list_supports(viewer=viewer).filter(pk=support_id).first()
    if found is None:
        raise NotFound(_("There is no such support plan, or nothing that lets you see it."))
    return found


def list_supports_of_student(*, viewer: Viewer, student_id: int) -> list[Row]:
    """A student's support plans, those under way first; for their page."""
    # Most students have none, and the question of who may read which plan is a long one.
    if not SupportPlan.objects.filter(student_id=student_id).exists():
        return []
    found = list(list_supports(viewer=viewer).filter(student_id=student_id).order_by("-opened_at", "-id"))
    return sorted(describe_rows(viewer=viewer, supports=found), key=lambda row: not row.goal.is_open)


def list_caseload(*, viewer: Viewer, everybody: bool = False) -> list[Row]:
    """Who gets support now, longest without a session first; of the viewer alone, or of everybody in scope."""
    running = list_supports(viewer=viewer).filter(plan__state=Plan.State.ACTIVE)
    if not everybody:
        running = running.filter(Q(delivered_by_id=viewer.staff_id) | Q(plan__owner_id=viewer.staff_id))
    rows = describe_rows(viewer=viewer, supports=list(running))
    return sorted(rows, key=lambda row: (-row.dose.school_days_without, row.goal.due_on, row.support.pk))


def describe_rows(*, viewer: Viewer, supports: Sequence[SupportPlan]) -> list[Row]:
    """Goal and dose of each, in a handful of queries however many there are."""
    goals = _goals(viewer, supports)
    shown = [support for support in supports if support.pk in goals]
    running = [Running(s, goals[s.pk].begins_on, goals[s.pk].closed_on) for s in shown]
    doses = dose.count_doses(viewer=viewer, running=running)
    return [
        Row(
            support,
            goals[support.pk],
            doses[support.pk],
            is_mine=support.delivered_by_id == viewer.staff_id,
            is_logged=doses[support.pk].last_on == viewer.on,
            due=due_words(goals[support.pk], viewer.on),
        )
        for support in shown
    ]


def describe(*, viewer: Viewer, support: SupportPlan) -> Described:
    """One support plan in full. What staff wrote for one another only for those who give support."""
    goal = get_goal(viewer=viewer, support=support)
    as_staff = reads_plan(viewer, support)
    may_write = as_staff and permissions.may_write(viewer, support)
    logged = dose.list_deliveries([support])
    doses = dose.count_doses(
        viewer=viewer, running=[Running(support, goal.begins_on, goal.closed_on)], deliveries=logged
    )
    written = told.list_scores([support], as_staff=as_staff)
    points = series.list_points(
        viewer=viewer, support=support, goal=goal, written=written.get(support.pk, [])
    )
    plan = Plan.objects.filter(pk=support.plan_id).first() if may_write else None
    of_sessions = DeliveryNote.objects.filter(delivery__support=support)
    notes = dict(of_sessions.values_list("delivery_id", "text")) if may_write else {}
    return Described(
        support=support,
        goal=goal,
        dose=doses[support.pk],
        sessions=[(delivery, notes.get(delivery.pk, "")) for delivery in logged.get(support.pk, [])],
        points=points,
        compared=rules.before_and_after(
            points, begins_on=goal.begins_on, ended_on=goal.closed_on, days=series.days_of_a_point(goal)
        ),
        may_write=may_write,
        may_decide=may_write and permissions.may_decide(viewer, support),
        plan=plan,
        check_ins=plan.check_ins.select_related("by").order_by("-on", "-at") if plan else (),
        reviews=plan.reviews.select_related("by").order_by("-on", "-id") if plan else (),
    )


def get_goal(*, viewer: Viewer, support: SupportPlan) -> Goal:
    """The goal as this viewer may see it; raises NotFound where they may not."""
    goal = _goals(viewer, [support]).get(support.pk)
    if goal is None:
        raise NotFound(_("There is no such support plan, or nothing that lets you see it."))
    return goal


def reads_plan(viewer: Viewer, support: SupportPlan) -> bool:
    """Whether the viewer reads the plan itself, as staff, and not only what a family is told of it."""
    return viewer.is_staff and Plan.objects.filter(pk=support.plan_id).exists()


def due_words(goal: Goal, on: date) -> str:
    """'Look back on it: due since April 3', 'Due on April 12' within a week, otherwise nothing."""
    if not goal.is_open or goal.due_on > on + SOON:
        return ""
    day = {"day": date_format(goal.due_on, "MONTH_DAY_FORMAT")}
    return _("Time to look back: due since %(day)s") % day if goal.due_on <= on else _("Due on %(day)s") % day


def _own(viewer: Viewer) -> Q:
    """Support of the viewer's own child, which a member of staff sees as family."""
    children = roster.list_children(viewer=viewer).values("pk") if viewer.is_family else []
    return Q(student_id__in=children)


def _goals(viewer: Viewer, supports: Sequence[SupportPlan]) -> dict[int, Goal]:
    """From the plan where the viewer reads plans; otherwise what a family is told."""
    plans = Plan.objects.in_bulk([support.plan_id for support in supports]) if viewer.is_staff else {}
    found = {s.pk: told.goal_of_plan(plans[s.plan_id]) for s in supports if s.plan_id in plans}
    missing = [support for support in supports if support.pk not in found]
    return found | (told.list_goals_told(missing) if missing else {})
