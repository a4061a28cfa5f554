"""Organisations, sessions, courses and classes."""

from crescendo.imports.bench import Workbench, text

from .package import Delivery
from .values import stored_order

ENDED = "coalesce(\"status\", '') = 'tobedeleted' AS _ended"
SCED_CORE = "^0[1-4][0-9]{3,}$"  # School Courses for the Exchange of Data: English, mathematics, science, social science


def mode(delivery: Delivery, name: str) -> str:
    return "full" if delivery.is_bulk(name) else "changes"


def aside(bench: Workbench, delivery: Delivery, name: str) -> str:
    """Rows of a file that were set aside by now."""
    return f"(SELECT _row FROM set_aside WHERE file = {text(delivery.tables[name].name)})"


def limited(name: str, length: int = 255) -> str:
    """A text column cut to what our column holds, empty instead of missing."""
    return f"left(coalesce(\"{name}\", ''), {length})"


def metadata(*pairs: str) -> str:
    """The unknown columns of a row and, beside them, known columns that we keep under their own names.

    Written as PostgreSQL writes it, short keys first: most rows are then known to be the same by one look at the text.
    """
    cells = [
        f'\'"{name}": \' || to_json("{name}"::VARCHAR)::VARCHAR' for name in sorted(pairs, key=stored_order)
    ]
    if not cells:
        return "coalesce(_metadata, '{}') AS metadata"
    plain = f"'{{' || concat_ws(', ', {', '.join(cells)}) || '}}'"
    known = ", ".join(f"struct_pack(key := '{name}', value := \"{name}\"::VARCHAR)" for name in pairs)
    ours = f"list_filter([{known}], lambda e: e.value IS NOT NULL)"
    extra = "map_entries(CAST(json(_metadata) AS MAP(VARCHAR, VARCHAR)))"
    # A column of ours comes before one that only has its name.
    theirs = (
        f"list_filter({extra}, lambda e: NOT list_contains(list_transform({ours}, lambda o: o.key), e.key))"
    )
    both = f"list_transform(list_concat({ours}, {theirs}), lambda e: struct_pack(n := strlen(e.key), key := e.key, value := e.value))"
    written = f"list_transform(list_sort({both}), lambda e: to_json(e.key)::VARCHAR || ': ' || to_json(e.value)::VARCHAR)"
    filled = ", ".join(f'"{name}"::VARCHAR' for name in pairs)
    return (
        f"CASE WHEN _metadata IS NULL THEN {plain} WHEN coalesce({filled}) IS NULL THEN _metadata "
        f"ELSE '{{' || array_to_string({written}, ', ') || '}}' END AS metadata"
    )


def make_sessions(bench: Workbench, delivery: Delivery) -> None:
    """`sessions`: id, kind, begins, ends, school_year."""
    bench.fetch_stored(
        f"""SELECT e.external_id, s.kind, s.begins_on, s.ends_on, s.school_year FROM roster_academicsession s
            JOIN roster_externalid e ON e.object_id = s.id AND e.entity = 'session'
            WHERE e.source = {text(bench.source)} AND s.ended_on IS NULL""",
        {"id": "VARCHAR", "kind": "VARCHAR", "begins": "DATE", "ends": "DATE", "school_year": "BIGINT"},
        "sessions",
    )
    if not delivery.has("academicSessions.csv"):
        if has_placeholder_sessions(bench):
            bench.db.execute(
                "INSERT INTO sessions SELECT id, 'term', begins, ends, school_year FROM placeholder_sessions"
            )
        return
    view = delivery.views["academicSessions.csv"]
    bench.db.execute(f'DELETE FROM sessions WHERE id IN (SELECT "sourcedId" FROM {view})')
    bench.db.execute(
        f"""INSERT INTO sessions SELECT DISTINCT ON ("sourcedId") "sourcedId", "type", "startDate", "endDate", "schoolYear" FROM {view}
            WHERE coalesce("status", '') <> 'tobedeleted' AND _row NOT IN {aside(bench, delivery, "academicSessions.csv")}"""
    )


def make_placeholder_sessions(bench: Workbench, delivery: Delivery) -> None:
    """Classes name terms, but no file of sessions came: those not stored run as long as their classes' enrolments say.

    A term of which no enrolment gives a day is not made: days at school follow from it, and nobody may invent them.
    """
    if (
        bench.strict
        or delivery.has("academicSessions.csv")
        or not {"classes.csv", "enrollments.csv"} <= set(delivery.views)
    ):
        return
    bench.db.execute(
        f"""CREATE TABLE placeholder_sessions AS
            SELECT term AS id, min(e."beginDate") AS begins, max(e."endDate") AS ends,
                   year(max(e."endDate")) + (month(max(e."endDate")) > 7)::INTEGER AS school_year
            FROM (SELECT "sourcedId" AS class, unnest("termSourcedIds") AS term FROM {delivery.views["classes.csv"]}
                  WHERE coalesce("status", '') <> 'tobedeleted') c
            JOIN {delivery.views["enrollments.csv"]} e ON e."classSourcedId" = c.class AND e."role" = 'student'
            WHERE term NOT IN (SELECT external_id FROM {bench.known_ids("session")}) GROUP BY 1 HAVING begins IS NOT NULL AND ends >= begins"""  # noqa: E501
    )
    number = bench.db.execute("SELECT count(*) FROM placeholder_sessions").fetchone()[0]
    if number:
        file = delivery.tables["classes.csv"].name
        bench.notice("reference.placeholder_made", file=file, column="termSourcedIds", count=number,
                     expected="academicSessions.csv",
                     what_to_do="Terms were made with the days of their enrolments. Send academicSessions.csv.")  # fmt: skip
        bench.hand_over(
            "sessions",
            """SELECT id AS external_id, id AS title, 'term' AS kind, begins AS begins_on, ends AS ends_on, school_year
               FROM placeholder_sessions""",
            file=file,
        )


def has_placeholder_sessions(bench: Workbench) -> bool:
    """Whether terms were made for this delivery."""
    return bool(
        bench.db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'placeholder_sessions'").fetchone()
    )


def make_schools(bench: Workbench, delivery: Delivery) -> None:
    """`schools`: ids of the organisations that are schools."""
    bench.fetch_stored(
        f"""SELECT e.external_id FROM roster_organisation o JOIN roster_externalid e ON e.object_id = o.id AND e.entity = 'org'
            WHERE e.source = {text(bench.source)} AND o.kind = 'school' AND o.ended_on IS NULL""",
        {"id": "VARCHAR"},
        "schools",
    )
    if delivery.has("orgs.csv"):
        view = delivery.views["orgs.csv"]
        bench.db.execute(f'DELETE FROM schools WHERE id IN (SELECT "sourcedId" FROM {view})')
        bench.db.execute(
            f"""INSERT INTO schools SELECT "sourcedId" FROM {view} WHERE "type" = 'school'
                AND coalesce("status", '') <> 'tobedeleted'"""
        )


def make_classes(bench: Workbench, delivery: Delivery) -> None:
    """`class_info`: id, school, course, begins, ends, school_year; dates are those of the class's sessions."""
    bench.fetch_stored(
        f"""SELECT e.external_id, o.external_id, c.school_year, min(s.begins_on), max(s.ends_on) FROM roster_schoolclass c
            JOIN roster_externalid e ON e.object_id = c.id AND e.entity = 'class' AND e.source = {text(bench.source)}
            JOIN roster_externalid o ON o.object_id = c.school_id AND o.entity = 'org' AND o.source = {text(bench.source)}
            LEFT JOIN roster_schoolclass_sessions j ON j.schoolclass_id = c.id
            LEFT JOIN roster_academicsession s ON s.id = j.academicsession_id GROUP BY 1, 2, 3""",
        {"id": "VARCHAR", "school": "VARCHAR", "school_year": "BIGINT", "begins": "DATE", "ends": "DATE"},
        "class_info",
    )
    if not delivery.has("classes.csv"):
        return
    view = delivery.views["classes.csv"]
    bench.db.execute(
        f"""CREATE OR REPLACE TABLE class_terms AS SELECT c."sourcedId" AS id, c."schoolSourcedId" AS school,
                min(s.begins) AS begins, max(s.ends) AS ends, max(s.school_year) AS school_year, min(c._row) AS _row
            FROM (SELECT *, unnest("termSourcedIds") AS term FROM {view}) c JOIN sessions s ON s.id = c.term
            WHERE c._row NOT IN {aside(bench, delivery, "classes.csv")} GROUP BY 1, 2"""
    )
    bench.db.execute(f'DELETE FROM class_info WHERE id IN (SELECT "sourcedId" FROM {view})')
    bench.db.execute(
        "INSERT INTO class_info SELECT DISTINCT ON (id) id, school, school_year, begins, ends FROM class_terms ORDER BY id, _row"
    )


def hand_over(bench: Workbench, delivery: Delivery) -> None:
    _organisations(bench, delivery)
    _sessions(bench, delivery)
    _courses(bench, delivery)
    _classes(bench, delivery)


def _present(bench: Workbench, delivery: Delivery, name: str) -> str:
    return f'SELECT "sourcedId" FROM {delivery.views[name]} WHERE _row IN {aside(bench, delivery, name)}'


def _organisations(bench: Workbench, delivery: Delivery) -> None:
    name = "orgs.csv"
    if not delivery.has(name):
        return
    bench.hand_over(
        "organisations",
        f"""SELECT _row, "sourcedId" AS external_id, {ENDED}, {limited("name")} AS name,
                   CASE WHEN "type" LIKE 'ext:%' THEN 'other' ELSE "type" END AS kind, {limited("identifier")} AS identifier,
                   CASE WHEN "sourcedId" NOT IN (SELECT id FROM loops_orgs) THEN "parentSourcedId" END AS parent,
                   {metadata("dateLastModified")} FROM {delivery.views[name]}""",
        file=delivery.tables[name].name, mode=mode(delivery, name), present_sql=_present(bench, delivery, name),
        called=delivery.called(name),
    )  # fmt: skip


def _sessions(bench: Workbench, delivery: Delivery) -> None:
    name = "academicSessions.csv"
    if not delivery.has(name):
        return
    bench.hand_over(
        "sessions",
        f"""SELECT _row, "sourcedId" AS external_id, {ENDED}, {limited("title")} AS title,
                   CASE WHEN "type" LIKE 'ext:%' THEN 'other' ELSE "type" END AS kind, "startDate" AS begins_on,
                   "endDate" AS ends_on, "schoolYear" AS school_year,
                   CASE WHEN "sourcedId" NOT IN (SELECT id FROM loops_academicSessions) THEN "parentSourcedId" END AS parent,
                   {metadata("dateLastModified")} FROM {delivery.views[name]}""",
        file=delivery.tables[name].name, mode=mode(delivery, name), present_sql=_present(bench, delivery, name),
        called=delivery.called(name),
    )  # fmt: skip


def _courses(bench: Workbench, delivery: Delivery) -> None:
    name = "courses.csv"
    if delivery.has(name):
        bench.hand_over(
            "courses",
            f"""SELECT _row, "sourcedId" AS external_id, {ENDED}, {limited("title")} AS title, {limited("courseCode")} AS code,
                       "orgSourcedId" AS organisation, (SELECT any_value(s.school_year) FROM sessions s
                            WHERE s.id = "schoolYearSourcedId") AS school_year,
                       {_lists()}, len(list_filter(coalesce("subjectCodes", []), lambda c: regexp_matches(c,
                            '{SCED_CORE}'))) > 0 AS is_core,
                       {metadata("dateLastModified")} FROM {delivery.views[name]}""",
            file=delivery.tables[name].name, mode=mode(delivery, name), present_sql=_present(bench, delivery, name),
            called=delivery.called(name),
        )  # fmt: skip
    elif delivery.has("classes.csv"):
        _placeholder_courses(bench, delivery)


def _placeholder_courses(bench: Workbench, delivery: Delivery) -> None:
    """Classes name courses, but no file of courses came: those not stored are made with the class's title."""
    view = delivery.views["classes.csv"]
    missing = f"""SELECT "courseSourcedId" AS external_id, min("title") AS title, min("schoolSourcedId") AS organisation
                  FROM {view} WHERE "courseSourcedId" NOT IN (SELECT external_id FROM {bench.known_ids("course")})
                  AND coalesce("status", '') <> 'tobedeleted' GROUP BY 1"""
    number = bench.db.execute(f"SELECT count(*) FROM ({missing})").fetchone()[0]
    if number:
        bench.notice("reference.placeholder_made", file=delivery.tables["classes.csv"].name, column="courseSourcedId", count=number,
                     expected="courses.csv", what_to_do="Courses were made with the classes' titles. Send courses.csv.")  # fmt: skip
        bench.hand_over("courses", missing, file=delivery.tables["classes.csv"].name)


def _lists() -> str:
    same = 'coalesce(len("subjectCodes"), 0) = coalesce(len("subjects"), 0) OR "subjects" IS NULL'
    return (
        '"grades" AS grade_levels, "subjects" AS subjects, '
        f'CASE WHEN {same} THEN "subjectCodes" END AS subject_codes'
    )


def _classes(bench: Workbench, delivery: Delivery) -> None:
    name = "classes.csv"
    if not delivery.has(name):
        return
    view, file = delivery.views[name], delivery.tables[name].name
    bench.hand_over(
        "classes",
        f"""SELECT c._row, "sourcedId" AS external_id, {ENDED}, {limited("title")} AS title, "courseSourcedId" AS course,
                   {limited("classCode")} AS code, left("classType", 40) AS kind, {limited("location")} AS location,
                   "schoolSourcedId" AS school, {_lists()}, "periods" AS periods, i.school_year,
                   {metadata("dateLastModified")} FROM {view} c LEFT JOIN class_info i ON i.id = c."sourcedId" """,
        file=file, mode=mode(delivery, name), present_sql=_present(bench, delivery, name),
        called=delivery.called(name),
    )  # fmt: skip
    bench.hand_over(
        "class_sessions",
        f"""SELECT DISTINCT NULL::BIGINT AS _row, "sourcedId" AS schoolclass, term AS academicsession
            FROM (SELECT *, unnest("termSourcedIds") AS term FROM {view}
                  WHERE coalesce("status", '') <> 'tobedeleted' AND _row NOT IN {aside(bench, delivery, name)})
            WHERE term IN (SELECT id FROM sessions)""",
        file=file, mode="full",
    )  # fmt: skip
