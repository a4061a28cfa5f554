"""The graduation ledger, and the parts of an index."""

from .columns import ON, SCHOOL, STUDENT, YEAR
from .schema import Column, TableSpec

SPECS = (
    TableSpec(
        name="cohort_events",
        meaning="What happened to a student on the way to a diploma, dated, from the first ninth grade on.",
        columns=(
            STUDENT,
            SCHOOL,
            ON,
            Column(
                "kind",
                "text",
                "first_grade_9, transfer_in, transfer_out, emigrated, died, dropout, left, regular_diploma, "
                "other_diploma, equivalency, certificate or still_enrolled.",
            ),
            Column(
                "cohort_year",
                "integer",
                "The year in which the student's first ninth grade ended; needed on the way in.",
                required=False,
            ),
            Column(
                "counts_for",
                "integer",
                "The school year a diploma counts for; the summer after belongs to it.",
                required=False,
            ),
            Column(
                "is_documented", "flag", "Whether a transfer out is confirmed in writing.", required=False
            ),
        ),
        gaps="All years: nothing is left aside by school year. Of two events of a day the later in this list of kinds holds.",
    ),
    TableSpec(
        name="component_values",
        meaning="A school's published value on one component of an index.",
        key=("school_id", "component"),
        columns=(
            SCHOOL,
            YEAR,
            Column("component", "text", "The component."),
            Column("value", "number", "This year's value; empty where there is none.", required=False),
            Column("prior", "number", "Last year's value.", required=False),
            Column("n", "integer", "Students behind the value.", "students"),
        ),
    ),
    TableSpec(
        name="rating_cuts",
        meaning="From which value a component earns how many points. Intervals are closed on the left.",
        key=("component", "points"),
        columns=(
            Column("component", "text", "The component."),
            Column("points", "number", "Points.", "points"),
            Column("lower", "number", "Lowest value that earns them.", required=False),
            Column(
                "upper", "number", "For what should be low: highest value that earns them.", required=False
            ),
        ),
    ),
    TableSpec(
        name="rating_weights",
        meaning="The weight of each component in the index, and which component inherits it where a school has no value.",
        key=("component",),
        columns=(
            Column("component", "text", "The component."),
            Column("weight", "integer", "Its weight."),
            Column(
                "goes_to",
                "text",
                "The component that inherits the weight; empty: it falls away.",
                required=False,
            ),
        ),
    ),
)
