"""The OpenAPI 3.1 document of `/api/v1`: what a sender's tools read, and what schemathesis tries us with."""

from typing import Any

from crescendo.records import rules as records

from .scopes import ACTIVITY, ATTENDANCE, SCORES

Schema = dict[str, Any]

_PROBLEM: Schema = {
    "type": "object",
    "required": ["problem"],
    "properties": {"problem": {"type": "string", "description": "What is wrong, what came, what to do."}},
}
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": 255}
_WHO: Schema = {
    "student": {"type": "string", "description": "Your id of the student, as your files send it."},
    "student_id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1, "description": "Ours."},
}
_DAY: Schema = {"type": "string", "format": "date"}


def _mark(kind: str, required: list[str], **properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["key", "kind", *required],
        "anyOf": [{"required": ["student"]}, {"required": ["student_id"]}],
        "properties": {"key": _TEXT, "kind": {"const": kind}, **_WHO, **properties},
    }


SCHEMAS: dict[str, Schema] = {
    "Problem": _PROBLEM,
    "AttendanceMark": _mark(
        "attendance", ["on", "mark"], on=_DAY, mark={"type": "string", "enum": list(records.MARKS)}
    ),
    "Score": _mark(
        "score", ["score"], item={"type": "string"}, item_id={"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
        score={"type": ["number", "null"], "minimum": -1e9, "maximum": 1e9},
    ),
    "Activity": _mark(
        "activity", ["on", "activity"], on=_DAY, activity={"type": "string", "minLength": 1, "maxLength": 60},
        title={"type": "string", "maxLength": 120}, minutes={"type": ["number", "null"], "minimum": 0, "maximum": 1440},
    ),
    "Marks": {
        "type": "object",
        "required": ["marks"],
        "properties": {
            "marks": {
                "type": "array", "minItems": 1, "maxItems": 10_000,
                "description": "Each an AttendanceMark, a Score or an Activity. One that is none of them, or names nobody "
                "known, is answered in the findings of the status; the others are written.",
                "items": {"description": "AttendanceMark, Score or Activity"},
            }
        },
    },
    "Finding": {
        "type": "object",
        "required": ["row", "key", "status", "problem"],
        "properties": {
            "row": {"type": "integer", "description": "Place in `marks`, from 0."},
            "key": {"type": "string"},
            "status": {"enum": ["refused", "not_found", "not_allowed"]},
            "problem": {"type": "string"},
        },
    },
    "Status": {
        "type": "object",
        "required": ["number", "status", "received", "accepted_at", "status_url", "idempotency_key"],
        "properties": {
            "number": {"type": "string", "format": "uuid"},
            "status": {"enum": ["accepted", "done", "failed"]},
            "received": {"type": "integer"},
            "accepted_at": {"type": "string", "format": "date-time"},
            "finished_at": {"type": ["string", "null"], "format": "date-time"},
            "status_url": {"type": "string"},
            "idempotency_key": {"type": "string"},
            "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
            "problems": {"type": "integer", "description": "How many marks were not written."},
            "findings": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Finding"}},
        },
    },
}  # fmt: skip


def _answers(*statuses: int, **good: Schema) -> dict[str, Schema]:
    found = {status.removeprefix("_"): answer for status, answer in good.items()}
    bad = {"description": "A problem, in a sentence.", "content": _json("Problem")}
    return found | {str(status): bad for status in statuses}


def _json(name: str) -> Schema:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


def _paths() -> dict[str, Schema]:
    number = {
        "name": "number",
        "in": "path",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
    }
    offset = {
        "name": "offset",
        "in": "query",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999},
    }
    key = {
        "name": "Idempotency-Key", "in": "header", "required": True,
        "schema": {"type": "string", "pattern": "^[!-~]+$", "minLength": 1, "maxLength": 255},
        "description": "Your own name of this batch. The same key and body again is the same batch.",
    }  # fmt: skip
    status = {"description": "How far the batch is.", "content": _json("Status")}
    accepted = {
        "description": "Kept; it is worked off within the second. Ask `status_url`.",
        "headers": {"Location": {"schema": {"type": "string"}}}, "content": _json("Status"),
        "links": {"status": {"operationId": "batch_status", "parameters": {"number": "$response.body#/number"}}},
    }  # fmt: skip
    return {
        "/api/v1/batches": {
            "post": {
                "operationId": "batch_send", "summary": "Send up to 10,000 marks",
                "parameters": [key], "requestBody": {"required": True, "content": _json("Marks")},
                "responses": _answers(400, 401, 403, 409, 413, 415, 429, _202=accepted),
            }
        },
        "/api/v1/batches/{number}": {
            "get": {
                "operationId": "batch_status", "summary": "What became of a batch",
                "parameters": [number, offset],
                "responses": _answers(400, 401, 403, 404, 429, _200=status),
            }
        },
    }  # fmt: skip


def describe(site: str) -> Schema:
    """The whole document, for a site at this address."""
    offered = dict.fromkeys((ATTENDANCE, SCORES, ACTIVITY), "")
    flow = {"tokenUrl": f"{site}/oauth/token", "scopes": offered}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Crescendo: live intake", "version": "1", "description": "See docs/api.md."},
        "servers": [{"url": site}],
        "security": [{"oauth": list(offered)}],
        "paths": _paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {"oauth": {"type": "oauth2", "flows": {"clientCredentials": flow}}},
        },
    }
