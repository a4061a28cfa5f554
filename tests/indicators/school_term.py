"""Four students, two schools, twenty school days: small enough to compute every number by hand.

Ada    Lincoln, all 20 days          away on 2 whole days and 1 half day
Ben    Lincoln, all 20 days          never away
Cleo   Lincoln days 1-10, then Monroe days 11-20, there away on 1 day
Dev    Monroe, all 20 days           away on 1 day; Monroe sent nothing on days 3 and 4
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from crescendo.records import models as records
from crescendo.roster import models as roster

YEAR = 2026
DAYS = [date(2025, 9, 1) + timedelta(days=7 * week + weekday) for week in range(4) for weekday in range(5)]
AS_OF = DAYS[-1]


@dataclass
class Term:
    """The district, by name."""

    organisations: dict[str, roster.Organisation]
    students: dict[str, roster.Student]

    def pk(self, name: str) -> int:
        found = self.organisations.get(name) or self.students[name]
        return found.pk

    def away(
        self, student: str, school: str, on: date, share: float = 1.0, category: str = "unexcused"
    ) -> None:
        records.AttendanceEvent.objects.create(
            school_year=YEAR,
            source="test",
            source_key=f"{student} {on}",
            student_id=self.pk(student),
            school_id=self.pk(school),
            on=on,
            category=category,
            absent_share=share,
        )


def make_term() -> Term:
    kinds = roster.Organisation.Kind
    district = roster.Organisation.objects.create(kind=kinds.DISTRICT, name="Harbor District")
    organisations = {"district": district}
    for name in ("lincoln", "monroe"):
        school = roster.Organisation.objects.create(kind=kinds.SCHOOL, name=name.title(), parent=district)
        organisations[name] = school
        calendar = roster.Calendar.objects.create(school=school, school_year=YEAR)
        roster.CalendarDay.objects.bulk_create(roster.CalendarDay(calendar=calendar, on=on) for on in DAYS)
        for on in DAYS:
            if name == "monroe" and on in DAYS[2:4]:
                continue
            records.AttendanceSubmission.objects.create(
                school_year=YEAR, source="test", source_key=f"{name} {on}", school_id=school.pk, on=on
            )
    students = {
        name: roster.Student.objects.create(given_name=name, family_name="Test", sort_key=f"test {name}")
        for name in ("ada", "ben", "cleo", "dev")
    }
    term = Term(organisations, students)
    for name, school, first, last in (
        ("ada", "lincoln", 0, None),
        ("ben", "lincoln", 0, None),
        ("cleo", "lincoln", 0, 9),
        ("cleo", "monroe", 10, None),
        ("dev", "monroe", 0, None),
    ):
        roster.Enrolment.objects.create(
            student=students[name],
            school=organisations[school],
            school_year=YEAR,
            grade_level="07",
            entry_on=DAYS[first],
            exit_on=None if last is None else DAYS[last],
        )
    term.away("ada", "lincoln", DAYS[0])
    term.away("ada", "lincoln", DAYS[5], category="excused")
    term.away("ada", "lincoln", DAYS[7], share=0.5)
    term.away("cleo", "monroe", DAYS[12])
    term.away("dev", "monroe", DAYS[15])
    return term


def result_tables() -> set[str]:
    """The tables that hold runs' results, shown or left over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' "
            "AND relname ~ '^indicators_(studentvalue|groupvalue|series)_r[0-9]+$'"
        )
        return {name for (name,) in cursor.fetchall()}
