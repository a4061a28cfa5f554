# ruff: noqa: E501 (SQL reads better in its own lines)
"""Assessments, their scales and levels, and students' results.

An assessment of ours has one scale. Ed-Fi's has several (raw score, scale score, Lexile), and parts (objectives): each scale
of each part becomes an assessment of its own. The highest of the list `scale` that has levels is the one that counts where
the assessment counts for accountability.
"""

from crescendo.imports.bench import text
from crescendo.imports.findings import NOTICE

from .codes import report_unmapped
from .handing import Delivery, limited
from .keys import ASSESSMENT, at, items, joined

SCORES = ("scores", "assessmentScores", "assessmentScore")
LEVELS = (
    "performanceLevels",
    "assessmentPerformanceLevels",
    "assessmentPerformanceLevel",
    "performanceLevel",
)
METHOD = "assessmentReportingMethod"


def hand_over(delivery: Delivery) -> None:
    if not delivery.has("Assessment", "ObjectiveAssessment", "StudentAssessment"):
        return
    _learn_assessments(delivery)
    _scales(delivery)
    _levels(delivery)
    if delivery.has("StudentAssessment"):
        _results(delivery)


def variant(assessment: str, objective: str, method: str) -> str:
    """SQL of our external id of one scale of one part."""
    return f"concat_ws('#', {assessment}, lower(coalesce({objective}, '')), lower(coalesce({method}, '')))"


def _learn_assessments(delivery: Delivery) -> None:
    """`parts` (key of the assessment, objective, doc ...) and `wholes`: what this delivery and the store say of them."""
    db, subject = delivery.db, at("academicSubject|academicSubjects[0]")
    delivery.bench.fetch_stored(
        f"""SELECT split_part(e.external_id, '#', 1), min(a.title), min(a.subject), min(a.family), bool_or(a.is_accountability)
            FROM records_assessment a JOIN roster_externalid e ON e.object_id = a.id AND e.entity = 'assessment'
            WHERE e.source = {text(delivery.bench.source)} GROUP BY 1""",
        {"key": "VARCHAR", "title": "VARCHAR", "subject": "VARCHAR", "family": "VARCHAR", "counts": "BOOLEAN"}, "wholes",
    )  # fmt: skip
    if delivery.has("Assessment"):
        delivery.taken.add("Assessment")
        db.execute("DELETE FROM wholes WHERE key IN (SELECT key FROM now_Assessment)")
        db.execute(
            f"""INSERT INTO wholes SELECT key, coalesce({at("assessmentTitle")}, {at("assessmentIdentifier")}), code_value({subject}),
                coalesce({at("assessmentFamily")}, code_value({at("assessmentCategory")})),
                coalesce(code_value({at("assessmentCategory")}) LIKE 'State summative%'
                    OR code_value({at("assessmentCategory")}) LIKE 'State high school%', false) FROM now_Assessment"""
        )
    if delivery.has("ObjectiveAssessment"):
        delivery.taken.add("ObjectiveAssessment")
    whole = f"SELECT file, _row, key, key AS assessment, '' AS objective, doc, {at('assessmentIdentifier')} AS name, '' AS title, code_value({subject}) AS subject FROM {delivery.standing('Assessment')}"
    part = f"""SELECT file, _row, key, {joined(*map(at, ASSESSMENT))} AS assessment, {at("identificationCode")} AS objective, doc,
        {at("assessmentReference.assessmentIdentifier")} AS name, coalesce({at("description")}, {at("identificationCode")}) AS title,
        code_value({subject}) AS subject FROM {delivery.standing("ObjectiveAssessment")}"""
    db.execute(f"CREATE TABLE parts AS {whole} UNION ALL {part}")
    db.execute(
        f"""CREATE TABLE part_levels AS SELECT file, _row, assessment, objective,
            {at("performanceLevel|performanceLevelDescriptor", "item")} AS level,
            {at(METHOD, "item")} AS method, try_cast({at("minimumScore", "item")} AS DOUBLE) AS lower,
            try_cast({at("maximumScore", "item")} AS DOUBLE) AS upper
            FROM (SELECT *, unnest({items(*LEVELS)}) AS item FROM parts)"""
    )


def _scales(delivery: Delivery) -> None:
    """One assessment of ours for each scale that is declared, or that a student's result uses."""
    db, bench = delivery.db, delivery.bench
    _learn_results(delivery)
    db.execute(
        f"""CREATE TABLE declared AS
            SELECT file, _row, assessment, objective, title, subject, {at(METHOD, "item")} AS method,
                   try_cast({at("minimumScore", "item")} AS DOUBLE) AS lowest, try_cast({at("maximumScore", "item")} AS DOUBLE) AS highest
            FROM (SELECT *, unnest({items(*SCORES)}) AS item FROM parts)
            UNION ALL SELECT file, _row, assessment, objective, title, subject, NULL, NULL,
                   try_cast({at("maxRawScore")} AS DOUBLE) FROM parts WHERE len({items(*SCORES)}) = 0"""
    )
    db.execute(
        """INSERT INTO declared SELECT p.file, NULL, l.assessment, l.objective, any_value(p.title), any_value(p.subject), l.method,
            min(l.lower), max(l.upper)
           FROM part_levels l JOIN parts p USING (assessment, objective)
           WHERE l.method IS NOT NULL AND (l.assessment, lower(l.objective), lower(code_value(l.method))) NOT IN
                 (SELECT (assessment, lower(objective), lower(code_value(method))) FROM declared WHERE method IS NOT NULL) GROUP BY ALL"""
    )
    used = f"""SELECT any_value(u.file), NULL, u.assessment, u.objective, any_value(u.objective), NULL, u.method, NULL, NULL FROM
        scores_in u
        WHERE u.assessment IN (SELECT key FROM wholes) AND {variant("u.assessment", "u.objective", "code_value(u.method)")} NOT IN
            (SELECT {variant("assessment", "objective", "code_value(method)")} FROM declared
             UNION ALL SELECT external_id FROM {bench.known_ids("assessment")}) GROUP BY u.assessment, u.objective, u.method"""
    db.execute(f"INSERT INTO declared {used}")
    _hand_over_scales(delivery)


def _hand_over_scales(delivery: Delivery) -> None:
    rank = "coalesce(try_cast(mapped('scale', method) AS BIGINT), 0)"
    has_levels = """(SELECT count(*) > 0 FROM part_levels l WHERE l.assessment = d.assessment AND l.objective = d.objective
        AND l.method IS NOT DISTINCT FROM d.method)"""
    external = variant("d.assessment", "d.objective", "code_value(d.method)")
    title = "concat_ws(', ', w.title, nullif(d.title, ''), code_value(d.method))"
    delivery.db.execute(
        f"""CREATE TABLE scales AS SELECT d.*, {external} AS external_id, {title} AS full_title, coalesce(d.subject, w.subject) AS
            any_subject, w.family,
            w.counts AND d.objective = '' AND row_number() OVER (PARTITION BY d.assessment, d.objective
                ORDER BY {has_levels} DESC, {rank} DESC, d.method NULLS LAST) = 1 AND d.method IS NOT NULL AS counts
            FROM declared d JOIN wholes w ON w.key = d.assessment"""
    )
    delivery.hand_over(
        "assessments",
        f"""SELECT file, min(_row) AS _row, external_id, left({text(delivery.bench.source)} || ':' || CASE WHEN length(external_id) < 100
            THEN external_id
                ELSE md5(external_id) END, 120) AS code,
            left(any_value(full_title), 255) AS title, left(coalesce(any_value(any_subject), ''), 80) AS subject,
            left(coalesce(any_value(family), ''), 120) AS family, bool_or(counts) AS is_accountability,
            min(lowest) AS scale_min, max(highest) AS scale_max FROM scales GROUP BY file, external_id""",
    )
    # An objective of an assessment that nobody sent cannot be placed.
    delivery.bench.report(
        """SELECT file, _row AS row, 'reference.missing_target_record' AS code, 'assessmentReference' AS "column", NULL AS received
           FROM parts WHERE assessment NOT IN (SELECT key FROM wholes)""",
        "row", expected="an assessment of this delivery or an earlier one", what_to_do="Send the assessment first.",
    )  # fmt: skip


def _levels(delivery: Delivery) -> None:
    """Levels in the order of their lowest scores. A level without one cannot be ordered and is known by its name alone."""
    if not delivery.has("Assessment", "ObjectiveAssessment"):
        return
    report_unmapped(
        delivery.bench,
        "part_levels",
        "proficient",
        "level",
        column="performanceLevelDescriptor",
        sets_aside=False,
    )
    delivery.db.execute(
        f"""CREATE TABLE levels AS SELECT file, {variant("assessment", "objective", "code_value(method)")} AS assessment,
            row_number() OVER (PARTITION BY assessment, objective, method ORDER BY lower NULLS LAST, level) AS sequence,
            left(code_value(level), 80) AS title, lower, coalesce(mapped('proficient', level) = 'true', false) AS is_proficient
            FROM part_levels WHERE level IS NOT NULL"""
    )
    delivery.hand_over(
        "assessment_levels",
        """SELECT file, NULL::BIGINT AS _row, assessment, '' AS grade_level, sequence, title, lower, is_proficient FROM levels
           WHERE assessment IN (SELECT external_id FROM scales)""",
        mode="full",
    )


# -- results -----------------------------------------------------------------------------------------------------------


def _learn_results(delivery: Delivery) -> None:
    """`scores_in`: one row for each score of each part, or one without a score for a student who has none."""
    db = delivery.db
    student = delivery.student()
    db.execute(
        f"""CREATE TABLE tests_in AS SELECT file, _row, key, doc, uuid, {student} AS student, {joined(*map(at, ASSESSMENT))} AS assessment,
            left({at("administrationDate|administrationEndDate")}, 10) AS day,
                try_cast({at("schoolYear|schoolYearTypeReference.schoolYear")} AS BIGINT) AS given_year,
            {at("whenAssessedGradeLevel|assessedGradeLevel")} AS grade, {at("reasonNotTested")} AS reason,
            {at("reportedSchoolReference.schoolId|reportedSchoolIdentifier")} AS reported_school FROM {delivery.standing("StudentAssessment")}"""
    )
    objective = "coalesce({}, (SELECT any_value(key) FROM refs WHERE ref_id = {}))"
    named = objective.format(
        at("objectiveAssessmentReference.identificationCode", "part"),
        at("objectiveAssessmentReference.ref", "part"),
    )
    db.execute(
        f"""CREATE TABLE answers AS SELECT file, _row, key, assessment, '' AS objective, doc AS part FROM tests_in UNION ALL
            SELECT file, _row, key, assessment, {named}, part FROM
            (SELECT *, unnest({items("studentObjectiveAssessments", "studentObjectiveAssessment")}) AS part FROM tests_in)"""
    )
    score = items("scoreResults", "scoreResult", document="part")
    level = items("performanceLevels", "performanceLevel", document="part")
    db.execute(
        f"""CREATE TABLE levels_in AS SELECT file, _row, objective, {at("performanceLevel", "item")} AS level,
            {at(METHOD, "item")} AS method, {at("performanceLevelMet", "item")} AS is_met
            FROM (SELECT *, unnest({level}) AS item FROM answers)"""
    )
    db.execute(
        f"""CREATE TABLE scores_in AS SELECT file, _row, key, assessment, objective, {at(METHOD, "item")} AS method,
            {at("result", "item")} AS result
            FROM (SELECT *, unnest({score}) AS item FROM answers)"""
    )
    db.execute(  # a level that stands under a method without a score, and a student without either
        """INSERT INTO scores_in SELECT DISTINCT a.file, a._row, a.key, a.assessment, a.objective, l.method, NULL
           FROM answers a LEFT JOIN levels_in l USING (file, _row, objective)
           WHERE (a.file, a._row, a.objective, coalesce(l.method, '')) NOT IN (SELECT (file, _row, objective, coalesce(method, '')) FROM
               scores_in)
             AND (l.level IS NOT NULL OR (a.objective = '' AND (a.file, a._row) NOT IN (SELECT (file, _row) FROM scores_in)))"""
    )


def _results(delivery: Delivery) -> None:
    delivery.taken.add("StudentAssessment")
    bench, db = delivery.bench, delivery.db
    delivery.check_days("tests_in", "day", past=True)
    report_unmapped(
        bench, "tests_in", "not_tested", "reason", column="reasonNotTestedDescriptor", sets_aside=False
    )
    report_unmapped(
        bench, "levels_in", "proficient", "level", column="performanceLevelDescriptor", sets_aside=False
    )
    report_unmapped(
        bench, "tests_in", "grade_level", "grade", column="whenAssessedGradeLevelDescriptor", sets_aside=False
    )
    _find_schools(delivery)
    bench.fetch_stored(
        f"""SELECT e.external_id, l.sequence, l.title FROM records_assessmentlevel l JOIN roster_externalid e ON e.object_id =
            l.assessment_id
            WHERE e.entity = 'assessment' AND e.source = {text(bench.source)}""",
        {"assessment": "VARCHAR", "sequence": "BIGINT", "title": "VARCHAR"}, "all_levels",
    )  # fmt: skip
    if delivery.has("Assessment", "ObjectiveAssessment"):
        db.execute("DELETE FROM all_levels WHERE assessment IN (SELECT assessment FROM levels)")
        db.execute("INSERT INTO all_levels SELECT assessment, sequence, title FROM levels")
    external = variant("s.assessment", "s.objective", "code_value(s.method)")
    met = "CASE lower(l.is_met) WHEN 'true' THEN true WHEN '1' THEN true WHEN 'false' THEN false WHEN '0' THEN false ELSE mapped('proficient', l.level)::BOOLEAN END"
    number = "CASE WHEN isfinite(try_cast(s.result AS DOUBLE)) THEN try_cast(s.result AS DOUBLE) END"
    db.execute(
        f"""CREATE TABLE results AS SELECT t.file, t._row, t.key || '#' || lower(s.objective) || '#' ||
            lower(coalesce(code_value(s.method), '')) AS long_key,
            t.key, t.school_year, t.student, t.school, {external} AS assessment, try_cast(t.day AS DATE) AS "on",
            left(coalesce(mapped('grade_level', t.grade), code_value(t.grade), ''), 10) AS grade_level,
            CASE WHEN s.result IS NOT NULL OR l.level IS NOT NULL THEN 'scored' ELSE coalesce(mapped('not_tested', t.reason), 'invalid')
                END AS status,
            {number} AS score, left(coalesce(s.result, code_value(l.level), ''), 80) AS score_text, v.sequence AS level_sequence, {met} AS
                is_proficient
            FROM placed_tests t JOIN scores_in s USING (file, _row)
            LEFT JOIN (SELECT file, _row, objective, method, min(level) AS level, min(is_met) AS is_met FROM levels_in GROUP BY 1, 2, 3,
                4) l
                ON l.file = s.file AND l._row = s._row AND l.objective = s.objective AND l.method IS NOT DISTINCT FROM s.method
            LEFT JOIN (SELECT assessment, title, min(sequence) AS sequence FROM all_levels GROUP BY 1, 2) v
                ON v.assessment = {external} AND v.title = left(code_value(l.level), 80)"""
    )
    delivery.hand_over(
        "assessment_results",
        """SELECT * EXCLUDE (long_key, key), CASE WHEN length(long_key) <= 255 THEN long_key ELSE key || '#' || md5(long_key) END AS
            source_key
           FROM results WHERE school IS NOT NULL""",
        complete=True,
    )
    delivery.retract("StudentAssessment", "assessment_results")
    _keep_without_school(delivery)


def _find_schools(delivery: Delivery) -> None:
    """The school that reported the result, else the one at which the student was enrolled that day; else nobody knows."""
    delivery.db.execute(
        """CREATE TABLE placed_tests AS SELECT t.* EXCLUDE (given_year), coalesce(t.reported_school, CASE WHEN e.exit_on IS NULL OR
            e.exit_on >= t.at
                THEN e.school END) AS school, coalesce(t.given_year, school_year_of(t.at)) AS school_year
           FROM (SELECT *, try_cast(day AS DATE) AS at FROM tests_in) t ASOF LEFT JOIN enrolled e ON e.student = t.student AND t.at >=
               e.entry_on"""
    )


def _keep_without_school(delivery: Delivery) -> None:
    """Results of students who are on no roster that day are held and not measured, and how many is said (P8, P35)."""
    from .kept import kept_row  # noqa: PLC0415  (kept.py asks every subject what it took)

    delivery.bench.report(
        """SELECT file, _row AS row, 'fact.student_not_enrolled' AS code, 'reportedSchoolReference' AS "column", NULL AS received
           FROM placed_tests WHERE school IS NULL""",
        NOTICE, expected="a school that reported it, or an enrolment on the day",
        what_to_do="Held and not measured, since no school can be named. Send the enrolments, then the results again.",
    )  # fmt: skip
    row = kept_row("StudentAssessment")
    delivery.hand_over(
        "kept_records",
        f"""SELECT file, _row, {row}, school_year, student, NULL::VARCHAR AS school, try_cast(day AS DATE) AS "on" FROM placed_tests
            WHERE school IS NULL AND school_year IS NOT NULL""",
    )
    # Once a school is known, what was held steps aside for the result.
    delivery.hand_over(
        "kept_records",
        f"""SELECT file, NULL::BIGINT AS _row, {row}, school_year, student, school, try_cast(day AS DATE) AS "on", true AS _ended FROM
            placed_tests
            WHERE school IS NOT NULL AND school_year IS NOT NULL""",
    )


__all__ = ["hand_over", "limited"]
