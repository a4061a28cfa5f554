"""Working on a plan: actions, check-ins, who it is shared with, and changing the goal itself."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import Post
from crescendo.roster.viewer import Viewer

from .. import following, permissions, queries, rules, telling, wording
from ..models import Action, CheckIn, GoalRevision, Plan, Share
from . import trail

CHANGEABLE = ("title", "statement", "why", "target", "margin", "due_on", "visibility")


@transaction.atomic
def add_action(
    *,
    plan_id: int,
    what: str,
    due_on: date,
    by: Viewer,
    at: datetime,
    accountable_id: int | None = None,
    hours: float | None = None,
    cost: Decimal | None = None,
    resources: str = "",
) -> Action:
    """One thing to do for the goal. Exactly one person answers for it, and is told."""
    plan = _open_for_work(plan_id, by)
    accountable_id = accountable_id or by.staff_id
    if not what.strip():
        raise Refused(_("Say what will be done."))
    if due_on < plan.begins_on:
        raise Refused(_("This is due before the plan begins. Choose a later day."))
    if plan.visibility == Plan.Visibility.PRIVATE and accountable_id != plan.owner_id:
        raise Refused(_("This goal is private: its owner does everything. Open it to colleagues first."))
    _require_works_here(accountable_id, by)
    same = plan.actions.filter(what=what.strip(), accountable_id=accountable_id, due_on=due_on).first()
    if same is not None:
        return same
    action = Action.objects.create(
        plan=plan,
        what=what.strip(),
        accountable_id=accountable_id,
        due_on=due_on,
        hours=hours,
        cost=cost,
        resources=resources.strip(),
        added_at=at,
    )
    trail.note("plan.action_added", plan, by=by, at=at, detail={"action": action.pk})
    if accountable_id != by.staff_id:
        telling.tell_accountable(action, by=by, at=at)
    return action


@transaction.atomic
def finish_action(
    *, action_id: int, by: Viewer, at: datetime, done_on: date | None = None, evidence: str = ""
) -> Action:
    """The action is done. Said twice, the first day stays."""
    action = queries.get_action(viewer=by, action_id=action_id)
    plan = _open_for_work(action.plan_id, by)
    done_on = done_on or by.on
    if done_on > by.on:
        raise Refused(_("That day has not come yet."))
    action = Action.objects.select_for_update(of=("self",)).get(pk=action.pk)
    if action.done_on is None:
        action.done_on, action.evidence = done_on, evidence.strip()
        action.save(update_fields=["done_on", "evidence"])
        trail.note("plan.action_finished", plan, by=by, at=at, detail={"action": action.pk})
    return action


@transaction.atomic
def check_in(
    *,
    plan_id: int,
    by: Viewer,
    at: datetime,
    on: date | None = None,
    value: float | None = None,
    confidence: int | None = None,
    comment: str = "",
) -> CheckIn:
    """How it goes. One a day from each person; a second one that day takes the place of the first."""
    plan = _open_for_work(plan_id, by)
    on = on or by.on
    if on > by.on:
        raise Refused(_("That day has not come yet. Check in on the day itself, or after it."))
    if on < plan.begins_on:
        raise Refused(_("The plan had not begun on that day. Choose a later one."))
    if value is None and confidence is None and not comment.strip():
        raise Refused(_("Write down a value, how sure you are, or a sentence."))
    if value is not None and plan.measure_kind != Plan.MeasureKind.OWN:
        raise Refused(_("This goal follows imported numbers by itself. Write a comment instead of a value."))
    if confidence is not None and confidence not in range(1, 6):
        raise Refused(_("How sure you are goes from 1 to 5; it was %(given)s.") % {"given": confidence})
    row, is_new = CheckIn.objects.update_or_create(
        plan=plan,
        on=on,
        by_id=by.user_id,
        defaults={"value": value, "confidence": confidence, "comment": comment.strip(), "at": at},
    )
    trail.note("plan.checked_in", plan, by=by, at=at, detail={"check_in": row.pk, "replaced": not is_new})
    return row


@transaction.atomic
def change_goal(*, plan_id: int, reason: str, by: Viewer, at: datetime, **changes: Any) -> Plan:
    """Change what the goal says: its words, target, due day, or who may see it. What it said before is kept."""
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise Refused(_("This cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_lead(by, plan)
    plan = trail.lock(plan)
    trail.require_open(plan)
    before = {name: getattr(plan, name) for name in changes if getattr(plan, name) != changes[name]}
    if not before:
        return plan
    if not reason.strip():
        raise Refused(_("Say why the goal changes: its readers will ask."))
    for name in before:
        setattr(plan, name, changes[name])
    _require_sense_still(plan, by)
    plan.save(update_fields=list(before))
    GoalRevision.objects.create(
        plan=plan,
        before={name: _stored(value) for name, value in before.items()},
        after={name: _stored(changes[name]) for name in before},
        reason=reason.strip()[:300],
        by_id=by.user_id,
        at=at,
    )
    trail.note("plan.changed", plan, by=by, at=at, detail={"fields": sorted(before)})
    return plan


@transaction.atomic
def share_plan(*, plan_id: int, staff_id: int, by: Viewer, at: datetime) -> Share:
    """Let a colleague see the plan and work on it. Shared twice, they are told once."""
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_lead(by, plan)
    if plan.visibility == Plan.Visibility.PRIVATE:
        raise Refused(_("This goal is private. Open it to colleagues first, then share it."))
    _require_works_here(staff_id, by)
    share, is_new = Share.objects.get_or_create(
        plan=plan, staff_id=staff_id, defaults={"by_id": by.user_id, "at": at}
    )
    if not is_new and share.ended_at is None:
        return share
    if not is_new:
        share.ended_at, share.at, share.by_id = None, at, by.user_id
        share.save(update_fields=["ended_at", "at", "by_id"])
    trail.note("plan.shared", plan, by=by, at=at, detail={"staff": staff_id})
    telling.tell_shared(share, by=by, at=at)
    return share


@transaction.atomic
def stop_sharing(*, plan_id: int, staff_id: int, by: Viewer, at: datetime) -> None:
    """The colleague no longer sees the plan through this; what they did for it stays."""
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_lead(by, plan)
    if Share.objects.filter(plan=plan, staff_id=staff_id, ended_at=None).update(ended_at=at):
        trail.note("plan.unshared", plan, by=by, at=at, detail={"staff": staff_id})


def _open_for_work(plan_id: int, by: Viewer) -> Plan:
    """The plan, if the person may work on it and it is not over."""
    plan = queries.get_plan(viewer=by, plan_id=plan_id)
    permissions.require_may_work(by, plan)
    trail.require_open(plan)
    return plan


def _require_works_here(staff_id: int | None, by: Viewer) -> None:
    if not Post.objects.filter(roster.active(by.on), staff_id=staff_id).exists():
        raise Refused(_("This person does not work here today. Choose somebody who does."))


def _require_sense_still(plan: Plan, by: Viewer) -> None:
    if not plan.title.strip():
        raise Refused(_("Say what you want to reach, in a few words."))
    if plan.visibility == Plan.Visibility.PRIVATE and plan.owner_id != by.staff_id:
        raise Refused(_("Only its owner can make a goal private."))
    aim = following.aim_as_written(plan)
    wrong = rules.why_not(aim)
    if wrong:
        raise Refused(wording.why_not(wrong, plan))


def _stored(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
