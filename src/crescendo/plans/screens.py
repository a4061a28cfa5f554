"""What the pages of goals show, put together for one viewer."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.core.next_steps import Finding
from crescendo.insights import next_steps
from crescendo.roster.viewer import Viewer

from . import choices, drawing, permissions, queries, wording
from .advice import advise
from .following import Progress
from .models import Action, Plan

SOON = timedelta(days=14)
# Followed one by one on the list; more of one's own than that wait behind "Show".
MOST_FOLLOWED = 12

OTHERS = {
    "student": Plan.SubjectKind.STUDENT,
    "class": Plan.SubjectKind.CLASS,
    "school": Plan.SubjectKind.SCHOOL,
    "team": Plan.SubjectKind.TEAM,
}


@dataclass(frozen=True)
class Row:
    """One goal on the list, with how it goes."""

    plan: Plan
    progress: Progress
    sentence: str
    stands: str
    about: str
    badge: str
    badge_kind: str
    due: str


def row_of(*, viewer: Viewer, plan: Plan) -> Row:
    progress = queries.follow(viewer=viewer, plan=plan)
    badge, kind = wording.status_badge(plan, progress)
    return Row(
        plan=plan,
        progress=progress,
        sentence=wording.goal_sentence(plan, progress),
        stands=wording.where_it_stands(plan, progress),
        about=plan.subject_name,
        badge=badge,
        badge_kind=kind,
        due=wording.days_left(plan, viewer.on),
    )


def describe_list(*, viewer: Viewer) -> dict[str, object]:
    """What is mine, and what of it is due soon."""
    mine = list(queries.list_my_plans(viewer=viewer)[:MOST_FOLLOWED])
    due = list(queries.list_actions_due(viewer=viewer, until=viewer.on + SOON))
    return {
        "rows": [row_of(viewer=viewer, plan=plan) for plan in mine],
        "due": due,
        "n_late": sum(action.due_on < viewer.on for action in due),
        "on": viewer.on,
        "has_closed": queries.list_plans(viewer=viewer).filter(state=Plan.State.CLOSED).exists(),
    }


def others(*, viewer: Viewer, shown: str) -> QuerySet[Plan]:
    """The other goals that this viewer may see: under way, or closed where asked for; of one kind, where asked for."""
    plans = queries.list_plans(viewer=viewer)
    if shown == "closed":
        return plans.filter(state=Plan.State.CLOSED).order_by("-closed_at", "-id")
    plans = plans.filter(state=Plan.State.ACTIVE).exclude(
        pk__in=queries.list_my_plans(viewer=viewer).values("pk")
    )
    return plans.filter(subject_kind=OTHERS[shown]) if shown in OTHERS else plans


def describe(*, viewer: Viewer, plan: Plan) -> dict[str, object]:
    """One goal's page."""
    progress = queries.follow(viewer=viewer, plan=plan)
    steps = queries.list_steps(viewer=viewer, plan=plan)
    actions, check_ins, reviews = list(steps.actions), list(steps.check_ins), list(steps.reviews)
    badge, badge_kind = wording.status_badge(plan, progress)
    return {
        "plan": plan,
        "progress": progress,
        "sentence": wording.goal_sentence(plan, progress),
        "stands": wording.where_it_stands(plan, progress),
        "counted": wording.who_is_counted(plan, progress),
        "definition_url": reverse("indicators:definition_view", args=[plan.indicator])
        if plan.indicator
        else "",
        "about": plan.subject_name,
        "badge": badge,
        "badge_kind": badge_kind,
        "due": wording.days_left(plan, viewer.on),
        "chart": None if progress.is_hidden else drawing.chart_of(plan, progress),
        "actions": actions,
        "late": {action.pk for action in actions if is_late(action, viewer)},
        "n_done": steps.n_done,
        "check_ins": [(row, wording.printed(plan, row.value)) for row in reversed(check_ins)],
        "reviews": list(reversed(reviews)),
        "revisions": steps.revisions,
        "shares": steps.shares,
        "parent_seen": bool(plan.parent_id)
        and queries.list_plans(viewer=viewer).filter(pk=plan.parent_id).exists(),
        "children": queries.list_children(viewer=viewer, plan=plan),
        "advice": advise(
            viewer=viewer, plan=plan, progress=progress, actions=actions, check_ins=check_ins, reviews=reviews
        )
        if plan.is_open
        else [],
        "steps_under": steps_under(viewer=viewer, plan=plan),
        "may_lead": plan.is_open and permissions.may_lead(viewer, plan),
        "may_work": plan.is_open and permissions.may_work(viewer, plan),
        "who_sees": choices.who_sees(plan.subject_kind)[plan.visibility],
        "last_value": wording.printed(plan, plan.last_value),
        "before": wording.printed(plan, plan.baseline) if not progress.is_hidden else "",
    }


def steps_under(*, viewer: Viewer, plan: Plan) -> list[next_steps.Step]:
    """What may be opened under a school's plan by whoever looks: what other apps offer about its number, and a goal."""
    if not (plan.is_open and plan.organisation_id):
        return []
    test = f"{plan.assessment_family}|{plan.assessment_subject}" if plan.assessment_family else ""
    about = Finding("plan", "organisation", plan.organisation_id, plan.title, plan.indicator, test=test)
    offered = [step for step in next_steps.steps_for(viewer, about) if step.code != "plans.open_organisation"]
    under = [replace(step, href=f"{step.href}&parent={plan.pk}") for step in offered]
    goal = next_steps.Step(
        "plans.open", _("Set a goal under this plan"), f"{reverse('plans:plan_open')}?parent={plan.pk}"
    )
    return [*under, goal]


def is_late(action: Action, viewer: Viewer) -> bool:
    return action.done_on is None and action.due_on < viewer.on
