"""Every read of plans. What a page shows is asked for with `viewer=`; the second lock says the same again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound
from crescendo.roster.models import StaffMember
from crescendo.roster.viewer import Viewer
from crescendo.ui.charts import Note

from .following import Point, Progress, follow
from .models import Action, CheckIn, GoalRevision, Plan, Review, Share, Team
from .row_security import READ

__all__ = [
    "Point",
    "Progress",
    "annotations",
    "follow",
    "get_action",
    "get_plan",
    "list_actions_due",
    "list_children",
    "list_my_plans",
    "list_plans",
    "list_plans_about_student",
    "list_plans_of_class",
    "list_plans_of_organisation",
    "list_steps",
    "list_teams",
]

_SEEN = f"SELECT plans_plan.id FROM plans_plan WHERE crescendo_looks_as(%s, %s) AND ({READ})"


def list_plans(*, viewer: Viewer) -> QuerySet[Plan]:
    """Every plan this viewer may see, soonest due first."""
    seen = RawSQL(_SEEN, [viewer.user_id, viewer.on])
    return (
        Plan.objects.filter(pk__in=seen)
        .select_related(
            "student", "school_class", "staff", "team", "organisation", "place", "owner", "parent"
        )
        .order_by("due_on", "id")
    )


def get_plan(*, viewer: Viewer, plan_id: int) -> Plan:
    """One plan. Absent and not for this viewer look the same."""
    found = list_plans(viewer=viewer).filter(pk=plan_id).first()
    if found is None:
        raise NotFound(_("There is no such goal, or nothing that lets you see it."))
    return found


def list_my_plans(*, viewer: Viewer) -> QuerySet[Plan]:
    """What this viewer owns, answers for in part, or is the subject of; open plans only."""
    mine = (
        Q(owner_id=viewer.staff_id)
        | Q(staff_id=viewer.staff_id)
        | Q(pk__in=Action.objects.filter(accountable_id=viewer.staff_id, done_on=None).values("plan_id"))
        | Q(pk__in=Share.objects.filter(staff_id=viewer.staff_id, ended_at=None).values("plan_id"))
    )
    return list_plans(viewer=viewer).filter(mine).exclude(state=Plan.State.CLOSED)


def list_plans_about_student(*, viewer: Viewer, student_id: int) -> QuerySet[Plan]:
    """The plans about one student, newest first."""
    return list_plans(viewer=viewer).filter(student_id=student_id).order_by("-begins_on", "-id")


def list_plans_of_class(*, viewer: Viewer, class_id: int) -> QuerySet[Plan]:
    """The plans about one class, newest first."""
    return list_plans(viewer=viewer).filter(school_class_id=class_id).order_by("-begins_on", "-id")


def list_plans_of_organisation(*, viewer: Viewer, organisation_id: int) -> QuerySet[Plan]:
    """The plans about one school or district itself, newest first."""
    return list_plans(viewer=viewer).filter(organisation_id=organisation_id).order_by("-begins_on", "-id")


@dataclass(frozen=True)
class Children:
    """The plans under a plan: those the viewer may see, and how many there are of each kind of subject."""

    seen: Sequence[Plan]
    under_way: dict[str, int]
    closed: dict[str, int]

    @property
    def hidden(self) -> int:
        """How many there are beyond those that are listed."""
        return sum(self.under_way.values()) + sum(self.closed.values()) - len(self.seen)


def list_children(*, viewer: Viewer, plan: Plan) -> Children:
    """The plans under a school's plan: by name for those who may see them, as counts for the rest."""
    seen = [
        child for child in list_plans(viewer=viewer).filter(parent=plan) if child.state != Plan.State.DRAFT
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, under_way, closed FROM plans_count_children(%s) WHERE crescendo_looks_as(%s, %s)",
            [plan.pk, viewer.user_id, viewer.on],
        )
        rows = cursor.fetchall()
    shown = [child for child in seen if child.visibility != Plan.Visibility.PRIVATE]
    return Children(shown, {kind: n for kind, n, _c in rows}, {kind: c for kind, _n, c in rows})


def get_action(*, viewer: Viewer, action_id: int) -> Action:
    """One action of a plan that this viewer may see."""
    found = (
        Action.objects.filter(pk=action_id, plan__in=list_plans(viewer=viewer))
        .select_related("plan", "accountable")
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such action, or nothing that lets you see it."))
    return found


def list_actions_due(*, viewer: Viewer, until: date) -> QuerySet[Action]:
    """What this viewer answers for and has not finished, of plans under way, due until a day; soonest first."""
    open_plans = list_plans(viewer=viewer).filter(state=Plan.State.ACTIVE)
    return (
        Action.objects.filter(
            accountable_id=viewer.staff_id, done_on=None, due_on__lte=until, plan__in=open_plans
        )
        .select_related("plan")
        .order_by("due_on", "id")
    )


@dataclass(frozen=True)
class Steps:
    """Everything that hangs on one plan."""

    actions: Sequence[Action]
    check_ins: Sequence[CheckIn]
    reviews: Sequence[Review]
    revisions: Sequence[GoalRevision]
    shares: Sequence[Share]

    @property
    def n_done(self) -> int:
        return sum(action.done_on is not None for action in self.actions)


def list_steps(*, viewer: Viewer, plan: Plan) -> Steps:
    """A plan's actions, check-ins, reviews and changes, each oldest first; for whoever may see the plan."""
    whole = get_plan(viewer=viewer, plan_id=plan.pk)
    return Steps(
        actions=whole.actions.select_related("accountable").order_by("due_on", "id"),
        check_ins=whole.check_ins.select_related("by").order_by("on", "at", "id"),
        reviews=whole.reviews.select_related("by").order_by("on", "id"),
        revisions=whole.revisions.select_related("by").order_by("at", "id"),
        shares=whole.shares.filter(ended_at=None).select_related("staff").order_by("staff__sort_key", "id"),
    )


def annotations(
    *,
    viewer: Viewer,
    student_id: int | None = None,
    class_id: int | None = None,
    organisation_id: int | None = None,
) -> list[Note]:
    """When plans about one student, class, school or district began and ended: marks for a chart of the same."""
    about = {"student_id": student_id, "school_class_id": class_id, "organisation_id": organisation_id}
    wanted = {name: pk for name, pk in about.items() if pk is not None}
    if len(wanted) != 1:
        raise ValueError("Ask for the marks of one student, class or organisation.")
    notes = []
    for plan in list_plans(viewer=viewer).filter(**wanted).exclude(state=Plan.State.DRAFT):
        notes.append(Note(plan.begins_on, _("Begins: %(title)s") % {"title": plan.title}))
        if plan.closed_on is not None:
            notes.append(Note(plan.closed_on, _("Ends: %(title)s") % {"title": plan.title}))
    return sorted(notes, key=lambda note: note.on)


def list_teams(*, viewer: Viewer) -> QuerySet[Team]:
    """The teams this viewer belongs to, and those of the organisations they hold a post at."""
    if not viewer.is_staff:
        return Team.objects.none()
    here = [post.organisation_id for post in viewer.posts]
    mine = Q(members__staff_id=viewer.staff_id, members__ended_on=None) | Q(organisation_id__in=here)
    people = Prefetch("members__staff", queryset=StaffMember.objects.order_by("sort_key", "id"))
    return Team.objects.filter(mine, ended_on=None).distinct().prefetch_related(people).order_by("name", "id")
