"""Traces of engagement: removals from class, the learning platform, surveys, programmes."""

from .columns import ON, SCHOOL, STUDENT, YEAR
from .schema import Column, TableSpec

_SURVEY = Column("survey", "text", "The administration: one instrument, one round.")
_PROGRAMME = Column("programme", "text", "The programme.")

SPECS = (
    TableSpec(
        name="removals",
        meaning="That a student was kept out of lessons as a consequence: suspended, excluded, expelled.",
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            Column("kind", "text", "in_school, out_of_school or expulsion."),
            Column("days", "number", "School days lost.", "days"),
        ),
        gaps="Informal removals (a call to fetch a child) are not seen.",
    ),
    TableSpec(
        name="platform_activity",
        meaning="That a student did something on the learning platform on a day.",
        key=("student_id", "school_id", "on"),
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            Column("actions", "integer", "Recorded actions.", required=False),
            Column(
                "minutes", "number", "Minutes, as the platform estimates them.", "minutes", required=False
            ),
        ),
        gaps="A click is not attention; work on paper leaves no trace.",
    ),
    TableSpec(
        name="survey_items",
        meaning="The questions of an instrument, and how an answer counts.",
        key=("item_id",),
        columns=(
            Column("item_id", "id", "The question."),
            Column("scale", "text", "The scale it belongs to."),
            Column("lowest", "integer", "Lowest answer."),
            Column("highest", "integer", "Highest answer."),
            Column(
                "favourable_from",
                "integer",
                "Lowest answer that is favourable, once reversed items are turned.",
            ),
            Column("is_reversed", "flag", "Whether a high answer says little of the scale.", required=False),
        ),
    ),
    TableSpec(
        name="survey_invitations",
        meaning="That a student was asked to answer a survey.",
        columns=(STUDENT, SCHOOL, YEAR, ON, _SURVEY),
    ),
    TableSpec(
        name="survey_answers",
        meaning="One student's answer to one question.",
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            _SURVEY,
            Column("item_id", "id", "The question."),
            Column("answer", "integer", "The answer; empty for 'not applicable'.", required=False),
        ),
        gaps="Anonymous surveys cannot be read by student; they belong into published tables.",
    ),
    TableSpec(
        name="programme_needs",
        meaning="That a student was found to need, or to be entitled to, a programme.",
        columns=(STUDENT, SCHOOL, YEAR, ON, _PROGRAMME),
    ),
    TableSpec(
        name="programme_places",
        meaning="A student's time in a programme.",
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            _PROGRAMME,
            Column("begins_on", "date", "First day."),
            Column("ends_on", "date", "Last day; empty while it lasts.", required=False),
            Column("outcome", "text", "completed or withdrawn; empty while undecided.", required=False),
        ),
    ),
    TableSpec(
        name="programme_sessions",
        meaning="A planned session of a programme for a student.",
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            _PROGRAMME,
            ON,
            Column("planned_minutes", "number", "Minutes planned.", "minutes"),
            Column("minutes", "number", "Minutes given; 0 where it fell out.", "minutes"),
        ),
    ),
)
