"""Every read of what happened to a student. Each takes a viewer; a class's checks and a student's marks alike."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from crescendo.core.errors import NotFound
from crescendo.roster import queries as roster
from crescendo.roster.models import CalendarDay, Enrolment, Student
from crescendo.roster.scope import SeenBy
from crescendo.roster.viewer import Viewer

from .models import (
    ActivityEvent,
    AssessmentResult,
    AttendanceEvent,
    AttendanceSubmission,
    BehaviourIncident,
    Correction,
    CourseOutcome,
    CourseworkItem,
    CourseworkResult,
    ParticipationCheck,
    Register,
)
from .models.facts import MADE_HERE, StudentFact

Row = TypeVar("Row", bound=StudentFact)


def _of_student(model: type[Row], viewer: Viewer, student_id: int, school_year: int | None) -> QuerySet[Row]:
    rows = model.objects.filter(SeenBy(viewer, "student_id"), student_id=student_id)
    return rows if school_year is None else rows.filter(school_year=school_year)


def list_attendance(
    *, viewer: Viewer, student_id: int, school_year: int | None = None
) -> QuerySet[AttendanceEvent]:
    """A student's absences and late arrivals, newest first; a mark made here in place of what was sent for its day."""
    rows = _counting(_of_student(AttendanceEvent, viewer, student_id, school_year), "school_id", "on")
    rows = rows.exclude(source=MADE_HERE, category="present")
    return rows.order_by("-on", "-id")


def _counting(rows: QuerySet[Row], *one_a: str) -> QuerySet[Row]:
    """Without the rows of other sources that a fact made here stands above (as `datasets` says for measurement)."""
    same = {column: OuterRef(column) for column in ("school_year", "student_id", *one_a)}
    ours = rows.model.objects.filter(source=MADE_HERE, **same)
    return rows.filter(Q(source=MADE_HERE) | ~Exists(ours))


def find_register(*, viewer: Viewer, class_id: int, on: date) -> Register | None:
    """The class's register of the day, for those who may see the class; None while nobody took it."""
    roster.get_class(viewer=viewer, class_id=class_id)
    return Register.objects.filter(school_class_id=class_id, on=on).select_related("taken_by").first()


def is_day_counted(*, school_id: int, school_year: int, on: date) -> bool:
    """Whether the school is known to have sent its attendance of the day: only then do absences count."""
    sent = AttendanceSubmission.objects.filter(school_id=school_id, school_year=school_year, on=on)
    return sent.exists()


def list_unaccounted(*, viewer: Viewer, school_id: int, on: date) -> QuerySet[Student]:
    """Of whom nobody said anything that day, by name: in no register that was taken, and without a mark."""
    there = Enrolment.objects.filter(
        roster.active(on, begins="entry_on", ends="exit_on"), school_id=school_id
    )
    called = Register.objects.annotate(one=Func(F("student_ids"), function="unnest")).filter(
        school_id=school_id, on=on
    )
    marked = AttendanceEvent.objects.filter(school_id=school_id, on=on, school_year=viewer.school_year)
    return (
        roster.list_students(viewer=viewer)
        .filter(pk__in=there.values("student_id"))
        .exclude(pk__in=called.values("one"))
        .exclude(pk__in=marked.values("student_id"))
        .order_by("sort_key", "id")
    )


def list_open_days(*, viewer: Viewer, school_id: int, most: int) -> list[date]:
    """The latest school days up to today, of these so many, whose attendance is not known as a whole; latest first."""
    taught = CalendarDay.objects.filter(
        calendar__school_id=school_id,
        calendar__school_year=viewer.school_year,
        on__lte=viewer.on,
        is_instructional=True,
    )
    days = list(dict.fromkeys(taught.order_by("-on").values_list("on", flat=True)))[:most]
    sent = AttendanceSubmission.objects.filter(
        school_id=school_id, school_year=viewer.school_year, on__in=days
    )
    known = set(sent.values_list("on", flat=True))
    return [day for day in days if day not in known]


def is_school_day(*, viewer: Viewer, school_id: int, on: date) -> bool:
    """Whether the school teaches on the day, by its calendar."""
    days = CalendarDay.objects.filter(calendar__school_id=school_id, on=on, is_instructional=True)
    return days.filter(calendar__school_year=viewer.school_year).exists()


def who_closed(*, viewer: Viewer, school_id: int, on: date) -> str:
    """How a day came to count: "" while it does not, "by_hand", "registers", or the other system's name."""
    rows = AttendanceSubmission.objects.filter(school_id=school_id, school_year=viewer.school_year, on=on)
    found = dict(rows.order_by("id").values_list("source", "source_key"))
    sent = next((source for source in found if source != MADE_HERE), "")
    if sent or not found:
        return sent
    return "by_hand" if found[MADE_HERE].endswith(":by hand") else "registers"


def list_assessment_results(
    *, viewer: Viewer, student_id: int, school_year: int | None = None
) -> QuerySet[AssessmentResult]:
    """A student's results, newest first; also those without a score, which say why."""
    rows = _counting(_of_student(AssessmentResult, viewer, student_id, school_year), "assessment_id", "on")
    return rows.order_by("-on", "-id")


def list_results_that_count(*, viewer: Viewer) -> QuerySet[AssessmentResult]:
    """The test results of everybody the viewer may see; one made here in place of what was sent of the same test and
    day."""
    seen = AssessmentResult.objects.filter(SeenBy(viewer, "student_id"))
    return _counting(seen, "assessment_id", "on").order_by("on", "id")


def list_coursework_results(
    *, viewer: Viewer, student_id: int, school_year: int | None = None
) -> QuerySet[CourseworkResult]:
    """A student's coursework, newest mark first; work without a mark last. Not that of work that was withdrawn here."""
    withdrawn = CourseworkItem.objects.filter(source=MADE_HERE, ended_on__isnull=False)
    rows = _counting(_of_student(CourseworkResult, viewer, student_id, school_year), "item_id")
    rows = rows.exclude(item_id__in=withdrawn.values("pk"))
    return rows.order_by("-school_year", "scored_on", "-id").reverse()


def list_class_coursework(*, viewer: Viewer, class_id: int) -> QuerySet[CourseworkItem]:
    """What was set to a class, latest due first; not what its source dropped before it was due."""
    roster.get_class(viewer=viewer, class_id=class_id)
    stands = Q(ended_on__isnull=True) | Q(ended_on__gt=F("due_on"))
    return CourseworkItem.objects.filter(stands, school_class_id=class_id).order_by("-due_on", "-id")


def list_withdrawn_coursework(*, viewer: Viewer, class_id: int) -> QuerySet[CourseworkItem]:
    """Work that was added here and taken back, latest due first. Its scores are kept and count nowhere."""
    roster.get_class(viewer=viewer, class_id=class_id)
    ours = CourseworkItem.objects.filter(school_class_id=class_id, source=MADE_HERE, ended_on__isnull=False)
    return ours.order_by("-due_on", "-id")


def get_coursework_item(*, viewer: Viewer, class_id: int, item_id: int) -> CourseworkItem:
    """One piece of work of a class that the viewer may see."""
    found = list_class_coursework(viewer=viewer, class_id=class_id).select_related("school_class__school")
    if (item := found.filter(pk=item_id).first()) is None:
        raise NotFound(_("There is no such piece of work, or nothing that lets you see it."))
    return item


def list_uncounted(*, events: Iterable[AttendanceEvent]) -> set[tuple[int, date]]:
    """(school, day) of the marks made here whose school's day is not known as a whole: they do not count yet."""
    ours = [event for event in events if event.source == MADE_HERE]
    days = {(event.school_year, event.school_id, event.on) for event in ours}
    years, schools, ons = ({day[n] for day in days} for n in range(3))
    sent = AttendanceSubmission.objects.filter(school_year__in=years, school_id__in=schools, on__in=ons)
    return {(school, on) for _year, school, on in days} - set(sent.values_list("school_id", "on"))


def list_activities(
    *, viewer: Viewer, student_id: int, school_year: int | None = None
) -> QuerySet[ActivityEvent]:
    """A student's clubs, teams and platforms, newest first."""
    return _of_student(ActivityEvent, viewer, student_id, school_year).order_by("-on", "-id")


def list_course_outcomes(
    *, viewer: Viewer, student_id: int, school_year: int | None = None
) -> QuerySet[CourseOutcome]:
    """How a student's courses ended, newest first."""
    return _of_student(CourseOutcome, viewer, student_id, school_year).order_by("-on", "-id")


def list_participation(
    *, viewer: Viewer, student_id: int, school_year: int | None = None
) -> QuerySet[ParticipationCheck]:
    """A student's one-tap checks, newest first."""
    return _of_student(ParticipationCheck, viewer, student_id, school_year).order_by("-on", "-id")


def list_class_participation(*, viewer: Viewer, class_id: int, on: date) -> QuerySet[ParticipationCheck]:
    """A class's checks on one day, of the students the viewer may see."""
    return ParticipationCheck.objects.filter(SeenBy(viewer, "student_id"), class_id=class_id, on=on).order_by(
        "student_id", "id"
    )


def list_behaviour(
    *, viewer: Viewer, student_id: int, school_year: int | None = None, also_past: bool = False
) -> QuerySet[BehaviourIncident]:
    """Incidents in the ordinary view on the viewer's day, newest first.

    What has left the view (its school year ended and nobody renewed it) is shown only when asked for by staff who may
    correct records; the family and the student always see their own record whole. Staff without `behaviour.see` get
    nothing: row-level security says the same.
    """
    rows = _of_student(BehaviourIncident, viewer, student_id, school_year).order_by("-on", "-id")
    reasons = roster.reason_codes(viewer, student_id)
    if reasons & {"family", "self"}:
        return rows
    if not viewer.may("behaviour.see"):
        return rows.none()
    return rows if also_past and viewer.may("records.correct") else rows.filter(ordinary_until__gte=viewer.on)


def list_corrections(*, viewer: Viewer, student_id: int) -> QuerySet[Correction]:
    """What was corrected in a student's record, oldest first."""
    return Correction.objects.filter(SeenBy(viewer, "student_id"), student_id=student_id).select_related("by")


def corrected_fact_ids(*, fact: str, school_years: list[int]) -> QuerySet[Correction]:
    """(school_year, fact_id) of facts that a person corrected: imports leave them as they are."""
    return (
        Correction.objects.filter(Q(fact=fact), school_year__in=school_years)
        .order_by("school_year", "fact_id")
        .values_list("school_year", "fact_id")
        .distinct()
    )
