"""Statements become kept records, and of enrolled students also activities. What is voided is no activity any more."""

from crescendo.imports.bench import Workbench, text
from crescendo.imports.resolving import OUR_ID

KEPT = """_row, kind, key AS source_key, school_year, data, "on", 'crescendo-student-' || student_id AS student,
    'crescendo-staff-' || staff_id AS staff"""
DOING = """_row, key AS source_key, school_year, 'crescendo-student-' || student_id AS student, "on", verb AS kind, title, minutes,
    true AS is_on_platform"""
UNDONE = """_row, key AS source_key, school_year, true AS _ended, NULL::VARCHAR AS student, NULL::VARCHAR AS school,
    NULL::VARCHAR AS kind, NULL::DATE AS "on" """


def hand_over(bench: Workbench) -> None:
    for entity in ("student", "staff"):
        bench.match(
            entity, source=bench.settings.get("match", {}).get(entity, {}).get("source", ""), by=OUR_ID
        )
    _find_enrolled(bench)
    _find_ended(bench)
    _keep_twins(bench)
    for target, relation, columns in (
        ("kept_records", "placed", KEPT), ("activity_events", "doing", DOING), ("activity_events", "undone", UNDONE),
    ):  # fmt: skip
        for (file,) in bench.db.execute(f"SELECT DISTINCT file FROM {relation} ORDER BY 1").fetchall():
            bench.hand_over(target, f"SELECT {columns} FROM {relation} WHERE file = {text(file)}", file=file)


def _keep_twins(bench: Workbench) -> None:
    """The same statement twice, in one file or in two: the first stands for both."""
    bench.db.execute(
        """CREATE TABLE twins_of AS SELECT file, _row FROM placed WHERE (file, _row) NOT IN (SELECT (file, _row) FROM set_aside)
           QUALIFY row_number() OVER (PARTITION BY key ORDER BY file, _row) > 1"""
    )
    for (file,) in bench.db.execute("SELECT DISTINCT file FROM twins_of ORDER BY 1").fetchall():
        bench.keep_only(file, f"SELECT _row FROM twins_of WHERE file = {text(file)}")
    for relation in ("placed", "doing"):
        bench.db.execute(f"DELETE FROM {relation} WHERE (file, _row) IN (SELECT (file, _row) FROM twins_of)")


def _find_enrolled(bench: Workbench) -> None:
    """`doing`: what students did on days on which they belong to a school. The same choice of school as the pipeline's."""
    bench.fetch_stored(
        "SELECT student_id, entry_on, exit_on FROM roster_enrolment WHERE is_primary",
        {"student_id": "BIGINT", "entry_on": "DATE", "exit_on": "DATE"}, "spells",
    )  # fmt: skip
    bench.db.execute(
        """CREATE TABLE enrolled_at AS SELECT p.*, e.entry_on IS NOT NULL AND (e.exit_on IS NULL OR e.exit_on >= p."on") AS is_enrolled
           FROM (SELECT * FROM placed WHERE student_id IS NOT NULL AND kind = 'statement' AND "on" IS NOT NULL) p
           ASOF LEFT JOIN spells e ON p.student_id = e.student_id AND p."on" >= e.entry_on"""
    )
    bench.report(
        """SELECT file, _row AS row, 'activity.not_enrolled' AS code, 'timestamp' AS "column", NULL AS received FROM enrolled_at
           WHERE NOT is_enrolled""",
        "notice", expected="a day on which the student is enrolled", what_to_do="Kept as it came; no activity is counted.",
    )  # fmt: skip
    bench.report(
        """SELECT file, _row AS row, 'statement.no_time' AS code, 'timestamp' AS "column", NULL AS received FROM placed
           WHERE student_id IS NOT NULL AND kind = 'statement' AND "on" IS NULL""",
        "notice", expected="an instant", what_to_do="Kept as it came. Without a day no activity is counted.",
    )  # fmt: skip
    bench.db.execute(
        """CREATE TABLE doing AS SELECT * FROM enrolled_at WHERE is_enrolled AND key NOT IN (SELECT key FROM voided)"""
    )


def _find_ended(bench: Workbench) -> None:
    """`undone`: activities of earlier deliveries that this one voids."""
    listed = ", ".join(
        text(key)
        for (key,) in bench.db.execute("SELECT DISTINCT voids FROM statements WHERE voids <> '' ORDER BY 1").fetchall()
    )  # fmt: skip
    bench.fetch_stored(
        f"""SELECT source_key, school_year FROM records_activityevent WHERE source = {text(bench.source)}
            AND source_key IN ({listed or "NULL"})""",
        {"key": "VARCHAR", "school_year": "BIGINT"}, "stored_doing",
    )  # fmt: skip
    bench.db.execute(
        """CREATE TABLE undone AS SELECT s.file, min(s._row) AS _row, d.key, d.school_year FROM stored_doing d
           JOIN statements s ON s.voids = d.key
           WHERE (s.file, s._row) NOT IN (SELECT (file, _row) FROM set_aside) GROUP BY ALL"""
    )
