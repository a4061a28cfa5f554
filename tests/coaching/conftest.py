"""Two who work together, each step of the way: Ivo coaches Tess on the use of time."""

from datetime import timedelta

import pytest

from crescendo.coaching import actions
from crescendo.coaching.models import Agreement, Session


@pytest.fixture
def invite(cast):
    """`invite("max", "cora")`: the coach asks, unless `by=` names the one who would be coached."""

    def ask(coach="ivo", coachee="tess", by=None, focus="Use of time in lessons", **how) -> Agreement:
        inviter = by or coach
        return actions.invite(
            colleague=cast.staff[coachee if inviter == coach else coach],
            i_am_coach=inviter == coach,
            focus=focus,
            confidentiality="Only the two of us read this.",
            by=cast.viewer(inviter),
            at=cast.at,
            **how,
        )

    return ask


@pytest.fixture
def invitation(invite) -> Agreement:
    return invite()


@pytest.fixture
def agreement(cast, invitation) -> Agreement:
    return actions.accept(agreement=invitation, by=cast.viewer("tess"), at=cast.at)


@pytest.fixture
def cycle(cast, agreement):
    return actions.start_cycle(
        agreement=agreement,
        goal="The first task has begun three minutes after the bell",
        own_measure="minutes until everybody works",
        unit="min",
        baseline=9.0,
        target=3.0,
        weeks=6,
        by=cast.viewer("tess"),
        at=cast.at,
    )


@pytest.fixture
def session(cast, cycle) -> Session:
    """A debrief that was held today."""
    agreement = cycle.agreement
    planned = actions.plan_session(
        agreement=agreement, kind="debrief", planned_on=cast.on, by=cast.viewer("ivo"), at=cast.at
    )
    return actions.write_session(
        session=planned,
        kind="debrief",
        planned_on=cast.on,
        held_on=cast.on,
        agenda="The first ten minutes",
        questions=["What stood out for you?"],
        shared_notes="SECRET shared words",
        version=planned.version,
        by=cast.viewer("ivo"),
        at=cast.at,
    )


@pytest.fixture
def step(cast, cycle):
    return actions.set_step(
        agreement=cycle.agreement,
        what="Paper lies on the desks before the bell",
        due_on=cast.on + timedelta(days=7),
        by=cast.viewer("tess"),
        at=cast.at,
    )
