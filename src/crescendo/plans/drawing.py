"""The chart of a goal: what was measured, the way it would take in a straight line, the target, and what happened when."""

from django.utils.translation import gettext as _

from crescendo.ui import charts

from . import rules, wording
from .following import Progress, aim_of
from .models import Plan


def chart_of(plan: Plan, progress: Progress) -> charts.Chart | None:
    """None while there is nothing to draw: a line needs at least its beginning."""
    points = [charts.Point(p.on, p.value if p.counts else None) for p in progress.points]
    if not any(point.value is not None for point in points):
        return None
    notes = [charts.Note(plan.begins_on, _("Plan begins"))]
    if plan.closed_on is not None:
        notes.append(charts.Note(plan.closed_on, _("Plan closed")))
    return charts.line(
        wording.measure_name(plan),
        points,
        measure=wording.measure_name(plan),
        kind=wording.number_kind(plan),
        target=progress.target,
        expected=_expected(plan, progress),
        by_day=True,
        notes=notes,
    )


def _expected(plan: Plan, progress: Progress) -> list[charts.Point]:
    aim = aim_of(plan, progress.baseline, progress.baseline_on)
    if aim.baseline is None or aim.target is None or aim.is_held:
        return []
    between = {p.on for p in progress.points if aim.begins_on < p.on < aim.due_on}
    days = sorted({aim.begins_on, aim.due_on} | between)
    return [charts.Point(day, rules.expected_value(aim, day)) for day in days]
