"""Staff: where they work, when they were away, what they learned, posts that are open."""

from .columns import ON, SCHOOL, STAFF, YEAR
from .schema import Column, TableSpec

SPECS = (
    TableSpec(
        name="staff_assignments",
        meaning="A member of staff at a school between two days. Years are not kept apart: it may go on.",
        columns=(
            STAFF,
            SCHOOL,
            Column("role", "text", "teacher, leader, support ..."),
            Column("begins_on", "date", "First day."),
            Column("ends_on", "date", "Last day; empty while it lasts.", required=False),
            Column("fte", "number", "Share of a full post.", "share", required=False),
            Column(
                "is_qualified", "flag", "Licensed for what they teach; empty if not known.", required=False
            ),
            Column("years_experience", "number", "Years taught before this one.", "years", required=False),
        ),
    ),
    TableSpec(
        name="staff_absences",
        meaning="A day on which a member of staff was away.",
        columns=(
            STAFF,
            SCHOOL,
            YEAR,
            ON,
            Column("absent_share", "number", "Share of the day.", "share"),
        ),
        gaps="Days away on professional learning are not absences; leave them out.",
    ),
    TableSpec(
        name="staff_development",
        meaning="Professional learning that was taken part in.",
        columns=(STAFF, SCHOOL, YEAR, ON, Column("hours", "number", "Hours.", "hours")),
    ),
    TableSpec(
        name="staff_positions",
        meaning="A post of the school's plan.",
        key=("position_id",),
        columns=(
            Column("position_id", "id", "The post."),
            SCHOOL,
            YEAR,
            Column("fte", "number", "Full posts.", "posts"),
            Column("opened_on", "date", "Day from which it is in the plan."),
            Column("filled_on", "date", "Day on which it was filled.", required=False),
        ),
    ),
)
