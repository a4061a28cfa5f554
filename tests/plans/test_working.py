"""Working on a plan: steps, check-ins, changes, reviews and how it closes; nothing twice, nothing in the future."""

from datetime import timedelta

import pytest
from django.db import connection

from cast import ON
from crescendo.accounts.models import AuditEntry
from crescendo.comms.models import OutboxEntry
from crescendo.core.errors import NotFound, Refused
from crescendo.plans import actions, queries
from crescendo.plans.models import CheckIn, GoalRevision, Plan, Review, Share
from crescendo.roster import actions as roster


@pytest.fixture
def plan(open_as) -> Plan:
    return open_as("tess", "tess", title="Books read aloud", baseline=2.0, target=10.0)


def test_a_second_check_in_of_a_day_takes_the_place_of_the_first(cast, plan):
    with cast.looking_as("tess") as tess:
        for value in (3.0, 4.0):
            actions.check_in(plan_id=plan.pk, value=value, confidence=4, by=tess, at=cast.at)
        assert [row.value for row in CheckIn.objects.all()] == [4.0]
        progress = queries.follow(viewer=tess, plan=plan)
    assert (progress.baseline, progress.current, progress.share) == (2.0, 4.0, 0.25)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"on": ON + timedelta(days=1), "value": 3.0}, "not come yet"),
        ({"on": ON - timedelta(days=1), "value": 3.0}, "had not begun"),
        ({}, "value, how sure"),
        ({"comment": "   "}, "value, how sure"),
        ({"confidence": 6}, "1 to 5; it was 6"),
    ],
)
def test_a_check_in_that_makes_no_sense_is_refused(cast, plan, given, words):
    with cast.looking_as("tess") as tess, pytest.raises(Refused, match=words):
        actions.check_in(plan_id=plan.pk, by=tess, at=cast.at, **given)


def test_without_a_baseline_the_first_value_is_where_it_begins(cast, open_as):
    plan = open_as("tess", "tess", target=10.0)
    with cast.looking_as("tess") as tess:
        actions.check_in(plan_id=plan.pk, value=2.0, by=tess, at=cast.at)
        progress = queries.follow(viewer=tess, plan=plan)
    assert (progress.baseline, progress.share, progress.target) == (2.0, 0.0, 10.0)


def test_a_step_has_one_person_who_is_told_and_is_done_once(cast, open_as):
    plan = open_as("priya", "lincoln")
    with cast.looking_as("priya") as priya:
        step = {"plan_id": plan.pk, "what": "Call families", "due_on": ON + timedelta(days=7)}
        first = actions.add_action(**step, accountable_id=cast.staff["cora"].pk, by=priya, at=cast.at)
        again = actions.add_action(**step, accountable_id=cast.staff["cora"].pk, by=priya, at=cast.at)
    assert first.pk == again.pk
    assert OutboxEntry.objects.filter(kind="plans.action_given").count() == 1
    with cast.looking_as("cora") as cora:
        assert list(queries.list_actions_due(viewer=cora, until=ON + timedelta(days=14))) == [first]
        actions.finish_action(action_id=first.pk, evidence="Twelve called", by=cora, at=cast.at)
        done = actions.finish_action(
            action_id=first.pk, done_on=ON - timedelta(days=1), evidence="Other words", by=cora, at=cast.at
        )
        assert (done.done_on, done.evidence) == (ON, "Twelve called")
        assert not queries.list_actions_due(viewer=cora, until=ON + timedelta(days=14)).exists()
    assert AuditEntry.objects.filter(verb="plan.action_finished").count() == 1


def test_a_step_for_somebody_who_does_not_work_here_or_before_the_plan_is_refused(cast, plan):
    cast.staff["max"].posts.update(ends_on=ON - timedelta(days=1))
    with cast.looking_as("tess") as tess:
        with pytest.raises(Refused, match="does not work here"):
            actions.add_action(
                plan_id=plan.pk, what="x", due_on=ON, accountable_id=cast.staff["max"].pk, by=tess, at=cast.at
            )
        with pytest.raises(Refused, match="before the plan begins"):
            actions.add_action(plan_id=plan.pk, what="x", due_on=ON - timedelta(days=1), by=tess, at=cast.at)
        with pytest.raises(Refused, match="what will be done"):
            actions.add_action(plan_id=plan.pk, what=" ", due_on=ON, by=tess, at=cast.at)


def test_changing_the_goal_keeps_what_it_said_and_why(cast, plan):
    with cast.looking_as("tess") as tess:
        with pytest.raises(Refused, match="why the goal changes"):
            actions.change_goal(plan_id=plan.pk, target=12.0, reason=" ", by=tess, at=cast.at)
        actions.change_goal(
            plan_id=plan.pk, target=12.0, title=plan.title, reason="Too easy", by=tess, at=cast.at
        )
        actions.change_goal(plan_id=plan.pk, target=12.0, reason="Too easy", by=tess, at=cast.at)
        with pytest.raises(Refused, match="other way"):
            actions.change_goal(plan_id=plan.pk, target=1.0, reason="x", by=tess, at=cast.at)
        with pytest.raises(Refused, match="cannot be changed: owner_id"):
            actions.change_goal(plan_id=plan.pk, owner_id=1, reason="x", by=tess, at=cast.at)
    revision = GoalRevision.objects.get()
    assert (revision.before, revision.after, revision.reason) == (
        {"target": 10.0},
        {"target": 12.0},
        "Too easy",
    )


def test_sharing_twice_tells_once_and_again_after_it_ended(cast, plan):
    with cast.looking_as("tess") as tess:
        who = {"plan_id": plan.pk, "staff_id": cast.staff["ivo"].pk, "by": tess, "at": cast.at}
        actions.share_plan(**who)
        actions.share_plan(**who)
        assert OutboxEntry.objects.filter(kind="plans.shared").count() == 1
        actions.stop_sharing(**who)
        actions.stop_sharing(**who)
        actions.share_plan(**who)
    assert Share.objects.get().ended_at is None
    assert OutboxEntry.objects.filter(kind="plans.shared").count() == 2
    assert AuditEntry.objects.filter(verb="plan.unshared").count() == 1


def test_a_review_decides_with_a_reason_and_stands_once(cast, plan):
    with cast.looking_as("tess") as tess:
        said = {"plan_id": plan.pk, "decision": "change", "reason": "Too slow", "by": tess, "at": cast.at}
        assert actions.review_plan(**said).pk == actions.review_plan(**said).pk
        for given, words in (
            ({"decision": "maybe"}, "Choose one"),
            ({"reason": " "}, "what you saw"),
            ({"on": ON + timedelta(days=1)}, "not come yet"),
            ({"next_review_on": ON}, "after this one"),
        ):
            with pytest.raises(Refused, match=words):
                actions.review_plan(**(said | {"reason": "New"} | given))
    assert Review.objects.count() == 1


CLOSED = {"outcome": "partly", "what_happened": "Eight books", "learned": "Begin earlier"}


def test_closing_keeps_the_last_value_and_a_second_closing_is_told_so(cast, plan):
    with cast.looking_as("tess") as tess:
        actions.check_in(plan_id=plan.pk, value=8.0, by=tess, at=cast.at)
        actions.close_plan(plan_id=plan.pk, by=tess, at=cast.at, **CLOSED)
        with pytest.raises(Refused, match="closed on 10 Mar 2026"):
            actions.close_plan(plan_id=plan.pk, by=tess, at=cast.at, **(CLOSED | {"outcome": "missed"}))
        plan = queries.get_plan(viewer=tess, plan_id=plan.pk)
        assert (plan.outcome, plan.last_value, plan.last_value_on) == ("partly", 8.0, ON)
        for write in (
            lambda: actions.check_in(plan_id=plan.pk, value=9.0, by=tess, at=cast.at),
            lambda: actions.add_action(plan_id=plan.pk, what="x", due_on=ON, by=tess, at=cast.at),
            lambda: actions.change_goal(plan_id=plan.pk, title="x", reason="x", by=tess, at=cast.at),
            lambda: actions.review_plan(plan_id=plan.pk, decision="stop", reason="x", by=tess, at=cast.at),
        ):
            with pytest.raises(Refused, match="was closed"):
                write()
    assert AuditEntry.objects.filter(verb="plan.closed").count() == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"outcome": "great"}, "what came of it"),
        ({"what_happened": ""}, "what happened"),
        ({"learned": ""}, "what you learned"),
    ],
)
def test_closing_says_what_happened_and_what_was_learned(cast, plan, given, words):
    with cast.looking_as("tess") as tess, pytest.raises(Refused, match=words):
        actions.close_plan(plan_id=plan.pk, by=tess, at=cast.at, **(CLOSED | given))


def test_a_withdrawn_goal_may_have_taught_nothing(cast, plan):
    with cast.looking_as("tess") as tess:
        closed = actions.close_plan(
            plan_id=plan.pk, outcome="withdrawn", what_happened="I changed school", by=tess, at=cast.at
        )
    assert closed.state == "closed"


def test_a_draft_begins_once(cast, open_as):
    plan = open_as("tess", "tess", is_draft=True)
    with cast.looking_as("tess") as tess:
        assert [actions.begin_plan(plan_id=plan.pk, by=tess, at=cast.at).state for _ in range(2)] == [
            "active"
        ] * 2
    assert AuditEntry.objects.filter(verb="plan.begun").count() == 1


def test_nothing_hangs_under_a_closed_plan_or_one_out_of_sight(cast, open_as):
    school = open_as("priya", "lincoln", visibility="case")
    with pytest.raises(NotFound):
        open_as("cora", "sam", parent_id=school.pk)
    with cast.looking_as("priya") as priya:
        actions.close_plan(plan_id=school.pk, by=priya, at=cast.at, **CLOSED)
    with pytest.raises(Refused, match="was closed"):
        open_as("priya", "sam", parent_id=school.pk)


def test_erasing_a_student_takes_the_words_of_their_plans(cast, open_as):
    plan = open_as("cora", "sam", title="Sam reads", why="He told me why")
    with cast.looking_as("cora") as cora:
        actions.add_action(plan_id=plan.pk, what="Talk to Sam", due_on=plan.due_on, by=cora, at=cast.at)
        actions.check_in(plan_id=plan.pk, comment="Sam cried", by=cora, at=cast.at)
        actions.change_goal(plan_id=plan.pk, title="Sam reads well", reason="Sam asked", by=cora, at=cast.at)
        actions.review_plan(plan_id=plan.pk, decision="continue", reason="Sam tries", by=cora, at=cast.at)
    with cast.looking_as("adam") as adam:
        roster.erase_student(student_id=cast.sam.pk, reason="Request 12", by=adam, at=cast.at)
    for table in ("plan", "action", "checkin", "review", "goalrevision"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*), string_agg(t::text, ' ') FROM plans_{table} t")
            n, words = cursor.fetchone()
        assert n == 1, table
        assert not {"Sam", "told", "cried"} & set(words.replace('"', " ").replace(",", " ").split()), table


def test_marks_for_a_chart_say_when_plans_began_and_ended(cast, open_as):
    plan = open_as("cora", "sam", title="Come on time")
    open_as("cora", "sam", title="Not begun", is_draft=True)
    with cast.looking_as("cora") as cora:
        actions.close_plan(plan_id=plan.pk, by=cora, at=cast.at, **CLOSED)
        notes = queries.annotations(viewer=cora, student_id=cast.sam.pk)
        assert [(n.on, n.text) for n in notes] == [(ON, "Begins: Come on time"), (ON, "Ends: Come on time")]
        with pytest.raises(ValueError, match="one student"):
            queries.annotations(viewer=cora)
    with cast.looking_as("otto") as otto:
        assert queries.annotations(viewer=otto, student_id=cast.sam.pk) == []
