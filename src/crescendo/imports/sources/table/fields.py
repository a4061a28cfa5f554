"""What a mapping can fill: each target with its fields, their kinds, and the fields that make a row itself."""

from dataclasses import dataclass

KINDS = ("id", "text", "date", "number", "share", "integer", "boolean", "choice", "year", "json")


@dataclass(frozen=True)
class Field:
    """One field of a target. An `id` names the entity whose external id it holds."""

    name: str
    kind: str
    meaning: str
    required: bool = False
    entity: str = ""
    choices: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    longest: int = 255  # characters that the table has room for
    has_happened: bool = False  # a day that cannot lie ahead, nor longer ago than anybody's time at school


@dataclass(frozen=True)
class Target:
    """A table that rows can go to. `key` are the fields whose values identify a row when the source has no row id."""

    name: str
    title: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    entity: str = ""  # the rows themselves are things with an external id of this entity

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)


def _id(name: str, entity: str, meaning: str, *, required: bool = True) -> Field:
    return Field(name, "id", meaning, required, entity)


STUDENT = _id("student", "student", "The student's id")
SCHOOL = _id("school", "org", "The school's id")
YEAR = Field("school_year", "year", "The school year, named by the year in which it ends", True)
ON = Field("on", "date", "The day", True)
HAPPENED_ON = Field("on", "date", "The day", True, has_happened=True)
GRADE = Field("grade_level", "text", "Grade or year of the student", longest=10)

_ROSTER = (
    Target(
        "organisations",
        "Schools and districts",
        (
            _id("external_id", "org", "The organisation's own id"),
            Field(
                "kind",
                "choice",
                "What it is",
                True,
                choices=("national", "state", "local", "district", "school", "department", "other"),
            ),
            Field("name", "text", "Its name", True),
            Field("identifier", "text", "The number people know it by"),
            _id("parent", "org", "The organisation it belongs to", required=False),
        ),
        ("external_id",),
        entity="org",
    ),
    Target(
        "students",
        "Students",
        (
            _id("external_id", "student", "The student's own id"),
            Field("given_name", "text", "Given name", True),
            Field("middle_name", "text", "Middle name"),
            Field("family_name", "text", "Family name", True),
            Field("identifier", "text", "The number people know the student by"),
            Field("email", "text", "E-mail"),
            Field("born_on", "date", "Date of birth"),
            Field("sex", "text", "Sex, as the source recorded it"),
            Field("cohort_year", "integer", "Expected year of graduation"),
        ),
        ("external_id",),
        entity="student",
    ),
    Target(
        "school_enrolments",
        "Enrolment dates",
        (
            _id("external_id", "school_enrolment", "The row's own id", required=False),
            STUDENT,
            SCHOOL,
            YEAR,
            Field("grade_level", "text", "Grade or year", longest=10),
            Field("entry_on", "date", "First day of membership", True),
            Field("exit_on", "date", "Last day of membership"),
            Field("exit_reason", "text", "Why it ended"),
            Field("is_primary", "boolean", "The student's main school"),
            Field("membership_share", "number", "Share of a full membership", lowest=0.0001, highest=1),
        ),
        ("student", "school", "school_year", "entry_on"),
        entity="school_enrolment",
    ),
    Target(
        "characteristics",
        "Kinds of characteristics",
        (Field("code", "text", "A short code", True), Field("title", "text", "Its title", True)),
        ("code",),
    ),
    Target(
        "student_characteristics",
        "Characteristics of students",
        (
            STUDENT,
            Field("characteristic", "text", "Which characteristic", True),
            Field("value", "text", "Its value", True),
        ),
        ("student", "characteristic", "value"),
    ),
    Target(
        "calendars",
        "Calendars",
        (
            _id("external_id", "calendar", "The calendar's own id: unique over schools and years"),
            SCHOOL,
            YEAR,
            Field("code", "text", "Which of the school's calendars"),
        ),
        ("external_id",),
        entity="calendar",
    ),
    Target(
        "calendar_days",
        "Calendar days",
        (
            _id("calendar", "calendar", "The calendar it belongs to"),
            ON,
            Field("is_instructional", "boolean", "School is taught that day"),
            Field("kind", "text", "What kind of day"),
        ),
        ("calendar", "on"),
    ),
    Target(
        "courses",
        "Courses",
        (
            _id("external_id", "course", "The course's own id"),
            _id("organisation", "org", "The school or district that offers it"),
            Field("title", "text", "Its title", True),
            Field("code", "text", "Its code"),
            Field("is_core", "boolean", "English, mathematics, science or social science"),
        ),
        ("external_id",),
        entity="course",
    ),
    Target(
        "classes",
        "Classes",
        (
            _id("external_id", "class", "The class's own id"),
            _id("course", "course", "The course that is taught", required=False),
            SCHOOL,
            YEAR,
            Field("title", "text", "Its title", True),
            Field("code", "text", "Its code"),
        ),
        ("external_id",),
        entity="class",
    ),
    Target(
        "class_enrolments",
        "Students in classes",
        (
            _id("external_id", "enrollment", "The row's own id", required=False),
            _id("school_class", "class", "The class"),
            STUDENT,
            Field("begins_on", "date", "First day in the class", True),
            Field("ends_on", "date", "Last day in the class"),
        ),
        ("school_class", "student", "begins_on"),
        entity="enrollment",
    ),
)

_FACTS = (
    Target(
        "attendance_submissions",
        "Days on which schools sent attendance",
        (SCHOOL, YEAR, ON),
        ("school", "on"),
    ),
    Target(
        "attendance_events",
        "Absences and late arrivals",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            Field(
                "category",
                "choice",
                "What the code means",
                True,
                choices=("excused", "unexcused", "tardy", "present", "other"),
            ),
            Field("absent_share", "share", "Share of the day missed", True, lowest=0, highest=1),
            Field("code", "text", "The code as the source wrote it"),
        ),
        ("student", "school", "on", "code"),
    ),
    Target(
        "school_attendance_counts",
        "Daily attendance published per school",
        (
            SCHOOL,
            YEAR,
            ON,
            Field("attendance_rate", "share", "Share present", lowest=0, highest=1),
            Field("enrolled", "integer", "Students enrolled", lowest=0),
        ),
        ("school", "on"),
    ),
    Target(
        "assessments",
        "Assessments",
        (
            _id("external_id", "assessment", "The assessment's own id"),
            Field("code", "text", "A short code, unique here", True),
            Field("title", "text", "Its title", True),
            Field("subject", "text", "Subject"),
            Field("family", "text", "State summative, universal screener ..."),
            Field("is_accountability", "boolean", "Counts for participation and proficiency"),
            Field("scale_min", "number", "Lowest possible score"),
            Field("scale_max", "number", "Highest possible score"),
            Field("benchmark", "number", "A score below it is at risk"),
        ),
        ("external_id",),
        entity="assessment",
    ),
    Target(
        "assessment_levels",
        "Performance levels of assessments",
        (
            _id("assessment", "assessment", "Which assessment"),
            Field("grade_level", "text", "Grade or year; empty: every grade", longest=10),
            Field("sequence", "integer", "1 is the lowest level", True),
            Field("title", "text", "What the level is called", True),
            Field("lower", "number", "Lowest score of the level"),
            Field("is_proficient", "boolean", "Proficient or above"),
        ),
        ("assessment", "grade_level", "sequence"),
    ),
    Target(
        "assessment_results",
        "Assessment results",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            _id("assessment", "assessment", "Which assessment"),
            HAPPENED_ON,
            GRADE,
            Field(
                "status",
                "choice",
                "Scored, absent, exempt or invalid",
                choices=("scored", "absent", "exempt", "invalid"),
            ),
            Field("score", "number", "The score"),
            Field("score_text", "text", "The score as the source wrote it", longest=80),
            Field("standard_error", "number", "Standard error of the score", lowest=0),
            Field("level_sequence", "integer", "Performance level as a number"),
            Field("is_proficient", "boolean", "Proficient"),
        ),
        ("student", "assessment", "on"),
    ),
    Target(
        "coursework_items",
        "Pieces of coursework",
        (
            _id("external_id", "line_item", "The piece of work's own id"),
            _id("school_class", "class", "The class it was set to"),
            Field("title", "text", "Its title", True),
            Field("assigned_on", "date", "Day it was set", True),
            Field("due_on", "date", "Day it was due", True),
            Field("score_min", "number", "Lowest possible score"),
            Field("score_max", "number", "Highest possible score"),
        ),
        ("external_id",),
        entity="line_item",
    ),
    Target(
        "coursework_results",
        "Coursework results",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            _id("class", "class", "The class"),
            _id("item", "line_item", "The piece of work"),
            Field(
                "status",
                "choice",
                "How far it is",
                True,
                choices=("exempt", "fully graded", "not submitted", "partially graded", "submitted"),
            ),
            Field("score", "number", "The score"),
            Field("score_text", "text", "The score as the source wrote it"),
            Field("scored_on", "date", "Day it was marked"),
            Field("is_late", "boolean", "Handed in late"),
            Field("is_missing", "boolean", "Not handed in"),
            Field("is_incomplete", "boolean", "Incomplete"),
        ),
        ("student", "item"),
    ),
    Target(
        "participation_checks",
        "Taking part in lessons",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            _id("class", "class", "The class"),
            ON,
            Field("took_part", "boolean", "Took part", True),
        ),
        ("student", "class", "on"),
    ),
    Target(
        "activity_events",
        "Activities outside lessons",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            Field("kind", "text", "Kind of activity", True),
            Field("title", "text", "Its title"),
            Field("minutes", "number", "Minutes", lowest=0),
            Field("is_on_platform", "boolean", "Done on a learning platform"),
        ),
        ("student", "on", "kind", "title"),
    ),
    Target(
        "behaviour_incidents",
        "Behaviour incidents",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            Field("kind", "text", "Kind of incident", True),
            Field("severity", "integer", "1 (minor) to 3 (major)", lowest=1, highest=3),
            Field("ordinary_until", "date", "Last day in the ordinary view"),
        ),
        ("student", "on", "kind", "severity"),
    ),
    Target(
        "course_outcomes",
        "Course outcomes and credits",
        (
            STUDENT,
            SCHOOL,
            YEAR,
            _id("course", "course", "The course"),
            _id("class", "class", "The class", required=False),
            Field("on", "date", "Day it ended", True),
            Field("subject", "text", "Subject"),
            Field("is_core", "boolean", "English, mathematics, science or social science"),
            Field("mark", "text", "The mark"),
            Field("mark_points", "number", "The mark in points"),
            Field("passed", "boolean", "Passed"),
            Field("credits_attempted", "number", "Credits attempted", lowest=0),
            Field("credits_earned", "number", "Credits earned", lowest=0),
        ),
        ("student", "course", "class", "on"),
    ),
    Target(
        "kept_records",
        "Records kept as they came",
        (
            Field("kind", "text", "What kind of record", True, longest=80),
            _id("student", "student", "The student's id", required=False),
            _id("staff", "staff", "The member of staff's id", required=False),
            _id("school", "org", "The school's id", required=False),
            YEAR,
            Field("on", "date", "The day"),
            Field("data", "json", "The record", True),
        ),
        ("kind", "student", "on", "data"),
    ),
)

# In the order in which they are applied: what is referred to comes before what refers to it.
TARGETS: dict[str, Target] = {target.name: target for target in (*_ROSTER, *_FACTS)}
