"""What a leader may know: nothing about fewer than five, nothing exact, nothing that a subtraction would tell."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from crescendo.coaching import queries
from crescendo.coaching.models import ActionStep, Agreement, Cycle, Session
from crescendo.core.errors import NotAllowed
from crescendo.core.names import sort_key
from crescendo.roster.models import Post, StaffMember

BEFORE = date(2026, 2, 10)


@pytest.fixture
def pairs(cast):
    """`pairs(7)`: so many teachers of Lincoln, each coached by a colleague of their own since February."""

    def make(number: int, where: str = "lincoln", since: date = BEFORE) -> list[Agreement]:
        made = []
        for n in range(number):
            two = []
            for part in ("Coach", "Coachee"):
                name = f"{part}{n}{where}{since}"
                person = StaffMember.objects.create(
                    given_name=name, family_name="X", sort_key=sort_key("X", name)
                )
                Post.objects.create(
                    staff=person,
                    organisation=cast.organisations[where],
                    role_id="teacher",
                    begins_on=date(2025, 8, 1),
                )
                two.append(person)
            at = datetime.combine(since, cast.at.timetz())
            made.append(
                Agreement.objects.create(
                    coach=two[0],
                    coachee=two[1],
                    invited_by=two[0],
                    focus="x",
                    confidentiality="x",
                    begins_on=since,
                    state="active",
                    coach_agreed_at=at,
                    coachee_agreed_at=at,
                    created_at=at,
                )
            )
        return made

    return make


def counts(cast, name="priya", on=None):
    with cast.looking_as(name, on) as viewer:
        return queries.find_counts(viewer=viewer)


def test_four_are_answered_like_none(cast, pairs):
    assert counts(cast) is None
    pairs(4)
    assert counts(cast) is None


@pytest.mark.parametrize(("number", "said"), [(5, 5), (9, 5), (10, 10), (14, 10)])
def test_counts_are_rounded_down_to_fives(cast, pairs, number, said):
    pairs(number)
    assert counts(cast).pairs == said


def test_the_viewers_own_coaching_does_not_count(cast, pairs):
    pairs(4)
    at = datetime.combine(BEFORE, cast.at.timetz())
    Agreement.objects.create(
        coach=cast.staff["priya"], coachee=cast.staff["tess"], invited_by=cast.staff["priya"], focus="x",
        confidentiality="x", begins_on=BEFORE, state="active", coach_agreed_at=at, coachee_agreed_at=at, created_at=at,
    )  # fmt: skip
    assert counts(cast) is None, "she is one of the five, and would know the other four"
    assert counts(cast, "dina").pairs == 5


def test_the_numbers_stand_still_within_a_month(cast, pairs):
    pairs(5, since=date(2026, 3, 2))
    assert counts(cast, on=date(2026, 3, 31)) is None
    assert counts(cast, on=date(2026, 4, 1)).pairs == 5
    Agreement.objects.update(state="stopped", ended_at=datetime.combine(date(2026, 4, 10), cast.at.timetz()))
    assert counts(cast, on=date(2026, 4, 30)).pairs == 5
    assert counts(cast, on=date(2026, 5, 1)) is None


def test_each_leader_counts_their_own_place(cast, pairs):
    pairs(5, "monroe")
    assert counts(cast) is None
    assert counts(cast, "dina").pairs == 5


@pytest.mark.parametrize("name", ["tess", "ivo", "adam", "hana", "ana", "gus", "fay"])
def test_nobody_but_leaders_learns_even_the_counts(cast, pairs, name):
    pairs(10)
    with cast.looking_as(name) as viewer:
        with pytest.raises(NotAllowed):
            queries.find_counts(viewer=viewer)
        with connection.cursor() as cursor:  # the page forgot to ask
            cursor.execute("SELECT * FROM coaching_counts()")
            assert cursor.fetchall() == []


def test_one_person_coached_by_five_is_not_five_people(cast, pairs):
    made = pairs(5)
    Agreement.objects.exclude(pk=made[0].pk).update(coachee=made[0].coachee)
    assert counts(cast) is None


def test_cadence_cycles_and_steps_are_coarse_and_need_five_as_well(cast, pairs):
    made = pairs(6)
    found = counts(cast)
    assert (found.in_cycle, found.cycles, found.weeks_between, found.steps_done) == (None, None, None, None)
    for agreement in made:
        cycle = Cycle.objects.create(agreement=agreement, goal="x", begins_on=BEFORE)
        for days in (0, 14):
            Session.objects.create(
                agreement=agreement, cycle=cycle, planned_on=BEFORE, held_on=BEFORE + timedelta(days=days),
                changed_by=agreement.coach, changed_at=cast.at,
            )  # fmt: skip
        ActionStep.objects.create(
            agreement=agreement, what="x", due_on=BEFORE, set_by=agreement.coach, set_on=BEFORE, state="done",
            ended_on=BEFORE,
        )  # fmt: skip
    found = counts(cast)
    # 6 pairs met 12 times in 8 weeks: every 4 weeks. All steps are done, which is said as nine in ten.
    assert (found.in_cycle, found.cycles, found.weeks_between) == (5, 5, 4)
    assert found.steps_done == Decimal("0.9")
