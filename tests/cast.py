"""The cast: one small hand-made district in which everybody who matters to a test has a name. Initials are roles.

It is Tuesday, 10 March 2026. Lincoln School and Monroe School belong to Harbor District.

    Dina   district leader            Priya  principal of Lincoln       Tess   teaches 7 Mathematics at Lincoln
    Otto   teaches 7 Science, Monroe  Cora   counsellor at Lincoln      Ivo    instructional coach at Lincoln
    Fay    Sam's mother (Spanish)     Sam    student at Lincoln, 13     Hana   personnel, Harbor District
    Max    mentor at Lincoln          Mona   moderator, district        Ana    data analyst, district
    Gus    governor, district         Bryn   barred by a court from Sam Adam   administrator, district

    Students beside Sam: Nora (Lincoln, in Tess's class), Quinn (Lincoln, in no class of Tess's),
    Omar (Monroe, Otto's class), Lena (left Lincoln 30 days ago), Pavel (left Lincoln 120 days ago),
    Yara (begins at Lincoln next school year; loaded early).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from crescendo.accounts.models import Site, User
from crescendo.core.names import sort_key
from crescendo.records import models as records
from crescendo.roster import models as roster
from crescendo.roster import queries, scope
from crescendo.roster.viewer import Viewer

ON = date(2026, 3, 10)
AT = datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo(settings.TIME_ZONE))
YEAR = 2026
YEAR_BEGINS_ON = date(2025, 8, 25)

STAFF = {
    "dina": ("Dina", "Duarte", "district", "district_leader"),
    "priya": ("Priya", "Patel", "lincoln", "principal"),
    "tess": ("Tess", "Tanaka", "lincoln", "teacher"),
    "otto": ("Otto", "Olsen", "monroe", "teacher"),
    "cora": ("Cora", "Castillo", "lincoln", "counselor"),
    "ivo": ("Ivo", "Ivanov", "lincoln", "coach"),
    "hana": ("Hana", "Horvat", "district", "personnel"),
    "max": ("Max", "Meyer", "lincoln", "mentor"),
    "mona": ("Mona", "Moreau", "district", "moderator"),
    "ana": ("Ana", "Almeida", "district", "analyst"),
    "gus": ("Gus", "Greene", "district", "governor"),
    "adam": ("Adam", "Abbott", "district", "administrator"),
}
EVERYBODY = (
    "dina", "priya", "tess", "otto", "cora", "ivo", "fay", "sam", "hana", "max", "mona", "ana", "gus", "bryn", "adam",
)  # fmt: skip
FAMILY = {"fay": ("Fay", "Soto", "es"), "bryn": ("Bryn", "Baker", "en")}
STUDENTS = {
    "sam": ("Sam", "Soto", date(2012, 5, 4)),
    "nora": ("Nora", "Núñez", date(2012, 9, 1)),
    "quinn": ("Quinn", "Quach", date(2013, 1, 15)),
    "omar": ("Omar", "Okafor", date(2012, 11, 30)),
    "lena": ("Lena", "Lang", date(2012, 7, 7)),
    "pavel": ("Pavel", "Petrov", date(2012, 3, 3)),
    "yara": ("Yara", "Yilmaz", date(2014, 2, 2)),
}


@dataclass
class Cast:
    """The district and its people, by name: `cast.users["tess"]`, `cast.students["sam"]`, `cast.lincoln`."""

    users: dict[str, User] = field(default_factory=dict)
    staff: dict[str, roster.StaffMember] = field(default_factory=dict)
    family: dict[str, roster.FamilyMember] = field(default_factory=dict)
    students: dict[str, roster.Student] = field(default_factory=dict)
    organisations: dict[str, roster.Organisation] = field(default_factory=dict)
    classes: dict[str, roster.SchoolClass] = field(default_factory=dict)
    on: date = ON
    at: datetime = AT

    @property
    def lincoln(self) -> roster.Organisation:
        return self.organisations["lincoln"]

    @property
    def monroe(self) -> roster.Organisation:
        return self.organisations["monroe"]

    @property
    def district(self) -> roster.Organisation:
        return self.organisations["district"]

    @property
    def sam(self) -> roster.Student:
        return self.students["sam"]

    def viewer(self, name: str, on: date | None = None) -> Viewer:
        """Who this person is today. To ask for students, enter `looking_as` instead."""
        return queries.get_viewer(user=self.users[name], on=on or self.on)

    @contextmanager
    def looking_as(self, name: str, on: date | None = None) -> Iterator[Viewer]:
        """`with cast.looking_as("tess") as viewer:` PostgreSQL and Python look as Tess, under the web role."""
        on = on or self.on
        with scope.looking_as(self.users[name].pk, on), as_web_role():
            yield self.viewer(name, on)


@contextmanager
def as_web_role() -> Iterator[None]:
    """What stands inside is asked as the role that serves pages: row-level security binds."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE crescendo_web")
    try:
        with transaction.atomic():
            yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def make_cast() -> Cast:
    """Write the district into the database (as the owner)."""
    cast = Cast()
    Site.objects.update_or_create(pk=1, defaults={"made_by_demo": True, "demo_today": ON})
    _make_organisations(cast)
    _make_people(cast)
    _make_classes(cast)
    _make_enrolments(cast)
    _make_family_rights(cast)
    _make_facts(cast)
    return cast


def _make_user(cast: Cast, name: str, display_name: str, language: str = "en-us") -> User:
    cast.users[name] = User.objects.create(
        username=name, display_name=display_name, language=language, is_demo=True, created_at=AT, password="!"
    )
    return cast.users[name]


def _make_organisations(cast: Cast) -> None:
    kinds = roster.Organisation.Kind
    district = roster.Organisation.objects.create(kind=kinds.DISTRICT, name="Harbor District")
    cast.organisations["district"] = district
    for key, name in (("lincoln", "Lincoln School"), ("monroe", "Monroe School")):
        school = roster.Organisation.objects.create(kind=kinds.SCHOOL, name=name, parent=district)
        cast.organisations[key] = school
        calendar = roster.Calendar.objects.create(school=school, school_year=YEAR)
        days = [YEAR_BEGINS_ON + timedelta(days=n) for n in range(290)]
        roster.CalendarDay.objects.bulk_create(
            roster.CalendarDay(calendar=calendar, on=day) for day in days if day.weekday() < 5
        )
    roster.AcademicSession.objects.create(
        kind="schoolYear",
        title="2025–26",
        begins_on=YEAR_BEGINS_ON,
        ends_on=date(2026, 6, 12),
        school_year=YEAR,
    )


def _make_people(cast: Cast) -> None:
    for name, (given, family, where, role) in STAFF.items():
        cast.staff[name] = roster.StaffMember.objects.create(
            given_name=given,
            family_name=family,
            sort_key=sort_key(family, given),
            user=_make_user(cast, name, f"{given} {family}"),
        )
        roster.Post.objects.create(
            staff=cast.staff[name],
            organisation=cast.organisations[where],
            role_id=role,
            begins_on=YEAR_BEGINS_ON - timedelta(days=400),
        )
    for name, (given, family, speaks) in FAMILY.items():
        cast.family[name] = roster.FamilyMember.objects.create(
            given_name=given,
            family_name=family,
            sort_key=sort_key(family, given),
            speaks=speaks,
            user=_make_user(cast, name, f"{given} {family}", "es" if speaks == "es" else "en-us"),
        )
    for name, (given, family, born_on) in STUDENTS.items():
        cast.students[name] = roster.Student.objects.create(
            given_name=given,
            family_name=family,
            sort_key=sort_key(family, given),
            identifier=f"S-{name}",
            born_on=born_on,
            user=_make_user(cast, name, f"{given} {family}") if name == "sam" else None,
        )


def _make_classes(cast: Cast) -> None:
    for key, title, school, teacher, students in (
        ("mathematics", "7 Mathematics", "lincoln", "tess", ("sam", "nora")),
        ("science", "7 Science", "monroe", "otto", ("omar",)),
    ):
        where = cast.organisations[school]
        course = roster.Course.objects.create(organisation=where, title=title, is_core=True)
        taught = roster.SchoolClass.objects.create(course=course, school=where, title=title, school_year=YEAR)
        cast.classes[key] = taught
        roster.ClassStaff.objects.create(
            school_class=taught, staff=cast.staff[teacher], is_primary=True, begins_on=YEAR_BEGINS_ON
        )
        for student in students:
            roster.ClassEnrolment.objects.create(
                school_class=taught, student=cast.students[student], begins_on=YEAR_BEGINS_ON
            )


def _make_enrolments(cast: Cast) -> None:
    for name, school, entry_on, exit_on in (
        ("sam", "lincoln", YEAR_BEGINS_ON, None),
        ("nora", "lincoln", YEAR_BEGINS_ON, None),
        ("quinn", "lincoln", YEAR_BEGINS_ON, None),
        ("omar", "monroe", YEAR_BEGINS_ON, None),
        ("lena", "lincoln", YEAR_BEGINS_ON, ON - timedelta(days=30)),
        ("pavel", "lincoln", YEAR_BEGINS_ON, ON - timedelta(days=120)),
        ("yara", "lincoln", date(2026, 8, 24), None),
    ):
        roster.Enrolment.objects.create(
            student=cast.students[name],
            school=cast.organisations[school],
            school_year=YEAR if entry_on < ON else YEAR + 1,
            grade_level="07",
            entry_on=entry_on,
            exit_on=exit_on,
        )


def _make_family_rights(cast: Cast) -> None:
    levels = roster.FamilyRight.Level
    for name, relationship, level, basis in (
        ("fay", "mother", levels.SEE_AND_MESSAGE, "school record"),
        ("bryn", "father", levels.BARRED, "court order"),
    ):
        who = cast.family[name]
        roster.FamilyLink.objects.create(student=cast.sam, family_member=who, relationship=relationship)
        roster.FamilyRight.objects.create(
            student=cast.sam, family_member=who, level=level, begins_on=YEAR_BEGINS_ON, basis=basis
        )


def _make_facts(cast: Cast) -> None:
    """A little of everything for Sam, Nora and Omar, so that every fact table has rows to hide."""
    roster.Characteristic.objects.create(code="home_language", title="Language at home")
    roster.Characteristic.objects.create(code="cohort", title="Cohort", is_sensitive=False)
    assessment = records.Assessment.objects.create(
        code="MATH-7", title="Mathematics 7", subject="mathematics", is_accountability=True, benchmark=40
    )
    for name, school, taught in (
        ("sam", "lincoln", "mathematics"),
        ("nora", "lincoln", "mathematics"),
        ("omar", "monroe", "science"),
    ):
        student, where = cast.students[name], cast.organisations[school]
        for code, value in (("home_language", "es"), ("cohort", "2030")):
            roster.StudentCharacteristic.objects.create(student=student, characteristic_id=code, value=value)
        roster.ExternalId.objects.create(
            source="sis", entity="student", external_id=f"sis-{name}", object_id=student.pk
        )
        _make_facts_of(student, where, cast.classes[taught], assessment)


def _make_facts_of(
    student: roster.Student,
    school: roster.Organisation,
    taught: roster.SchoolClass,
    assessment: records.Assessment,
) -> None:
    item = records.CourseworkItem.objects.create(
        school_class=taught,
        title="Worksheet",
        assigned_on=ON - timedelta(days=9),
        due_on=ON - timedelta(days=2),
    )

    def fact(model: type[records.AttendanceEvent], **values: object) -> None:
        model.objects.create(
            school_year=YEAR,
            source="sis",
            source_key=f"{student.pk}",
            student_id=student.pk,
            school_id=school.pk,
            **values,
        )

    fact(records.AttendanceEvent, on=ON - timedelta(days=4), category="unexcused", absent_share=1.0)
    fact(records.AssessmentResult, assessment_id=assessment.pk, on=ON - timedelta(days=20), score=52.0)
    fact(records.CourseworkResult, class_id=taught.pk, item_id=item.pk, status="fully graded", score=8.0)
    fact(records.ParticipationCheck, class_id=taught.pk, on=ON - timedelta(days=1), took_part=True)
    fact(records.ActivityEvent, on=ON - timedelta(days=3), kind="club", title="Chess", minutes=60.0)
    fact(
        records.BehaviourIncident,
        on=ON - timedelta(days=8),
        kind="disruption",
        severity=1,
        ordinary_until=date(2026, 6, 30),
    )
    fact(
        records.CourseOutcome,
        course_id=taught.course_id,
        class_id=taught.pk,
        on=date(2026, 1, 23),
        passed=True,
    )
