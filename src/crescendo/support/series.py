"""The measure of a support plan over time, before it began and since: a point a week, a test or a written score."""

from collections import Counter

from crescendo.plans import following, measuring
from crescendo.plans.aims import Subject
from crescendo.plans.models import Plan
from crescendo.roster.viewer import Viewer

from . import weeks
from .models import SupportPlan
from .rules import Point
from .told import Goal, Written


def list_points(*, viewer: Viewer, support: SupportPlan, goal: Goal, written: Written) -> list[Point]:
    """Every known point of this school year (of tests: of the year before the start), oldest first."""
    kind = goal.measure.kind
    if kind == Plan.MeasureKind.OWN:
        return _written(goal, written)
    if support.student_id is None:
        progress = following.follow(viewer=viewer, plan=support.plan)
        return [Point(point.on, point.value) for point in progress.points]
    if kind == Plan.MeasureKind.ASSESSMENT:
        return _tests(viewer, support.student_id, goal)
    return weeks.list_weeks(viewer=viewer, student_id=support.student_id, indicator=goal.measure.indicator)


def is_by_week(goal: Goal) -> bool:
    """A point is a week's value, not a day's."""
    return goal.measure.kind == Plan.MeasureKind.INDICATOR


def days_of_a_point(goal: Goal) -> int:
    return 7 if is_by_week(goal) else 1


def _written(goal: Goal, written: Written) -> list[Point]:
    """What was written down; the value the plan began with is its first point."""
    found = [Point(on, value) for on, value in sorted(dict(written).items())]
    if goal.baseline is None or goal.baseline_on is None:
        return found
    return [Point(goal.baseline_on, goal.baseline, is_start=True), *found]


def _tests(viewer: Viewer, student_id: int, goal: Goal) -> list[Point]:
    """The student's scores on the scale that most of them have: points of two scales make no line."""
    scores = measuring.read_scores(
        viewer=viewer, subject=Subject("student", student_id), measure=goal.measure, begins_on=goal.begins_on
    )
    if not scores:
        return []
    scale = Counter(score.scale for score in reversed(scores)).most_common(1)[0][0]
    return [Point(score.on, score.value) for score in scores if score.scale == scale]
