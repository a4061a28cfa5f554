"""Every read of the service: a page of an entity, how many there are, one by its id. As the viewer that PostgreSQL knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from crescendo.roster.queries import list_subtree_ids

from . import entities as e
from . import roles
from .asking import OPERATORS, Asked, Clause
from .naming import find_ids, guids_of, ref

Row = dict[str, Any]
_ENDED = "{} IS NOT NULL AND {} <= :on"
# What a thing was named by its source, and at what time.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Reach:
    """How far this request sees: the client's organisations, the day, the version it speaks."""

    orgs: list[int]
    on: date
    version: str = e.V12

    @classmethod
    def of(cls, organisation_id: int, on: date, version: str) -> "Reach":
        return cls(list_subtree_ids([organisation_id]), on, version)


class Statement:
    """SQL with the values that go with it, in the order in which they stand in it."""

    def __init__(self, reach: Reach) -> None:
        self.values: dict[str, Any] = {"orgs": reach.orgs, "on": reach.on}

    def value(self, value: Any) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def text(self, sql: str) -> str:
        return sql.replace("%", "%%").replace(":orgs", "%(orgs)s::bigint[]").replace(":on", "%(on)s::date")

    def fetch(self, sql: str) -> list[Row]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.values)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def list_rows(
    entity: e.Entity, *, asked: Asked, where: Sequence[tuple[str, list[int]]], part: str, reach: Reach
) -> tuple[int, list[Row]]:
    """How many there are after the filter, and one page of them as the standard writes them."""
    statement = Statement(reach)
    narrowed = _where(entity, statement, where, part, asked)
    source = f"FROM {statement.text(entity.table)} e WHERE {narrowed}"
    total = statement.fetch(f"SELECT count(*) AS n {source}")[0]["n"]
    order = f"ORDER BY {_order(entity, statement, asked, reach)} LIMIT {asked.limit} OFFSET {asked.offset}"
    rows = statement.fetch(f"SELECT {_columns(entity, statement, reach)} {source} {order}")
    return total, _finish(entity, rows, reach)


def find_row(entity: e.Entity, *, guid: str, part: str, reach: Reach) -> Row | None:
    """One by its id, where the client is given it."""
    clauses = (Clause("sourcedId", "=", guid),)
    _total, rows = list_rows(entity, asked=Asked(1, 0, clauses), where=(), part=part, reach=reach)
    return rows[0] if rows else None


def _columns(entity: e.Entity, statement: Statement, reach: Reach) -> str:
    ended = statement.text(_ENDED.format(entity.ended_sql, entity.ended_sql))
    columns = [
        f'{statement.text(entity.guid)} AS "sourcedId"',
        f"CASE WHEN {ended} THEN 'tobedeleted' ELSE 'active' END AS status",
        f'{statement.text(entity.modified)} AS "dateLastModified"',
        *(f'{statement.text(one.sql)} AS "{one.name}"' for one in entity.fields_of(reach.version)),
        *(f'{sql} AS "{name}"' for name, sql in entity.extra.items()),
    ]
    return ", ".join(columns)


def _order(entity: e.Entity, statement: Statement, asked: Asked, reach: Reach) -> str:
    """A page is stable: our own id decides last. It is cheap, where the source's would be looked up for every row."""
    direction = "DESC" if asked.is_descending else "ASC"
    last = f"{entity.kind}, {entity.id_sql}" if entity.kind_sql else entity.id_sql
    return (
        f"{_operand(entity, asked.sort, reach, statement)} {direction} NULLS LAST, {last}"
        if asked.sort
        else last
    )


def _operand(entity: e.Entity, name: str, reach: Reach, statement: Statement) -> str:
    if name == "sourcedId":
        return statement.text(entity.guid)
    if name == "status":
        ended = statement.text(_ENDED.format(entity.ended_sql, entity.ended_sql))
        return f"CASE WHEN {ended} THEN 'tobedeleted' ELSE 'active' END"
    if name == "dateLastModified":
        return f"coalesce({statement.text(entity.modified)}, '2000-01-01Z')"
    found = next(one for one in entity.fields_of(reach.version) if one.name == name)
    if found.shape == e.REF:
        return statement.text(_guid_of(found, entity, f"({found.sql})"))
    if found.shape == e.REFS:
        return statement.text(f"({found.sql})[1]")
    return statement.text(f"({found.sql})")


def _guid_of(found: e.Field, entity: e.Entity, sql: str) -> str:
    kind = entity.extra["_user_kind"] if found.kind == "*" else f"'{found.kind}'"
    return f"oneroster_guid({kind}, {sql})"


def _where(
    entity: e.Entity, statement: Statement, where: Sequence[tuple[str, list[int]]], part: str, asked: Asked
) -> str:
    conditions = [statement.text(entity.given), statement.text(part)]
    for condition, ids in where:
        conditions.append(
            statement.text(condition).replace("{0}", "{}").replace("{}", f"{statement.value(ids)}::bigint[]")
        )
    if asked.clauses:
        reach = Reach([], statement.values["on"], _version_of(asked, entity))
        clauses = [_clause(entity, clause, statement, reach) for clause in asked.clauses]
        conditions.append("(" + f" {asked.joined_by} ".join(clauses) + ")")
    return " AND ".join(f"({condition})" for condition in conditions)


def _version_of(asked: Asked, entity: e.Entity) -> str:
    names = {clause.name.removesuffix(".sourcedId") for clause in asked.clauses}
    return (
        e.V12
        if names
        <= {one.name for one in entity.fields_of(e.V12)} | {"role", "sourcedId", "status", "dateLastModified"}
        else e.V11
    )


def _clause(entity: e.Entity, clause: Clause, statement: Statement, reach: Reach) -> str:  # noqa: PLR0911
    """One comparison, as text and whatever its case; numbers as numbers, times as times, ids exactly."""
    name, operator, value = clause.name.removesuffix(".sourcedId"), clause.operator, clause.value
    if "\0" in value:
        return "false"
    if name == "role" and entity is e.USERS:
        return _role_clause(operator, value, statement)
    if name == "sourcedId" and operator in "=":
        return _ids_clause(entity, find_rows_ids(entity, value), statement)
    found = next((one for one in entity.fields_of(reach.version) if one.name == name), None)
    if found and found.shape in {e.REF, e.REFS} and operator == "=":
        return _ref_clause(entity, found, value, statement)
    operand = _operand(entity, name, reach, statement)
    if found and found.shape == e.NUMBER and operator != "~":
        number = _number(value)
        return (
            "false"
            if number is None
            else f"{operand} {OPERATORS[operator]} {statement.value(number)}::float8"
        )
    if name == "dateLastModified" and operator != "~":
        instant = _instant(value)
        return (
            "false"
            if instant is None
            else f"{operand} {OPERATORS[operator]} {statement.value(instant)}::timestamptz"
        )
    return _text_clause(found, operand, operator, value, statement)


def _text_clause(found: e.Field | None, operand: str, operator: str, value: str, statement: Statement) -> str:
    if found and found.shape == e.LIST:
        operand = f"array_to_string({operand}, ',')"
    if found and found.shape == e.INSTANT:
        operand = f'to_char({operand}, \'YYYY-MM-DD"T"HH24:MI:SS.000"Z"\')'
    if operator == "~":
        return f"position(lower({statement.value(value)}) in lower({operand}::text)) > 0"
    return f"lower({operand}::text) {OPERATORS[operator]} lower({statement.value(value)})"


def find_rows_ids(entity: e.Entity, guid: str) -> list[tuple[str, Any]]:
    return [("", guid)] if entity is e.RESULTS else find_ids(entity.kinds, guid)


def _ids_clause(entity: e.Entity, found: list[tuple[str, Any]], statement: Statement) -> str:
    if entity is e.RESULTS:
        return f"e.source_key = {statement.value(found[0][1])}"
    each = [f"({entity.kind} = '{kind}' AND {entity.id_sql} = {statement.value(id_)})" for kind, id_ in found]
    return " OR ".join(each) or "false"


def _ref_clause(entity: e.Entity, found: e.Field, guid: str, statement: Statement) -> str:
    kinds = ("student", "staff") if found.kind == "*" else (found.kind,)
    ids = find_ids(kinds, guid)
    sql = statement.text(f"({found.sql})")
    if found.shape == e.REFS:
        return f"{sql} && {statement.value([id_ for _kind, id_ in ids])}::bigint[]"
    if found.kind == "*":
        each = [
            f"({entity.extra['_user_kind']} = '{kind}' AND {sql} = {statement.value(id_)})"
            for kind, id_ in ids
        ]
        return " OR ".join(each) or "false"
    return f"{sql} = ANY({statement.value([id_ for _kind, id_ in ids])}::bigint[])"


def _role_clause(operator: str, value: str, statement: Statement) -> str:
    kind = {
        "student": "student",
        "teacher": "staff",
        "guardian": "family",
        "parent": "family",
        "relative": "family",
    }.get(value.lower())
    return (
        "e.kind = " + statement.value(kind or "none")
        if operator == "="
        else "e.kind <> " + statement.value(kind or "none")
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# -- as the standard writes them ---------------------------------------------------------------------------------------


def _finish(entity: e.Entity, rows: list[Row], reach: Reach) -> list[Row]:
    guids = _guids(entity, rows, reach)
    finished = []
    for row in rows:
        said: Row = {
            "sourcedId": row["sourcedId"],
            "status": row["status"],
            "dateLastModified": _written_instant(row["dateLastModified"] or BEGINNING),
        }
        for one in entity.fields_of(reach.version):
            value = _written(one, row, guids)
            if value is not None:
                said[one.name] = value
        finished.append(said)
    if entity is e.USERS:
        roles.add_roles(rows, finished, orgs=reach.orgs, on=reach.on, version=reach.version)
    return finished


def _guids(entity: e.Entity, rows: list[Row], reach: Reach) -> dict[tuple[str, int], str]:
    """The ids of everything that these rows refer to, asked once."""
    wanted: set[tuple[str, int]] = set()
    for one in entity.fields_of(reach.version):
        if one.shape in {e.REF, e.REFS}:
            for row in rows:
                ids = row[one.name] if one.shape == e.REFS else [row[one.name]]
                kind = row["_user_kind"] if one.kind == "*" else one.kind
                wanted.update((kind, id_) for id_ in ids if id_ is not None)
    return guids_of(wanted)


def _written(one: e.Field, row: Row, guids: dict[tuple[str, int], str]) -> Any:
    value = row[one.name]
    if one.shape == e.ALWAYS:
        return value or ""
    if value is None or value == "" or (value == [] and not one.is_required):
        return None
    if one.shape in {e.REF, e.REFS}:
        kind = row["_user_kind"] if one.kind == "*" else one.kind
        refs = [ref(one.type, guids[kind, id_]) for id_ in (value if one.shape == e.REFS else [value])]
        return refs if one.shape == e.REFS else refs[0]
    if one.shape == e.FLAG:
        return "true" if value else "false"
    if one.shape == e.DATE:
        return value.isoformat()
    return _written_instant(value) if one.shape == e.INSTANT else value


def _written_instant(at: datetime) -> str:
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"
