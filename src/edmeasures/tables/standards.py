"""What results are read against: standards, cut scores, published norms; and the answers behind a score."""

from .columns import ON, SCHOOL, STUDENT, YEAR
from .schema import Column, TableSpec

_ASSESSMENT = Column("assessment_id", "id", "The assessment.")
_GRADE = Column("grade_level", "text", "Grade level.")

SPECS = (
    TableSpec(
        name="standard_results",
        meaning="One piece of evidence of one student on one standard.",
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            Column("standard_id", "id", "The standard."),
            Column("points", "integer", "Points reached.", "points"),
            Column("points_possible", "integer", "Points that could be reached.", "points"),
        ),
    ),
    TableSpec(
        name="assessment_cuts",
        meaning="The score from which a performance level begins.",
        key=("assessment_id", "grade_level", "level"),
        columns=(
            _ASSESSMENT,
            _GRADE,
            Column("level", "integer", "The level; 1 begins below the first cut and has no row."),
            Column("lower", "number", "Lowest score of the level.", "scale points"),
        ),
    ),
    TableSpec(
        name="published_norms",
        meaning="Mean and standard deviation of a test in the population it was normed on.",
        key=("assessment_id", "grade_level"),
        columns=(
            _ASSESSMENT,
            _GRADE,
            Column("mean", "number", "Mean.", "scale points"),
            Column("sd", "number", "Standard deviation.", "scale points"),
        ),
    ),
    TableSpec(
        name="norm_points",
        meaning="Published percentiles of a test by season.",
        key=("assessment_id", "grade_level", "season", "percentile"),
        columns=(
            _ASSESSMENT,
            _GRADE,
            Column("season", "text", "fall, winter or spring."),
            Column("first_on", "date", "First day of the season."),
            Column("last_on", "date", "Last day of the season."),
            Column("percentile", "integer", "The percentile."),
            Column("score", "number", "Score at the percentile.", "scale points"),
        ),
    ),
    TableSpec(
        name="item_responses",
        meaning="One student's answer to one item of a test.",
        key=("student_id", "assessment_id", "item_id"),
        columns=(
            STUDENT,
            SCHOOL,
            YEAR,
            ON,
            _ASSESSMENT,
            Column("item_id", "id", "The item."),
            Column("points", "number", "Points; empty where nothing was answered.", "points", required=False),
            Column("points_possible", "number", "Points that could be reached.", "points"),
        ),
        gaps="Items that were not reached cannot be told from items that were left out.",
    ),
)
