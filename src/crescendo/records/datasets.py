"""What the records offer to measurement: what happened, one file per table and school year.

The large tables are read in the order they lie on disk: sorting five million rows would cost more than
reading them, and no measure depends on the order.
"""

from crescendo.core.datasets import Dataset

from .models.facts import MADE_HERE


def _facts(name: str, table: str, columns: str, *, one_a: tuple[str, ...] = ()) -> Dataset:
    """A fact table. With `one_a`, a fact made here stands for every fact of another source about the same matter."""
    select = f"SELECT {columns} FROM {table} f"
    return Dataset(name=name, by_year=True, reads=(table,), select=select + made_here_counts(table, one_a))


def made_here_counts(table: str, one_a: tuple[str, ...], row: str = "f") -> str:
    """The WHERE that leaves out what a fact made here stands above (docs/adr/0006). The partial index answers it."""
    if not one_a:
        return ""
    same = " AND ".join(f'h."{column}" = {row}."{column}"' for column in ("school_year", *one_a))
    return (
        f" WHERE {row}.source = '{MADE_HERE}' OR NOT EXISTS (SELECT FROM {table} h "
        f"WHERE h.source = '{MADE_HERE}' AND {same})"
    )


ASSESSMENTS = Dataset(
    name="assessments",
    reads=("records_assessment",),
    select="""
        SELECT id AS assessment_id, code, title, subject, family, is_accountability, scale_min, scale_max,
               benchmark
        FROM records_assessment ORDER BY id
    """,
)

# Work that its source dropped before it was due was never due.
COURSEWORK_ITEMS = Dataset(
    name="coursework_items",
    reads=("records_courseworkitem",),
    select="""
        SELECT id AS item_id, school_class_id AS class_id, title, assigned_on, due_on, score_min, score_max
        FROM records_courseworkitem
        WHERE ended_on IS NULL OR due_on < ended_on
        ORDER BY id
    """,
)

DATASETS = (
    ASSESSMENTS,
    COURSEWORK_ITEMS,
    _facts(
        "attendance_events",
        "records_attendanceevent",
        'student_id, school_id, school_year, "on", category, absent_share',
        one_a=("student_id", "school_id", "on"),
    ),
    _facts("attendance_submissions", "records_attendancesubmission", 'school_id, school_year, "on"'),
    _facts(
        "assessment_results",
        "records_assessmentresult",
        'student_id, school_id, school_year, assessment_id, "on", grade_level, status, score, '
        "level_sequence, is_proficient",
        one_a=("student_id", "assessment_id", "on"),
    ),
    _facts(
        "coursework_results",
        "records_courseworkresult",
        "student_id, school_id, school_year, class_id, item_id, status, score, scored_on, is_late, "
        "is_missing, is_incomplete",
        one_a=("student_id", "item_id"),
    ),
    _facts(
        "participation_checks",
        "records_participationcheck",
        'student_id, school_id, school_year, class_id, "on", took_part',
    ),
    Dataset(
        name="activity_events",
        by_year=True,
        reads=("records_activityevent",),
        select="""SELECT student_id, school_id, school_year, "on", kind, minutes FROM records_activityevent
                  WHERE NOT is_on_platform""",
    ),
    Dataset(
        name="platform_activity",
        by_year=True,
        reads=("records_activityevent",),
        select="""SELECT student_id, school_id, school_year, "on", count(*) AS actions, sum(minutes) AS minutes
                  FROM records_activityevent WHERE is_on_platform GROUP BY student_id, school_id, school_year, "on" """,
    ),
    _facts(
        "behaviour_incidents",
        "records_behaviourincident",
        'student_id, school_id, school_year, "on", kind, severity',
    ),
    _facts(
        "course_outcomes",
        "records_courseoutcome",
        'student_id, school_id, school_year, course_id, "on", subject, is_core, passed, credits_attempted, '
        "credits_earned",
    ),
)
