# ruff: noqa: E501 (SQL reads better in its own lines)
"""Grades and transcripts as course outcomes, and the gradebook as coursework."""

from crescendo.imports.bench import text
from crescendo.imports.findings import ROW

from .codes import report_unmapped
from .handing import Delivery, limited, metadata, section_key
from .keys import at, joined

BY_GRADES, BY_TRANSCRIPTS = "grades", "transcripts"
PASSED = "CASE WHEN upper(mark) IN ('F', 'E', 'FAIL', 'NP', 'U') THEN false WHEN regexp_matches(upper(mark), '^([A-D][+-]?|P|PASS|CR|S)$') THEN true END"


def hand_over(delivery: Delivery) -> None:
    """A course that ended once must not count twice: either final grades or transcripts say how, as the site decides."""
    if delivery.bench.settings.get("outcomes", BY_GRADES) == BY_TRANSCRIPTS:
        _transcripts(delivery)
    else:
        _grades(delivery)
    _entries(delivery)
    _entry_results(delivery)


def _grades(delivery: Delivery) -> None:
    """Final grades end a course; grades of other kinds are kept."""
    if not delivery.has("Grade"):
        return
    bench, section = delivery.bench, section_key("studentSectionAssociationReference")
    delivery.db.execute(
        f"""CREATE TABLE grades_in AS SELECT g.file, g._row, g.key, g.doc, {at("gradeType")} AS kind, {section} AS section,
            {delivery.student("studentSectionAssociationReference.studentUniqueId|studentReference.studentUniqueId")} AS student,
            coalesce({at("letterGradeEarned")}, {at("numericGradeEarned")}) AS mark, try_cast({at("numericGradeEarned")} AS DOUBLE) AS
                points,
            {at("currentGradeAsOfDate")} AS day FROM now_Grade g"""
    )
    report_unmapped(
        bench, "grades_in", "outcome_grade", "kind", column="gradeTypeDescriptor", sets_aside=False
    )
    final = "mapped('outcome_grade', g.kind) = 'true'"
    bench.report(
        f"""SELECT file, _row AS row, 'reference.missing_target_record' AS code, 'sectionReference' AS "column", NULL AS received
            FROM grades_in g WHERE {final} AND section NOT IN (SELECT key FROM class_info)""",
        ROW, expected="a section of this delivery or an earlier one", what_to_do="Send the section first.",
    )  # fmt: skip
    delivery.hand_over(
        "course_outcomes",
        f"""SELECT g.file, g._row, g.key AS source_key, c.school_year, g.student, c.school, c.course, g.section AS "class", c.session,
            coalesce(try_cast(g.day AS DATE), c.ends_on, make_date(c.school_year, 6, 30)) AS "on", left(coalesce(k.subject, ''), 80) AS
                subject,
            coalesce(k.is_core, false) AS is_core, left(coalesce(g.mark, ''), 20) AS mark, g.points AS mark_points, {PASSED} AS passed
            FROM grades_in g JOIN class_info c ON c.key = g.section LEFT JOIN known_courses k ON k.key = c.course WHERE {final}""",
        complete=True,
    )
    delivery.retract("Grade", "course_outcomes")
    delivery.db.execute(f"INSERT INTO elsewhere SELECT file, _row FROM grades_in g WHERE {final}")


def _transcripts(delivery: Delivery) -> None:
    if not delivery.has("CourseTranscript"):
        return
    delivery.taken.add("CourseTranscript")
    record, course = (
        "studentAcademicRecordReference",
        joined(at("courseReference.courseCode"), at("courseReference.educationOrganizationId")),
    )
    delivery.db.execute(
        f"""CREATE TABLE transcripts_in AS SELECT *, {at("courseAttemptResult")} AS attempt,
            {delivery.student(f"{record}.studentUniqueId")} AS student,
            {course} AS course, try_cast({at(f"{record}.schoolYear")} AS BIGINT) AS school_year FROM now_CourseTranscript"""
    )
    report_unmapped(
        delivery.bench,
        "transcripts_in",
        "attempt",
        "attempt",
        column="courseAttemptResultDescriptor",
        sets_aside=False,
    )
    number = {name: f"try_cast({at(path)} AS DOUBLE)" for name, path in (
        ("points", "finalNumericGradeEarned"), ("attempted", "attemptedCredits.credits|attemptedCredits"),
        ("earned", "earnedCredits.credits|earnedCredits"))}  # fmt: skip
    delivery.hand_over(
        "course_outcomes",
        f"""SELECT t.file, t._row, t.key AS source_key, t.school_year, t.student,
            coalesce({at("externalEducationOrganizationReference.educationOrganizationId|studentAcademicRecordReference.educationOrganizationId")}) AS school,
            t.course, make_date(t.school_year, 6, 30) AS "on", left(coalesce(k.subject, ''), 80) AS subject, coalesce(k.is_core, false) AS
                is_core,
            left(coalesce({at("finalLetterGradeEarned|finalNumericGradeEarned")}, ''), 20) AS mark, {number["points"]} AS mark_points,
            try_cast(nullif(mapped('attempt', t.attempt), '') AS BOOLEAN) AS passed, {number["attempted"]} AS credits_attempted,
            {number["earned"]} AS credits_earned FROM transcripts_in t LEFT JOIN known_courses k ON k.key = t.course""",
    )
    delivery.retract("CourseTranscript", "course_outcomes")


# -- gradebook ---------------------------------------------------------------------------------------------------------


def _entries(delivery: Delivery) -> None:
    if not delivery.has("GradebookEntry"):
        return
    delivery.taken.add("GradebookEntry")
    delivery.db.execute(
        f"""CREATE TABLE entries_in AS SELECT *, {section_key()} AS section, {at("dateAssigned")} AS assigned, {at("dueDate")} AS due,
            code_value({at("gradebookEntryType")}) AS category FROM now_GradebookEntry"""
    )
    delivery.check_days("entries_in", "assigned")
    delivery.check_days("entries_in", "due", required=False)
    delivery.hand_over(
        "coursework_categories",
        """SELECT any_value(file) AS file, NULL::BIGINT AS _row, lower(category) AS external_id, min(category) AS title FROM entries_in
           WHERE category IS NOT NULL GROUP BY lower(category)""",
    )
    period = joined(
        *(
            at(f"gradingPeriodReference.{name}")
            for name in (
                "schoolId",
                "schoolYear",
                "gradingPeriod",
                "gradingPeriodName|gradingPeriodReference.periodSequence",
            )
        )
    )
    delivery.hand_over(
        "coursework_items",
        f"""SELECT e.file, e._row, e.key AS external_id, e.section AS school_class, lower(e.category) AS category,
            CASE WHEN {at("gradingPeriodReference.schoolId")} IS NOT NULL THEN {period} ELSE c.session END AS session,
            {limited(at("title"))} AS title, coalesce({at("description")}, '') AS description,
            try_cast(e.assigned AS DATE) AS assigned_on, coalesce(try_cast(e.due AS DATE), try_cast(e.assigned AS DATE)) AS due_on,
            try_cast({at("maxPoints")} AS DOUBLE) AS score_max, {metadata("sourceSectionIdentifier")}
            FROM entries_in e LEFT JOIN class_info c ON c.key = e.section""",
    )
    delivery.end("GradebookEntry", "coursework_items", "g.key")


def _entry_results(delivery: Delivery) -> None:
    resource = "StudentGradebookEntry"
    if not delivery.has(resource):
        return
    delivery.taken.add(resource)
    bench = delivery.bench
    _learn_items(delivery)
    entry = joined(
        at("gradebookEntryReference.gradebookEntryIdentifier"), at("gradebookEntryReference.namespace")
    )
    delivery.db.execute(
        f"""CREATE TABLE work_in AS SELECT file, _row, key, doc, {entry} AS item, {delivery.student()} AS student,
            {at("submissionStatus")} AS submission, {at("dateFulfilled")} AS day, code_value({at("assignmentLateStatus")}) AS lateness,
            coalesce({at("numericGradeEarned")}, {at("pointsEarned")}) AS points, {at("letterGradeEarned")} AS letter FROM now_{resource}"""
    )
    report_unmapped(
        bench, "work_in", "submission", "submission", column="submissionStatusDescriptor", sets_aside=True
    )
    delivery.check_days("work_in", "day", required=False)
    bench.report(
        """SELECT file, _row AS row, 'reference.missing_target_record' AS code, 'gradebookEntryReference' AS "column", NULL AS received
           FROM work_in WHERE item NOT IN (SELECT item FROM item_classes)""",
        ROW, expected="a gradebook entry of this delivery or an earlier one", what_to_do="Send the gradebook entry first.",
    )  # fmt: skip
    score = "try_cast(w.points AS DOUBLE)"
    status = "coalesce(mapped('submission', w.submission), CASE WHEN coalesce(w.points, w.letter) IS NULL THEN 'not submitted' ELSE 'fully graded' END)"
    delivery.hand_over(
        "coursework_results",
        f"""SELECT w.file, w._row, w.key AS source_key, c.school_year, w.student, c.school, i.section AS "class", w.item, {status} AS
            status,
            CASE WHEN isfinite({score}) THEN {score} END AS score, left(coalesce(w.letter, ''), 80) AS score_text,
            try_cast(w.day AS DATE) AS scored_on, CASE lower(w.lateness) WHEN 'late' THEN true WHEN 'not late' THEN false END AS is_late,
            {status} = 'not submitted' AS is_missing FROM work_in w JOIN item_classes i ON i.item = w.item JOIN class_info c ON c.key =
                i.section""",
        complete=True,
    )
    delivery.retract(resource, "coursework_results")


def _learn_items(delivery: Delivery) -> None:
    source = text(delivery.bench.source)
    delivery.bench.fetch_stored(
        f"""SELECT e.external_id, k.external_id FROM records_courseworkitem i
            JOIN roster_externalid e ON e.object_id = i.id AND e.entity = 'line_item' AND e.source = {source}
            JOIN roster_externalid k ON k.object_id = i.school_class_id AND k.entity = 'class' AND k.source = {source}""",
        {"item": "VARCHAR", "section": "VARCHAR"}, "item_classes",
    )  # fmt: skip
    if delivery.has("GradebookEntry"):
        delivery.db.execute("DELETE FROM item_classes WHERE item IN (SELECT key FROM entries_in)")
        delivery.db.execute(
            "INSERT INTO item_classes SELECT key, section FROM entries_in WHERE section IN (SELECT key FROM class_info)"
        )
