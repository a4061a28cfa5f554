from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from crescendo.core.names import fold
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import StudentValue
from crescendo.insights import findings
from crescendo.pages import words
from crescendo.roster import queries as roster
from crescendo.roster.models import Enrolment, Student
from crescendo.roster.viewer import Viewer
from crescendo.ui import terms

# What a list of students can be narrowed to: the flag of a published measure, in plain words.
LOOK = "look"
STUDENT_NEEDS = {
    LOOK: _("Worth a look, most reasons first"),
    "chronic_absence": _("Missed a tenth of school or more"),
    "benchmark_risk": _("Below the benchmark in the latest screening"),
    "course_failure": _("Did not pass a course"),
}


@dataclass(frozen=True)
class Described:
    """A student in a list: where they are, what goes well, what is worth a look."""

    student: Student
    place: str
    well: str
    note: str


def list_students(*, viewer: Viewer, text: str = "", needs: str = "") -> QuerySet[Student]:
    """Students in scope by name; with `needs`, those whom that measure flags."""
    students = roster.list_students(viewer=viewer).order_by("sort_key", "id")
    for word in fold(text).split():
        students = students.filter(Q(sort_key__startswith=word) | Q(sort_key__contains=f" {word}"))
    if needs == LOOK:
        return _with_reasons(viewer, students)
    return students.filter(pk__in=flagged_ids(viewer, needs)) if needs in STUDENT_NEEDS else students


def _with_reasons(viewer: Viewer, students: QuerySet[Student]) -> QuerySet[Student]:
    """Those whom something asks to look at, several reasons at once first, then by name."""
    run = indicators.find_current_run(school_year=viewer.school_year)
    counts = findings.count_reasons(viewer=viewer, run=run) if run else {}
    by_count: dict[int, list[int]] = defaultdict(list)
    for pk, n in counts.items():
        by_count[n].append(pk)
    order = Case(*(When(pk__in=ids, then=-n) for n, ids in by_count.items()), default=0)
    return students.filter(pk__in=list(counts)).order_by(order, "sort_key", "id")


def flagged_ids(viewer: Viewer, indicator: str) -> QuerySet[StudentValue]:
    """The students whom a measure flags over all their schools; nobody before the first measurement."""
    run = indicators.find_current_run(school_year=viewer.school_year)
    values = StudentValue.objects.filter(
        indicator=indicator,
        rule_pack=indicators.first_packs([indicator])[indicator],
        is_whole=True,
        flag=True,
    )
    return (values.filter(run_id=run.pk) if run else values.none()).values("student_id")


def describe_students(*, viewer: Viewer, students: Sequence[Student]) -> list[Described]:
    """The students of one page of a list, each in two short lines."""
    ids = [student.pk for student in students]
    run = indicators.find_current_run(school_year=viewer.school_year)
    numbers = (
        indicators.list_numbers_of_students(
            viewer=viewer, student_ids=ids, indicators=words.WELL_CODES, run=run
        )
        if run
        else {}
    )
    places = _places(viewer, ids)
    found = findings.list_student_findings(viewer=viewer, student_ids=ids)
    return [
        Described(
            student,
            places.get(student.pk, ""),
            " ".join(words.went_well(numbers.get(student.pk, ()))[:2]),
            " ".join(found[student.pk].reasons) if student.pk in found else "",
        )
        for student in students
    ]


def _places(viewer: Viewer, student_ids: Sequence[int]) -> dict[int, str]:
    """School and grade of each student today."""
    enrolments = Enrolment.objects.filter(
        roster.active(viewer.on, begins="entry_on", ends="exit_on"),
        student_id__in=student_ids,
        is_primary=True,
    ).select_related("school")
    return {
        e.student_id: " · ".join(part for part in (e.school.name, grade_words(e.grade_level)) if part)
        for e in enrolments.order_by("id")
    }


def grade_words(grade_level: str) -> str:
    """'07' -> 'grade 7' in the words of the site; other codes as they are."""

    if not grade_level:
        return ""
    shown = str(int(grade_level)) if grade_level.isdigit() else grade_level
    return f"{terms.word('grade')} {shown}"
