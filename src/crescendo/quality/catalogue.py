"""The rules of data quality. A rule is what stands here and one SELECT, `selects/<code>.sql`.

A SELECT gives one row for each thing it looked at: `school_id` (NULL: it concerns the whole feed), `feed`, `student_id`,
`object_id`, `on`, `detail`, `n` (how many things the row stands for) and `fails`. It may read what `selects/shared.sql` names.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .rules import HIGH, LOW, MEDIUM

SELECTS = Path(__file__).parent / "selects"
DIMENSIONS: dict[str, Promise] = {
    "completeness": _("Is everything there?"),
    "timeliness": _("Is it there in time?"),
    "validity": _("Can it be true?"),
    "uniqueness": _("Is it there once?"),
    "consistency": _("Does it fit together?"),
}
SEVERITIES: dict[str, Promise] = {HIGH: _("serious"), MEDIUM: _("worth mending"), LOW: _("minor")}
OFFICE, DATA_TEAM, ASSESSMENT, PERSONNEL = (
    _("The school's office"),
    _("The data team"),
    _("Whoever runs the tests"),
    _("Personnel"),
)


@dataclass(frozen=True)
class Rule:
    """One thing that must hold. `tables` are the measure library's: their indicators inherit the problem."""

    code: str
    dimension: str
    severity: str
    tables: tuple[str, ...]
    title: Promise  # what is wrong, where it is wrong
    counts: Promise  # what is looked at, one of which may fail
    why: Promise  # what it does to the numbers
    fix: Promise  # what to do in the system the data come from
    owner: Promise  # who looks after it until somebody is named
    shows_detail: bool = False  # the detail describes structure (a code, a count), never a person

    @property
    def select(self) -> str:
        return _read(self.code)


@cache
def _read(name: str) -> str:
    return (SELECTS / f"{name}.sql").read_text(encoding="utf-8")


def shared() -> str:
    return _read("shared")


ATTENDANCE = ("attendance_submissions", "attendance_events")
RULES: tuple[Rule, ...] = (
    Rule(
        "attendance_not_sent", "timeliness", HIGH, ATTENDANCE,
        _("Attendance was not sent"), _("school days (the last twenty)"),
        _("A day without attendance is unknown. It counts neither as present nor as absent."),
        _("Take or close the registers of these days in the student information system, then send the attendance again."),
        OFFICE,
    ),
    Rule(
        "attendance_nobody_absent", "validity", HIGH, ATTENDANCE,
        _("Nobody was ever absent"), _("schools that send attendance"),
        _("Attendance of 100% for weeks means that the absences were lost on the way."),
        _("Check that the export contains absences and not only the days that were sent."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "attendance_no_school_day", "validity", MEDIUM, ("attendance_events", "calendar_days"),
        _("Absences on days without school"), _("absences and late arrivals"),
        _("They do not count, because no school was held. Or the calendar is wrong."),
        _("Correct the day of the absence, or mark the day as a school day in the calendar."),
        OFFICE,
    ),
    Rule(
        "attendance_outside_enrolment", "consistency", MEDIUM, ("attendance_events", "enrolments"),
        _("Absences while not enrolled"), _("absences and late arrivals"),
        _("They do not count: the student did not belong to the school that day."),
        _("Correct the entry or exit date of the student, or remove the absence."),
        OFFICE,
    ),
    Rule(
        "attendance_code_unmapped", "validity", HIGH, ("attendance_events",),
        _("Attendance codes without a meaning"), _("absences and late arrivals"),
        _("Nobody said whether the code is an absence, so it counts as none."),
        _("Say in the mapping of this feed what the code means, and bring the file in again."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "attendance_in_future", "validity", MEDIUM, ("attendance_events",),
        _("Absences of days to come"), _("absences and late arrivals"),
        _("They do not count until the day has come; often day and month are swapped."),
        _("Correct the day, unless the absence was announced."),
        OFFICE,
    ),
    Rule(
        "enrolments_overlap", "uniqueness", HIGH, ("enrolments",),
        _("Enrolled twice at the same school"), _("enrolments"),
        _("Each day counts once, but nobody knows which entry date holds."),
        _("End or remove one of the two enrolments."),
        OFFICE,
    ),
    Rule(
        "membership_over_full", "consistency", MEDIUM, ("enrolments",),
        _("More than one full place at once"), _("enrolments"),
        _("The student counts in full at two schools."),
        _("End the enrolment at the school that the student left, or give both their share."),
        OFFICE,
    ),
    Rule(
        "enrolment_no_school_day", "validity", MEDIUM, ("enrolments", "calendar_days"),
        _("Enrolments without a school day"), _("enrolments that are over"),
        _("A student who never came, or dates of the summer: no membership, and yet a student."),
        _("Withdraw the enrolment as a no-show, or correct its dates."),
        OFFICE,
    ),
    Rule(
        "membership_over_185", "validity", MEDIUM, ("enrolments", "calendar_days"),
        _("More than 185 school days in a year"), _("students"),
        _("Days are counted twice, or the calendar has days on which no school was held."),
        _("Look for a second enrolment, and check the calendar of the school."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "grade_missing", "completeness", MEDIUM, ("enrolments",),
        _("Enrolments without a grade"), _("enrolments"),
        _("The student is missing from every number by grade."),
        _("Enter the grade of this enrolment."),
        OFFICE,
    ),
    Rule(
        "grade_unknown", "validity", MEDIUM, ("enrolments",),
        _("Unknown grades"), _("enrolments with a grade"),
        _("The grade stands alone: the student is compared with nobody."),
        _("Use the grades of the district (KG, 01 to 12), or map this one to them."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "birth_date_missing", "completeness", MEDIUM, ("students",),
        _("Students without a date of birth"), _("students"),
        _("Nobody can confirm that two records are one person, and age limits cannot be kept."),
        _("Enter the date of birth from the enrolment papers."),
        OFFICE,
    ),
    Rule(
        "birth_date_impossible", "validity", MEDIUM, ("students",),
        _("Impossible dates of birth"), _("students with a date of birth"),
        _("Younger than two or older than twenty-five at entry: a typing mistake, or another person."),
        _("Correct the date of birth."),
        OFFICE,
    ),
    Rule(
        "calendar_missing", "completeness", HIGH, ("calendar_days", "enrolments"),
        _("No school days in the calendar"), _("schools with students"),
        _("Without school days nobody is present or absent: there is no attendance at all."),
        _("Send the calendar of this school year."),
        DATA_TEAM,
    ),
    Rule(
        "score_outside_scale", "validity", HIGH, ("assessment_results",),
        _("Scores outside the scale"), _("scores on a known scale"),
        _("A new scale under an old name, or a zero that means missing: averages are wrong."),
        _("Check which edition of the test the file holds, and whether zero stands for no score."),
        ASSESSMENT,
    ),
    Rule(
        "result_in_future", "validity", HIGH, ("assessment_results",),
        _("Results of days to come"), _("results"),
        _("Most often day and month are swapped, so other results are on a wrong day too."),
        _("Say in the mapping of this feed how dates are written, and bring the file in again."),
        ASSESSMENT,
    ),
    Rule(
        "result_off_year", "consistency", MEDIUM, ("assessment_results",),
        _("Results in the wrong school year"), _("results"),
        _("They count in a year in which the test was not taken."),
        _("Correct the day, or the school year of the test window."),
        ASSESSMENT,
    ),
    Rule(
        "result_twice", "uniqueness", MEDIUM, ("assessment_results",),
        _("The same test twice on one day"), _("results with a score"),
        _("Nobody knows which of the two counts; we take one."),
        _("Mark the result that does not count as invalid."),
        ASSESSMENT,
    ),
    Rule(
        "result_without_enrolment", "consistency", MEDIUM, ("assessment_results", "enrolments"),
        _("Results of students who are not enrolled"), _("results"),
        _("They belong to no school's number."),
        _("Check the student's number in the test file, or enter the missing enrolment."),
        ASSESSMENT,
    ),
    Rule(
        "result_without_score", "completeness", MEDIUM, ("assessment_results",),
        _("Scored, without a score"), _("results with a score"),
        _("No score is not zero: the result counts as not evaluated."),
        _("Send the score, or say why there is none (absent, exempt, invalid)."),
        ASSESSMENT,
    ),
    Rule(
        "coursework_without_score", "completeness", LOW, ("coursework_results",),
        _("Graded, without a grade"), _("graded coursework"),
        _("No grade is not zero: the work counts as not evaluated."),
        _("Enter the grade in the gradebook, or mark the work as exempt."),
        OFFICE,
    ),
    Rule(
        "rows_set_aside", "validity", MEDIUM, (),
        _("Rows that could not be used"), _("rows of the last delivery"),
        _("What they say is in no number."),
        _("Correct the rows in the system they come from and send the file again."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "ids_unmatched", "consistency", HIGH, ("assessment_results",),
        _("Students in a file whom nobody knows"), _("students in the last delivery"),
        _("Their results are in no number, so totals differ from the vendor's."),
        _("Check which number the file uses for students, and whether the roster is complete."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "feed_late", "timeliness", HIGH, (),
        _("A feed is late"), _("feeds with a rhythm"),
        _("What we show is older than usual."),
        _("See whether the export ran and whether the delivery was refused."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "staff_without_sign_in", "completeness", LOW, (),
        _("Staff without e-mail or sign-in"), _("staff at work"),
        _("Nobody can write to them, and they cannot see their students."),
        _("Enter the e-mail address in the personnel system."),
        PERSONNEL,
    ),
    Rule(
        "identifier_twice", "uniqueness", HIGH, ("students",),
        _("One number on two students"), _("students with a number"),
        _("Results that come by this number may be the other student's."),
        _("Find out whose number it is. If both are one person, join them under Same person."),
        DATA_TEAM,
    ),
    Rule(
        "class_year_off", "consistency", MEDIUM, ("class_enrolments",),
        _("Classes whose terms lie in another year"), _("classes with terms"),
        _("The class shows up in a year in which it is not taught."),
        _("Roll the terms of the class over to the new school year."),
        DATA_TEAM, shows_detail=True,
    ),
    Rule(
        "class_without_students", "completeness", LOW, (),
        _("Classes without students"), _("classes"),
        _("Their registers are never complete."),
        _("Enter the students, or end the class."),
        OFFICE,
    ),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}
