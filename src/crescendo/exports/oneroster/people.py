"""users, roles, demographics and enrollments."""

from crescendo.imports.sources.oneroster.people import POST_ROLES, RACE_VALUES
from crescendo.imports.sources.oneroster.specification import ROLES_12, SEX_12

from .desk import Desk
from .wording import enumerated, extras

KEPT = ("enabledUser", "userIds", "userMasterIdentifier", "preferredMiddleName", "sms", "grades")
NO_POST = "ext:no-post"  # a role that no site has: the person is staff, and has no post


def make(desk: Desk) -> None:
    _enrollments(desk)
    _users(desk)
    _roles(desk)
    _demographics(desk)


def _users(desk: Desk) -> None:
    desk.db.execute(
        """CREATE TABLE agents AS
           SELECT s.sid, string_agg(f.sid, ',' ORDER BY f.sid) AS agents FROM family_link l
           JOIN sid_student s ON s.id = l.student_id JOIN sid_family f ON f.id = l.family_member_id GROUP BY 1
           UNION ALL
           SELECT f.sid, string_agg(s.sid, ',' ORDER BY s.sid) FROM family_link l
           JOIN sid_student s ON s.id = l.student_id JOIN sid_family f ON f.id = l.family_member_id GROUP BY 1"""
    )
    parts = []
    for rank, kind in enumerate(("student", "staff", "family")):
        grades = "json_extract_string(p.metadata, '$.grades')" if kind == "student" else "NULL::VARCHAR"
        parts.append(
            f"""SELECT i.sid, {rank} AS rank, {grades} AS grade, p.* EXCLUDE (id{", born_on, sex" if kind == "student" else ""})
                FROM {kind} p JOIN sid_{kind} i USING (id)"""
        )
    # Somebody who is both is one user: as a student first.
    desk.db.execute(
        f"CREATE TABLE person AS SELECT * FROM ({' UNION ALL '.join(parts)}) QUALIFY row_number() OVER (PARTITION BY sid ORDER BY rank) = 1"
    )
    desk.change("people have no name or no username: the package has '-' or their id there",
                desk.count("FROM person WHERE trim(given_name) = '' OR trim(family_name) = '' OR trim(username) = ''"))  # fmt: skip
    kept = {name: f"json_extract_string(p.metadata, '$.{name}')" for name in KEPT}
    more = "".join(f", {column}" for column in extras(desk, "person", KEPT, "p"))
    desk.files["users.csv"] = f"""
        SELECT p.sid AS "sourcedId", CASE WHEN {kept["enabledUser"]} = 'false' THEN 'false' ELSE 'true' END AS "enabledUser",
               coalesce(nullif(trim(p.username), ''), p.sid) AS username, {kept["userIds"]} AS "userIds",
               coalesce(nullif(trim(p.given_name), ''), '-') AS "givenName", coalesce(nullif(trim(p.family_name), ''), '-') AS "familyName",
               p.middle_name AS "middleName", p.identifier, p.email, {kept["sms"]} AS sms, p.phone,
               (SELECT max(a.agents) FROM agents a WHERE a.sid = p.sid) AS "agentSourcedIds", replace(p.grade, ',', ';') AS grades,
               {kept["userMasterIdentifier"]} AS "userMasterIdentifier", p.preferred_given_name AS "preferredGivenName",
               {kept["preferredMiddleName"]} AS "preferredMiddleName", p.preferred_family_name AS "preferredFamilyName", p.pronouns {more}
        FROM person p"""


def _roles(desk: Desk) -> None:
    """Where each user is what. The days of a student with classes are those of the classes, so the role gives none."""
    codes = " ".join(f"WHEN '{code}' THEN '{role}'" for role, code in POST_ROLES.items() if role in ROLES_12 and role not in
                     ("systemAdministrator", "proctor"))  # fmt: skip
    said = " ".join(
        f"WHEN p.said = '{role}' AND p.role = '{code}' THEN p.said"
        for role, code in POST_ROLES.items()
        if role in ROLES_12
    )
    desk.db.execute(
        f"""CREATE TABLE role AS
        SELECT DISTINCT NULL::VARCHAR AS sid, s.sid AS person, 'student' AS role, o.sid AS org, NULL::DATE AS begins, NULL::DATE AS ends
        FROM enrollment e JOIN class c ON c.id = e.school_class_id JOIN sid_student s ON s.id = e.student_id JOIN sid_org o ON o.id = c.school_id
        UNION ALL
        SELECT NULL, s.sid, 'student', o.sid, min(e.begins_on), CASE WHEN bool_or(e.ends_on IS NULL) THEN NULL ELSE max(e.ends_on) END
        FROM school_enrolment e JOIN sid_student s ON s.id = e.student_id JOIN sid_org o ON o.id = e.school_id
        JOIN (SELECT max(school_year) AS year, max(ends_on) FILTER (school_year = (SELECT max(school_year) FROM session)) AS last FROM session) y
          ON e.school_year = y.year AND e.begins_on <= y.last
        WHERE e.student_id NOT IN (SELECT e.student_id FROM enrollment e JOIN class c ON c.id = e.school_class_id) GROUP BY ALL
        UNION ALL
        SELECT CASE WHEN i.sid NOT LIKE 'crescendo.%' OR i.source IS NOT NULL THEN i.sid ELSE i.sid END, s.sid,
               CASE {said} ELSE CASE p.role {codes} ELSE 'ext:' || regexp_replace(p.role, '[^A-Za-z0-9._-]+', '-', 'g') END END,
               o.sid, p.begins_on, p.ends_on
        FROM post p JOIN ids i ON i.entity = 'post' AND i.id = p.id JOIN sid_staff s ON s.id = p.staff_id JOIN sid_org o ON o.id = p.organisation_id
        UNION ALL
        SELECT NULL, f.sid, coalesce(min(CASE WHEN l.relationship IN ('guardian', 'parent', 'relative') THEN l.relationship END), 'guardian'),
               (SELECT sid FROM top), NULL, NULL
        FROM family m JOIN sid_family f USING (id) LEFT JOIN family_link l ON l.family_member_id = m.id GROUP BY f.sid"""  # noqa: E501
    )
    for kind, role in (("student", "student"), ("staff", NO_POST)):
        desk.db.execute(
            f"""INSERT INTO role SELECT NULL, i.sid, '{role}', (SELECT sid FROM top), NULL, NULL FROM sid_{kind} i
                WHERE i.sid NOT IN (SELECT person FROM role r WHERE (r.role = 'student') = ('{kind}' = 'student')
                                    AND r.role NOT IN ('guardian', 'parent', 'relative'))"""
        )
    desk.db.execute(
        "UPDATE role SET sid = 'role.' || md5(person || '|' || role || '|' || org) WHERE sid IS NULL"
    )
    desk.files["roles.csv"] = """
        SELECT sid AS "sourcedId", person AS "userSourcedId",
               CASE row_number() OVER (PARTITION BY person, org ORDER BY sid) WHEN 1 THEN 'primary' ELSE 'secondary' END AS "roleType",
               role, CASE WHEN begins <= coalesce(ends, begins) THEN begins END::VARCHAR AS "beginDate", ends::VARCHAR AS "endDate",
               org AS "orgSourcedId"
        FROM role"""


def _demographics(desk: Desk) -> None:
    cases = {**{value: name for name, value in RACE_VALUES.items()}, "hispanic": "hispanicOrLatinoEthnicity",
             "two_or_more": "demographicRaceTwoOrMoreRaces"}  # fmt: skip
    races = ", ".join(
        f"CASE WHEN r.value = '{value}' THEN 'true' END AS \"{name}\"" for value, name in cases.items()
    )
    desk.files["demographics.csv"] = f"""
        SELECT s.sid AS "sourcedId", p.born_on::VARCHAR AS "birthDate", {enumerated("p.sex", SEX_12)} AS sex, {races}
        FROM student p JOIN sid_student s USING (id) LEFT JOIN (SELECT student_id, min(value) AS value FROM race GROUP BY 1) r
             ON r.student_id = p.id
        WHERE p.born_on IS NOT NULL OR p.sex <> '' OR r.value IS NOT NULL"""


def _enrollments(desk: Desk) -> None:
    """In a class: students and staff. An open end is the end of the class's sessions, as a reader would take it."""
    for table, person in (("enrollment", "student"), ("class_staff", "staff")):
        before = desk.count(f"FROM {table}")
        desk.db.execute(
            f"""DELETE FROM {table} WHERE school_class_id NOT IN (SELECT id FROM class) OR {person}_id NOT IN (SELECT id FROM {person})
                OR ends_on < begins_on"""
        )
        desk.leave_out(
            "enrolments of people or classes that have ended, or that never held",
            before - desk.count(f"FROM {table}"),
        )
    desk.db.execute("DELETE FROM class_staff WHERE role IN ('student', 'guardian', 'parent', 'relative')")
    ends = "coalesce(e.ends_on, CASE WHEN d.ends >= e.begins_on THEN d.ends END)::VARCHAR"
    first = "row_number() OVER (PARTITION BY e.school_class_id, e.role, e.is_primary ORDER BY i.sid) = 1 OR e.role <> 'teacher'"
    common = f"""e.begins_on::VARCHAR AS "beginDate", {ends} AS "endDate" """
    joins = "JOIN class c ON c.id = e.school_class_id JOIN class_days d ON d.id = c.id JOIN sid_class k ON k.id = c.id JOIN sid_org o ON o.id = c.school_id"  # noqa: E501
    desk.files["enrollments.csv"] = f"""
        SELECT i.sid AS "sourcedId", k.sid AS "classSourcedId", o.sid AS "schoolSourcedId", p.sid AS "userSourcedId", 'student' AS role,
               NULL::VARCHAR AS "primary", {common}
        FROM enrollment e JOIN sid_enrollment i USING (id) JOIN sid_student p ON p.id = e.student_id {joins}
        UNION ALL
        SELECT i.sid, k.sid, o.sid, p.sid, {enumerated("e.role", ("administrator", "proctor", "teacher"))},
               CASE WHEN e.is_primary AND ({first}) THEN 'true' ELSE 'false' END, {common}
        FROM class_staff e JOIN sid_class_staff i USING (id) JOIN sid_staff p ON p.id = e.staff_id {joins}"""
