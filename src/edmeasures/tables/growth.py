"""Growth that was computed elsewhere in the library or published: percentiles, targets, changes of level, estimates."""

from .columns import SCHOOL, STUDENT, SUBJECT, YEAR
from .schema import Column, TableSpec

SPECS = (
    TableSpec(
        name="growth_percentiles",
        meaning="A student's growth percentile in a subject (`edmeasures.growth` makes them).",
        key=("student_id", "subject"),
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            SUBJECT,
            Column("sgp", "integer", "Growth percentile, 1 to 99."),
            Column(
                "adequate_sgp",
                "integer",
                "The percentile that leads to the standard in the time allowed.",
                required=False,
            ),
        ),
    ),
    TableSpec(
        name="growth_targets",
        meaning="Where a student stood, and how far the standard is.",
        key=("student_id", "subject"),
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            SUBJECT,
            Column("baseline", "number", "Score a year ago.", "scale points"),
            Column("cut", "number", "Score of the standard.", "scale points"),
            Column("years_left", "integer", "Years in which to reach it, this one included.", "years"),
            Column("score", "number", "This year's score.", "scale points", required=False),
        ),
    ),
    TableSpec(
        name="level_changes",
        meaning="A student's performance level a year ago and now.",
        key=("student_id", "subject"),
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            SUBJECT,
            Column("prior_level", "integer", "Level a year ago."),
            Column("level", "integer", "Level now."),
        ),
    ),
    TableSpec(
        name="value_table",
        meaning="What a change of level is worth.",
        key=("prior_level", "level"),
        columns=(
            Column("prior_level", "integer", "Level a year ago."),
            Column("level", "integer", "Level now."),
            Column("points", "integer", "Points.", "points"),
        ),
    ),
    TableSpec(
        name="growth_estimates",
        meaning="A school's value-added estimate, from a model that is named.",
        key=("school_id", "subject"),
        columns=(
            SCHOOL,
            YEAR,
            SUBJECT,
            Column("estimate", "number", "Estimate, 0 is as expected.", "scale points"),
            Column("standard_error", "number", "Its standard error, above 0.", "scale points"),
            Column("model", "text", "The model and its version.", required=False),
        ),
    ),
)
