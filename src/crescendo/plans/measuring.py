"""What a measure says of a subject today: published numbers and imported scores, through the viewer's eyes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crescendo.core import school_time
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.numbers import Number
from crescendo.indicators.numbers import Point as WeekPoint
from crescendo.records import queries as records
from crescendo.records.models import Assessment, AssessmentResult
from crescendo.roster import queries as roster
from crescendo.roster.viewer import Viewer
from edmeasures import catalog

from . import place_scores, scores
from .aims import Measure, Subject
from .models import Plan

# Why there is no value, beside the reasons that a number itself brings.
NO_RUN = "not_measured_yet"
NO_STUDENTS = "no_students_seen"
NO_SCORES = "no_prior_score"
NOT_POOLED = "cannot_be_pooled"
NOT_HERE = "no_number_here"
SUPPRESSED = "suppressed"
PLACES = (Plan.SubjectKind.SCHOOL, Plan.SubjectKind.DISTRICT)


@dataclass(frozen=True)
class Measured:
    """A value with its day and the students behind it, or the reason why there is none."""

    value: float | None = None
    on: date | None = None
    n: int | None = None
    reason: str = ""
    rule_pack: str = ""


def measure_now(
    *, viewer: Viewer, subject: Subject, place_id: int, measure: Measure, begins_on: date
) -> Measured:
    """The value a goal starts from. An own measure has none until somebody writes it down."""
    if measure.kind == Plan.MeasureKind.INDICATOR:
        now = indicator_now(viewer=viewer, subject=subject, place_id=place_id, code=measure.indicator)
        return _before(viewer, subject, place_id, now, measure.indicator, begins_on)
    if measure.kind == Plan.MeasureKind.ASSESSMENT and subject.kind in PLACES:
        return _of_place(viewer, subject.id, measure, begins_on)
    if measure.kind == Plan.MeasureKind.ASSESSMENT:
        found = read_scores(viewer=viewer, subject=subject, measure=measure, begins_on=begins_on)
        start, _scale = scores.baseline_sitting(found, begins_on)
        if start is None:
            return Measured(reason=NO_SCORES)
        return Measured(start.mean, start.on, len(start.scores))
    return Measured()


def indicator_now(
    *, viewer: Viewer, subject: Subject, place_id: int, code: str, rule_pack: str = ""
) -> Measured:
    """The published number of the current run: the year so far."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None:
        return Measured(reason=NO_RUN)
    pack = rule_pack or indicators.first_packs([code])[code]
    if subject.kind == Plan.SubjectKind.STUDENT:
        numbers = indicators.list_student_numbers(viewer=viewer, student_id=subject.id, run=run)
    elif subject.kind == Plan.SubjectKind.CLASS:
        return pooled(_of_class(viewer, subject.id, code, run), code, pack, run)
    else:
        of = subject.id if subject.kind in ("school", "district") else place_id
        numbers = indicators.list_organisation_numbers(
            viewer=viewer, organisation_ids=[of], run=run, indicators=[code]
        )
    number = next((n for n in numbers if n.indicator == code and n.rule_pack == pack), None)
    if number is None:
        return Measured(reason=NOT_HERE, rule_pack=pack)
    return Measured(number.value, number.as_of, number.n_students, number.reason, pack)


def _before(
    viewer: Viewer, subject: Subject, place_id: int, now: Measured, code: str, begins_on: date
) -> Measured:
    """A plan that began before the number's day starts from the weeks before it, where there are weeks.

    Otherwise what the plan did would stand on both sides.
    """
    is_weekly = catalog.get(code).series and subject.kind not in ("student", "class")
    if not is_weekly or now.on is None or begins_on > now.on:
        return now
    run = indicators.find_shown_run(viewer=viewer)
    of = subject.id if subject.kind in ("school", "district") else place_id
    series = run and indicators.find_series(
        viewer=viewer, organisation_id=of, indicator=code, run=run, rule_pack=now.rule_pack
    )
    weeks = [week for week in series.this_year if week.begins_on < begins_on] if series else []
    value = weeks_together(weeks, code)
    last_day = begins_on - timedelta(days=1)
    return replace(now, value=value, on=last_day) if value is not None else now


def weeks_together(weeks: Iterable[WeekPoint], code: str) -> float | None:
    """Weeks added up: numerators over denominators. A week without a count is left out."""
    known = [week for week in weeks if week.denominator and week.numerator is not None]
    whole = sum(week.denominator or 0.0 for week in known)
    if not whole:
        return None
    return catalog.get(code).scale * sum(week.numerator or 0.0 for week in known) / whole


def _of_class(viewer: Viewer, class_id: int, code: str, run: MeasurementRun) -> list[Number]:
    students = roster.list_class_students(viewer=viewer, class_id=class_id).values_list("pk", flat=True)
    found = indicators.list_numbers_of_students(
        viewer=viewer, student_ids=list(students), indicators=[code], run=run
    )
    return [number for numbers in found.values() for number in numbers]


def pooled(numbers: Sequence[Number], code: str, pack: str, run: MeasurementRun) -> Measured:
    """A class's number from its students', added up as the definition says. Who has none is left out."""
    definition = catalog.get(code)
    known = [n for n in numbers if n.rule_pack == pack and n.value is not None]
    if not known:
        return Measured(reason=NO_STUDENTS if not numbers else "insufficient_data", rule_pack=pack)
    if definition.kind == "share_of_students":
        flagged = [n for n in known if n.flag is not None]
        value = sum(bool(n.flag) for n in flagged) / len(flagged) if flagged else None
    elif definition.kind == "ratio":
        whole = sum(n.denominator or 0.0 for n in known)
        value = definition.scale * sum(n.numerator or 0.0 for n in known) / whole if whole else None
    elif definition.kind == "mean":
        value = sum(n.value or 0.0 for n in known) / len(known)
    else:
        return Measured(reason=NOT_POOLED, rule_pack=pack)
    return Measured(value, run.as_of, len(known), "" if value is not None else "insufficient_data", pack)


def _of_place(viewer: Viewer, place_id: int, measure: Measure, begins_on: date) -> Measured:
    found = read_place_scores(viewer=viewer, place_id=place_id, measure=measure, begins_on=begins_on)
    if found is None or found.start.on > begins_on:
        return Measured(reason=NO_SCORES)
    start = found.start
    return Measured(start.mean, start.on, start.n, "" if start.mean is not None else SUPPRESSED)


def read_place_scores(
    *, viewer: Viewer, place_id: int, measure: Measure, begins_on: date, baseline: float | None = None
) -> place_scores.PlaceScores | None:
    """The averages of a school or district in the goal's tests, and what the same students gained."""
    scales = {test.pk: _scale(test) for test in list_tests(measure.family, measure.subject)}
    return place_scores.read(
        viewer=viewer, place_id=place_id, scales=scales, begins_on=begins_on, baseline=baseline
    )


def read_scores(*, viewer: Viewer, subject: Subject, measure: Measure, begins_on: date) -> list[scores.Score]:
    """The scores of the student, or of the class's students of today, from a year before the start up to today."""
    if subject.kind == Plan.SubjectKind.STUDENT:
        students = [subject.id]
    else:
        members = roster.list_class_students(viewer=viewer, class_id=subject.id)
        students = list(members.values_list("pk", flat=True))
    tests = {test.pk: _scale(test) for test in list_tests(measure.family, measure.subject)}
    first = begins_on - scores.OLDEST_BASELINE
    years = range(school_time.school_year_of(first), school_time.school_year_of(viewer.on) + 1)
    rows = (
        records.list_results_that_count(viewer=viewer)
        .filter(
            school_year__in=list(years),
            student_id__in=students,
            assessment_id__in=list(tests),
            status=AssessmentResult.Status.SCORED,
            score__isnull=False,
            on__gte=first,
            on__lte=viewer.on,
        )
        .values_list("student_id", "on", "score", "assessment_id")
    )
    return [scores.Score(pk, on, score, tests[test]) for pk, on, score, test in rows]


def list_tests(family: str, subject: str) -> list[Assessment]:
    """The tests of one family in one subject."""
    return list(Assessment.objects.filter(family=family, subject=subject).order_by("pk"))


def _scale(test: Assessment) -> tuple[object, ...]:
    """Two tests compare when they say the same scale; one that says none compares with itself alone."""
    if test.scale_min is None or test.scale_max is None:
        return ("test", test.pk)
    return ("scale", test.scale_min, test.scale_max)
