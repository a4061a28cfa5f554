"""What the roster offers to measurement: who is where, when, and on which days school is held."""

from crescendo.core.datasets import Dataset

ORGANISATIONS = Dataset(
    name="organisations",
    reads=("roster_organisation",),
    select="SELECT id AS organisation_id, kind, parent_id, name FROM roster_organisation ORDER BY id",
)

STUDENTS = Dataset(
    name="students",
    reads=("roster_student",),
    select="SELECT id AS student_id, born_on, sex, cohort_year FROM roster_student ORDER BY id",
)

# A row is over from the day on which its source dropped it (`ended_on`), whatever exit it had planned; one that was
# dropped before it began never counted.
ENROLMENTS = Dataset(
    name="enrolments",
    by_year=True,
    reads=("roster_enrolment",),
    select="""
        SELECT student_id, school_id, calendar_id, school_year, grade_level, entry_on,
               LEAST(exit_on, ended_on - 1) AS exit_on, is_primary, membership_share
        FROM roster_enrolment
        WHERE ended_on IS NULL OR ended_on > entry_on
        ORDER BY student_id, entry_on, id
    """,
)

# The days of a calendar that its source dropped hold until the day it was dropped.
CALENDAR_DAYS = Dataset(
    name="calendar_days",
    by_year=True,
    reads=("roster_calendar", "roster_calendarday"),
    select="""
        SELECT c.school_id, c.id AS calendar_id, c.school_year, d."on", d.is_instructional
        FROM roster_calendarday d JOIN roster_calendar c ON c.id = d.calendar_id
        WHERE c.ended_on IS NULL OR d."on" < c.ended_on
        ORDER BY c.school_id, c.id, d."on"
    """,
)

STUDENT_CHARACTERISTICS = Dataset(
    name="student_characteristics",
    reads=("roster_studentcharacteristic",),
    valid_between=("begins_on", "ends_on"),
    select="""
        SELECT student_id, characteristic_id AS characteristic, value, begins_on, ends_on
        FROM roster_studentcharacteristic
        ORDER BY student_id, characteristic_id, value
    """,
)

DATASETS = (ORGANISATIONS, STUDENTS, ENROLMENTS, CALENDAR_DAYS, STUDENT_CHARACTERISTICS)
