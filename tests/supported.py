"""Support as the tests begin with it: Cora opens it for Sam, two sessions a week, from Monday, 2 March 2026."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from cast import AT, ON, Cast
from crescendo.plans.aims import Measure
from crescendo.support import actions
from crescendo.support.models import SupportPlan
from crescendo.support.starting import Chosen, Start

BEGINS_ON = date(2026, 3, 2)
OWN = Start(Measure.own(""), begins_on=BEGINS_ON)


def chosen(cast: Cast, **changes: Any) -> Chosen:
    values = {
        "key": uuid4(),
        "concern": "Reads far more slowly than the class. Worried at home?",
        "strategy": "Reads aloud with somebody, twice over",
        "sessions_per_week": 2,
        "minutes": 30,
        "delivered_by_id": cast.staff["cora"].pk,
        "begins_on": BEGINS_ON,
        "due_on": ON + timedelta(weeks=8),
        "own_measure": "Words read in a minute",
        "baseline": 60.0,
        "target": 80.0,
    }
    return Chosen(**values | changes)


def open_for_sam(cast: Cast, *, by: str = "cora", delivered_by: str = "cora", **changes: Any) -> SupportPlan:
    with cast.looking_as(by) as viewer:
        return actions.open_support(
            student_id=cast.sam.pk,
            start=OWN,
            chosen=chosen(cast, delivered_by_id=cast.staff[delivered_by].pk, **changes),
            by=viewer,
            at=AT,
        )
