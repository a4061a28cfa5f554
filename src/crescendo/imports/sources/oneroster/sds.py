"""Microsoft School Data Sync 2.1: the same files as OneRoster with fewer columns, and two of its own.

What SDS leaves out is put beside the rows as they are read, so that one reader serves both. Its school year is named
after the year in which it begins; ours, after the year in which it ends.
"""

import re

from crescendo.imports.bench import RawFile, Table, Workbench, quoted, text

from .package import Delivery
from .specification import RACES

TEACHERS = ("professor", "lecturer", "faculty", "instructor", "adjunct", "substitute")
COLUMNS = {
    "relationships.csv": ("userSourcedId", "relationshipUserSourcedId", "relationshipRole"),
    "userflags.csv": ("userSourcedId", "flag"),
}


def adapt(bench: Workbench, delivery: Delivery) -> None:
    """Where a package is one of SDS, let its tables look like OneRoster's."""
    own = {raw.name.lower(): raw for raw in delivery.beside}
    if not _is_sds(delivery):
        for raw in own.values():
            bench.notice("package.unknown_file", file=raw.name, expected="a file of the standard",
                         what_to_do="The file was not read. Check its name.")  # fmt: skip
        return
    bench.notice("package.school_data_sync", expected="OneRoster", received="Microsoft School Data Sync 2.1",
                 what_to_do="Read all the same. A school year counts by the year in which it ends.")  # fmt: skip
    _read_own(bench, own)
    for name, cells in _additions(bench, delivery).items():
        if delivery.has(name):
            _put_beside(bench, delivery, name, cells)


def _is_sds(delivery: Delivery) -> bool:
    """Roles and enrolments without ids of their own."""
    files = [delivery.tables[name] for name in ("roles.csv", "enrollments.csv") if delivery.has(name)]
    return bool(files) and all(
        "sourcedid" not in {column.lower() for column in file.columns} for file in files
    )


def _read_own(bench: Workbench, own: dict[str, RawFile]) -> None:
    """`sds_relationships` and `sds_userflags`, empty where no file came."""
    for name, columns in COLUMNS.items():
        relation = f"sds_{name[:-4]}"
        table = bench.read_csv(own[name].path, own[name].name) if name in own else None
        if not table or not set(columns) <= set(table.columns):
            nothing = ", ".join(f"NULL::VARCHAR AS {quoted(column)}" for column in columns)
            bench.db.execute(f"CREATE VIEW {relation} AS SELECT NULL::BIGINT AS _row, {nothing} WHERE false")
            if table:
                bench.keep_only(table.name, f"SELECT _row FROM {table.relation}")
            continue
        bench.db.execute(f"CREATE VIEW {relation} AS SELECT * FROM {table.relation}")
        if name == "relationships.csv":  # the links are handed over with the users that they join
            bench.keep_only(table.name, f"SELECT _row FROM {table.relation}")
            bench.db.execute(
                """CREATE TABLE said_links AS SELECT "userSourcedId" AS student, "relationshipUserSourcedId" AS family_member,
                   lower(min("relationshipRole")) AS relationship FROM sds_relationships GROUP BY 1, 2"""
            )


def hand_over_flags(bench: Workbench, year: int) -> None:
    """What SDS says of a user beside all else (a plan, a free lunch): kept, and read by those who bring files in."""
    table = next((one for one in bench.tables.values() if one.name.lower() == "userflags.csv"), None)
    if table is None or not set(COLUMNS["userflags.csv"]) <= set(table.columns):
        return
    bench.hand_over(
        "kept_records",
        f"""SELECT f._row, 'userFlags|' || f."userSourcedId" || '|' || f.flag AS source_key, {year} AS school_year,
                   'userFlags' AS kind, max(k.id) AS student,
                   to_json(MAP {{'userSourcedId': f."userSourcedId", 'flag': f.flag}})::VARCHAR AS data
            FROM sds_userflags f LEFT JOIN kinds k ON k.id = f."userSourcedId" AND k.kind = 'student' GROUP BY ALL""",
        file=table.name, mode="full",
        present_sql="SELECT source_key FROM stored WHERE source_key NOT LIKE 'userFlags|%'",
    )  # fmt: skip


def _additions(bench: Workbench, delivery: Delivery) -> dict[str, dict[str, str]]:
    """For each file, the columns that SDS does not have, or means otherwise, and what stands in them here."""
    ends = 'try_cast("endDate" AS DATE)'
    role = f'CASE WHEN lower("role") IN {TEACHERS} THEN \'teacher\' ELSE "role" END'
    session = '"sessionSourcedId"' if _has(delivery, "roles.csv", "sessionSourcedId") else "NULL"
    primary = "lower(\"isPrimary\") = 'true'" if _has(delivery, "roles.csv", "isPrimary") else "true"
    of_race = " || ',' || ".join(
        f"coalesce({quoted(name)}, '')" for name in ("ethnicityCodes", "raceCodes") if _has(delivery, "demographics.csv", name)
    ) or "''"  # fmt: skip
    agents = '(SELECT string_agg(r."relationshipUserSourcedId", \',\') FROM sds_relationships r WHERE r."userSourcedId" = t."sourcedId")'
    family = '(SELECT min(r."relationshipRole") FROM sds_relationships r WHERE r."relationshipUserSourcedId" = t."sourcedId")'
    grade = "NULL"
    if delivery.has("roles.csv") and _has(delivery, "roles.csv", "grade"):
        roles = delivery.tables["roles.csv"].relation
        grade = f'(SELECT min(r.grade) FROM {roles} r WHERE r."userSourcedId" = t."sourcedId" AND lower(r."role") = \'student\')'
    school = "NULL"
    if delivery.has("classes.csv") and _has(delivery, "classes.csv", "orgSourcedId"):
        classes = delivery.tables["classes.csv"].relation
        school = f'(SELECT min(c."orgSourcedId") FROM {classes} c WHERE c."sourcedId" = t."classSourcedId")'
    return {
        "academicSessions.csv": {
            "schoolYear": f'coalesce((year({ends}) + (month({ends}) > 7)::INTEGER)::VARCHAR, "schoolYear")'
        },
        "classes.csv": {"classType": "'scheduled'"},
        "users.csv": {"enabledUser": "'true'", "agentSourcedIds": agents, "role": family, "grades": grade},
        "roles.csv": {
            "sourcedId": f'concat_ws(\'|\', "userSourcedId", "orgSourcedId", "role", {session})',
            "roleType": f"CASE WHEN {primary} THEN 'primary' ELSE 'secondary' END",
            "role": role,
        },
        "enrollments.csv": {
            "sourcedId": 'concat_ws(\'|\', "classSourcedId", "userSourcedId", "role")', "schoolSourcedId": school, "role": role,
        },
        "demographics.csv": {
            name: f"CASE WHEN list_contains(string_split({of_race}, ','), {text(name)}) THEN 'true' END" for name in RACES
        },
    }  # fmt: skip


def _has(delivery: Delivery, name: str, column: str) -> bool:
    return delivery.has(name) and column in delivery.tables[name].columns


def _put_beside(bench: Workbench, delivery: Delivery, name: str, cells: dict[str, str]) -> None:
    """A view of the table with the added columns; one that the file has itself is replaced only where it means otherwise."""
    table = delivery.tables[name]
    meant = {"schoolYear", "role"}
    added = {column: sql for column, sql in cells.items() if column not in table.columns or column in meant}
    kept = [column for column in table.columns if column not in added]
    values = [f"t.{quoted(column)}" for column in kept] + [
        f"{sql} AS {quoted(column)}" for column, sql in added.items()
    ]
    relation = f"sds_{name[:-4]}"
    # What the added cells are made of may be missing, too.
    named = {one for sql in added.values() for one in re.findall(r'(?:(?<!\.)|\bt\.)"(\w+)"', sql)}
    named -= {one for one in named if one.lower() in {column.lower() for column in table.columns}}
    empty = "".join(f", NULL::VARCHAR AS {quoted(column)}" for column in sorted(named))
    bench.db.execute(
        f"CREATE VIEW {relation} AS SELECT t._row, {', '.join(values)} FROM (SELECT *{empty} FROM {table.relation}) t"
    )
    delivery.tables[name] = Table(
        table.name, relation, (*kept, *added), table.header, table.rows, table.bytes
    )
