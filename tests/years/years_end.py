"""A district at the end of 2025–26 in which every rule of the turn has somebody, and the dump that undo has to restore.

Lincoln teaches grades 6 to 8, Monroe 6 to 8, High 9 to 12, Annex 9 and 10. On Friday, 12 June 2026 the year ends;
Monday, 24 August 2026 the next one begins.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

from cast import Cast
from crescendo.roster import models as roster
from crescendo.years import tasks
from crescendo.years.models import Turn

LAST, FIRST = date(2026, 6, 12), date(2026, 8, 24)
AT = datetime(2026, 6, 10, 9, 0, tzinfo=ZoneInfo("America/New_York"))
ON = AT.date()
JOBS = {"rehearsing": tasks.rehearse, "asked": tasks.do, "undo_asked": tasks.undo}


def add_student(cast: Cast, name: str, school: str, grade: str, **more: object) -> roster.Student:
    """One more student, enrolled at a school since the year's first day."""
    student = roster.Student.objects.create(
        given_name=name, family_name="End", sort_key=f"end {name.lower()}"
    )
    cast.students[name.lower()] = student
    values = {"school_year": 2026, "entry_on": date(2025, 8, 25), "grade_level": grade} | more
    roster.Enrolment.objects.create(student=student, school=cast.organisations[school], **values)
    return student


def make_district(cast: Cast) -> None:
    """The cast's two schools, and two high schools."""
    for key, name in (("high", "Harbor High"), ("annex", "Annex")):
        cast.organisations[key] = roster.Organisation.objects.create(
            kind="school", name=name, parent=cast.district
        )
    for name, school, grade in (
        ("Six", "lincoln", "06"), ("Eight", "lincoln", "08"), ("Monika", "monroe", "06"), ("Mo", "monroe", "08"),
        ("Nine", "high", "09"), ("Ten", "high", "10"), ("Twelve", "high", "12"), ("Anne", "annex", "09"), ("Abe", "annex", "10"),
    ):  # fmt: skip
        add_student(cast, name, school, grade)
    add_student(cast, "Ungraded", "lincoln", "UG")


def work() -> Turn:
    """What the worker does next."""
    turn = Turn.objects.latest("pk")
    JOBS[turn.state](turn.pk)
    turn.refresh_from_db()
    return turn


def dump() -> dict[str, list[str]]:
    """Every row of the roster, the records and the plans, to the last column."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND c.relnamespace = 'public'::regnamespace AND c.relname ~ '^(roster|records|plans|support)_' ORDER BY 1"""
        )
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            if rows := [row[0] for row in cursor.fetchall()]:
                found[table] = rows
        return found
