"""Who is in which class, and the dates at each school that follow from it."""

from crescendo.imports.bench import Workbench, text

from .package import Delivery
from .people import FAMILY_ROLES
from .places import aside, metadata, mode

FILE = "enrollments.csv"


def hand_over(bench: Workbench, delivery: Delivery) -> None:
    _read_enrollments(bench, delivery)
    if delivery.has(FILE):
        _class_staff(bench, delivery)
        _class_enrolments(bench, delivery)
    if delivery.has(FILE) or delivery.has("users.csv"):
        _school_enrolments(bench, delivery)


def _read_enrollments(bench: Workbench, delivery: Delivery) -> None:
    """`in_class`: each enrolment with its class's school, year and dates; blank dates are those of the class's sessions."""
    bench.db.execute(
        """CREATE TABLE in_class (_row BIGINT, id VARCHAR, is_ended BOOLEAN, role VARCHAR, class VARCHAR, school VARCHAR,
           user_id VARCHAR, is_primary BOOLEAN, begins DATE, ends DATE, school_year BIGINT, metadata VARCHAR)"""
    )
    if not delivery.has(FILE):
        return
    bench.db.execute(
        f"""INSERT INTO in_class SELECT e._row, e."sourcedId", coalesce(e."status", '') = 'tobedeleted', e."role",
               e."classSourcedId", coalesce(e."schoolSourcedId", c.school), e."userSourcedId", coalesce(e."primary", false),
               coalesce(e."beginDate", c.begins), coalesce(e."endDate", c.ends), c.school_year, {metadata("dateLastModified")}
            FROM {delivery.views[FILE]} e LEFT JOIN class_info c ON c.id = e."classSourcedId"
            WHERE e._row NOT IN {aside(bench, delivery, FILE)}"""
    )
    # Somebody whose enrolment dates lie wholly before or after the class's own keeps them: the source says so.
    bench.db.execute("UPDATE in_class SET ends = NULL WHERE ends < begins")


def _present(bench: Workbench, delivery: Delivery) -> str:
    return f'SELECT "sourcedId" FROM {delivery.views[FILE]} WHERE _row IN {aside(bench, delivery, FILE)}'


def _class_staff(bench: Workbench, delivery: Delivery) -> None:
    file = delivery.tables[FILE].name
    bench.hand_over(
        "class_staff",
        f"""SELECT _row, id AS external_id, is_ended AS _ended, class AS school_class, user_id AS staff,
                   left(replace(role, 'ext:', ''), 40) AS role, is_primary, begins AS begins_on, ends AS ends_on, metadata
            FROM (SELECT * REPLACE (is_primary AND NOT {_is_second()} AS is_primary) FROM in_class)
            WHERE role <> 'student' AND role NOT IN {FAMILY_ROLES}""",
        file=file, mode=mode(delivery, FILE), present_sql=_present(bench, delivery), called=delivery.called(FILE),
    )  # fmt: skip
    bench.keep_only(file, f"SELECT _row FROM in_class WHERE role IN {FAMILY_ROLES}")


def _is_second() -> str:
    """Whether another primary teacher of the class stands further up in the file: a class has one."""
    first = """SELECT class, arg_min(user_id, _row) AS teacher FROM in_class
               WHERE role = 'teacher' AND is_primary AND NOT is_ended GROUP BY 1"""
    return f"(role = 'teacher' AND coalesce(user_id <> (SELECT teacher FROM ({first}) f WHERE f.class = in_class.class), false))"


def _class_enrolments(bench: Workbench, delivery: Delivery) -> None:
    bench.hand_over(
        "class_enrolments",
        """SELECT _row, id AS external_id, is_ended AS _ended, class AS school_class, user_id AS student,
                  begins AS begins_on, ends AS ends_on, metadata FROM in_class WHERE role = 'student'""",
        file=delivery.tables[FILE].name, mode=mode(delivery, FILE), present_sql=_present(bench, delivery), called=delivery.called(FILE),
    )  # fmt: skip


# -- dates at a school -------------------------------------------------------------------------------------------------


def _school_enrolments(bench: Workbench, delivery: Delivery) -> None:
    """The union of a student's class dates at a school in a school year; without classes, the whole school year."""
    whole = _is_whole_truth(delivery)
    _collect_days(bench, delivery, whole=whole)
    _add_students_without_classes(bench)
    _make_spells(bench)
    file = delivery.tables[FILE if delivery.has(FILE) else "users.csv"].name
    _find_grades(bench, delivery)
    bench.hand_over(
        "school_enrolments",
        """SELECT NULL::BIGINT AS _row, s.student || '|' || s.school || '|' || s.school_year || '|' || s.number AS external_id,
                  false AS _ended, s.student, s.school, s.school_year, left(coalesce(g.grade, ''), 10) AS grade_level,
                  s.begins AS entry_on, s.ends AS exit_on, true AS is_primary, 1.0 AS membership_share
           FROM spells s LEFT JOIN grades g ON g.id = s.student"""
        + ("" if whole else _dropped_spells(bench)),
        file=file, mode="full" if whole else "changes",
        present_sql=_spells_to_spare(bench, delivery),
    )  # fmt: skip


def _is_whole_truth(delivery: Delivery) -> bool:
    return delivery.is_bulk(FILE) and (delivery.is_bulk("users.csv") or not delivery.has("users.csv"))


def _collect_days(bench: Workbench, delivery: Delivery, *, whole: bool) -> None:
    """`days`: student, school, year, begins, ends of each class. With changes only, the stored classes count too."""
    bench.db.execute(
        """CREATE TABLE days AS SELECT user_id AS student, school, school_year, begins, ends FROM in_class
           WHERE role = 'student' AND NOT is_ended AND begins IS NOT NULL AND school_year IS NOT NULL
           AND user_id IN (SELECT id FROM kinds WHERE kind = 'student')"""
    )
    bench.db.execute(
        "CREATE TABLE touched_students AS SELECT DISTINCT user_id AS id FROM in_class WHERE role = 'student'"
    )
    if delivery.has("users.csv"):
        bench.db.execute(
            "INSERT INTO touched_students SELECT DISTINCT user_id FROM role_rows WHERE role = 'student'"
        )
    if whole:
        return
    bench.fetch_stored(
        f"""SELECT e.external_id, u.external_id, o.external_id, c.school_year, n.begins_on, n.ends_on FROM roster_classenrolment n
            JOIN roster_externalid e ON e.object_id = n.id AND e.entity = 'enrollment' AND e.source = {text(bench.source)}
            JOIN roster_externalid u ON u.object_id = n.student_id AND u.entity = 'student' AND u.source = {text(bench.source)}
            JOIN roster_schoolclass c ON c.id = n.school_class_id
            JOIN roster_externalid o ON o.object_id = c.school_id AND o.entity = 'org' AND o.source = {text(bench.source)}
            WHERE n.ended_on IS NULL""",
        {
            "id": "VARCHAR",
            "student": "VARCHAR",
            "school": "VARCHAR",
            "school_year": "BIGINT",
            "begins": "DATE",
            "ends": "DATE",
        },
        "stored_days",
    )
    bench.db.execute(
        """INSERT INTO days SELECT student, school, school_year, begins, ends FROM stored_days
           WHERE student IN (SELECT id FROM touched_students) AND id NOT IN (SELECT id FROM in_class)"""
    )


def _add_students_without_classes(bench: Workbench) -> None:
    bench.db.execute(
        """INSERT INTO days
           SELECT DISTINCT r.user_id, r.org, y.school_year, greatest(coalesce(r.begins, y.begins), y.begins),
                  least(coalesce(r.ends, y.ends), y.ends)
           FROM role_rows r
           CROSS JOIN (SELECT school_year, min(begins) AS begins, max(ends) AS ends FROM sessions
                       WHERE school_year = (SELECT max(school_year) FROM sessions) GROUP BY 1) y
           WHERE r.role = 'student' AND NOT r.is_ended AND r.org IN (SELECT id FROM schools)
             AND r.user_id NOT IN (SELECT student FROM days)
             AND coalesce(r.begins, y.begins) <= y.ends AND coalesce(r.ends, y.ends) >= y.begins"""
    )


def _make_spells(bench: Workbench) -> None:
    """`spells`: class dates that touch or overlap are one. A break in which no term runs does not part them."""
    bench.db.execute(
        """CREATE TABLE stretches AS
           SELECT *, max(coalesce(ends, DATE '9999-12-31')) OVER (PARTITION BY student, school, school_year
                  ORDER BY begins, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
           FROM (SELECT DISTINCT student, school, school_year, begins, ends FROM days)"""
    )
    bench.db.execute(
        """CREATE TABLE gaps AS SELECT DISTINCT school_year, before, begins, EXISTS (
               SELECT 1 FROM sessions s WHERE s.school_year = g.school_year
               AND (s.kind <> 'schoolYear' OR NOT EXISTS (SELECT 1 FROM sessions t
                    WHERE t.school_year = s.school_year AND t.kind <> 'schoolYear'))
               AND s.begins < g.begins AND s.ends > g.before) AS parts
           FROM (SELECT DISTINCT school_year, before, begins FROM stretches WHERE begins > before + 1) g"""
    )
    bench.db.execute(
        """CREATE TABLE spells AS
           SELECT student, school, school_year, number, min(begins) AS begins,
                  CASE WHEN bool_or(ends IS NULL) THEN NULL ELSE max(ends) END AS ends
           FROM (SELECT s.*, 1 + sum(CASE WHEN g.parts THEN 1 ELSE 0 END) OVER (PARTITION BY s.student, s.school, s.school_year
                        ORDER BY s.begins, s.ends ROWS UNBOUNDED PRECEDING) AS number
                 FROM stretches s
                 LEFT JOIN gaps g ON g.school_year = s.school_year AND g.before = s.before AND g.begins = s.begins)
           GROUP BY ALL"""
    )


def _find_grades(bench: Workbench, delivery: Delivery) -> None:
    """`grades`: each student's grade, from this package or as it was stored."""
    bench.fetch_stored(
        f"""SELECT e.external_id, coalesce(s.metadata->>'grades', '') FROM roster_student s
            JOIN roster_externalid e ON e.object_id = s.id AND e.entity = 'student' AND e.source = {text(bench.source)}""",
        {"id": "VARCHAR", "grade": "VARCHAR"},
        "grades",
    )
    if delivery.has("users.csv"):
        view = delivery.views["users.csv"]
        bench.db.execute(f'DELETE FROM grades WHERE id IN (SELECT "sourcedId" FROM {view})')
        bench.db.execute(
            f"""INSERT INTO grades SELECT DISTINCT ON ("sourcedId") "sourcedId", "grades"[1] FROM {view}
                WHERE _row NOT IN {aside(bench, delivery, "users.csv")}"""
        )


def _dropped_spells(bench: Workbench) -> str:
    """With changes only: stored dates of the touched students that no class accounts for any more."""
    known = bench.known_ids("school_enrolment")
    return f""" UNION ALL
        SELECT NULL, external_id, true, split_part(external_id, '|', 1), split_part(external_id, '|', 2), NULL, '', NULL, NULL, true, 1.0
        FROM {known} WHERE split_part(external_id, '|', 1) IN (SELECT id FROM touched_students)
        AND external_id NOT IN (SELECT student || '|' || school || '|' || school_year || '|' || number FROM spells)"""


def _spells_to_spare(bench: Workbench, delivery: Delivery) -> str:
    """A student with a row set aside keeps stored dates: a mistake in a file is no departure."""
    users = []
    if delivery.has(FILE):
        users.append(
            f'SELECT "userSourcedId" FROM {delivery.views[FILE]} WHERE _row IN {aside(bench, delivery, FILE)}'
        )
    if delivery.has("users.csv"):
        view = delivery.views["users.csv"]
        users.append(f'SELECT "sourcedId" FROM {view} WHERE _row IN {aside(bench, delivery, "users.csv")}')
    return f"SELECT external_id FROM ids_school_enrolment WHERE split_part(external_id, '|', 1) IN ({' UNION ALL '.join(users)})"
