"""What is known when somebody opens support: the number a finding rests on, where it stands, what could be wanted.

A goal has to be measured by something that moves week by week. A year's share of days missed hardly moves in spring, so
that support for a student who misses school is measured by attendance, support for failed courses by work handed in,
and support after a screening by the scores of that screening.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crescendo.core.next_steps import Finding
from crescendo.indicators import queries as indicators
from crescendo.indicators.numbers import Number
from crescendo.plans import measuring
from crescendo.plans.aims import Measure, Subject
from crescendo.plans.models import Plan
from crescendo.records import queries as records
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster.models import Student
from crescendo.roster.viewer import Viewer
from crescendo.ui import printing

from . import tested, wording

WEEKS_TO_LOOK_BACK = 8

# What a finding is about -> what its support is measured by, and what is usually wanted.
MEASURED_BY = {
    "chronic_absence": "attendance_rate",
    "severe_chronic_absence": "attendance_rate",
    "absence_streak": "attendance_rate",
    "course_failure": "coursework_completion",
}
WANTED = {
    "attendance_rate": 0.95,
    "coursework_completion": 0.9,
    "class_participation": 0.8,
    "late_work": 0.1,
}
BY_SCORES = {"benchmark_risk", "proficiency_rate", "mean_scale_score", "mean_z_score"}


@dataclass(frozen=True)
class Start:
    """Everything a form for opening support begins with."""

    measure: Measure
    begins_on: date
    direction: str = "up"
    finding: str = ""
    reasons: tuple[str, ...] = ()
    baseline: float | None = None
    baseline_on: date | None = None
    target: float | None = None
    delivered_by_id: int | None = None
    parent_id: int | None = None

    @property
    def is_own(self) -> bool:
        """Nothing published measures it: the opener says what will be counted."""
        return self.measure.kind == Plan.MeasureKind.OWN

    @property
    def in_percent(self) -> bool:
        return wording.prints_as(self.measure) == "percent"

    def initial(self) -> dict[str, object]:
        """The form's first values. People write 95, not 0.95."""
        wanted = self.target * 100 if self.target is not None and self.in_percent else self.target
        return {
            "key": str(uuid4()),
            "concern": " ".join(self.reasons),
            "target": printing.number(wanted, "decimal", 0) if wanted is not None else None,
            "begins_on": self.begins_on,
            "due_on": self.begins_on + timedelta(weeks=WEEKS_TO_LOOK_BACK),
            "delivered_by": self.delivered_by_id,
        }


@dataclass(frozen=True)
class Chosen:
    """What the opener filled in, the same for one student and for several."""

    key: UUID
    concern: str
    strategy: str
    sessions_per_week: int
    delivered_by_id: int
    begins_on: date
    due_on: date
    minutes: int | None = None
    tier: int = 2
    target: float | None = None
    own_measure: str = ""
    baseline: float | None = None
    family_told_on: date | None = None


def propose(
    *,
    viewer: Viewer,
    student: Student,
    indicator: str = "",
    finding: Finding | None = None,
    parent_id: int | None = None,
    test: str = "",
) -> Start:
    """What support for this student could begin with; `indicator` is what the finding rests on, if there is one, and
    `test` the scores it is about, as `family|subject`."""
    numbers = _numbers(viewer, student.pk)
    shown = {
        "begins_on": viewer.on,
        "delivered_by_id": viewer.staff_id,
        "parent_id": parent_id,
        "finding": finding.sentence if finding else _said(numbers.get(indicator)),
        "reasons": _reasons(finding, numbers.get(indicator)),
    }
    if test or indicator in BY_SCORES:
        return _by_scores(viewer, student.pk, shown, test)
    number = numbers.get(MEASURED_BY.get(indicator, indicator))
    if number is None or number.indicator not in WANTED:
        return Start(Measure.own(""), **shown)
    definition = number.definition
    direction = "down" if definition.direction == "lower" else "up"
    wanted = WANTED[definition.code]
    return Start(
        Measure.of_indicator(definition.code),
        direction=direction,
        baseline=number.value,
        baseline_on=number.as_of,
        target=wanted if _is_better(wanted, number.value, direction) else None,
        **shown,
    )


def propose_for_several(
    *, viewer: Viewer, indicator: str, parent_id: int | None = None, test: str = ""
) -> Start:
    """What is common to all of them. Where each stands is looked up when their plan is opened."""
    if test:
        measure, target, direction = Measure.of_assessment(*tested.named(test)), None, "up"
    elif indicator in BY_SCORES:
        measure, target, direction = Measure.of_assessment("", ""), None, "up"
    elif (code := MEASURED_BY.get(indicator, indicator)) in WANTED:
        measure, target = Measure.of_indicator(code), WANTED[code]
        direction = "down" if indicators.get_definition(code).direction == "lower" else "up"
    else:
        measure, target, direction = Measure.own(""), None, "up"
    return Start(
        measure,
        begins_on=viewer.on,
        direction=direction,
        target=target,
        delivered_by_id=viewer.staff_id,
        parent_id=parent_id,
    )


def propose_for_class(
    *, viewer: Viewer, class_id: int, test: str = "", parent_id: int | None = None
) -> Start:
    """Support for a whole class or the group it is: measured by a test that its students take, or by what somebody
    counts. The plan reads where the test stands; the same students are compared."""
    measure = Measure.of_assessment(*tested.named(test)) if test else Measure.own("")
    shown = {"begins_on": viewer.on, "delivered_by_id": viewer.staff_id, "parent_id": parent_id}
    if not test:
        return Start(measure, **shown)
    now = measuring.measure_now(
        viewer=viewer, subject=Subject("class", class_id), place_id=0, measure=measure, begins_on=viewer.on
    )
    return Start(measure, baseline=now.value, baseline_on=now.on, **shown)


def _numbers(viewer: Viewer, student_id: int) -> dict[str, Number]:
    """The student's published numbers by the counting rules shown first."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return {}
    found = indicators.list_student_numbers(viewer=viewer, student_id=student_id, run=run)
    packs = indicators.first_packs({number.indicator for number in found})
    return {number.indicator: number for number in found if number.rule_pack == packs[number.indicator]}


def _reasons(finding: Finding | None, number: Number | None) -> tuple[str, ...]:
    """The finding's own reasons; where it is gone, the number it rested on."""
    if finding:
        return finding.reasons or (finding.sentence,)
    said = _said(number)
    return (said,) if said else ()


def _said(number: Number | None) -> str:
    """'Chronic absence: 14.2%, counted from 18 of 127, up to April 27.'"""
    if number is None or not number.is_evaluated:
        return ""
    unit = "percent" if number.definition.unit == "share" else "decimal"
    return _("%(title)s: %(value)s, counted up to %(day)s.") % {
        "title": number.definition.title,
        "value": printing.number(number.value, unit),
        "day": date_format(number.as_of, "MONTH_DAY_FORMAT"),
    }


def _is_better(wanted: float, now: float | None, direction: str) -> bool:
    return now is None or (wanted < now if direction == "down" else wanted > now)


def _by_scores(viewer: Viewer, student_id: int, shown: dict[str, object], only: str = "") -> Start:
    """The tests on which the student's latest score lies furthest below the benchmark, as a share of it; where one
    family and subject are named, those alone."""
    latest = _latest_scores(viewer, student_id)
    if only:
        latest = [pair for pair in latest if (pair[1].family, pair[1].subject) == tested.named(only)]
    below = [(result, test) for result, test in latest if test.benchmark and result.score < test.benchmark]
    if not below:
        return Start(Measure.own(""), **shown)
    result, test = min(below, key=lambda pair: (pair[0].score / pair[1].benchmark, pair[1].pk))
    return Start(
        Measure.of_assessment(test.family, test.subject),
        baseline=result.score,
        baseline_on=result.on,
        target=test.benchmark,
        **shown,
    )


def _latest_scores(viewer: Viewer, student_id: int) -> list[tuple[AssessmentResult, Assessment]]:
    """The newest score in each subject of each family of tests."""
    results = [
        result
        for result in records.list_assessment_results(viewer=viewer, student_id=student_id)
        if result.score is not None
    ]
    tests = Assessment.objects.in_bulk({result.assessment_id for result in results})
    found: dict[tuple[str, str], tuple[AssessmentResult, Assessment]] = {}
    for result in results:
        test = tests[result.assessment_id]
        if test.family:
            found.setdefault((test.family, test.subject), (result, test))
    return list(found.values())
