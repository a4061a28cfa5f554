"""Plans of the cast, opened as their people do: under the web role."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from cast import Cast
from crescendo.plans import actions
from crescendo.plans.aims import Measure, Subject
from crescendo.plans.models import Plan

DUE = date(2026, 6, 5)


def subject_of(cast: Cast, what: str) -> Subject:
    """`sam`, `mathematics`, `lincoln`, `district` or a member of staff, as the subject of a goal."""
    if what in cast.students:
        return Subject("student", cast.students[what].pk)
    if what in cast.classes:
        return Subject("class", cast.classes[what].pk)
    if what in cast.organisations:
        return Subject("district" if what == "district" else "school", cast.organisations[what].pk)
    return Subject("staff", cast.staff[what].pk)


@pytest.fixture
def open_as(cast: Cast) -> Callable[..., Plan]:
    """`open_as("tess", "mathematics", target=60.0)`: the plan, opened by this person."""

    def opened(name: str, what: str, **given: Any) -> Plan:
        given = {"title": f"A goal for {what}", "due_on": DUE, "measure": Measure.own("Score")} | given
        with cast.looking_as(name) as viewer:
            return actions.open_plan(subject=subject_of(cast, what), by=viewer, at=cast.at, **given)

    return opened
