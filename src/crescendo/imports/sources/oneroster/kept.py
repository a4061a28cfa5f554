"""Files of the standard for which we have no table of our own: each row is kept whole, and can be read and exported again.

A kept record belongs to the school year that runs on the day of the import: the standard gives these rows no day. Next
year's delivery makes next year's records; last year's stay as they were.
"""

from crescendo.imports.bench import Workbench, quoted, text

from . import sds
from .late import BESIDE
from .package import Delivery
from .places import aside, mode
from .specification import BY_NAME, KEPT


def hand_over(bench: Workbench, delivery: Delivery) -> None:
    """Hand over every row of these files, with the student, the member of staff or the school that it is about."""
    year = _find_school_year(bench)
    for name in KEPT:
        if delivery.has(name):
            _hand_over_file(bench, delivery, name, year)
    sds.hand_over_flags(bench, year)
    for name in BESIDE:
        if delivery.has(name) and not delivery.is_bulk(name):
            _keep_when_changed(bench, delivery, name, year)


def ids(bench: Workbench, file: str) -> str:
    """A SELECT of the ids of a file's records that this source sent before."""
    relation = f"kept_{file[:-4]}"
    if not bench.db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [relation]).fetchone():
        bench.fetch_stored(
            f"SELECT substr(source_key, {len(file) - 2}) FROM records_keptrecord WHERE source = {text(bench.source)} "
            f"AND kind = {text(file[:-4])}",
            {"external_id": "VARCHAR"},
            relation,
        )
    return f"SELECT external_id AS id FROM {relation}"


def _find_school_year(bench: Workbench) -> int:
    """The school year that runs today; between two years the one that ended last, and before all the first."""
    on = f"DATE '{bench.on.isoformat()}'"
    found = bench.db.execute(
        f"""SELECT coalesce(max(school_year) FILTER (begins <= {on}), min(school_year)) FROM
            (SELECT school_year, min(begins) AS begins FROM sessions WHERE school_year IS NOT NULL GROUP BY 1)"""
    ).fetchone()[0]
    return int(found) if found else bench.on.year + (bench.on.month > 6)


def _hand_over_file(bench: Workbench, delivery: Delivery, name: str, year: int) -> None:
    kind, view = name[:-4], delivery.views[name]
    names = [c.name for c in BY_NAME[name].columns if c.type != "password" and c.name != "status"]
    bad = aside(bench, delivery, name)
    about, joins = _about(bench, delivery, name)
    bench.hand_over(
        "kept_records",
        f"""SELECT t._row, coalesce(t."v_status", '') = 'tobedeleted' AS _ended, {_key(kind)} AS source_key,
                   {year} AS school_year, {text(kind)} AS kind, {about}, {_as_json(names)} AS data
            FROM {view}_both t {joins} WHERE t._row NOT IN {bad}""",
        file=delivery.tables[name].name, mode=mode(delivery, name),
        # The other files' records are none of this file's business.
        present_sql=f"""SELECT {_key(kind)} FROM {view}_raw t WHERE _row IN {bad}
            UNION ALL SELECT source_key FROM stored WHERE source_key NOT LIKE {text(kind + "|%")}""",
    )  # fmt: skip


def _key(kind: str) -> str:
    """The file and the id; an id too long for the column by its digest (the record holds it whole)."""
    whole = f'{text(kind + "|")} || t."sourcedId"'
    return f'CASE WHEN length({whole}) <= 255 THEN {whole} ELSE {text(kind + "|")} || md5(t."sourcedId") END'


def _as_json(names: list[str]) -> str:
    """The row under the standard's names, as it came; empty cells are left out."""
    known = ", ".join(
        f"struct_pack(key := {text(name)}, value := t.{quoted(name)}::VARCHAR)" for name in names
    )
    extra = "coalesce(map_entries(CAST(json(t._metadata) AS MAP(VARCHAR, VARCHAR))), []::STRUCT(key VARCHAR, value VARCHAR)[])"
    more = f"list_transform({extra}, lambda e: struct_pack(key := 'metadata.' || e.key, value := e.value))"
    return f"to_json(map_from_entries(list_filter(list_concat([{known}], {more}), lambda e: e.value IS NOT NULL)))::VARCHAR"


def _about(bench: Workbench, delivery: Delivery, name: str) -> tuple[str, str]:
    """Who or what a record is about, so that whoever may not see the student does not see it either."""
    columns = {column.name for column in BY_NAME[name].columns}
    if "userSourcedId" in columns:
        of = 'SELECT max(id) FROM kinds k WHERE k.id = t."userSourcedId" AND k.kind ='
        return f"({of} 'student') AS student, ({of} 'staff') AS staff", ""
    if "resultSourcedId" in columns:
        _make_result_students(bench, delivery)
        return "p.student AS student", 'LEFT JOIN result_students p ON p.id = t."resultSourcedId"'
    if "orgSourcedId" in columns:
        return '(SELECT max(id) FROM schools s WHERE s.id = t."orgSourcedId") AS school', ""
    return "NULL::VARCHAR AS school", ""


def _make_result_students(bench: Workbench, delivery: Delivery) -> None:
    """`result_students`: whose result each is; those of the package before the stored ones."""
    if bench.db.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'result_students'").fetchone():
        return
    if delivery.has("results.csv"):
        bench.db.execute(
            f"""CREATE TABLE result_students AS SELECT "sourcedId" AS id, min("studentSourcedId") AS student
                FROM {delivery.views["results.csv"]}_raw GROUP BY 1"""
        )
        return
    bench.fetch_stored(
        f"""SELECT r.source_key, min(e.external_id) FROM records_courseworkresult r
            JOIN roster_externalid e ON e.object_id = r.student_id AND e.entity = 'student' AND e.source = r.source
            WHERE r.source = {text(bench.source)} GROUP BY 1""",
        {"id": "VARCHAR", "student": "VARCHAR"},
        "result_students",
    )


def _keep_when_changed(bench: Workbench, delivery: Delivery, name: str, year: int) -> None:
    """When each row of a delta changed, where its own table has no place for it: an older row may come later."""
    kind, view = name[:-4], delivery.views[name]
    who = {"results.csv": "studentSourcedId", "roles.csv": "userSourcedId", "demographics.csv": "sourcedId"}[
        name
    ]
    bench.hand_over(
        "kept_records",
        f"""SELECT NULL::BIGINT AS _row, {_key(kind)} AS source_key, {year} AS school_year, '{kind}' AS kind,
                   max(k.id) AS student,
                   to_json(MAP {{'sourcedId': t."sourcedId", 'dateLastModified': max(t."dateLastModified")::VARCHAR}})::VARCHAR AS data
            FROM {view} t LEFT JOIN kinds k ON k.id = t."{who}" AND k.kind = 'student'
            WHERE t."dateLastModified" IS NOT NULL AND t._row NOT IN {aside(bench, delivery, name)} GROUP BY t."sourcedId" """,
        file=delivery.tables[name].name,
    )  # fmt: skip


__all__ = ["hand_over", "ids"]
