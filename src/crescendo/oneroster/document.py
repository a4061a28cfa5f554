"""The OpenAPI documents of the services, made from the declarations that also make the answers."""

from typing import Any

from crescendo.api import scopes

from . import asking
from . import entities as e
from .paths import PATHS, Path

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}
_SHAPES: dict[str, Schema] = {
    e.TEXT: _TEXT, e.ALWAYS: _TEXT, e.DATE: {"type": "string", "format": "date"},
    e.INSTANT: {"type": "string", "format": "date-time"}, e.FLAG: {"enum": ["true", "false"]}, e.NUMBER: {"type": "number"},
    e.LIST: {"type": "array", "items": _TEXT}, e.REF: {"$ref": "#/components/schemas/GUIDRef"},
    e.REFS: {"type": "array", "items": {"$ref": "#/components/schemas/GUIDRef"}},
}  # fmt: skip
_REF = _SHAPES[e.REF]
_ROLE: Schema = {
    "type": "object", "required": ["roleType", "role", "org"], "additionalProperties": False,
    "properties": {
        "roleType": {"enum": ["primary", "secondary"]}, "role": _TEXT, "org": _REF,
        "beginDate": _SHAPES[e.DATE], "endDate": _SHAPES[e.DATE],
    },
}  # fmt: skip
_ERROR: Schema = {
    "type": "object", "required": ["imsx_codeMajor", "imsx_severity", "imsx_description", "imsx_CodeMinor"],
    "properties": {
        "imsx_codeMajor": {"const": "failure"}, "imsx_severity": {"const": "error"}, "imsx_description": _TEXT,
        "imsx_CodeMinor": {"type": "object", "required": ["imsx_codeMinorField"]},
    },
}  # fmt: skip
_GUIDREF: Schema = {
    "type": "object", "required": ["href", "sourcedId", "type"], "additionalProperties": False,
    "properties": {"href": {"type": "string", "format": "uri"}, "sourcedId": _TEXT, "type": _TEXT},
}  # fmt: skip


def _schema(entity: e.Entity) -> Schema:
    """One entity as it is answered: nothing but what is declared."""
    properties: Schema = {
        "sourcedId": {"type": "string", "minLength": 1, "maxLength": 600},
        "status": {"enum": ["active", "tobedeleted"]},
        "dateLastModified": _SHAPES[e.INSTANT],
    }
    required = list(properties)
    for one in entity.fields_of(e.V12):
        properties[one.name] = _SHAPES[one.shape]
        if one.is_required:
            required.append(one.name)
    if entity is e.USERS:
        refs = _SHAPES[e.REFS]
        properties |= {"roles": {"type": "array", "items": _ROLE}, "primaryOrg": _REF, "agents": refs}
        properties["grades"] = _SHAPES[e.LIST]
        required.append("roles")
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _selected(schema: Schema) -> Schema:
    """One of a list: `fields` leaves out what was not asked for, required or not."""
    return {name: value for name, value in schema.items() if name != "required"}


def _operation(path: Path) -> Schema:
    inside = [
        {"name": f"id{n}", "in": "path", "required": True, "schema": _TEXT} for n in range(len(path.within))
    ]
    name = path.entity.singular if path.is_one else path.entity.plural
    one = {"$ref": f"#/components/schemas/{path.entity.singular}"}
    some = {"type": "array", "items": {"$ref": f"#/components/schemas/{path.entity.singular}Selected"}}
    content: Schema = one if path.is_one else some
    good: Schema = {
        "description": "As asked.",
        "content": {
            "application/json": {
                "schema": {"type": "object", "required": [name], "properties": {name: content}}
            }
        },
    }
    if path.is_one:
        inside.append({"name": "guid", "in": "path", "required": True, "schema": _TEXT})
        wishes = []
    else:
        good["headers"] = {"X-Total-Count": {"schema": {"type": "integer"}}, "Link": {"schema": _TEXT}}
        wishes = _wishes(path)
    return {
        "operationId": path.name, "parameters": inside + wishes,
        "responses": {"200": good, **_problems(400, 401, 403, 404, 429)}, "security": [{"oauth": [scopes.long(path.scope)]}],
    }  # fmt: skip


def _wishes(path: Path) -> list[Schema]:
    number = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    names = sorted(asking.known(path.entity, e.V12))
    sorts = [name for name in names if name != "role" or path.entity is not e.USERS]
    one = "|".join(sorted(asking.selectable(path.entity, e.V12)))
    clause = f"({'|'.join(names)})(\\.sourcedId)?(=|!=|>|>=|<|<=|~)'[A-Za-z0-9 .:-]{{0,20}}'"
    wishes: list[tuple[str, Schema]] = [
        (
            "limit",
            {
                **number,
                "minimum": 1,
                "description": f"More than {asking.MOST} is answered with {asking.MOST}.",
            },
        ),
        ("offset", number),
        ("sort", {"enum": sorts}),
        ("orderBy", {"enum": ["asc", "desc"]}),
        ("filter", {"type": "string", "pattern": f"^({clause}( (AND|OR) {clause})?)?$"}),
        ("fields", {"type": "string", "pattern": f"^(({one})(,({one})){{0,20}})?$"}),
    ]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in wishes]


def _problems(*statuses: int) -> Schema:
    said = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {str(status): {"description": "What is wrong.", "content": said} for status in statuses}


_NAMED: Schema = {
    "type": "object", "required": ["sourcedId"], "properties": {"sourcedId": {"type": "string", "minLength": 1}},
}  # fmt: skip
_SENT: dict[str, Schema] = {e.REF: _NAMED, e.FLAG: {"enum": ["true", "false"]}}
MUST = {
    "lineItem": ["title", "assignDate", "dueDate", "class"],
    "result": ["lineItem", "student", "scoreStatus", "scoreDate"],
}


def _sent(entity: e.Entity) -> Schema:
    """What is taken of an entity that is written. Its sourcedId, where it is said, is that of the address."""
    properties = {one.name: _SENT.get(one.shape, _SHAPES[one.shape]) for one in entity.fields_of(e.V12)}
    return {
        "type": "object",
        "required": MUST[entity.singular],
        "properties": {"sourcedId": _TEXT} | properties,
    }


def _writing(path: Path) -> Schema:
    name = path.entity.singular
    guid = {"name": "guid", "in": "path", "required": True, "schema": _TEXT}
    one = {"$ref": f"#/components/schemas/{name}"}
    said = {"application/json": {"schema": {"type": "object", "required": [name], "properties": {name: one}}}}
    sent = {
        "application/json": {
            "schema": {"type": "object", "required": [name], "properties": {name: _sent(path.entity)}}
        }
    }
    kept = {"description": "Kept.", "content": said}
    return {
        "put": {
            "operationId": f"put_{name}", "parameters": [guid], "requestBody": {"required": True, "content": sent},
            "responses": {"200": kept, "201": kept, **_problems(400, 401, 403, 404, 413, 415, 422, 429)},
            "security": [{"oauth": [scopes.long(scopes.PUT)]}],
        },
        "delete": {
            "operationId": f"delete_{name}", "parameters": [guid],
            "responses": {"204": {"description": "Gone."}, **_problems(400, 401, 403, 404, 422, 429)},
            "security": [{"oauth": [scopes.long(scopes.DELETE)]}],
        },
    }  # fmt: skip


def describe(service: str, site: str) -> Schema:
    """The document of `rostering` or `gradebook` 1.2, for a site at this address."""
    mine = [path for path in PATHS if path.entity.service == service]
    paths: Schema = {}
    for path in mine:
        address = f"/ims/oneroster/{service}/v1p2/{path.route()}"
        paths[address] = {"get": _operation(path)}
        if path.is_one and path.entity in (e.LINE_ITEMS, e.RESULTS):
            paths[address] |= _writing(path)
    schemas = {path.entity.singular: _schema(path.entity) for path in mine}
    schemas |= {f"{name}Selected": _selected(schema) for name, schema in schemas.items()}
    offered = {scopes.long(scope): "" for scope in scopes.SCOPES if scope not in scopes.INTAKE}
    flows = {"clientCredentials": {"tokenUrl": f"{site}/oauth/token", "scopes": offered}}
    return {
        "openapi": "3.1.0",
        "info": {"title": f"OneRoster 1.2 {service}", "version": "1.2", "description": "See docs/api.md."},
        "servers": [{"url": site}],
        "paths": paths,
        "components": {
            "schemas": schemas | {"GUIDRef": _GUIDREF, "Problem": _ERROR},
            "securitySchemes": {"oauth": {"type": "oauth2", "flows": flows}},
        },
    }
