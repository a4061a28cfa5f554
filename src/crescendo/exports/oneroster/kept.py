"""Files that we keep row by row: each row as it came, its ids as they stand in the package."""

from crescendo.imports.bench import text
from crescendo.imports.sources.oneroster.semantics import CASE_ID, PAIR
from crescendo.imports.sources.oneroster.specification import BY_NAME, KEPT, Column

from .desk import Desk
from .fetching import GUID
from .wording import enumerated, number

STRICT = {"scoreScaleValue": PAIR}


def make(desk: Desk) -> None:
    """The newest record of each id; one that points at something left out is left out, too."""
    desk.db.execute(
        "INSERT INTO called SELECT 'results', source, source_key, min(sid) FROM outcome GROUP BY ALL HAVING count(*) = 1"
    )
    wanted = text(desk.source)
    for name in KEPT:
        kind = name[:-4]
        desk.db.execute(
            f"""CREATE TABLE kept_{kind} AS SELECT * FROM (
                    SELECT *, json_extract_string(data, '$.sourcedId') AS own FROM kept WHERE kind = {text(kind)})
                WHERE regexp_full_match(own, '{GUID}')
                QUALIFY row_number() OVER (PARTITION BY own ORDER BY source <> {wanted}, source, school_year DESC) = 1"""
        )
        _write(desk, name, kind)


def _write(desk: Desk, name: str, kind: str) -> None:
    joins, conditions, cells = [], ["true"], ['t.own AS "sourcedId"']
    for position, column in enumerate(
        c for c in BY_NAME[name].columns if c.name not in ("sourcedId", "status", "dateLastModified")
    ):
        if column.type == "password":
            continue
        value = f"json_extract_string(t.data, '$.{column.name}')"
        if column.type == "ref":
            joins.append(
                f"LEFT JOIN called c{position} ON c{position}.file = {text(column.target)} AND c{position}.source = t.source "
                f"AND c{position}.external_id = {value}"
            )
            conditions.append(
                f"(c{position}.sid IS NOT NULL" + (")" if column.v12 == "R" else f" OR {value} IS NULL)")
            )
            value = f"c{position}.sid"
        elif column.v12 == "R":
            conditions.append(f"coalesce(trim({value}), '') <> ''")
        cells.append(f'{_strict(column, value)} AS "{column.name}"')
    if kind.endswith("LearningObjectiveIds"):
        of = "json_extract_string(t.data, '$.learningObjectiveId')"
        conditions.append(
            f"(lower(json_extract_string(t.data, '$.source')) <> 'case' OR regexp_full_match({of}, '{CASE_ID}'))"
        )
    cells += _extras(desk, kind)
    relation = f"out_{kind}"
    desk.db.execute(
        f"CREATE TABLE {relation} AS SELECT {', '.join(cells)}, t.source AS _source FROM kept_{kind} t {' '.join(joins)} WHERE {' AND '.join(conditions)}"  # noqa: E501
    )
    desk.leave_out(f"rows of {name} that point at something left out, or that the standard does not allow",
                   desk.count(f"FROM kept_{kind}") - desk.count(f"FROM {relation}"))  # fmt: skip
    desk.db.execute(
        f'INSERT INTO called SELECT {text(kind)}, _source, "sourcedId", "sourcedId" FROM {relation}'
    )
    desk.files[name] = f"SELECT * EXCLUDE (_source) FROM {relation}"


def _strict(column: Column, value: str) -> str:
    if column.type == "enum":
        lower = " ".join(f"WHEN {text(one.lower())} THEN {text(one)}" for one in column.values)
        other = enumerated(value, ()) if column.extensible else "NULL"
        return f"CASE lower(trim({value})) {lower} ELSE {other} END"
    if column.type == "float":
        return number(f"try_cast({value} AS DOUBLE)")
    if pattern := STRICT.get(column.name):
        return f"CASE WHEN regexp_full_match({value}, '{pattern}') THEN {value} END"
    return value


def _extras(desk: Desk, kind: str) -> list[str]:
    found = desk.db.execute(f"SELECT DISTINCT unnest(json_keys(data)) FROM kept_{kind}").fetchall()
    names = sorted(name for (name,) in found if name.startswith("metadata.") and '"' not in name)
    return [
        f'json_extract_string(t.data, {text("$." + chr(34) + name + chr(34))}) AS "{name}"' for name in names
    ]
