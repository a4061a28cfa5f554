"""How a goal is going: computed from imported and published numbers each time somebody looks."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from crescendo.indicators import queries as indicators
from crescendo.roster.viewer import Viewer
from edmeasures import catalog

from . import measuring, permissions, rules, scores
from .aims import Measure, Subject
from .measuring import SUPPRESSED
from .models import Plan

FEW = 10  # a class's number of fewer students is shown to those alone who see the students
NOT_FOR_ROLE = "not_for_this_role"
HIDDEN = (SUPPRESSED, NOT_FOR_ROLE)
NEVER_NEGATIVE = ("students", "incidents per 100 student-days", "instructional days")


@dataclass(frozen=True)
class Point:
    """The measure on a day. `counts` is false where too few students stand behind it to judge the goal by."""

    on: date
    value: float | None
    n: int | None = None
    counts: bool = True


@dataclass(frozen=True)
class Progress:
    """Where a goal stands on a day.

    share: (current - baseline) / (target - baseline), raw; `bar` is the same between 0 and 1
    expected: the share of its time that is over at the latest value
    status: not_begun, not_measured, on_track, behind, reached
    reason: why there is no current value
    """

    points: tuple[Point, ...]
    baseline: float | None
    baseline_on: date | None
    target: float | None
    current: float | None
    current_on: date | None
    n: int | None
    share: float | None
    expected: float
    status: str
    reason: str = ""

    @property
    def bar(self) -> float | None:
        return rules.for_bar(self.share)

    @property
    def is_hidden(self) -> bool:
        """This viewer may not have the number: so few students stand behind it, or the role does not see its kind."""
        return self.reason in HIDDEN


@dataclass(frozen=True)
class _Found:
    """What a measure gave: its points, and a baseline where the plan had none yet."""

    points: tuple[Point, ...] = ()
    baseline: float | None = None
    baseline_on: date | None = None
    reason: str = ""


def follow(*, viewer: Viewer, plan: Plan) -> Progress:
    """The goal's progress on the viewer's day, as far as the viewer may see the numbers behind it."""
    if not permissions.may_see_numbers(viewer, plan):
        found = _Found(reason=NOT_FOR_ROLE)
    elif plan.measure_kind == Plan.MeasureKind.INDICATOR:
        found = _by_indicator(viewer, plan)
    elif plan.measure_kind == Plan.MeasureKind.ASSESSMENT:
        found = _by_place_scores(viewer, plan) if plan.organisation_id else _by_scores(viewer, plan)
    else:
        found = _by_check_ins(plan, viewer.on)
    return _progress(plan, found, viewer.on)


def _by_check_ins(plan: Plan, on: date) -> _Found:
    """An own measure lives from what people wrote down; the latest word of a day counts."""
    rows = plan.check_ins.filter(value__isnull=False, on__lte=on).order_by("on", "at", "id")
    by_day = {row.on: row.value for row in rows}
    points = tuple(Point(day, value) for day, value in by_day.items())
    if plan.baseline is not None or not points:
        return _Found(points, plan.baseline, plan.baseline_on)
    return _Found(points, points[0].value, points[0].on)


def _by_scores(viewer: Viewer, plan: Plan) -> _Found:
    subject = Subject(plan.subject_kind, plan.subject_id)
    found = measuring.read_scores(
        viewer=viewer, subject=subject, measure=Measure.of_plan(plan), begins_on=plan.begins_on
    )
    if not found:
        nobody = measuring.NO_SCORES if plan.baseline is None else measuring.NO_STUDENTS
        return _Found((), plan.baseline, plan.baseline_on, _why_none(plan, nobody))
    start, scale = scores.baseline_sitting(found, plan.begins_on)
    later = scores.later_sittings(found, plan.begins_on, scale)
    if start is None and later:
        start, later = later[0], later[1:]
    if start is None:
        return _Found((), plan.baseline, plan.baseline_on, measuring.NO_SCORES)
    baseline = start.mean if plan.baseline is None else plan.baseline
    first = Point(plan.baseline_on or start.on, baseline, plan.baseline_n or len(start.scores))
    compared = [scores.compare(start, sitting, baseline) for sitting in later]
    points = (first, *(Point(c.on, c.value, c.n, c.counts) for c in compared))
    return _Found(points, baseline, plan.baseline_on or start.on)


def _by_place_scores(viewer: Viewer, plan: Plan) -> _Found:
    """A school's or district's averages: the same for everybody who may read its numbers."""
    found = measuring.read_place_scores(
        viewer=viewer,
        place_id=plan.organisation_id,
        measure=Measure.of_plan(plan),
        begins_on=plan.begins_on,
        baseline=plan.baseline,
    )
    if found is None:
        nothing = measuring.NO_SCORES if plan.baseline is None else measuring.NOT_HERE
        return _Found((), plan.baseline, plan.baseline_on, _why_none(plan, nothing))
    start = found.start
    if start.mean is None:
        return _Found(reason=SUPPRESSED)
    baseline = start.mean if plan.baseline is None else plan.baseline
    baseline_on = plan.baseline_on or start.on
    first = Point(baseline_on, baseline, plan.baseline_n or start.n)
    later = (Point(c.on, c.value, c.n, c.counts) for c in found.later if c.value is not None)
    return _Found((first, *later), baseline, baseline_on)


def _by_indicator(viewer: Viewer, plan: Plan) -> _Found:
    subject = Subject(plan.subject_kind, plan.subject_id)
    start = (Point(plan.baseline_on, plan.baseline, plan.baseline_n),) if plan.baseline_on else ()
    if catalog.get(plan.indicator).series and not (plan.student_id or plan.school_class_id):
        return _by_series(viewer, plan)
    now = measuring.indicator_now(
        viewer=viewer,
        subject=subject,
        place_id=plan.place_id,
        code=plan.indicator,
        rule_pack=plan.rule_pack,
    )
    if now.value is None:
        return _Found(start, plan.baseline, plan.baseline_on, _why_none(plan, now.reason))
    point = Point(now.on, now.value, now.n)
    if (
        plan.baseline is None
    ):  # a morning's job sets it (`baselines`): read here, it would move with the number
        return _Found((point,))
    known = start if plan.baseline_on == now.on else (*start, point)
    return _Found(known, plan.baseline, plan.baseline_on)


def _why_none(plan: Plan, reason: str) -> str:
    """Why this viewer gets no number. Who may not see those behind it learns no baseline of a few either."""
    few = plan.baseline is not None and (plan.baseline_n or 0) < FEW
    return SUPPRESSED if few and reason in (measuring.NO_STUDENTS, measuring.NOT_HERE) else reason


def _by_series(viewer: Viewer, plan: Plan) -> _Found:
    """A number that is published week by week: before the start the year so far, after it the weeks since, pooled.

    The year so far hardly moves in spring; what happened since the plan began is what the plan can have changed.
    """
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return _Found((), plan.baseline, plan.baseline_on, measuring.NO_RUN)
    series = indicators.find_series(
        viewer=viewer,
        organisation_id=plan.organisation_id or plan.place_id,
        indicator=plan.indicator,
        run=run,
        rule_pack=plan.rule_pack or None,
    )
    if series is None:
        number = measuring.indicator_now(
            viewer=viewer,
            subject=Subject(plan.subject_kind, plan.subject_id),
            place_id=plan.place_id,
            code=plan.indicator,
            rule_pack=plan.rule_pack,
        )
        return _Found((), plan.baseline, plan.baseline_on, _why_none(plan, number.reason))
    baseline, baseline_on = plan.baseline, plan.baseline_on
    if baseline is None:
        before = [week for week in series.this_year if week.begins_on < plan.begins_on]
        baseline = measuring.weeks_together(before, plan.indicator)
        baseline_on = plan.begins_on - timedelta(days=1) if baseline is not None else None
    points = [Point(baseline_on, baseline)] if baseline_on else []
    since = [week for week in series.this_year if week.begins_on >= plan.begins_on]
    for n, week in enumerate(since, start=1):
        value = measuring.weeks_together(since[:n], plan.indicator)
        if value is not None and week.denominator:
            points.append(Point(week.begins_on, value))
    return _Found(tuple(points), baseline, baseline_on)


def _progress(plan: Plan, found: _Found, on: date) -> Progress:
    if found.reason in HIDDEN:
        found = replace(found, points=(), baseline=None, baseline_on=None)
    aim = aim_of(plan, found.baseline, found.baseline_on)
    counted = [
        (p.on, p.value)
        for p in found.points
        if p.counts and p.value is not None and _is_later(p.on, plan, found)
    ]
    current_on, current = max(counted, default=(None, None))
    n = next((p.n for p in found.points if p.on == current_on and p.value == current), None)
    reason = found.reason or ("" if current is not None else measuring.NO_RUN)
    if found.reason in HIDDEN:
        aim = replace(aim, target=None)
    return Progress(
        points=found.points,
        baseline=found.baseline,
        baseline_on=found.baseline_on,
        target=aim.target,
        current=current,
        current_on=current_on,
        n=n,
        share=rules.progress_share(aim, current),
        expected=rules.expected_share(aim, current_on or on),
        status=rules.status(aim, counted, on),
        reason=reason,
    )


def _is_later(day: date, plan: Plan, found: _Found) -> bool:
    """Whether a value of this day is progress: measured after the baseline. A first own value is both."""
    if day < plan.begins_on:
        return False
    if found.baseline_on is None or plan.measure_kind == Plan.MeasureKind.OWN:
        return True
    return day > found.baseline_on


def ends_of(plan: Plan) -> dict[str, float | None]:
    """The least and the most that the plan's measure can be: what is counted and divided is never below nothing."""
    if not plan.indicator:
        return {}
    unit = catalog.get(plan.indicator).unit
    if unit == "share":
        return {"least": 0.0, "most": 1.0}
    return {"least": 0.0} if unit in NEVER_NEGATIVE else {}


def aim_as_written(plan: Plan) -> rules.Aim:
    """What the plan's row says, to be judged before it is kept."""
    return rules.Aim(
        plan.baseline, plan.target, plan.direction, plan.begins_on, plan.due_on, plan.margin, **ends_of(plan)
    )


def aim_of(plan: Plan, baseline: float | None, baseline_on: date | None) -> rules.Aim:
    """The plan's aim; a target that was asked for in percent follows from the baseline. Where it would lie beyond
    what there is (a tenth more than 95 percent of the days), there is none, and the goal says its percent alone.

    Where the baseline was measured after the plan began, the way (and its time) begins with the baseline.
    """
    target = plan.target
    if target is None and plan.target_percent is not None and baseline is not None:
        target = rules.target_from_percent(baseline, plan.target_percent, plan.direction)
    if target == baseline and plan.direction != Plan.Direction.HOLD:
        target = None
    begins_on = plan.begins_on
    if baseline_on is not None and begins_on < baseline_on < plan.due_on:
        begins_on = baseline_on
    aim = rules.Aim(baseline, target, plan.direction, begins_on, plan.due_on, plan.margin, **ends_of(plan))
    return aim if rules.is_possible(aim) else replace(aim, target=None)
