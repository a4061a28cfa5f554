from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from crescendo.indicators import queries as indicators
from crescendo.insights import findings
from crescendo.insights.shown import with_steps
from crescendo.records.models import AttendanceSubmission, ParticipationCheck, Register
from crescendo.roster import queries as roster
from crescendo.roster.models import CalendarDay, ClassEnrolment, ClassStaff, SchoolClass, Student
from crescendo.roster.viewer import Viewer

MOST_FINDINGS = 3


@dataclass(frozen=True)
class Tap:
    """One student in today's check. `took_part` is None until somebody taps."""

    student: Student
    took_part: bool | None


def list_classes(*, viewer: Viewer) -> QuerySet[SchoolClass]:
    """The viewer's classes with the number of students today, their own first."""
    members = Q(class_enrolments__begins_on__lte=viewer.on) & (
        Q(class_enrolments__ends_on__isnull=True) | Q(class_enrolments__ends_on__gte=viewer.on)
    )
    classes = roster.list_classes(viewer=viewer)
    if viewer.may("participation.record"):
        classes = classes.filter(pk__in=taught_by(viewer))
    return classes.annotate(n_students=Count("class_enrolments", filter=members, distinct=True)).order_by(
        "school__name", "title", "id"
    )


def search_classes(*, viewer: Viewer, text: str = "") -> QuerySet[SchoolClass]:
    """The same classes by school and name, without counting anybody; every word of the text is in a class's or school's
    name."""
    classes = roster.list_classes(viewer=viewer)
    if viewer.may("participation.record"):
        classes = classes.filter(pk__in=taught_by(viewer))
    for word in text.split():
        classes = classes.filter(Q(title__icontains=word) | Q(school__name__icontains=word))
    return classes.order_by("school__name", "title", "id")


def count_students(*, viewer: Viewer, classes: Sequence[SchoolClass]) -> list[tuple[SchoolClass, int]]:
    """Each class with its students of the day."""
    members = ClassEnrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=viewer.on),
        school_class_id__in=[c.pk for c in classes],
        begins_on__lte=viewer.on,
    )
    counted = members.order_by().values("school_class_id").annotate(n=Count("pk"))
    found = {row["school_class_id"]: row["n"] for row in counted}
    return [(school_class, found.get(school_class.pk, 0)) for school_class in classes]


def list_without_register(*, viewer: Viewer) -> list[SchoolClass]:
    """The viewer's classes with students whose register of today nobody took, at schools that teach today and whose
    day is not known as a whole."""
    classes = [c for c in list_classes(viewer=viewer) if c.n_students]
    if not classes:
        return []
    schools = {c.school_id for c in classes}
    taught = CalendarDay.objects.filter(
        calendar__school_id__in=schools,
        calendar__school_year=viewer.school_year,
        on=viewer.on,
        is_instructional=True,
    ).values_list("calendar__school_id", flat=True)
    known = AttendanceSubmission.objects.filter(
        school_id__in=schools, school_year=viewer.school_year, on=viewer.on
    ).values_list("school_id", flat=True)
    waiting = set(taught) - set(known)
    taken = set(
        Register.objects.filter(on=viewer.on, school_class_id__in=[c.pk for c in classes]).values_list(
            "school_class_id", flat=True
        )
    )
    return [c for c in classes if c.school_id in waiting and c.pk not in taken]


def _worth_a_look(
    viewer: Viewer, students: list[Student], numbers: findings.Numbers | None
) -> list[tuple[Student, tuple[str, ...]]]:
    """The students of the class whom something asks to look at, with every reason; more reasons first, then by name."""
    ids = [student.pk for student in students]
    found = findings.list_student_findings(viewer=viewer, student_ids=ids, numbers=numbers)
    chosen = [(student, found[student.pk].reasons) for student in students if student.pk in found]
    return sorted(chosen, key=lambda row: -len(row[1]))


def taught_by(viewer: Viewer) -> list[int]:
    """The ids of the classes that the viewer teaches today."""
    return list(
        ClassStaff.objects.filter(roster.active(viewer.on), staff_id=viewer.staff_id).values_list(
            "school_class_id", flat=True
        )
    )


def describe_class(*, viewer: Viewer, school_class: SchoolClass) -> dict[str, object]:
    """A class with its students and today's one-tap check."""
    students = list(
        roster.list_class_students(viewer=viewer, class_id=school_class.pk).order_by("sort_key", "id")
    )
    checks = dict(
        ParticipationCheck.objects.filter(
            school_year=school_class.school_year, class_id=school_class.pk, on=viewer.on
        ).values_list("student_id", "took_part")
    )
    taps = [Tap(student, checks.get(student.pk)) for student in students]
    ids = [student.pk for student in students]
    run = indicators.find_shown_run(viewer=viewer)
    numbers = findings.list_numbers(viewer=viewer, student_ids=ids, run=run) if run and ids else None
    shared = findings.list_class_findings(
        viewer=viewer, class_id=school_class.pk, student_ids=ids, numbers=numbers
    )
    return {
        "school_class": school_class,
        "taps": taps,
        "n_checked": sum(tap.took_part is not None for tap in taps),
        "n_took_part": sum(tap.took_part is True for tap in taps),
        "may_record": viewer.may("participation.record") and school_class.pk in taught_by(viewer),
        "on": viewer.on,
        "found": with_steps(viewer, shared, most=MOST_FINDINGS),
        "look": _worth_a_look(viewer, students, numbers),
    }
