"""People hear of what is due, once each, and the message keeps to those who may see the plan."""

from datetime import timedelta

import pytest

from cast import ON
from crescendo.comms import actions as comms
from crescendo.comms import queries as inbox
from crescendo.comms.models import OutboxEntry
from crescendo.plans import actions, reminding


def told(kind: str) -> list[list[int]]:
    return [
        entry.audience_arguments["users"] for entry in OutboxEntry.objects.filter(kind=kind).order_by("id")
    ]


def test_a_step_is_remembered_two_days_ahead_and_once(cast, open_as):
    plan = open_as("tess", "tess")
    with cast.looking_as("tess") as tess:
        actions.add_action(
            plan_id=plan.pk, what="Plan it", due_on=ON + timedelta(days=5), by=tess, at=cast.at
        )
    assert reminding.remind(on=ON + timedelta(days=2), at=cast.at) == 0
    assert reminding.remind(on=ON + timedelta(days=3), at=cast.at) == 1
    assert reminding.remind(on=ON + timedelta(days=4), at=cast.at) == 0
    assert told("plans.action_due") == [[cast.users["tess"].pk]]


def test_a_morning_that_was_missed_is_made_up_and_what_is_done_is_not_remembered(cast, open_as):
    plan = open_as("tess", "tess")
    with cast.looking_as("tess") as tess:
        actions.add_action(plan_id=plan.pk, what="Late", due_on=ON + timedelta(days=3), by=tess, at=cast.at)
        done = actions.add_action(
            plan_id=plan.pk, what="Done", due_on=ON + timedelta(days=3), by=tess, at=cast.at
        )
        actions.finish_action(action_id=done.pk, by=tess, at=cast.at)
    assert reminding.remind(on=ON + timedelta(days=9), at=cast.at) == 1


def test_a_review_and_the_goals_own_day_are_each_told_once(cast, open_as):
    plan = open_as("tess", "tess", due_on=ON + timedelta(days=60))
    with cast.looking_as("tess") as tess:
        actions.review_plan(
            plan_id=plan.pk,
            decision="continue",
            reason="x",
            next_review_on=ON + timedelta(days=14),
            by=tess,
            at=cast.at,
        )
    days = [13, 14, 15, 40, 60, 61, 90]
    assert [reminding.remind(on=ON + timedelta(days=n), at=cast.at) for n in days] == [0, 1, 0, 0, 1, 0, 0]
    assert told("plans.review_due") == [[cast.users["tess"].pk]] * 2


def test_a_closed_plan_is_quiet(cast, open_as):
    plan = open_as("tess", "tess")
    with cast.looking_as("tess") as tess:
        actions.add_action(plan_id=plan.pk, what="Plan it", due_on=ON, by=tess, at=cast.at)
        actions.close_plan(plan_id=plan.pk, outcome="withdrawn", what_happened="x", by=tess, at=cast.at)
    assert reminding.remind(on=plan.due_on, at=cast.at) == 0


@pytest.mark.parametrize(("name", "heard"), [("ivo", True), ("otto", False)])
def test_a_share_arrives_with_whoever_may_see_the_plan_and_names_no_student_in_its_title(
    cast, open_as, name, heard
):
    plan = (
        open_as("cora", "sam", title="Sam reads")
        if name == "otto"
        else open_as("tess", "tess", title="Sam reads")
    )
    opener = "cora" if name == "otto" else "tess"
    with cast.looking_as(opener) as viewer:
        actions.share_plan(plan_id=plan.pk, staff_id=cast.staff[name].pk, by=viewer, at=cast.at)
    while comms.address_next_entry(at=cast.at, on=ON):
        pass
    with cast.looking_as(name):
        items = inbox.list_inbox(viewer=cast.users[name], on=ON)
    assert bool(items) is heard
    if heard:
        assert (items[0].title, items[0].body) == ("A colleague shared a goal with you.", "Sam reads")
        assert items[0].path.endswith(f"/{plan.pk}/")
