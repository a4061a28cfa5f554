"""What plans tell people. A title may name a child, so it stays inside: an e-mail says only that there is something."""

from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.comms.models import OutboxEntry
from crescendo.comms.registry import Words
from crescendo.roster import queries as roster
from crescendo.roster.models import StaffMember
from crescendo.roster.scope import looking_as
from crescendo.roster.viewer import Viewer

from . import queries
from .models import Action, Plan, Share

SHARED = "plans.shared"
GIVEN = "plans.given"
ACTION_GIVEN = "plans.action_given"
ACTION_DUE = "plans.action_due"
REVIEW_DUE = "plans.review_due"


def tell_shared(share: Share, *, by: Viewer, at: datetime) -> None:
    _tell(SHARED, share.plan_id, [share.staff_id], by=by, at=at)


def tell_owner(plan: Plan, *, by: Viewer, at: datetime) -> None:
    _tell(GIVEN, plan.pk, [plan.owner_id], by=by, at=at)


def tell_accountable(action: Action, *, by: Viewer, at: datetime) -> None:
    _tell(ACTION_GIVEN, action.plan_id, [action.accountable_id], by=by, at=at, action=action.pk)


def tell_of_action_due(action: Action, *, at: datetime) -> None:
    _tell(ACTION_DUE, action.plan_id, [action.accountable_id], by=None, at=at, action=action.pk)


def tell_of_review_due(plan: Plan, *, at: datetime) -> None:
    _tell(REVIEW_DUE, plan.pk, [plan.owner_id], by=None, at=at)


def _tell(
    kind: str, plan_id: int, staff_ids: list[int], *, by: Viewer | None, at: datetime, **data: int
) -> None:
    """Whoever has no sign-in hears nothing; they see it when they get one."""
    found = StaffMember.objects.filter(pk__in=staff_ids, user__isnull=False).values_list("user_id", flat=True)
    users = [pk for pk in found.order_by("user_id") if by is None or pk != by.user_id]
    if users:
        comms.tell(
            kind=kind,
            arguments={"users": users},
            about=("plan", plan_id),
            data={"plan": plan_id} | data,
            by=User.objects.get(pk=by.user_id) if by is not None else None,
            at=at,
        )


def may_hear_of_plan(user: User, plan_id: int, on: date) -> bool:
    """Whoever may open the plan on this day, and nobody else."""
    with looking_as(user.pk, on):
        viewer = roster.get_viewer(user=user, on=on)
        return queries.list_plans(viewer=viewer).filter(pk=plan_id).exists()


_TITLES = {
    SHARED: lambda: _("A colleague shared a goal with you."),
    GIVEN: lambda: _("A goal was opened in your name."),
    ACTION_GIVEN: lambda: _("You answer for a step of a plan."),
    ACTION_DUE: lambda: _("A step of a plan is due."),
    REVIEW_DUE: lambda: _("A goal of yours is due for a review."),
}


def words(entry: OutboxEntry, user: User) -> Words:
    """One line; the goal or the step in its own words; and the page."""
    plan = Plan.objects.filter(pk=entry.data["plan"]).first()
    path = reverse("plans:plan_page", args=[entry.data["plan"]])
    title = _TITLES[entry.kind]()
    if plan is None:
        return Words(title, path=path)
    action = Action.objects.filter(pk=entry.data.get("action"), plan=plan).first()
    if action is None:
        return Words(title, plan.title, path)
    said = {"what": action.what, "day": date_format(action.due_on, "j M Y"), "plan": plan.title}
    return Words(title, _("%(what)s, by %(day)s, for: %(plan)s") % said, path)
