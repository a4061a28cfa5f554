"""Who sees which plan: the page's own filter and the second lock say the same, for everybody of the cast."""

import pytest
from django.db import ProgrammingError, connection

from cast import STAFF
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.plans import actions, queries
from crescendo.plans.aims import Subject
from crescendo.plans.models import Action, CheckIn, Plan, Share, Team
from crescendo.plans.telling import may_hear_of_plan

EVERYBODY = [*STAFF, "fay", "sam", "bryn"]


def seen_by(cast, name: str) -> set[int]:
    """The plans that this person's page lists; and that PostgreSQL alone shows no other."""
    with cast.looking_as(name) as viewer:
        listed = set(queries.list_plans(viewer=viewer).values_list("pk", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM plans_plan")
            assert {pk for (pk,) in cursor.fetchall()} == listed
    return listed


def who_sees(cast, plan: Plan) -> set[str]:
    return {name for name in EVERYBODY if plan.pk in seen_by(cast, name)}


@pytest.mark.parametrize(
    ("opener", "what", "given", "expected"),
    [
        # A student's plan: those who support the student. Not the analyst, not the administrator, never the family yet.
        ("cora", "sam", {}, "cora tess priya"),
        ("cora", "sam", {"visibility": "team"}, "cora"),
        ("cora", "sam", {"visibility": "organisation"}, "cora tess priya dina ana adam"),
        ("cora", "sam", {"is_draft": True}, "cora"),
        # A teacher's goal for a class, and for herself: hers, unless she opens it.
        ("tess", "mathematics", {}, "tess"),
        ("tess", "tess", {}, "tess"),
        ("tess", "tess", {"visibility": "private"}, "tess"),
        (
            "tess",
            "mathematics",
            {"visibility": "organisation"},
            "tess priya cora ivo max dina hana mona ana gus adam",
        ),
        # A school's plan: everybody who works there or above, not the school next door.
        ("priya", "lincoln", {}, "priya tess cora ivo max dina hana mona ana gus adam"),
        ("priya", "lincoln", {"visibility": "case"}, "priya dina"),
        ("priya", "lincoln", {"visibility": "private"}, "priya"),
        ("dina", "district", {}, "dina priya tess otto cora ivo max hana mona ana gus adam"),
    ],
)
def test_each_visibility_shows_a_plan_to_these_and_nobody_else(cast, open_as, opener, what, given, expected):
    plan = open_as(opener, what, **given)
    assert who_sees(cast, plan) == set(expected.split())


def test_a_colleague_sees_what_is_shared_until_it_is_not(cast, open_as):
    plan = open_as("tess", "mathematics")
    with cast.looking_as("tess") as tess:
        actions.share_plan(plan_id=plan.pk, staff_id=cast.staff["ivo"].pk, by=tess, at=cast.at)
    assert who_sees(cast, plan) == {"tess", "ivo"}
    with cast.looking_as("tess") as tess:
        actions.stop_sharing(plan_id=plan.pk, staff_id=cast.staff["ivo"].pk, by=tess, at=cast.at)
    assert who_sees(cast, plan) == {"tess"}


def test_who_answers_for_a_step_sees_the_plan(cast, open_as):
    plan = open_as("priya", "lincoln", visibility="case")
    with cast.looking_as("priya") as priya:
        actions.add_action(
            plan_id=plan.pk,
            what="Buy books",
            due_on=plan.due_on,
            accountable_id=cast.staff["max"].pk,
            by=priya,
            at=cast.at,
        )
    assert who_sees(cast, plan) == {"priya", "dina", "max"}


def test_a_students_plan_is_not_shared_with_somebody_who_does_not_see_the_student(cast, open_as):
    """Otto is named in it, and still sees nothing: the student comes first."""
    plan = open_as("cora", "sam")
    with cast.looking_as("cora") as cora:
        actions.share_plan(plan_id=plan.pk, staff_id=cast.staff["otto"].pk, by=cora, at=cast.at)
    assert "otto" not in who_sees(cast, plan)


def test_who_left_sees_nothing_of_what_was_theirs(cast, open_as):
    plan = open_as("tess", "tess")
    cast.staff["tess"].posts.update(ends_on=cast.on.replace(day=9))
    assert who_sees(cast, plan) == set()


def test_a_team_sees_its_goal(cast, open_as):
    with cast.looking_as("tess") as tess:
        team = actions.make_team(
            organisation_id=cast.lincoln.pk,
            name="Grade 7",
            staff_ids=[cast.staff["cora"].pk],
            by=tess,
            at=cast.at,
        )
        plan = actions.open_plan(
            subject=Subject("team", team.pk), title="Read aloud weekly", due_on=cast.on.replace(month=6),
            by=tess, at=cast.at,
        )  # fmt: skip
    assert plan.visibility == "team"
    assert who_sees(cast, plan) == {"tess", "cora"}
    with cast.looking_as("cora") as cora:
        actions.check_in(plan_id=plan.pk, comment="Twice this week", by=cora, at=cast.at)


def test_a_counsellor_who_is_the_mother_neither_reads_nor_writes_her_child_s_plan(cast, open_as):
    plan = open_as("priya", "sam", visibility="organisation")
    assert who_sees(cast, plan) >= {"cora", "tess"}
    cast.family["fay"].user = cast.users["cora"]
    cast.family["fay"].save()
    assert plan.pk not in seen_by(cast, "cora")
    with cast.looking_as("cora") as cora:
        with pytest.raises(NotFound):
            actions.check_in(plan_id=plan.pk, comment="All well", by=cora, at=cast.at)
        with pytest.raises(NotFound):
            actions.close_plan(
                plan_id=plan.pk, outcome="achieved", what_happened="x", learned="y", by=cora, at=cast.at
            )
    assert not may_hear_of_plan(cast.users["cora"], plan.pk, cast.on)


def test_postgresql_lets_only_a_teams_members_and_leaders_let_others_in(cast):
    with cast.looking_as("tess") as tess:
        team = actions.make_team(
            organisation_id=cast.lincoln.pk, name="Grade 7", by=tess, at=cast.at, staff_ids=[]
        )

    def put(name: str, who: str) -> None:
        with cast.looking_as(name), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO plans_teammember (team_id, staff_id) VALUES (%s, %s)",
                [team.pk, cast.staff[who].pk],
            )

    for name in ("ivo", "otto"):
        with pytest.raises(ProgrammingError, match="row-level security"):
            put(name, name)
    put("tess", "cora")
    put("priya", "max")


def test_nobody_joins_a_team_by_typing_its_name(cast, open_as):
    def join(name: str, staff: tuple[str, ...] = ()) -> None:
        with cast.looking_as(name) as viewer:
            actions.make_team(
                organisation_id=cast.lincoln.pk, name=" Grade 7 ", by=viewer, at=cast.at,
                staff_ids=[cast.staff[who].pk for who in staff],
            )  # fmt: skip

    join("tess")
    with cast.looking_as("tess") as tess:
        subject = Subject("team", Team.objects.get().pk)
        plan = actions.open_plan(
            subject=subject, title="Ours", due_on=cast.on.replace(month=6), by=tess, at=cast.at
        )
    with pytest.raises(Refused, match="Ask one of its members"):
        join("ivo")
    assert who_sees(cast, plan) == {"tess"}
    join("tess", ("cora",))
    assert who_sees(cast, plan) == {"tess", "cora"}


def test_what_hangs_on_a_plan_goes_with_it(cast, open_as):
    plan = open_as("tess", "mathematics")
    with cast.looking_as("tess") as tess:
        actions.add_action(plan_id=plan.pk, what="Read aloud", due_on=plan.due_on, by=tess, at=cast.at)
        actions.check_in(plan_id=plan.pk, comment="Slow", by=tess, at=cast.at)
        actions.review_plan(plan_id=plan.pk, decision="continue", reason="Early days", by=tess, at=cast.at)
        actions.change_goal(plan_id=plan.pk, title="Another", reason="Clearer", by=tess, at=cast.at)
        actions.share_plan(plan_id=plan.pk, staff_id=cast.staff["ivo"].pk, by=tess, at=cast.at)
    tables = ("plans_action", "plans_checkin", "plans_review", "plans_goalrevision", "plans_share")
    for name, expected in (("priya", 0), ("ivo", 1), ("fay", 0)):
        with cast.looking_as(name), connection.cursor() as cursor:
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table}")
                assert cursor.fetchone() == (expected,), f"{name} {table}"


def test_no_page_writes_into_somebody_elses_plan_by_a_forgotten_check(cast, open_as):
    plan = open_as("priya", "lincoln")
    private = open_as("tess", "tess")
    with cast.looking_as("max"):
        assert Plan.objects.filter(pk=plan.pk).update(title="Mine now") == 0
    for row in (
        Share(plan=plan, staff=cast.staff["max"], at=cast.at, by=cast.users["max"]),
        CheckIn(plan=private, on=cast.on, by=cast.users["max"], at=cast.at),
        Action(plan=private, what="x", accountable=cast.staff["max"], due_on=cast.on, added_at=cast.at),
    ):
        with pytest.raises(ProgrammingError, match="violates row-level security"), cast.looking_as("max"):
            row.save()
    with pytest.raises(ProgrammingError, match="violates row-level security"), cast.looking_as("max"):
        Plan.objects.create(
            subject_kind="school", organisation=cast.lincoln, place=cast.lincoln, school_year=2026, title="x",
            begins_on=cast.on, due_on=cast.on.replace(month=6), owner=cast.staff["max"], opened_by=cast.users["max"],
            opened_at=cast.at,
        )  # fmt: skip


@pytest.mark.parametrize("name", ["max", "ivo", "gus"])
def test_who_sees_a_schools_plan_may_not_change_it(cast, open_as, name):
    plan = open_as("priya", "lincoln")
    with cast.looking_as(name) as viewer:
        with pytest.raises(NotAllowed):
            actions.close_plan(
                plan_id=plan.pk, outcome="missed", what_happened="x", learned="x", by=viewer, at=cast.at
            )
        with pytest.raises(NotAllowed):
            actions.check_in(plan_id=plan.pk, comment="x", by=viewer, at=cast.at)
        with pytest.raises(NotAllowed):
            actions.change_goal(plan_id=plan.pk, title="x", reason="x", by=viewer, at=cast.at)
        with pytest.raises(NotAllowed):
            actions.share_plan(plan_id=plan.pk, staff_id=viewer.staff_id, by=viewer, at=cast.at)


def test_dina_leads_the_plans_of_her_schools_and_tess_works_on_her_students(cast, open_as):
    school, student = open_as("priya", "lincoln"), open_as("cora", "sam")
    with cast.looking_as("dina") as dina:
        actions.review_plan(plan_id=school.pk, decision="continue", reason="Good", by=dina, at=cast.at)
    with cast.looking_as("tess") as tess:
        actions.check_in(plan_id=student.pk, comment="He read a page", by=tess, at=cast.at)
        with pytest.raises(NotAllowed):
            actions.close_plan(
                plan_id=student.pk, outcome="missed", what_happened="x", learned="x", by=tess, at=cast.at
            )


def test_a_plan_out_of_sight_is_not_there_for_any_write(cast, open_as):
    plan = open_as("tess", "tess")
    with cast.looking_as("otto") as otto:
        for write in (
            lambda: actions.check_in(plan_id=plan.pk, comment="x", by=otto, at=cast.at),
            lambda: actions.share_plan(plan_id=plan.pk, staff_id=otto.staff_id, by=otto, at=cast.at),
            lambda: actions.begin_plan(plan_id=plan.pk, by=otto, at=cast.at),
            lambda: actions.finish_action(action_id=999_999, by=otto, at=cast.at),
            lambda: queries.get_plan(viewer=otto, plan_id=plan.pk),
        ):
            with pytest.raises(NotFound):
                write()


def test_a_schools_plan_names_its_students_to_those_who_may_see_them_and_counts_them_for_the_rest(
    cast, open_as
):
    school = open_as("priya", "lincoln")
    child = open_as("cora", "sam", parent_id=school.pk, title="Catch up in fractions")
    open_as("cora", "nora", parent_id=school.pk, visibility="team", title="Come on time")
    open_as("tess", "tess", parent_id=school.pk, visibility="private", title="Secret")
    with cast.looking_as("priya") as priya:
        children = queries.list_children(viewer=priya, plan=school)
        assert [c.pk for c in children.seen] == [child.pk]
        assert children.hidden == 1
    with cast.looking_as("max") as max_:
        children = queries.list_children(viewer=max_, plan=school)
        assert (list(children.seen), children.hidden, children.under_way) == ([], 2, {"student": 2})
    with cast.looking_as("otto") as otto:
        assert queries.list_children(viewer=otto, plan=school).hidden == 0


def test_who_reads_the_message_is_asked_again_on_the_day(cast, open_as):
    plan = open_as("tess", "mathematics")
    assert may_hear_of_plan(cast.users["tess"], plan.pk, cast.on)
    assert not may_hear_of_plan(cast.users["otto"], plan.pk, cast.on)
    assert not may_hear_of_plan(cast.users["fay"], plan.pk, cast.on)
