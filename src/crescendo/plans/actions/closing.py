"""Looking at what a plan did: a review decides whether it goes on; closing says what happened and what was learned."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.roster.viewer import Viewer

from .. import permissions, queries
from ..models import Plan, Review
from . import trail


@transaction.atomic
def review_plan(
    *,
    plan_id: int,
    decision: str,
    reason: str,
    by: Viewer,
    at: datetime,
    on: date | None = None,
    next_review_on: date | None = None,
) -> Review:
    """Decide whether the plan goes on as it is, changes, or stops; with the reason. The same review twice is one."""
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_lead(by, plan)
    on = on or by.on
    if decision not in Review.Decision.values:
        raise Refused(_("Choose one: continue, change something, or stop."))
    if not reason.strip():
        raise Refused(_("Say what you saw that led to this decision."))
    if on > by.on:
        raise Refused(_("That day has not come yet."))
    plan = trail.lock(plan)
    trail.require_open(plan)
    if next_review_on is not None and next_review_on <= on:
        raise Refused(_("The next review comes after this one. Choose a later day."))
    said = {"plan": plan, "on": on, "decision": decision, "reason": reason.strip(), "by_id": by.user_id}
    same = Review.objects.filter(**said).first()
    if same is not None:
        return same
    review = Review.objects.create(**said, next_review_on=next_review_on, at=at)
    trail.note("plan.reviewed", plan, by=by, at=at, detail={"review": review.pk, "decision": decision})
    return review


@transaction.atomic
def close_plan(
    *, plan_id: int, outcome: str, what_happened: str, by: Viewer, at: datetime, learned: str = ""
) -> Plan:
    """The plan is over: what came of it, what happened and what was learned. Its last measured value is kept with it.

    Of two people who close it at the same moment the first one's words stand, and the second is told so.
    """
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_lead(by, plan)
    if outcome not in Plan.Outcome.values:
        raise Refused(_("Say what came of it: reached, partly reached, not reached, or withdrawn."))
    if not what_happened.strip():
        raise Refused(_("Say what happened, in a sentence."))
    if outcome != Plan.Outcome.WITHDRAWN and not learned.strip():
        raise Refused(_("Say what you learned, so that the next plan is better."))
    plan = trail.lock(plan)
    trail.require_open(plan)
    progress = queries.follow(viewer=by, plan=plan)
    plan.state, plan.outcome = Plan.State.CLOSED, outcome
    plan.what_happened, plan.learned = what_happened.strip(), learned.strip()
    plan.last_value, plan.last_value_on = progress.current, progress.current_on
    plan.closed_at, plan.closed_by_id = at, by.user_id
    plan.save(
        update_fields=[
            "state", "outcome", "what_happened", "learned", "last_value", "last_value_on", "closed_at", "closed_by",
        ]
    )  # fmt: skip
    trail.note("plan.closed", plan, by=by, at=at, detail={"outcome": outcome})
    return plan
