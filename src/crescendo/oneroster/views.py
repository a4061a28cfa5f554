"""The addresses of the service. Everything is answered in the standard's words, problems too."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from crescendo.accounts import actions as accounts
from crescendo.api import callers
from crescendo.api.answers import read_body, read_json
from crescendo.core.errors import NotAllowed, NotFound, Refused

from . import actions, asking, document, naming, queries
from . import entities as e
from .asking import Wrong
from .paths import KINDS_OF, NARROWED, PARTS, PLACES, Path

View = Callable[..., HttpResponse]
_CODES = {401: "unauthorisedrequest", 403: "forbidden", 404: "unknownobject", 429: "server_busy"}
_COLLECTION_OF = {
    "org": "orgs", "academicSession": "academicSessions", "course": "courses", "class": "classes", "user": "users",
    "category": "categories", "lineItem": "lineItems", "result": "results",
}  # fmt: skip


def problem(wrong: Wrong) -> JsonResponse:
    """The standard's envelope of what is wrong, with a sentence that says what to do."""
    minor = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": wrong.code}
    said = {
        "imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": wrong.words,
        "imsx_CodeMinor": {"imsx_codeMinorField": [minor]},
    }  # fmt: skip
    return JsonResponse(said, status=wrong.status, headers=wrong.headers)


def answering(view: View, *methods: str) -> View:
    """One address: these methods alone; whatever is refused is said in the envelope."""

    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        try:
            if request.method not in methods:
                raise Wrong(
                    405, "invaliddata", _("Use %(m)s.") % {"m": ", ".join(methods)}, Allow=", ".join(methods)
                )
            response = view(request, **named)
        except Wrong as wrong:
            return problem(wrong)
        except callers.Turned as turned:
            code = _CODES.get(turned.status, "invaliddata")
            return problem(Wrong(turned.status, code, turned.problem, **turned.headers))
        except Refused as refused:
            return problem(Wrong(422, "invaliddata", str(refused)))
        except NotFound as missing:
            return problem(Wrong(404, "unknownobject", str(missing)))
        except NotAllowed as refused:
            return problem(Wrong(403, "forbidden", str(refused)))
        response.setdefault("Cache-Control", "no-store")
        return response

    return answered


@csrf_exempt  # no cookie opens these addresses
def rostering_read(request: HttpRequest, rest: str) -> HttpResponse:
    """People, places, classes and who is in them, as 1.2 writes them."""
    return _serve(request, "rostering", e.V12, rest)


@csrf_exempt  # no cookie opens these addresses
def gradebook_read(request: HttpRequest, rest: str) -> HttpResponse:
    """Work and its results, as 1.2 writes them; also where they are written."""
    return _serve(request, "gradebook", e.V12, rest)


@csrf_exempt  # no cookie opens these addresses
def all_read(request: HttpRequest, rest: str) -> HttpResponse:
    """Everything that 1.1 has, under one base."""
    return _serve(request, "", e.V11, rest)


def _serve(request: HttpRequest, service: str, version: str, rest: str) -> HttpResponse:
    """Every address of one service: collections, and ids in between. `paths` says which there are."""
    if rest == "discovery/openapi.json" and version == e.V12:
        return answering(lambda request: JsonResponse(document.describe(service, _site(request))), "GET")(
            request
        )
    words, ids = rest.split("/")[0::2], rest.split("/")[1::2]
    path = PLACES.get((tuple(words), len(ids) == len(words)))
    if path is None or service not in {path.entity.service, ""} or not all(ids):
        return nothing_here(request)
    return answering(_view_of(path, version, ids), *methods_of(path))(request)


def methods_of(path: Path) -> tuple[str, ...]:
    """Line items and results may be written, where they stand by themselves."""
    is_written = path.is_one and path.entity in (e.LINE_ITEMS, e.RESULTS)
    return ("GET", "PUT", "DELETE") if is_written else ("GET",)


def _view_of(path: Path, version: str, ids: list[str]) -> View:
    if not path.is_one:
        return lambda request: _many(request, path, version, ids)
    return lambda request: _one_or_write(request, path, version, ids[-1])


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _come_in(request: HttpRequest, version: str, *scopes: str) -> tuple[callers.Caller, queries.Reach]:
    caller = callers.let_in(request)
    caller.check(*scopes)
    if caller.organisation_id is None:
        raise Wrong(403, "forbidden", _("A key for marks reads nothing. Make a connection for OneRoster."))
    return caller, queries.Reach.of(caller.organisation_id, request.on, version)


def _many(request: HttpRequest, path: Path, version: str, ids: list[str]) -> HttpResponse:
    """A page of a collection, with how many there are and where the others stand."""
    caller, reach = _come_in(request, version, path.scope)
    asked = asking.read(request.GET, path.entity, version)
    where = [_within(path, place, ids[place], reach) for place in range(len(path.within))]
    total, rows = queries.list_rows(path.entity, asked=asked, where=where, part=path.part, reach=reach)
    _note(request, caller, path.entity, len(rows), asked.offset)
    base = _base(request, version, path.entity)
    answer = {path.entity.plural: [_select(_complete(row, base), asked) for row in rows]}
    response = JsonResponse(answer)
    response["X-Total-Count"] = str(total)
    response["Link"] = _links(request, asked, total)
    return response


def _within(path: Path, place: int, guid: str, reach: queries.Reach) -> tuple[str, list[int]]:
    """The condition of one of the things that the address stands in; 404 where the client is not given it."""
    collection, kind = path.within[place]
    entity, part = PARTS[collection]
    if queries.find_row(entity, guid=guid, part=part, reach=reach) is None:
        raise Wrong(404, "unknownobject", _("There is nothing of that id, or nothing you are given."))
    found = naming.find_ids(KINDS_OF.get(kind, (kind,)), guid)
    kind = found[0][0] if found else kind  # of a user: student, staff or family
    ids = [id_ for one, id_ in found if one == kind]
    name = path.words[-1]
    narrowed = NARROWED.get((name, kind)) or NARROWED.get((path.entity.plural, kind))
    return (narrowed, ids) if narrowed else ("{} IS NULL", ids)


def _one(request: HttpRequest, path: Path, version: str, guid: str) -> HttpResponse:
    """One of a collection."""
    caller, reach = _come_in(request, version, path.scope)
    asked = asking.read(request.GET, path.entity, version)
    row = queries.find_row(path.entity, guid=guid, part=path.part, reach=reach)
    if row is None:
        raise Wrong(404, "unknownobject", _("There is nothing of that id, or nothing you are given."))
    _note(request, caller, path.entity, 1, 0)
    return JsonResponse(
        {path.entity.singular: _select(_complete(row, _base(request, version, path.entity)), asked)}
    )


def _one_or_write(request: HttpRequest, path: Path, version: str, guid: str) -> HttpResponse:
    if request.method == "GET":
        return _one(request, path, version, guid)
    is_put = request.method == "PUT"
    caller, reach = _come_in(request, version, "gradebook.createput" if is_put else "gradebook.delete")
    if not is_put:
        actions.DELETES[path.entity.plural](guid=guid, caller=caller, reach=reach, at=request.at)
        return HttpResponse(status=204)
    sent = read_json(read_body(request))
    body = sent.get(path.entity.singular) if isinstance(sent, dict) else None
    if not isinstance(body, dict):
        raise Wrong(400, "invaliddata", _('Send {"%(name)s": {...}}.') % {"name": path.entity.singular})
    is_new = actions.PUTS[path.entity.plural](guid=guid, body=body, caller=caller, reach=reach, at=request.at)
    row = queries.find_row(path.entity, guid=guid, part=path.part, reach=reach)
    base = _base(request, version, path.entity)
    return JsonResponse({path.entity.singular: _complete(row or {}, base)}, status=201 if is_new else 200)


def _base(request: HttpRequest, version: str, entity: e.Entity) -> dict[str, str]:
    """Where each kind of thing stands, of this version: `href` is absolute."""
    site = request.build_absolute_uri("/ims/oneroster/")
    if version == e.V11:
        return {type_: f"{site}v1p1/{name}/" for type_, name in _COLLECTION_OF.items()}
    grade = {"category", "lineItem", "result"}
    return {
        type_: f"{site}{'gradebook' if type_ in grade else 'rostering'}/v1p2/{name}/"
        for type_, name in _COLLECTION_OF.items()
    }


def _complete(said: Any, base: dict[str, str]) -> Any:
    if isinstance(said, list):
        return [_complete(one, base) for one in said]
    if isinstance(said, dict):
        if said.keys() == {"href", "sourcedId", "type"}:
            return said | {"href": base[said["type"]] + said["sourcedId"]}
        return {name: _complete(one, base) for name, one in said.items()}
    return said


def _select(row: dict[str, Any], asked: asking.Asked) -> dict[str, Any]:
    return (
        row if asked.fields is None else {name: value for name, value in row.items() if name in asked.fields}
    )


def _links(request: HttpRequest, asked: asking.Asked, total: int) -> str:
    """first, prev, next, last: with the same filter and order."""
    last = max(0, (total - 1) // asked.limit * asked.limit)
    places = {"first": 0, "last": last}
    if asked.offset + asked.limit < total:
        places["next"] = asked.offset + asked.limit
    if asked.offset > 0:
        places["prev"] = max(0, min(asked.offset - asked.limit, last))
    said = {name: value for name, value in request.GET.items() if name not in {"limit", "offset"}}
    address = request.build_absolute_uri(request.path)
    return ", ".join(
        f'<{address}?{urlencode(said | {"limit": asked.limit, "offset": offset})}>; rel="{rel}"'
        for rel, offset in places.items()
    )


def _note(request: HttpRequest, caller: callers.Caller, entity: e.Entity, rows: int, offset: int) -> None:
    """What another system read of people is on record: which list, how many of them, from where on."""
    if entity in (e.USERS, e.DEMOGRAPHICS, e.RESULTS, e.ENROLLMENTS) and rows:
        accounts.record_audit(
            verb="oneroster.read", object_type=entity.plural, object_id=None, by=caller.user.pk, at=request.at,
            detail={"caller": caller.name, "rows": rows, "offset": offset},
        )  # fmt: skip


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address that the service does not have."""
    return problem(
        Wrong(404, "unknownobject", _("The service has no such address. Its document lists them."))
    )
