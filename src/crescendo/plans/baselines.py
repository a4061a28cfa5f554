"""The first value of a goal that was opened before there was one: kept once it is published, so that it stays put."""

from datetime import date, datetime

from django.db import transaction

from crescendo.accounts.models import User
from crescendo.roster import queries as roster
from crescendo.roster.scope import looking_as

from . import following, measuring
from .actions import trail
from .aims import Measure, Subject
from .models import Plan


def set_baselines(*, on: date, at: datetime) -> int:
    """Look, as each goal's owner, for the number that was not there when the goal was opened. Returns how many came."""
    waiting = Plan.objects.filter(
        state=Plan.State.ACTIVE,
        measure_kind=Plan.MeasureKind.INDICATOR,
        baseline=None,
        begins_on__lte=on,
        owner__user__is_active=True,
    )
    return sum(_set(plan, on, at) for plan in waiting.select_related("owner__user").order_by("id"))


@transaction.atomic
def _set(plan: Plan, on: date, at: datetime) -> bool:
    user: User = plan.owner.user
    with looking_as(user.pk, on):
        viewer = roster.get_viewer(user=user, on=on)
        found = measuring.measure_now(
            viewer=viewer,
            subject=Subject(plan.subject_kind, plan.subject_id),
            place_id=plan.place_id,
            measure=Measure.of_plan(plan),
            begins_on=plan.begins_on,
        )
        if found.value is None or found.value == plan.target:
            return False
        plan.baseline, plan.baseline_on = found.value, found.on
        plan.baseline_n, plan.rule_pack = found.n, found.rule_pack
        if plan.target is None and plan.target_percent is not None:
            plan.target = following.aim_of(plan, found.value, found.on).target
        plan.save(update_fields=["baseline", "baseline_on", "baseline_n", "rule_pack", "target"])
        trail.note("plan.baseline_set", plan, by=viewer, at=at)
    return True
