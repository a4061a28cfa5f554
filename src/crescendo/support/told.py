"""The goal of a support plan as each reader may see it.

Staff read the plan. The family and the student read two views (migration 0002) that hold the goal and the scores and
nothing else of the plan, because PostgreSQL shows them no plan.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from crescendo.core import school_time
from crescendo.plans.aims import Measure
from crescendo.plans.models import CheckIn, Plan

from . import wording
from .models import SupportPlan

Written = list[tuple[date, float]]
_GOALS = """
SELECT support_id, measure_kind, indicator, assessment_family, assessment_subject, own_measure, unit,
       baseline, baseline_on, target, direction, begins_on, due_on, state, outcome, last_value, last_value_on, closed_at
FROM support_goal_told WHERE support_id = ANY(%s)
"""
_SCORES = 'SELECT support_id, "on", value FROM support_score_told WHERE support_id = ANY(%s) ORDER BY "on"'


@dataclass(frozen=True)
class Goal:
    """What is wanted, by which measure, by when, and how it ended."""

    measure: Measure
    baseline: float | None
    baseline_on: date | None
    target: float | None
    direction: str
    begins_on: date
    due_on: date
    state: str
    outcome: str
    last_value: float | None
    last_value_on: date | None
    closed_on: date | None

    @property
    def is_open(self) -> bool:
        return self.state != Plan.State.CLOSED

    @property
    def outcome_words(self) -> str:
        return str(Plan.Outcome(self.outcome).label) if self.outcome else ""

    @property
    def sentence(self) -> str:
        """The goal in one plain sentence, in the reader's language."""
        return wording.goal_sentence(
            measure=self.measure, baseline=self.baseline, target=self.target, due_on=self.due_on
        )

    def reaches(self, value: float) -> bool:
        """Whether a value is as good as wanted."""
        if self.target is None:
            return False
        return value <= self.target if self.direction == "down" else value >= self.target


def goal_of_plan(plan: Plan) -> Goal:
    """For staff who see the plan."""
    return Goal(
        measure=Measure.of_plan(plan),
        baseline=plan.baseline,
        baseline_on=plan.baseline_on,
        target=plan.target,
        direction=plan.direction,
        begins_on=plan.begins_on,
        due_on=plan.due_on,
        state=plan.state,
        outcome=plan.outcome,
        last_value=plan.last_value,
        last_value_on=plan.last_value_on,
        closed_on=_day(plan.closed_at),
    )


def list_goals_told(supports: Sequence[SupportPlan]) -> dict[int, Goal]:
    """For the family and the student, by support plan."""
    with connection.cursor() as cursor:
        cursor.execute(_GOALS, [[support.pk for support in supports]])
        rows = cursor.fetchall()
    return {
        support_id: Goal(
            Measure(kind, indicator, family, subject, text, unit), *rest, closed_on=_day(closed_at)
        )
        for support_id, kind, indicator, family, subject, text, unit, *rest, closed_at in rows
    }


def list_scores(supports: Iterable[SupportPlan], *, as_staff: bool) -> dict[int, Written]:
    """The scores written down for each plan's own measure, oldest first."""
    found: dict[int, Written] = defaultdict(list)
    if as_staff:
        by_plan = {support.plan_id: support.pk for support in supports}
        rows = CheckIn.objects.filter(plan_id__in=by_plan, value__isnull=False).order_by("on", "id")
        for plan_id, on, value in rows.values_list("plan_id", "on", "value"):
            found[by_plan[plan_id]].append((on, value))
        return found
    with connection.cursor() as cursor:
        cursor.execute(_SCORES, [[support.pk for support in supports]])
        for support_id, on, value in cursor.fetchall():
            found[support_id].append((on, value))
    return found


def _day(at: datetime | None) -> date | None:
    return at.astimezone(school_time.zone()).date() if at else None
