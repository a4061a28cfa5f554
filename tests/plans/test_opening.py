"""Opening a goal: three things are enough; what makes no sense is refused with what to change."""

from datetime import date, timedelta

import pytest

from cast import ON
from crescendo.accounts.models import AuditEntry
from crescendo.comms.models import OutboxEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.plans import actions, queries
from crescendo.plans.aims import Measure, Subject
from crescendo.plans.errors import AlreadyOpen
from crescendo.plans.models import Plan

DUE = date(2026, 6, 5)


def test_three_things_are_enough_and_the_rest_has_a_sensible_answer(cast, open_as):
    plan = open_as("tess", "tess", title="Finish every lesson five minutes early")
    assert (plan.state, plan.visibility, plan.direction) == ("active", "case", "up")
    assert plan.begins_on == ON
    assert plan.owner_id == cast.staff["tess"].pk
    assert plan.place_id == cast.lincoln.pk
    entry = AuditEntry.objects.get(verb="plan.opened")
    assert (entry.object_id, entry.by_id) == (plan.pk, cast.users["tess"].pk)
    assert "Finish" not in str(entry.detail)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("tess", "sam"), ("tess", "mathematics"), ("tess", "tess"), ("cora", "sam"), ("cora", "mathematics"),
        ("priya", "lincoln"), ("priya", "mathematics"), ("dina", "lincoln"), ("dina", "district"), ("gus", "gus"),
    ],
)  # fmt: skip
def test_whoever_may_opens(cast, open_as, name, what):
    assert open_as(name, what).pk


@pytest.mark.parametrize(
    ("name", "what"),
    [("otto", "sam"), ("otto", "mathematics"), ("otto", "lincoln"), ("tess", "omar"), ("ivo", "sam")],
)
def test_what_is_out_of_scope_is_not_there(cast, open_as, name, what):
    with pytest.raises(NotFound):
        open_as(name, what)


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("ana", "sam"), ("adam", "sam"), ("tess", "lincoln"), ("cora", "lincoln"), ("priya", "tess"), ("fay", "sam"),
        ("sam", "sam"), ("priya", "district"), ("gus", "lincoln"),
    ],
)  # fmt: skip
def test_who_sees_it_but_may_not_is_told_who_may(cast, open_as, name, what):
    with pytest.raises(NotAllowed):
        open_as(name, what)


def test_the_same_goal_sent_twice_is_opened_once(cast, open_as):
    first = open_as("tess", "mathematics")
    with pytest.raises(AlreadyOpen) as refusal:
        open_as("tess", "mathematics")
    assert refusal.value.plan_id == first.pk
    assert Plan.objects.count() == 1


def test_a_baseline_at_the_target_is_refused_unless_it_is_to_be_held(cast, open_as):
    with pytest.raises(Refused, match="hold at"):
        open_as("tess", "tess", baseline=5.0, target=5.0)
    held = open_as("tess", "tess", baseline=5.0, target=5.0, direction="hold", margin=0.5)
    assert held.pk
    with pytest.raises(Refused, match="how far"):
        open_as("tess", "tess", title="Another", target=5.0, direction="hold")


def test_a_target_on_the_wrong_side_a_passed_day_and_no_words_are_refused(cast, open_as):
    with pytest.raises(Refused, match="other way"):
        open_as("tess", "tess", baseline=5.0, target=3.0)
    assert open_as("tess", "tess", baseline=5.0, target=3.0, direction="down").pk
    with pytest.raises(Refused, match="passed"):
        open_as("tess", "tess", title="Late", due_on=ON - timedelta(days=1), begins_on=ON - timedelta(days=9))
    with pytest.raises(Refused, match="after the day it begins"):
        open_as("tess", "tess", title="At once", due_on=ON)
    with pytest.raises(Refused, match="few words"):
        open_as("tess", "tess", title="  ")


def test_unknown_things_are_answered_as_unknown(cast):
    with cast.looking_as("priya") as priya:
        for subject in (
            Subject("student", 999_999),
            Subject("class", 999_999),
            Subject("school", 999_999),
            Subject("team", 999_999),
        ):
            with pytest.raises(NotFound):
                actions.open_plan(subject=subject, title="x", due_on=DUE, by=priya, at=cast.at)
        with pytest.raises(Refused, match="nothing that a goal"):
            actions.open_plan(subject=Subject("planet", 1), title="x", due_on=DUE, by=priya, at=cast.at)
        with pytest.raises(NotFound):
            actions.open_plan(
                subject=Subject("school", cast.lincoln.pk), title="x", due_on=DUE, by=priya, at=cast.at,
                measure=Measure.of_indicator("luck"),
            )  # fmt: skip
        with pytest.raises(NotFound):
            queries.get_plan(viewer=priya, plan_id=999_999)


def test_a_goal_for_somebody_else_is_told_to_them_and_cannot_be_private(cast, open_as):
    with pytest.raises(Refused, match="private"):
        open_as("cora", "sam", owner_id=cast.staff["tess"].pk, visibility="private")
    plan = open_as("cora", "sam", owner_id=cast.staff["tess"].pk)
    entry = OutboxEntry.objects.get(kind="plans.given")
    assert entry.audience_arguments == {"users": [cast.users["tess"].pk]}
    assert entry.data == {"plan": plan.pk}


def test_whoever_left_owns_nothing_new(cast, open_as):
    cast.staff["tess"].posts.update(ends_on=date(2026, 1, 1))
    with pytest.raises(Refused, match="does not work here"):
        open_as("cora", "sam", owner_id=cast.staff["tess"].pk)
