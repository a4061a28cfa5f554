"""Which students need a look, and every reason in a sentence with its number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core import numbers as printed
from crescendo.core.next_steps import Finding
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.indicators.numbers import Number
from crescendo.records.models import AttendanceEvent
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer

from . import groups

LOW_COMPLETION = 0.7
MUCH_LATE = 0.25
FEWEST_PIECES = 5  # of two pieces of work, one open says little
LATELY = timedelta(weeks=4)
DRIFT_DAYS = 3.0  # missed lately: fewer is a cold
DRIFT_TIMES = 2.0  # and at least twice as often as before
DRIFT = "absence_drift"
# The numbers that reasons rest on, in the order in which they are said.
CODES = (
    "chronic_absence",
    "attendance_rate",
    "benchmark_risk",
    "course_failure",
    "coursework_completion",
    "late_work",
)

Numbers = Mapping[int, Sequence[Number]]  # of the shown run, by student; by the counting rules shown first


@dataclass(frozen=True)
class Reason:
    """One reason why somebody should look: a code, the number it rests on, and the sentence."""

    code: str
    indicator: str
    sentence: str
    value: float | None


def list_reasons(numbers: Iterable[Number], recent: float | None = None) -> list[Reason]:
    """Every reason that one student's published numbers give, strongest first; never a verdict.

    `recent` are the days missed in the four weeks up to the day of the numbers.
    """
    found = {number.indicator: number for number in numbers if number.is_evaluated}
    said: list[Reason] = []
    if (n := found.get("chronic_absence")) and n.flag:
        said.append(Reason("chronic_absence", n.indicator, _missed(n), n.value))
    if (n := found.get("attendance_rate")) and recent and drifts(n, recent):
        said.append(Reason(DRIFT, n.indicator, _drifted(n, recent), n.value))
    if (n := found.get("benchmark_risk")) and n.flag:
        said.append(Reason("benchmark_risk", n.indicator, _below(n), n.value))
    if (n := found.get("course_failure")) and n.flag:
        said.append(Reason("course_failure", n.indicator, _failed(n), n.value))
    if (n := found.get("coursework_completion")) and is_low(n):
        said.append(Reason("coursework_completion", n.indicator, _open_work(n), n.value))
    if (n := found.get("late_work")) and n.value >= MUCH_LATE and (n.denominator or 0) >= FEWEST_PIECES:
        words = _("Hands in %(percent)s of the work late.") % {"percent": printed.percent(n.value, 0)}
        said.append(Reason("late_work", n.indicator, words, n.value))
    return said


def drifts(number: Number, recent: float) -> bool:
    """Whether a student missed days lately, three or more, and at least twice as often as in the weeks before.

    Both are taken per week: four weeks lately, and the recorded days before them, five to a week.
    """
    days = (number.denominator or 0) - LATELY.days / 7 * 5
    before = (number.denominator or 0) - (number.numerator or 0) - recent
    if recent < DRIFT_DAYS or days < LATELY.days / 7 * 5:
        return False
    return recent / 20 >= DRIFT_TIMES * max(before, 0) / days


def is_low(number: Number) -> bool:
    """Whether much of the work that was due is missing, of enough pieces to say so."""
    return number.value < LOW_COMPLETION and (number.denominator or 0) >= FEWEST_PIECES


def list_class_findings(
    *, viewer: Viewer, class_id: int, student_ids: Sequence[int], numbers: Numbers | None = None
) -> list[Finding]:
    """Which reasons students of a class share: each a finding about the class, the most frequent first."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None or not student_ids:
        return []
    if numbers is None:
        numbers = list_numbers(viewer=viewer, student_ids=student_ids, run=run)
    counts: dict[str, int] = defaultdict(int)
    for one in numbers.values():
        for number in one:
            if number.indicator in groups.NAMED:
                counts[number.indicator] += bool(number.is_evaluated and number.flag)
    return groups.same_reason(
        subject_kind="class", subject_id=class_id, counts=counts, of=len(student_ids), as_of=run.as_of
    )


def find_student_finding(
    *, viewer: Viewer, student_id: int, numbers: Sequence[Number] | None = None
) -> Finding | None:
    """Why one student needs a look; None where nothing asks for one. `numbers` are theirs, where read already."""
    read = None if numbers is None else {student_id: numbers}
    return list_student_findings(viewer=viewer, student_ids=[student_id], numbers=read).get(student_id)


def list_numbers(
    *, viewer: Viewer, student_ids: Sequence[int], run: MeasurementRun, besides: Iterable[str] = ()
) -> Numbers:
    """The numbers that findings about these students rest on, and others that the page needs, read together."""
    codes = tuple(dict.fromkeys((*CODES, *groups.NAMED, *besides)))
    return indicators.list_numbers_of_students(
        viewer=viewer, student_ids=student_ids, indicators=codes, run=run
    )


def list_student_findings(
    *, viewer: Viewer, student_ids: Sequence[int], numbers: Numbers | None = None
) -> dict[int, Finding]:
    """A finding for each of these students whom something asks to look at, by student. Two questions for any number;
    one where the page has read their `numbers` of the shown run already."""
    run = indicators.find_shown_run(viewer=viewer)
    if run is None or not student_ids:
        return {}
    if numbers is None:
        numbers = list_numbers(viewer=viewer, student_ids=student_ids, run=run)
    recent = days_missed_lately(viewer=viewer, student_ids=student_ids, run=run)
    found = {}
    for student_id in student_ids:
        reasons = list_reasons(numbers.get(student_id, ()), recent.get(student_id))
        if reasons:
            found[student_id] = finding_of(student_id, reasons, run.as_of)
    return found


def finding_of(student_id: int, reasons: Sequence[Reason], as_of: date) -> Finding:
    """The reasons about one student as one finding; it rests on the strongest."""
    first = reasons[0]
    return Finding(
        kind="student_needs_a_look",
        subject_kind="student",
        subject_id=student_id,
        sentence=first.sentence,
        indicator=first.indicator,
        value=first.value,
        as_of=as_of,
        reasons=tuple(reason.sentence for reason in reasons),
    )


def days_missed_lately(
    *, viewer: Viewer, student_ids: Sequence[int], run: MeasurementRun
) -> dict[int, float]:
    """Days missed in the four weeks up to the day of the numbers, of the students who missed any."""
    events = AttendanceEvent.objects.filter(
        SeenBy(viewer, "student_id", among=student_ids),
        school_year=run.school_year,
        student_id__in=student_ids,
        on__gt=run.as_of - LATELY,
        on__lte=run.as_of,
        absent_share__gt=0,
    )
    rows = events.order_by().values("student_id").annotate(days=Sum("absent_share"))
    return {row["student_id"]: row["days"] for row in rows}


def _places(value: float | None) -> int:
    return 0 if float(value or 0).is_integer() else 1


def _missed(number: Number) -> str:
    return _("Missed %(absent)s of %(days)s school days.") % {
        "absent": printed.decimal(number.numerator or 0, _places(number.numerator)),
        "days": printed.count(number.denominator or 0),
    }


def _drifted(number: Number, recent: float) -> str:
    before = max((number.denominator or 0) - (number.numerator or 0) - recent, 0)
    return _("Missed %(recent)s days in the last four weeks, and %(before)s in all the weeks before.") % {
        "recent": printed.decimal(recent, _places(recent)),
        "before": printed.decimal(before, _places(before)),
    }


def _below(number: Number) -> str:
    subjects, tested = round(number.numerator or 0), round(number.denominator or 0)
    if tested > 1:
        return _("Scored below the benchmark in %(n)s of %(all)s subjects in the latest screening.") % {
            "n": subjects,
            "all": tested,
        }
    return _("Scored below the benchmark in the latest screening.")


def _failed(number: Number) -> str:
    courses = round(number.numerator or 0)
    return ngettext("Did not pass %(n)s course.", "Did not pass %(n)s courses.", courses) % {"n": courses}


def _open_work(number: Number) -> str:
    missing = round((number.denominator or 0) - (number.numerator or 0))
    return ngettext(
        "%(n)s of %(all)s pieces of work is not handed in.",
        "%(n)s of %(all)s pieces of work are not handed in.",
        missing,
    ) % {"n": missing, "all": printed.count(number.denominator or 0)}
