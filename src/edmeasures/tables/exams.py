"""Key stage 4 in England: entries, prior attainment, national estimates."""

from .columns import SCHOOL, STUDENT, SUBJECT, YEAR
from .schema import Column, TableSpec

SPECS = (
    TableSpec(
        name="exam_results",
        meaning="One pupil's result in one qualification.",
        key=("student_id", "subject"),
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            SUBJECT,
            Column("points", "integer", "Points of the grade, 9 to 1; U is 0.", "points"),
            Column(
                "second_points",
                "integer",
                "Points of a double award's second grade.",
                "points",
                required=False,
            ),
        ),
        gaps="Discounting (which of two similar qualifications counts) has to be done before.",
    ),
    TableSpec(
        name="prior_attainment",
        meaning="A pupil's key stage 2 group.",
        key=("student_id",),
        columns=(STUDENT, Column("ks2", "number", "Fine level, to one place.")),
    ),
    TableSpec(
        name="attainment_estimates",
        meaning="National mean Attainment 8 of pupils with the same key stage 2 group, as published for the year.",
        key=("ks2",),
        columns=(
            YEAR,
            Column("ks2", "number", "Fine level, to one place."),
            Column("estimate", "number", "Estimated Attainment 8.", "points"),
        ),
        gaps="Early estimates differ from the final ones.",
    ),
)
