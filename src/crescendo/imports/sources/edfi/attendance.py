# ruff: noqa: E501 (SQL reads better in its own lines)
"""Attendance events, one a day, and the days on which a school is known to have sent its attendance.

Ed-Fi holds exceptions: who is not named was there, if the school sent that day. It does not say which days were sent. So a
school's instructional days count as sent up to its last event, never beyond today; with takings of attendance
(`sectionAttendanceTakenEvents`) exactly their days do. A school without any event in a year is unknown, not at 100 %.
"""

from crescendo.imports.bench import text
from crescendo.imports.findings import NOTICE

from .codes import report_foreign, report_unmapped
from .handing import Delivery, iso
from .keys import at, joined

EVENTS = "StudentSchoolAttendanceEvent"
TAKEN = "SectionAttendanceTakenEvent"


def hand_over(delivery: Delivery) -> None:
    if delivery.has(EVENTS):
        delivery.taken.add(EVENTS)
        _events(delivery)
    if delivery.has("StudentSectionAttendanceEvent"):
        delivery.bench.notice(
            "attendance.by_lesson", expected="attendance by school day",
            what_to_do="Attendance by lesson is kept and counts for nothing: a lesson missed is not a day missed.",
        )  # fmt: skip
    if delivery.has(EVENTS, TAKEN):
        _submissions(delivery)


def _events(delivery: Delivery) -> None:
    bench, ours = delivery.bench, "mapped('attendance_category', category)"
    delivery.db.execute(
        f"""CREATE TABLE events_of_days AS SELECT file, _row, key, doc, uuid, {delivery.student()} AS student,
            {at("schoolReference.schoolId|sessionReference.schoolId")} AS school, {at("eventDate")} AS day,
            {at("attendanceEventCategory")} AS category, try_cast({at("eventDuration")} AS DOUBLE) AS duration,
            try_cast({at("sessionReference.schoolYear")} AS BIGINT) AS given_year FROM now_{EVENTS}"""
    )
    delivery.check_days("events_of_days", "day", past=True)
    report_unmapped(
        bench,
        "events_of_days",
        "attendance_category",
        "category",
        column="attendanceEventCategoryDescriptor",
        sets_aside=True,
    )
    report_foreign(
        bench, "events_of_days", "attendance_category", "category", column="attendanceEventCategoryDescriptor"
    )
    bench.report(
        """SELECT file, _row AS row, 'value.unlikely' AS code, 'eventDuration' AS "column", duration::VARCHAR AS received
           FROM events_of_days WHERE duration < 0 OR duration > 1""",
        NOTICE, expected="a share of the day from 0 to 1", what_to_do="Left out: the whole day counts, as if no duration had come.",
    )  # fmt: skip
    _choose_one_a_day(delivery)
    share = f"json_extract_string({ours}, '$[1]')::DOUBLE"
    measured = f"(json_extract_string({ours}, '$[0]') IN ('excused', 'unexcused') OR code_value(category) = 'Partial')"
    delivery.db.execute(
        f"""CREATE TABLE marks_of_days AS SELECT *, coalesce(given_year, school_year_of(try_cast(day AS DATE))) AS school_year,
            json_extract_string({ours}, '$[0]') AS ours,
            CASE WHEN {measured} AND duration BETWEEN 0 AND 1 THEN duration ELSE {share} END AS absent_share FROM events_of_days"""
    )
    delivery.hand_over(
        "attendance_events",
        """SELECT file, _row, key AS source_key, school_year, student, school, try_cast(day AS DATE) AS "on", ours AS category,
            absent_share, left(code_value(category), 60) AS code FROM marks_of_days WHERE n = 1""",
        complete=True,
    )
    delivery.retract(EVENTS, "attendance_events")
    _keep_the_others(delivery)


def _choose_one_a_day(delivery: Delivery) -> None:
    """Absent in the morning's list, corrected to late: two events of one day would add up. The surest one counts.

    Parts of a day with durations add up to at most a day and all count.
    """
    delivery.bench.fetch_stored(
        f"""SELECT p.external_id, f.on, f.source_key, f.code FROM records_attendanceevent f
            JOIN roster_externalid p ON p.object_id = f.student_id AND p.entity = 'student' AND p.source = {text(delivery.bench.source)}
            WHERE f.source = {text(delivery.bench.source)} AND f.school_year IN ({_years(delivery)})""",
        {"student": "VARCHAR", "on": "DATE", "key": "VARCHAR", "code": "VARCHAR"}, "stored_marks",
    )  # fmt: skip
    delivery.db.execute(
        f"""DELETE FROM stored_marks WHERE key IN (SELECT key FROM events_of_days)
            OR key IN (SELECT key FROM gone_{EVENTS} WHERE key IS NOT NULL)"""
    )
    certainty = "coalesce(try_cast(mapped('attendance_certainty', category) AS BIGINT), 0)"
    stored = "coalesce((SELECT max(try_cast(mapped('attendance_certainty', m.code) AS BIGINT)) FROM stored_marks m WHERE m.student = e.student AND m.\"on\" = try_cast(e.day AS DATE)), -1)"
    delivery.db.execute(
        f"""CREATE OR REPLACE TABLE events_of_days AS SELECT e.*, CASE WHEN in_parts THEN 1
                ELSE row_number() OVER (PARTITION BY student, school, day ORDER BY {certainty} DESC, key) END
                + CASE WHEN {stored} > {certainty} THEN 1 ELSE 0 END AS n
            FROM (SELECT *, coalesce(sum(duration) OVER d <= 1 AND count(duration) OVER d = count(*) OVER d AND max(duration) OVER d < 1
                    AND count(*) OVER d > 1, false) AS in_parts
                  FROM events_of_days WINDOW d AS (PARTITION BY student, school, day)) e"""
    )
    delivery.bench.report(
        """SELECT file, _row AS row, 'attendance.several_a_day' AS code, 'attendanceEventCategoryDescriptor' AS "column",
                  NULL AS received FROM events_of_days WHERE n > 1""",
        NOTICE, expected="one event for a student and day",
        what_to_do="The surest event of the day counts: late before present before excused before unexcused. The others are kept.",
    )  # fmt: skip


def _years(delivery: Delivery) -> str:
    years = delivery.db.execute(
        "SELECT DISTINCT coalesce(given_year, school_year_of(try_cast(day AS DATE))) AS y FROM events_of_days WHERE y IS NOT NULL ORDER BY 1"
    ).fetchall()
    return ", ".join(str(row[0]) for row in years) or "NULL"


def _keep_the_others(delivery: Delivery) -> None:
    """The less sure events of a day: kept as they came; what an earlier delivery said of that day steps aside for a surer one."""
    from .kept import kept_row  # noqa: PLC0415  (kept.py asks every subject what it took)

    delivery.hand_over(
        "kept_records",
        f"""SELECT file, _row, {kept_row(EVENTS)}, school_year, student, school, try_cast(day AS DATE) AS "on"
            FROM marks_of_days WHERE n > 1 AND school_year IS NOT NULL""",
    )
    delivery.hand_over(
        "attendance_events",
        """SELECT m.file, NULL::BIGINT AS _row, s.key AS source_key, m.school_year, true AS _ended, NULL::VARCHAR AS student,
            NULL::VARCHAR AS school, s."on", NULL::VARCHAR AS category, NULL::DOUBLE AS absent_share
           FROM stored_marks s JOIN marks_of_days m ON m.student = s.student AND try_cast(m.day AS DATE) = s."on"
           WHERE m.n = 1 AND m.duration IS NULL""",
    )


# -- days that were sent -----------------------------------------------------------------------------------------------


def _submissions(delivery: Delivery) -> None:
    """`attendance_submissions` for schools of this delivery, derived: no row of a file stands for one."""
    how = delivery.bench.settings.get("submissions", "calendar")
    if how == "none":
        return
    if delivery.has(TAKEN):
        _from_takings(delivery)
        return
    if not delivery.has(EVENTS):
        return
    today = iso(delivery.bench.on)
    delivery.db.execute(
        f"""CREATE TABLE last_events AS SELECT any_value(file) AS file, school, school_year,
                least(max(try_cast(day AS DATE)), {today}) AS last_on FROM marks_of_days
            WHERE (file, _row) NOT IN (SELECT (file, _row) FROM set_aside) GROUP BY school, school_year"""
    )
    _learn_school_days(delivery)
    delivery.db.execute(
        """CREATE TABLE sent_days AS SELECT DISTINCT l.file, l.school, l.school_year, d."on"
           FROM last_events l JOIN school_days d ON d.school = l.school AND d.school_year = l.school_year AND d."on" <= l.last_on"""
    )
    # Where no calendar came, a day with an event was sent; of the others nothing is known.
    delivery.db.execute(
        f"""INSERT INTO sent_days SELECT any_value(file), school, school_year, try_cast(day AS DATE) AS "on" FROM marks_of_days
            WHERE (school, school_year) NOT IN (SELECT (school, school_year) FROM school_days) AND try_cast(day AS DATE) <= {today}
              AND (file, _row) NOT IN (SELECT (file, _row) FROM set_aside) GROUP BY school, school_year, "on" """
    )
    _hand_over_days(delivery)


def _from_takings(delivery: Delivery) -> None:
    day = f"try_cast({at('calendarDateReference.date|eventDate')} AS DATE)"
    delivery.db.execute(
        f"""CREATE TABLE sent_days AS SELECT any_value(file) AS file, {at("sectionReference.schoolId")} AS school,
            try_cast({at("sectionReference.schoolYear")} AS BIGINT) AS school_year, {day} AS "on" FROM now_{TAKEN}
            WHERE {day} <= {iso(delivery.bench.on)} GROUP BY ALL"""
    )
    _hand_over_days(delivery)


def _hand_over_days(delivery: Delivery) -> None:
    delivery.hand_over(
        "attendance_submissions",
        """SELECT file, NULL::BIGINT AS _row, school || '|' || "on" AS source_key, school_year, school, "on" FROM sent_days
           WHERE school IS NOT NULL AND school_year IS NOT NULL AND "on" IS NOT NULL""",
    )


def _learn_school_days(delivery: Delivery) -> None:
    """`school_days`: days on which any calendar of a school is open, from the store and this delivery."""
    delivery.bench.fetch_stored(
        f"""SELECT o.external_id, c.school_year, d.on, k.external_id, d.is_instructional FROM roster_calendarday d
            JOIN roster_calendar c ON c.id = d.calendar_id
            JOIN roster_externalid k ON k.object_id = c.id AND k.entity = 'calendar' AND k.source = {text(delivery.bench.source)}
            JOIN roster_externalid o ON o.object_id = c.school_id AND o.entity = 'org' AND o.source = {text(delivery.bench.source)}""",
        {"school": "VARCHAR", "school_year": "BIGINT", "on": "DATE", "calendar": "VARCHAR", "is_open": "BOOLEAN"}, "stored_school_days",
    )  # fmt: skip
    new = 'SELECT NULL::VARCHAR AS school, NULL::BIGINT AS school_year, NULL::DATE AS "on", NULL::VARCHAR AS calendar, false AS is_open WHERE false'
    if delivery.has("CalendarDate"):
        calendar = joined(
            *(at(f"calendarReference.{name}") for name in ("calendarCode", "schoolId", "schoolYear"))
        )
        new = f"""SELECT {at("calendarReference.schoolId")} AS school, try_cast({at("calendarReference.schoolYear")} AS BIGINT) AS
            school_year,
            try_cast({at("date")} AS DATE) AS "on", {calendar} AS calendar, coalesce(e.is_open, false) AS is_open
            FROM now_CalendarDate d LEFT JOIN (SELECT file, _row, bool_and(mapped('calendar_event', event) = 'true') AS is_open
                FROM events_in GROUP BY 1, 2) e USING (file, _row)"""
    delivery.db.execute(
        f"""CREATE TABLE school_days AS SELECT DISTINCT school, school_year, "on" FROM (
            SELECT * FROM ({new}) UNION ALL
            SELECT * FROM stored_school_days s WHERE NOT EXISTS
                (SELECT 1 FROM ({new}) n WHERE n.calendar = s.calendar AND n."on" = s."on")) WHERE is_open"""
    )
