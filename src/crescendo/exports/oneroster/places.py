"""orgs, academicSessions, courses and classes."""

from .desk import Desk
from .wording import enumerated, extras

ORGS = ("department", "school", "district", "local", "state", "national")
SESSIONS = ("gradingPeriod", "semester", "schoolYear", "term")


def make(desk: Desk) -> None:
    _orgs(desk)
    _sessions(desk)
    _classes(desk)
    _courses(desk)


def _orgs(desk: Desk) -> None:
    more = extras(desk, "org", (), "o")
    desk.files["orgs.csv"] = f"""
        SELECT s.sid AS "sourcedId", coalesce(nullif(trim(o.name), ''), s.sid) AS name, {enumerated("o.kind", ORGS)} AS type,
               o.identifier, p.sid AS "parentSourcedId" {_also(more)}
        FROM org o JOIN sid_org s USING (id) LEFT JOIN sid_org p ON p.id = o.parent_id"""
    # Whoever belongs to no school stands at the top.
    desk.db.execute(
        """CREATE TABLE top AS SELECT o.id, s.sid FROM org o JOIN sid_org s USING (id)
           WHERE o.parent_id IS NULL OR o.parent_id NOT IN (SELECT id FROM org) ORDER BY s.sid LIMIT 1"""
    )


def _sessions(desk: Desk) -> None:
    desk.db.execute("DELETE FROM session WHERE ends_on < begins_on")
    desk.files["academicSessions.csv"] = f"""
        SELECT s.sid AS "sourcedId", coalesce(nullif(trim(t.title), ''), s.sid) AS title, {enumerated("t.kind", SESSIONS)} AS type,
               t.begins_on::VARCHAR AS "startDate", t.ends_on::VARCHAR AS "endDate", p.sid AS "parentSourcedId",
               t.school_year::VARCHAR AS "schoolYear" {_also(extras(desk, "session", (), "t"))}
        FROM session t JOIN sid_session s USING (id)
        LEFT JOIN sid_session p ON p.id = t.parent_id AND p.id IN (SELECT id FROM session)"""


def _classes(desk: Desk) -> None:
    """A class needs a school and a session; one without sessions has those of its school year."""
    desk.db.execute(
        """CREATE TABLE sits AS
           SELECT j.schoolclass_id AS class, s.id FROM class_session j JOIN session s ON s.id = j.academicsession_id
           UNION SELECT c.id, s.id FROM class c JOIN session s ON s.school_year = c.school_year AND s.kind = 'schoolYear'
           WHERE c.id NOT IN (SELECT j.schoolclass_id FROM class_session j JOIN session s ON s.id = j.academicsession_id)"""
    )
    before = desk.count("FROM class")
    desk.db.execute(
        """DELETE FROM class WHERE school_id NOT IN (SELECT id FROM org) OR id NOT IN (SELECT class FROM sits)
           OR (course_id IS NULL AND (SELECT count(*) FROM org) = 0)"""
    )
    desk.leave_out("classes without a live school or a session", before - desk.count("FROM class"))
    desk.db.execute(
        """CREATE TABLE class_days AS SELECT class AS id, min(begins_on) AS begins, max(ends_on) AS ends,
               string_agg(i.sid, ',' ORDER BY i.sid) AS terms
           FROM sits JOIN session s ON s.id = sits.id JOIN sid_session i ON i.id = s.id GROUP BY 1"""
    )
    desk.files["classes.csv"] = f"""
        SELECT s.sid AS "sourcedId", coalesce(nullif(trim(c.title), ''), s.sid) AS title, c.grade_levels AS grades,
               coalesce(k.sid, 'crescendo.course-of.' || c.id) AS "courseSourcedId", c.code AS "classCode",
               coalesce({enumerated("c.kind", ("homeroom", "scheduled"))}, 'scheduled') AS "classType", c.location,
               o.sid AS "schoolSourcedId", d.terms AS "termSourcedIds", c.subjects, {_codes("c")} AS "subjectCodes",
               c.periods {_also(extras(desk, "class", (), "c"))}
        FROM class c JOIN sid_class s USING (id) JOIN sid_org o ON o.id = c.school_id JOIN class_days d ON d.id = c.id
        LEFT JOIN live_course k ON k.id = c.course_id"""


def _courses(desk: Desk) -> None:
    """A course needs an organisation. A class without a live course gets one of its own title."""
    desk.db.execute(
        """CREATE TABLE live_course AS SELECT k.*, s.sid, o.sid AS org FROM course k JOIN sid_course s USING (id)
           JOIN sid_org o ON o.id = k.organisation_id"""
    )
    desk.leave_out(
        "courses without a live organisation", desk.count("FROM course") - desk.count("FROM live_course")
    )
    years = """SELECT t.school_year, min(i.sid) AS sid FROM session t JOIN sid_session i USING (id)
               WHERE t.kind = 'schoolYear' GROUP BY 1"""
    more = extras(desk, "course", (), "k")
    desk.files["courses.csv"] = f"""
        SELECT k.sid AS "sourcedId", y.sid AS "schoolYearSourcedId", coalesce(nullif(trim(k.title), ''), k.sid) AS title,
               k.code AS "courseCode", k.grade_levels AS grades, k.org AS "orgSourcedId", k.subjects,
               {_codes("k")} AS "subjectCodes" {_also(more)}
        FROM live_course k LEFT JOIN ({years}) y ON y.school_year = k.school_year
        UNION ALL BY NAME
        SELECT 'crescendo.course-of.' || c.id AS "sourcedId", coalesce(nullif(trim(c.title), ''), 'crescendo.course-of.' || c.id) AS title,
               o.sid AS "orgSourcedId"
        FROM class c JOIN sid_org o ON o.id = c.school_id WHERE c.course_id IS NULL OR c.course_id NOT IN (SELECT id FROM live_course)"""


def _codes(alias: str) -> str:
    """Codes stand beside subjects, one for one, or not at all."""
    same = f"len(string_split({alias}.subject_codes, ',')) = len(string_split({alias}.subjects, ','))"
    return f"CASE WHEN coalesce({alias}.subjects, '') = '' OR {same} THEN {alias}.subject_codes END"


def _also(columns: list[str]) -> str:
    return "".join(f", {column}" for column in columns)
