"""Users by their roles: students, staff with posts, family members with links; demographics."""

from crescendo.imports.bench import Workbench, text
from crescendo.imports.findings import ERROR, NOTICE, ROW

from .package import Delivery
from .places import ENDED, aside, limited, metadata, mode
from .specification import RACES

# OneRoster's role -> accounts.Role; an ext: role is the role of that code, if the site has it.
POST_ROLES = {
    "principal": "principal",
    "siteAdministrator": "administrator",
    "systemAdministrator": "administrator",
    "administrator": "administrator",
    "districtAdministrator": "district_leader",
    "counselor": "counselor",
    "teacher": "teacher",
    "aide": "aide",
    "proctor": "aide",
}
FAMILY_ROLES = ("guardian", "parent", "relative")
RACE_VALUES = {
    "americanIndianOrAlaskaNative": "native",
    "asian": "asian",
    "blackOrAfricanAmerican": "black",
    "nativeHawaiianOrOtherPacificIslander": "pacific",
    "white": "white",
}
CHARACTERISTICS = {"race_ethnicity": "Race and ethnicity"}


def make_kinds(bench: Workbench, delivery: Delivery) -> None:
    """`role_rows` (user, role, org, dates, where it stands) and `kinds` (user, kind: student, staff, family)."""
    bench.fetch_stored("SELECT code FROM accounts_role", {"code": "VARCHAR"}, "site_roles")
    bench.db.execute(
        """CREATE TABLE role_rows (file VARCHAR, _row BIGINT, user_id VARCHAR, role VARCHAR, org VARCHAR, begins DATE,
           ends DATE, is_ended BOOLEAN, key VARCHAR)"""
    )
    _add_roles_of_users(bench, delivery)
    _add_roles_of_roles(bench, delivery)
    bench.db.execute(
        f"""CREATE TABLE kinds AS SELECT DISTINCT user_id AS id, CASE WHEN role = 'student' THEN 'student'
            WHEN role IN {FAMILY_ROLES} THEN 'family' ELSE 'staff' END AS kind FROM role_rows
            WHERE NOT is_ended"""
    )
    # Somebody whose role did not come this time is what they were before.
    for kind in ("student", "staff", "family"):
        bench.db.execute(
            f"""INSERT INTO kinds SELECT external_id, '{kind}' FROM {bench.known_ids(kind)}
                WHERE external_id NOT IN (SELECT id FROM kinds)"""
            if not _roles_are_complete(delivery)
            else f"""INSERT INTO kinds SELECT external_id, '{kind}' FROM {bench.known_ids(kind)}
                     WHERE external_id NOT IN (SELECT id FROM kinds) AND external_id NOT IN (SELECT user_id FROM role_rows)"""
        )
    bench.db.execute("CREATE OR REPLACE TABLE kinds AS SELECT DISTINCT * FROM kinds")
    _set_aside_users_without_role(bench, delivery)


def _roles_are_complete(delivery: Delivery) -> bool:
    return delivery.is_bulk("roles.csv") or (delivery.version == "1.1" and delivery.is_bulk("users.csv"))


def _add_roles_of_users(bench: Workbench, delivery: Delivery) -> None:
    """1.1: the role stands with the user, once for each organisation."""
    if not delivery.has("users.csv"):
        return
    view, file = delivery.views["users.csv"], delivery.tables["users.csv"].name
    orgs = "found_users_orgSourcedIds"
    if bench.strict:
        bench.db.execute(
            f'CREATE OR REPLACE TABLE {orgs} AS SELECT _row, unnest("orgSourcedIds") AS item, true AS is_known FROM {view}'
        )
    elif not bench.db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [orgs]).fetchone():
        bench.db.execute(
            f"CREATE TABLE {orgs} AS SELECT NULL::BIGINT AS _row, NULL::VARCHAR AS item, false AS is_known WHERE false"
        )
    bench.db.execute(
        f"""INSERT INTO role_rows SELECT {text(file)}, u._row, u."sourcedId", u."role", o.item, NULL, NULL,
                coalesce(u."status", '') = 'tobedeleted', u."sourcedId" || '|' || coalesce(o.item, '') || '|' || u."role"
            FROM {view} u LEFT JOIN {orgs} o ON o._row = u._row AND o.is_known
            WHERE u."role" IS NOT NULL AND u._row NOT IN {aside(bench, delivery, "users.csv")}"""
    )


def _add_roles_of_roles(bench: Workbench, delivery: Delivery) -> None:
    """1.2: a file of roles."""
    if not delivery.has("roles.csv"):
        return
    view, file = delivery.views["roles.csv"], delivery.tables["roles.csv"].name
    bench.db.execute(
        f"""INSERT INTO role_rows SELECT {text(file)}, _row, "userSourcedId", "role", "orgSourcedId", "beginDate",
                CASE WHEN "endDate" >= "beginDate" OR "beginDate" IS NULL THEN "endDate" END,
                coalesce("status", '') = 'tobedeleted', "sourcedId"
            FROM {view} WHERE _row NOT IN {aside(bench, delivery, "roles.csv")}"""
    )


def _set_aside_users_without_role(bench: Workbench, delivery: Delivery) -> None:
    if not delivery.has("users.csv"):
        return
    view, name = delivery.views["users.csv"], delivery.tables["users.csv"].name
    bench.report(
        f"""SELECT {text(name)} AS file, _row AS row, 'user.no_role' AS code, 'role' AS "column", NULL AS received
            FROM {view} WHERE "sourcedId" NOT IN (SELECT id FROM kinds) AND coalesce("status", '') <> 'tobedeleted'
            AND _row NOT IN {aside(bench, delivery, "users.csv")}""",
        ROW, expected="a role for every user", what_to_do="Send the user's role.",
    )  # fmt: skip


def hand_over(bench: Workbench, delivery: Delivery) -> None:
    _demographics(bench, delivery)
    if delivery.has("users.csv"):
        for kind, target in (("student", "students"), ("staff", "staff"), ("family", "family")):
            _people(bench, delivery, kind, target)
        _keep_the_rest(bench, delivery)
        _family_links(bench, delivery)
    _posts(bench, delivery)


def _people(bench: Workbench, delivery: Delivery, kind: str, target: str) -> None:
    view, file = delivery.views["users.csv"], delivery.tables["users.csv"].name
    about, also, join = "", {}, ""
    if kind == "student" and delivery.has("demographics.csv"):
        about = ", d._row AS _demographics_row, d.born_on, d.sex"
        join = 'LEFT JOIN about d ON d.id = u."sourcedId"'
        also = {delivery.tables["demographics.csv"].name: ("_demographics_row", ("born_on", "sex"))}
    speaks = (
        ", left(coalesce(json_extract_string(_metadata, '$.language'), ''), 10) AS speaks"
        if kind == "family"
        else ""
    )
    kept = (
        "enabledUser",
        "userIds",
        "userMasterIdentifier",
        "preferredMiddleName",
        "sms",
        "dateLastModified",
    )
    grades = '"grades"[1] AS grades' if kind == "student" else "NULL AS grades"
    bench.hand_over(
        target,
        f"""SELECT u._row, u."sourcedId" AS external_id, {ENDED}, {limited("givenName")} AS given_name,
                   {limited("familyName")} AS family_name, {limited("middleName")} AS middle_name,
                   {limited("preferredGivenName")} AS preferred_given_name, {limited("preferredFamilyName")} AS preferred_family_name,
                   {limited("pronouns", 40)} AS pronouns, {limited("identifier")} AS identifier, {limited("username")} AS username,
                   {limited("email")} AS email, left(coalesce("phone", "sms", ''), 60) AS phone,
                   name_sort_key(coalesce("familyName", ''), coalesce("givenName", '')) AS sort_key,
                   {metadata(*kept, "grades")} {about}{speaks}
            FROM (SELECT * REPLACE ({grades.removesuffix(" AS grades")} AS grades) FROM {view}) u {join}
            WHERE u."sourcedId" IN (SELECT id FROM kinds WHERE kind = '{kind}')""",
        file=file,
        mode=mode(delivery, "users.csv"),
        present_sql=f'SELECT "sourcedId" FROM {view} WHERE _row IN {aside(bench, delivery, "users.csv")}',
        also=also,
        called=delivery.called("users.csv"),
    )  # fmt: skip


def _keep_the_rest(bench: Workbench, delivery: Delivery) -> None:
    """Users who are leaving and of whom we never knew a kind: read, and nothing to do."""
    view = delivery.views["users.csv"]
    bench.keep_only(
        delivery.tables["users.csv"].name,
        f"""SELECT _row FROM {view} WHERE coalesce("status", '') = 'tobedeleted'
            AND "sourcedId" NOT IN (SELECT id FROM kinds)""",
    )


# -- posts -------------------------------------------------------------------------------------------------------------


def _posts(bench: Workbench, delivery: Delivery) -> None:
    cases = " ".join(f"WHEN {text(role)} THEN {text(code)}" for role, code in POST_ROLES.items())
    bench.db.execute(
        f"""CREATE TABLE post_rows AS SELECT *, CASE WHEN role LIKE 'ext:%' THEN lower(substr(role, 5))
            ELSE CASE role {cases} END END AS code FROM role_rows
            WHERE role <> 'student' AND role NOT IN {FAMILY_ROLES}"""
    )
    bench.report(
        """SELECT file, _row AS row, 'role.not_known_here' AS code, 'role' AS "column", role AS received FROM post_rows
           WHERE code NOT IN (SELECT code FROM site_roles) OR code IS NULL""",
        NOTICE, expected="a role that this site has", what_to_do="The person was read, without a post.",
    )  # fmt: skip
    begins = bench.db.execute(
        "SELECT min(begins) FROM sessions WHERE school_year = (SELECT max(school_year) FROM sessions)"
    ).fetchone()[0]
    start = f"DATE '{(begins or bench.on).isoformat()}'"
    for name in ("users.csv", "roles.csv"):
        if not delivery.has(name):
            continue
        file = delivery.tables[name].name
        known = "code IN (SELECT code FROM site_roles) AND org IS NOT NULL"
        bench.hand_over(
            "posts",
            f"""SELECT _row, key AS external_id, is_ended AS _ended, user_id AS staff, org AS organisation, code AS role,
                       coalesce(begins, least(ends, {start}), {start}) AS begins_on, ends AS ends_on,
                       to_json(MAP {{'role': role}})::VARCHAR AS metadata FROM post_rows
                WHERE file = {text(file)} AND {known}""",
            file=file,
            mode=mode(delivery, name) if name == "roles.csv" or delivery.version == "1.1" else "changes",
            present_sql=_posts_of_rows_set_aside(bench, delivery, name),
            called=delivery.called(name),
        )  # fmt: skip
        if name == "roles.csv":
            bench.keep_only(
                file,
                f"SELECT _row FROM {delivery.views[name]} WHERE _row NOT IN "
                f"(SELECT _row FROM post_rows WHERE file = {text(file)} AND {known})",
            )


def _posts_of_rows_set_aside(bench: Workbench, delivery: Delivery, name: str) -> str:
    bad = aside(bench, delivery, name)
    if name == "roles.csv":
        return f'SELECT "sourcedId" FROM {delivery.views[name]} WHERE _row IN {bad}'
    return (
        f"SELECT external_id FROM ids_post WHERE split_part(external_id, '|', 1) IN "
        f'(SELECT "sourcedId" FROM {delivery.views[name]} WHERE _row IN {bad})'
    )


# -- families ----------------------------------------------------------------------------------------------------------


def _family_links(bench: Workbench, delivery: Delivery) -> None:
    """Agents stand with the student or with the adult; either way it is one link. Rights set by a person stay."""
    view, file = delivery.views["users.csv"], delivery.tables["users.csv"].name
    roles = "(SELECT user_id, min(role) AS role FROM role_rows GROUP BY 1)"
    # School Data Sync says of each pair what they are to each other; OneRoster only what somebody is.
    bench.db.execute(
        "CREATE TABLE IF NOT EXISTS said_links (student VARCHAR, family_member VARCHAR, relationship VARCHAR)"
    )
    bench.db.execute(
        f"""CREATE TABLE links AS SELECT student, family_member, coalesce(any_value(d.relationship), min(l.relationship)) AS relationship FROM (
            SELECT CASE WHEN a.kind = 'student' THEN a.id ELSE b.id END AS student,
                   CASE WHEN a.kind = 'student' THEN b.id ELSE a.id END AS family_member, coalesce(r.role, '') AS relationship
            FROM (SELECT _row, "sourcedId" AS one, unnest("agentSourcedIds") AS other FROM {view}
                  WHERE coalesce("status", '') <> 'tobedeleted' AND _row NOT IN {aside(bench, delivery, "users.csv")}) u
            JOIN kinds a ON a.id = u.one JOIN kinds b ON b.id = u.other
            LEFT JOIN {roles} r ON r.user_id = CASE WHEN a.kind = 'student' THEN b.id ELSE a.id END
            WHERE (a.kind, b.kind) IN (('student', 'family'), ('family', 'student'))) l
            LEFT JOIN said_links d USING (student, family_member) GROUP BY 1, 2"""  # noqa: E501
    )
    known = "student IN (SELECT id FROM kinds WHERE kind = 'student')"
    bench.hand_over(
        "family_links",
        f"""SELECT NULL::BIGINT AS _row, student || '|' || family_member AS external_id, student, family_member,
                   left(relationship, 40) AS relationship FROM links WHERE {known}""",
        file=file, mode=mode(delivery, "users.csv"),
        present_sql=f"""SELECT external_id FROM ids_family_link WHERE split_part(external_id, '|', 1) IN (SELECT "sourcedId" FROM {view}
            WHERE _row IN {aside(bench, delivery, "users.csv")}) OR split_part(external_id, '|', 2) IN (SELECT "sourcedId" FROM {view}
            WHERE _row IN {aside(bench, delivery, "users.csv")})""",
    )  # fmt: skip
    bench.hand_over(
        "family_rights",
        f"""SELECT NULL::BIGINT AS _row, student, family_member, 'see_and_message' AS level, DATE '{bench.on.isoformat()}' AS begins_on,
                   'Named as family by ' || {text(bench.source)} AS basis FROM links WHERE {known}""",
        file=file,
    )  # fmt: skip


# -- demographics ------------------------------------------------------------------------------------------------------


def _demographics(bench: Workbench, delivery: Delivery) -> None:
    """`about`: one row per person. Goes to the student with users.csv, or alone where only this file came."""
    name = "demographics.csv"
    if not delivery.has(name):
        return
    view, file = delivery.views[name], delivery.tables[name].name
    bad = aside(bench, delivery, name)
    _set_aside_strangers(bench, delivery)
    bench.db.execute(
        f"""CREATE TABLE about AS SELECT DISTINCT ON (id) "sourcedId" AS id, _row,
                "birthDate" AS born_on, left(coalesce("sex", ''), 20) AS sex
            FROM {view} WHERE coalesce("status", '') <> 'tobedeleted' AND _row NOT IN {bad} ORDER BY id, _row"""
    )
    here = (
        f'(SELECT "sourcedId" FROM {delivery.views["users.csv"]})'
        if delivery.has("users.csv")
        else "(SELECT NULL WHERE false)"
    )
    bench.hand_over(
        "students",
        f"""SELECT _row, id AS external_id, born_on, sex FROM about
            WHERE id NOT IN {here} AND id IN (SELECT id FROM kinds WHERE kind = 'student')""",
        file=file, update_only=True, called=delivery.called("demographics.csv"),
    )  # fmt: skip
    _race(bench, delivery)


def _set_aside_strangers(bench: Workbench, delivery: Delivery) -> None:
    """Demographics of staff are not kept: we have no use for them. Of people nobody sent, they mean nothing."""
    view, file = delivery.views["demographics.csv"], delivery.tables["demographics.csv"].name
    bad = aside(bench, delivery, "demographics.csv")
    bench.report(
        f"""SELECT {text(file)} AS file, _row AS row, 'reference.missing_target_record' AS code,
                   'sourcedId' AS "column", "sourcedId" AS received
            FROM {view} WHERE "sourcedId" NOT IN (SELECT id FROM kinds) AND _row NOT IN {bad}""",
        ROW, expected="the sourcedId of a user", what_to_do="Send the user, or correct the id.",
    )  # fmt: skip
    bench.keep_only(
        file,
        f"""SELECT _row FROM {view} WHERE coalesce("status", '') = 'tobedeleted'
            OR "sourcedId" NOT IN (SELECT id FROM kinds WHERE kind = 'student')
            OR _row NOT IN (SELECT _row FROM about)""",
    )


def _race(bench: Workbench, delivery: Delivery) -> None:
    """One reporting category per student: Hispanic of any race first, then two or more, then the one race given."""
    view, file = delivery.views["demographics.csv"], delivery.tables["demographics.csv"].name
    single = [name for name in RACES if name in RACE_VALUES]
    number = " + ".join(f'coalesce("{name}", false)::INTEGER' for name in single)
    cases = " ".join(f'WHEN "{name}" THEN {text(RACE_VALUES[name])}' for name in single)
    race = f"""CASE WHEN "hispanicOrLatinoEthnicity" THEN 'hispanic'
               WHEN "demographicRaceTwoOrMoreRaces" OR {number} > 1 THEN 'two_or_more' {cases} END"""
    rows = ", ".join(f"({text(code)}, {text(title)})" for code, title in CHARACTERISTICS.items())
    bench.hand_over(
        "characteristics",
        f"SELECT code, title, true AS is_sensitive, true AS is_reported FROM (VALUES {rows}) v(code, title)",
        file=file,
    )
    bench.hand_over(
        "student_characteristics",
        f"""SELECT a._row, a.id AS student, 'race_ethnicity' AS characteristic, {race} AS value
            FROM about a JOIN {view} d USING (_row)
            WHERE {race} IS NOT NULL AND a.id IN (SELECT id FROM kinds WHERE kind = 'student')""",
        file=file, mode="full",
    )  # fmt: skip


__all__ = ["ERROR", "hand_over", "make_kinds"]
