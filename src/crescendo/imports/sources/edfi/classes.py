"""Courses, and sections as classes with the course and the session that their offering names."""

from crescendo.imports.bench import text

from .handing import Delivery, limited, metadata, session_key
from .keys import OFFERING, at, items, joined


def hand_over(delivery: Delivery) -> None:
    _courses(delivery)
    _learn_offerings(delivery)
    _sections(delivery)


def _courses(delivery: Delivery) -> None:
    if not delivery.has("Course"):
        return
    delivery.taken.add("Course")
    subject = at("academicSubject|academicSubjects[0]")
    core = items("levelCharacteristics", "courseLevelCharacteristics", "courseLevelCharacteristic")
    delivery.hand_over(
        "courses",
        f"""SELECT file, _row, key AS external_id, {at("educationOrganizationReference.educationOrganizationId")} AS organisation,
            {limited(at("courseTitle"))} AS title, {limited(at("courseCode"))} AS code,
            list_filter([code_value({subject})], lambda s: s IS NOT NULL) AS subjects,
            coalesce(mapped('core_subject', {subject}) = 'true', false)
                OR len(list_filter({core}, lambda c: ends_with(json_extract_string(c, '$'), '#Core Subject'))) > 0 AS is_core,
            {grade_levels("offeredGradeLevels", "offeredGradeLevel")} AS grade_levels,
            {metadata("courseDescription", "academicSubject", "courseDefinedBy", "numberOfParts")} FROM now_Course""",
    )
    delivery.end("Course", "courses", "g.key")


def grade_levels(*paths: str) -> str:
    """SQL of our grade levels for a list of theirs; a level that nobody mapped stays under its own word."""
    known = "coalesce((SELECT any_value(ours) FROM codes WHERE list = 'grade_level' AND theirs = lower(code_value(g))), code_value(g))"
    return f"""coalesce((SELECT list(left({known}, 20) ORDER BY g) FROM
        (SELECT unnest(list_transform({items(*paths)}, lambda e: json_extract_string(e, '$'))) AS g)), [])"""


def _learn_offerings(delivery: Delivery) -> None:
    """`offerings`: which course each offering teaches, of this delivery and of earlier ones (kept records)."""
    delivery.bench.fetch_stored(
        f"SELECT source_key, data FROM records_keptrecord WHERE source = {text(delivery.bench.source)} AND kind = 'courseOffering'",
        {"key": "VARCHAR", "doc": "VARCHAR"}, "stored_offerings",
    )  # fmt: skip
    course = joined(at("courseReference.courseCode"), at("courseReference.educationOrganizationId"))
    delivery.db.execute(
        f"""CREATE TABLE offerings AS SELECT DISTINCT ON (key) key, {course} AS course, {at("localCourseTitle")} AS title,
                {at("localCourseCode")} AS code
            FROM (SELECT key, doc, 1 AS n FROM {delivery.standing("CourseOffering")}
                  UNION ALL SELECT regexp_replace(key, '^[^:]*:', ''), doc, 2 FROM stored_offerings) ORDER BY key, n"""
    )
    delivery.bench.fetch_stored(
        f"""SELECT e.external_id, c.title, c.subjects[1], c.is_core FROM roster_course c JOIN roster_externalid e ON e.object_id = c.id
            WHERE e.entity = 'course' AND e.source = {text(delivery.bench.source)}""",
        {"key": "VARCHAR", "title": "VARCHAR", "subject": "VARCHAR", "is_core": "BOOLEAN"}, "known_courses",
    )  # fmt: skip
    if delivery.has("Course"):
        subject = at("academicSubject|academicSubjects[0]")
        delivery.db.execute("DELETE FROM known_courses WHERE key IN (SELECT key FROM now_Course)")
        delivery.db.execute(
            f"""INSERT INTO known_courses SELECT key, {at("courseTitle")}, code_value({subject}),
                coalesce(mapped('core_subject', {subject}) = 'true', false) FROM now_Course"""
        )


def _sections(delivery: Delivery) -> None:
    """`class_info` (key, school, school_year, session, course) of this delivery and the stored ones."""
    delivery.bench.fetch_stored(
        f"""SELECT e.external_id, o.external_id, c.school_year, min(x.external_id), min(k.external_id), min(s.begins_on), max(s.ends_on)
            FROM roster_schoolclass c
            JOIN roster_externalid e ON e.object_id = c.id AND e.entity = 'class' AND e.source = {text(delivery.bench.source)}
            JOIN roster_externalid o ON o.object_id = c.school_id AND o.entity = 'org' AND o.source = {text(delivery.bench.source)}
            LEFT JOIN roster_externalid k ON k.object_id = c.course_id AND k.entity = 'course' AND k.source = {text(delivery.bench.source)}
            LEFT JOIN roster_schoolclass_sessions j ON j.schoolclass_id = c.id
            LEFT JOIN roster_academicsession s ON s.id = j.academicsession_id
            LEFT JOIN roster_externalid x ON x.object_id = s.id AND x.entity = 'session' AND x.source = {text(delivery.bench.source)}
            GROUP BY 1, 2, 3""",
        {"key": "VARCHAR", "school": "VARCHAR", "school_year": "BIGINT", "session": "VARCHAR", "course": "VARCHAR",
         "begins_on": "DATE", "ends_on": "DATE"},
        "class_info",
    )  # fmt: skip
    if not delivery.has("Section"):
        return
    delivery.taken.add("Section")
    offering = joined(*(at(path) for path in OFFERING))
    period = "coalesce(json_extract_string(p, '$.classPeriodName'), json_extract_string(p, '$.classPeriodReference.classPeriodName'))"
    delivery.db.execute(
        f"""CREATE TABLE sections_in AS SELECT s.*, {at("courseOfferingReference.schoolId")} AS school,
            try_cast({at("courseOfferingReference.schoolYear")} AS BIGINT) AS school_year,
            {session_key("courseOfferingReference")} AS session, {at("sectionName")} AS own_title,
            {at("courseOfferingReference.localCourseCode")} AS local_code, o.course, o.title AS local_title,
            k.title AS course_title, k.subject
            FROM now_Section s LEFT JOIN offerings o ON o.key = {offering} LEFT JOIN known_courses k ON k.key = o.course"""
    )
    delivery.hand_over(
        "classes",
        f"""SELECT file, _row, key AS external_id, course, school, school_year,
            {limited("own_title, local_title, course_title, local_code")} AS title, {limited(at("sectionIdentifier"))} AS code,
            {limited(at("locationReference.classroomIdentificationCode"))} AS location,
            list_filter([subject], lambda s: s IS NOT NULL) AS subjects,
            list_sort(list_transform({items("classPeriods", "classPeriodReferences", "classPeriodReference")}, lambda p: left({period},
                40))) AS periods,
            {metadata("sectionType", "educationalEnvironment", "sequenceOfCourse", "availableCredits.credits|availableCredits")}
            FROM sections_in""",
    )
    _add_to_class_info(delivery)
    delivery.hand_over(
        "class_sessions",
        """SELECT DISTINCT file, NULL::BIGINT AS _row, key AS schoolclass, session AS academicsession FROM sections_in
           WHERE session IN (SELECT id FROM known_sessions)""",
        mode="full",
    )
    delivery.end("Section", "classes", "g.key")


def _add_to_class_info(delivery: Delivery) -> None:
    delivery.bench.fetch_stored(
        f"""SELECT e.external_id, s.begins_on, s.ends_on FROM roster_academicsession s JOIN roster_externalid e ON e.object_id = s.id
            WHERE e.entity = 'session' AND e.source = {text(delivery.bench.source)}""",
        {"id": "VARCHAR", "begins_on": "DATE", "ends_on": "DATE"}, "known_sessions",
    )  # fmt: skip
    if delivery.has("Session"):
        delivery.db.execute("DELETE FROM known_sessions WHERE id IN (SELECT key FROM now_Session)")
        delivery.db.execute(
            "INSERT INTO known_sessions SELECT key, try_cast(begins AS DATE), try_cast(ends AS DATE) FROM sessions_in"
        )
    delivery.db.execute("DELETE FROM class_info WHERE key IN (SELECT key FROM now_Section)")
    delivery.db.execute(
        """INSERT INTO class_info SELECT i.key, i.school, i.school_year, i.session, i.course, s.begins_on, s.ends_on
           FROM sections_in i LEFT JOIN known_sessions s ON s.id = i.session"""
    )
