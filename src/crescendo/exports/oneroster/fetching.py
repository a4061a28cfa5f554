"""What is live, from PostgreSQL into the export's DuckDB, and the id that each thing has in the package."""

from crescendo.imports.bench import text
from crescendo.imports.exchange import Exchange

from .desk import Desk

GUID = "[0-9A-Za-z._/@-]{1,255}"
PERSON = (
    "id, given_name, middle_name, family_name, preferred_given_name, preferred_family_name, pronouns, identifier, "
    "username, email, phone, metadata"
)
#: Table -> its SELECT and which of its columns are no text.
TABLES: dict[str, tuple[str, dict[str, str]]] = {
    "org": ("SELECT id, parent_id, kind, name, identifier, metadata FROM roster_organisation WHERE ended_on IS NULL", {}),
    "session": (
        "SELECT id, parent_id, school_year, begins_on, ends_on, kind, title, metadata FROM roster_academicsession WHERE ended_on IS NULL",
        {},
    ),
    "course": (
        "SELECT id, organisation_id, school_year, title, code, {grade_levels}, {subjects}, {subject_codes}, metadata "
        "FROM roster_course WHERE ended_on IS NULL", {},
    ),
    "class": (
        "SELECT id, course_id, school_id, school_year, title, code, kind, location, {grade_levels}, {subjects}, {subject_codes}, "
        "{periods}, metadata FROM roster_schoolclass WHERE ended_on IS NULL", {},
    ),
    "class_session": ("SELECT schoolclass_id, academicsession_id FROM roster_schoolclass_sessions", {}),
    "student": (f"SELECT {PERSON}, born_on, sex FROM roster_student WHERE ended_on IS NULL AND erased_at IS NULL", {}),
    "staff": (f"SELECT {PERSON} FROM roster_staffmember WHERE ended_on IS NULL", {}),
    "family": (f"SELECT {PERSON} FROM roster_familymember WHERE ended_on IS NULL", {}),
    "family_link": ("SELECT student_id, family_member_id, relationship FROM roster_familylink WHERE ended_on IS NULL", {}),
    "post": (
        "SELECT id, staff_id, organisation_id, begins_on, ends_on, role_id AS role, metadata->>'role' AS said FROM roster_post WHERE ended_on IS NULL",  # noqa: E501
        {"role": "VARCHAR"},
    ),
    "class_staff": (
        "SELECT id, school_class_id, staff_id, begins_on, ends_on, is_primary, role FROM roster_classstaff WHERE ended_on IS NULL", {},
    ),
    "enrollment": ("SELECT id, school_class_id, student_id, begins_on, ends_on FROM roster_classenrolment WHERE ended_on IS NULL", {}),
    "school_enrolment": (
        "SELECT student_id, school_id, school_year, entry_on AS begins_on, exit_on AS ends_on FROM roster_enrolment WHERE ended_on IS NULL", {},  # noqa: E501
    ),
    "race": (
        "SELECT student_id, value FROM roster_studentcharacteristic WHERE characteristic_id = 'race_ethnicity' AND ends_on IS NULL", {},
    ),
    "category": ("SELECT id, weight, title, metadata FROM records_courseworkcategory WHERE ended_on IS NULL", {"weight": "DOUBLE"}),
    "line_item": (
        "SELECT id, school_class_id, category_id, session_id, assigned_on, due_on, score_min, score_max, title, description, metadata "
        "FROM records_courseworkitem WHERE ended_on IS NULL",
        {"score_min": "DOUBLE", "score_max": "DOUBLE"},
    ),
    "result": (
        "SELECT id, school_year, student_id, item_id, scored_on, score, is_late, is_missing, is_incomplete, source, source_key, status, "
        "score_text, comment FROM records_courseworkresult",
        {"score": "DOUBLE", "school_year": "BIGINT"},
    ),
    "kept": ("SELECT school_year, source, source_key, kind, data FROM records_keptrecord", {}),
}  # fmt: skip
#: Things whose ids stand in one file, where an id may come once.
GROUPS = {
    "org": "orgs", "session": "academicSessions", "course": "courses", "class": "classes", "student": "users",
    "staff": "users", "family": "users", "post": "roles", "class_staff": "enrollments", "enrollment": "enrollments",
    "category": "categories", "line_item": "lineItems",
}  # fmt: skip


def fetch(desk: Desk, exchange: Exchange) -> None:
    """Every table under its name, and `ids` (entity, id, sid) with `called` (file, source, external_id, sid)."""
    for name, (sql, types) in TABLES.items():
        written, columns = _columns(sql, types)
        exchange.fetch(written, columns, name)
    exchange.fetch(
        "SELECT entity, object_id, source, external_id FROM roster_externalid",
        {"entity": "VARCHAR", "id": "BIGINT", "source": "VARCHAR", "external_id": "VARCHAR"},
        "external",
    )
    _choose_ids(desk)


def _columns(sql: str, types: dict[str, str]) -> tuple[str, dict[str, str]]:
    listed = sql.removeprefix("SELECT ").split(" FROM ")[0]
    names = [part.strip().split(" AS ")[-1] for part in listed.split(", ")]
    columns = {}
    for name in names:
        plain = name.strip("{}")
        kind = "VARCHAR"
        if plain == "id" or plain.endswith("_id") or plain == "school_year":
            kind = "BIGINT"
        elif plain.endswith("_on"):
            kind = "DATE"
        elif plain.startswith("is_"):
            kind = "BOOLEAN"
        columns[plain] = types.get(plain, kind)
        if name != plain:  # a list is one cell; a comma inside an item would part it
            sql = sql.replace(name, f"(SELECT string_agg(replace(trim(i), ',', ';'), ',' ORDER BY n) FROM unnest({plain}) WITH ORDINALITY u(i, n) WHERE trim(i) <> '')")  # fmt: skip  # noqa: E501
    return sql, columns


def _choose_ids(desk: Desk) -> None:
    groups = ", ".join(f"({text(entity)}, {text(file)})" for entity, file in GROUPS.items())
    live = " UNION ALL ".join(f'SELECT {text(entity)} AS entity, id FROM "{entity}"' for entity in GROUPS)
    wanted = text(desk.source)
    desk.db.execute(
        f"""CREATE TABLE chosen AS SELECT l.entity, l.id, g.file, e.source, e.external_id FROM ({live}) l
            JOIN (VALUES {groups}) g(entity, file) USING (entity)
            LEFT JOIN external e ON e.entity = l.entity AND e.id = l.id AND regexp_full_match(e.external_id, '{GUID}')
            QUALIFY row_number() OVER (PARTITION BY l.entity, l.id ORDER BY e.source IS NULL, e.source <> {wanted}, e.source, e.external_id) = 1"""  # noqa: E501
    )
    desk.db.execute(
        f"""CREATE TABLE ids AS SELECT entity, id, file, source, external_id,
                CASE WHEN external_id IS NULL
                       OR source <> first_value(source) OVER w
                       OR (entity = first_value(entity) OVER w AND id <> first_value(id) OVER w)
                     THEN 'crescendo.' || entity || '.' || id ELSE external_id END AS sid
            FROM chosen WINDOW w AS (PARTITION BY file, external_id ORDER BY source <> {wanted}, source, entity, id
                                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"""
    )
    for entity in GROUPS:
        desk.db.execute(f"CREATE VIEW sid_{entity} AS SELECT id, sid FROM ids WHERE entity = '{entity}'")
    desk.db.execute(
        """CREATE TABLE called AS SELECT i.file, e.source, e.external_id, min(i.sid) AS sid
           FROM ids i JOIN external e ON e.entity = i.entity AND e.id = i.id GROUP BY ALL HAVING count(DISTINCT i.sid) = 1"""
    )
