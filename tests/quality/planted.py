"""A district in order, and for each rule a fault that it must find: written down before the rule is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cast import AT, ON, YEAR, Cast
from crescendo.imports.models import Finding, ImportRun, Source
from crescendo.records import models as records
from crescendo.roster import models as roster

SCHOOL_YEAR_BEGAN = date(2025, 8, 25)
VALUES = {
    "school_year": YEAR,
    "on": ON,
    "at": AT,
    "year_begins_on": date(2025, 7, 1),
    "year_ends_on": date(2026, 6, 30),
}


def school_days(before: date = ON) -> list[date]:
    """Mondays to Fridays from the first school day to the day before."""
    span = [SCHOOL_YEAR_BEGAN + timedelta(days=n) for n in range((before - SCHOOL_YEAR_BEGAN).days)]
    return [day for day in span if day.weekday() < 5]


def make_clean(cast: Cast) -> None:
    """Both schools have sent every day; staff can be written to; the test has a scale; the feed came in each week."""
    for school in (cast.lincoln, cast.monroe):
        records.AttendanceSubmission.objects.bulk_create(
            records.AttendanceSubmission(
                school_year=YEAR, source="sis", source_key=f"{school.pk} {day}", school_id=school.pk, on=day
            )
            for day in school_days()
        )
    # Sam's absence of the cast lies four days before a Tuesday: a Friday, a school day. The calendar ends on 12 June,
    # so the year has no more than 180 days.
    roster.CalendarDay.objects.filter(on__gt=date(2026, 4, 30)).delete()
    records.Assessment.objects.update(scale_min=0, scale_max=100)
    source = Source.objects.create(slug="sis", title="SIS", kind="oneroster")
    for weeks in range(8):
        run(source, AT - timedelta(weeks=weeks))
    session = roster.AcademicSession.objects.get()
    for taught in roster.SchoolClass.objects.all():
        taught.sessions.add(session)


def run(source: Source, at: datetime, set_aside: int = 0) -> ImportRun:
    counts = {"students.csv": {"read": 10, "applied": 10 - set_aside, "unchanged": 0, "set_aside": set_aside}}
    return ImportRun.objects.create(
        source=source, state="applied", file_name="sis.zip", counts=counts, started_at=at, finished_at=at
    )


def event(cast: Cast, student: str, on: date, **values: object) -> None:
    records.AttendanceEvent.objects.create(**{
        "school_year": YEAR, "source": "sis", "source_key": f"planted {student} {on}", "student_id": cast.students[student].pk,
        "school_id": cast.lincoln.pk, "on": on, "category": "unexcused", "absent_share": 1.0, **values,
    })  # fmt: skip


def result(cast: Cast, student: str = "nora", key: str = "planted", **values: object) -> None:
    records.AssessmentResult.objects.create(**{
        "school_year": YEAR, "source": "sis", "source_key": key, "student_id": cast.students[student].pk,
        "school_id": cast.lincoln.pk, "assessment_id": records.Assessment.objects.get().pk, "on": date(2026, 2, 2),
        "score": 50.0, **values,
    })  # fmt: skip


def enrol(cast: Cast, student: str, **values: object) -> None:
    roster.Enrolment.objects.create(**{
        "student": cast.students[student], "school": cast.lincoln, "school_year": YEAR, "grade_level": "07",
        "entry_on": date(2026, 1, 12), "is_primary": False, **values,
    })  # fmt: skip


def _not_sent(cast: Cast) -> None:
    last = school_days()[-2:]
    records.AttendanceSubmission.objects.filter(school_id=cast.monroe.pk, on__in=last).delete()


def _nobody_absent(cast: Cast) -> None:
    for number in range(20):
        student = roster.Student.objects.create(
            given_name="A", family_name=str(number), born_on=date(2012, 1, 1)
        )
        roster.Enrolment.objects.create(
            student=student,
            school=cast.monroe,
            school_year=YEAR,
            grade_level="07",
            entry_on=SCHOOL_YEAR_BEGAN,
        )
    records.AttendanceEvent.objects.filter(school_id=cast.monroe.pk).delete()


def _over_185(cast: Cast) -> None:
    calendar = roster.Calendar.objects.get(school=cast.monroe)
    had = set(calendar.days.values_list("on", flat=True))
    more = [SCHOOL_YEAR_BEGAN + timedelta(days=n) for n in range(300)]
    roster.CalendarDay.objects.bulk_create(
        roster.CalendarDay(calendar=calendar, on=day) for day in more if day.weekday() < 5 and day not in had
    )


def _unmatched(cast: Cast) -> None:
    newest = ImportRun.objects.order_by("-finished_at")[0]
    said = "3 of 120 students in the file (2.5%) are unknown by the ids of 'sis'."
    Finding.objects.create(
        run=newest, code="ids.matched", severity="notice", file="students.csv", what_to_do=said, count=3
    )


def _set_aside(cast: Cast) -> None:
    run(Source.objects.get(), AT + timedelta(minutes=1), set_aside=4)


def _late(cast: Cast) -> None:
    ImportRun.objects.filter(
        finished_at__gt=AT - timedelta(weeks=3)
    ).delete()  # the last of a weekly feed is 21 days old


def _year_off(cast: Cast) -> None:
    old = roster.AcademicSession.objects.create(
        kind="term", title="Old", begins_on=date(2024, 9, 1), ends_on=date(2025, 6, 1), school_year=2025
    )
    cast.classes["science"].sessions.add(old)


def _staff(cast: Cast) -> None:
    roster.StaffMember.objects.filter(pk=cast.staff["otto"].pk).update(user=None)


def _twice(cast: Cast) -> None:
    roster.Student.objects.filter(pk=cast.students["omar"].pk).update(identifier="S-sam")


def _born(cast: Cast, name: str, day: date | None) -> None:
    roster.Student.objects.filter(pk=cast.students[name].pk).update(born_on=day)


def _grade(cast: Cast, name: str, grade: str) -> None:
    roster.Enrolment.objects.filter(student=cast.students[name]).update(grade_level=grade)


def _empty_class(cast: Cast) -> None:
    roster.SchoolClass.objects.create(school=cast.monroe, title="Nobody", school_year=YEAR)


def _coursework(cast: Cast) -> None:
    records.CourseworkResult.objects.filter(student_id=cast.sam.pk).update(score=None)


def _result_twice(cast: Cast) -> None:
    result(cast, key="a")
    result(cast, key="b", score=60.0)


@dataclass(frozen=True)
class Fault:
    """What is planted, where it is found ("" : the feed), how many things fail and how many were looked at."""

    rule: str
    plant: Callable[[Cast], object]
    school: str
    failing: int
    checked: int


L, M, FEED = "lincoln", "monroe", ""
SATURDAY, A_DAY, TO_COME = date(2026, 3, 7), date(2026, 3, 4), date(2026, 4, 1)
# Lincoln has 5 enrolments this year (Sam, Nora, Quinn, Lena, Pavel), two of them over; Monroe has Omar's. Events: one of
# Sam's, Nora's and Omar's each. Results: one of each; coursework: one of each.
FAULTS = (
    Fault("attendance_not_sent", _not_sent, M, 2, 20),
    Fault("attendance_nobody_absent", _nobody_absent, M, 1, 1),
    Fault("attendance_no_school_day", lambda c: event(c, "quinn", SATURDAY), L, 1, 3),
    Fault("attendance_outside_enrolment", lambda c: event(c, "pavel", A_DAY), L, 1, 3),
    Fault(
        "attendance_code_unmapped", lambda c: event(c, "quinn", A_DAY, category="other", code="ZZ"), L, 1, 3
    ),
    Fault("attendance_in_future", lambda c: event(c, "quinn", TO_COME), L, 1, 3),
    Fault("enrolments_overlap", lambda c: enrol(c, "nora"), L, 2, 6),
    Fault("membership_over_full", lambda c: enrol(c, "omar"), L, 1, 6),
    Fault(
        "enrolment_no_school_day", lambda c: enrol(c, "omar", entry_on=SATURDAY, exit_on=SATURDAY), L, 1, 3
    ),
    Fault("membership_over_185", _over_185, M, 1, 1),
    Fault("grade_missing", lambda c: _grade(c, "quinn", ""), L, 1, 5),
    Fault("grade_unknown", lambda c: _grade(c, "quinn", "7th"), L, 1, 5),
    Fault("birth_date_missing", lambda c: _born(c, "omar", None), M, 1, 1),
    Fault("birth_date_impossible", lambda c: _born(c, "quinn", date(1912, 5, 4)), L, 1, 5),
    Fault("calendar_missing", lambda c: roster.Calendar.objects.filter(school=c.monroe).delete(), M, 1, 1),
    Fault("score_outside_scale", lambda c: result(c, score=140.0), L, 1, 3),
    Fault("result_in_future", lambda c: result(c, on=TO_COME), L, 1, 3),
    Fault("result_off_year", lambda c: result(c, on=date(2025, 5, 1)), L, 1, 3),
    Fault("result_twice", _result_twice, L, 2, 4),
    Fault("result_without_enrolment", lambda c: result(c, "yara"), L, 1, 3),
    Fault("result_without_score", lambda c: result(c, score=None), L, 1, 3),
    Fault("coursework_without_score", _coursework, L, 1, 2),
    Fault("rows_set_aside", _set_aside, FEED, 4, 10),
    Fault("ids_unmatched", _unmatched, FEED, 3, 120),
    Fault("feed_late", _late, FEED, 1, 1),
    Fault("staff_without_sign_in", _staff, M, 1, 1),
    Fault("identifier_twice", _twice, M, 1, 1),
    Fault("class_year_off", _year_off, M, 1, 1),
    Fault("class_without_students", _empty_class, M, 1, 2),
)
