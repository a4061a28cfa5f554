"""Statements (xAPI 1.0.3 and 2.0): sent one by one or in a list, read back by id. Documented in docs/api.md."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from crescendo.api import callers, scopes, statements
from crescendo.api.answers import View, answering, problem, read_body
from crescendo.core import school_time
from crescendo.imports.json_reading import NotJson, read
from crescendo.imports.sources.xapi import meaning
from crescendo.imports.sources.xapi.statements import UUID, check
from crescendo.imports.sources.xapi.words import Invalid

VERSION = "X-Experience-API-Version"
SPOKEN = {"1.0": "1.0.3", "2.0": "2.0.0"}
MOST = 1000
PROBLEMS_SAID = 50
NOT_SERVED = (
    "Statements are read back by statementId or voidedStatementId, by the client that sent them. Not served: queries (since, "
    "until, verb, activity, agent, more), attachments' bytes, state and profile resources."
)


def speaking(view: View) -> View:
    """Every request says which version it speaks (empty: none that we do), and every answer says it back."""

    @wraps(view)
    def spoken(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        version = SPOKEN.get(".".join(request.headers.get(VERSION, "").split(".")[:2]), "")
        response = view(request, *args, version=version, **named)
        response[VERSION] = version or "2.0.0"
        return response

    spoken.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens these addresses
    return spoken


@speaking
@answering("GET", "HEAD", "POST", "PUT")
def statement_list(request: HttpRequest, version: str) -> HttpResponse:
    """POST one or a list, PUT one under its id, GET one by its id."""
    caller = callers.let_in(request, basic=True)
    caller.check(scopes.STATEMENTS)
    if not version:
        return problem(400, _("Say the version in the header '%(h)s': 1.0.3 or 2.0.0.") % {"h": VERSION})
    by_method: dict[str, Callable[[HttpRequest, callers.Caller, str], HttpResponse]] = {
        "POST": _post, "PUT": _put,
    }  # fmt: skip
    return by_method.get(request.method or "", _get)(request, caller, version)


@answering("GET", "HEAD")
def statement_about(request: HttpRequest) -> HttpResponse:
    """Which versions are spoken, and what is not served. Needs no sign-in."""
    said = {"version": ["1.0.3", "2.0.0"], "extensions": {"https://crescendo.invalid/xapi/not-served": NOT_SERVED}}  # fmt: skip
    return JsonResponse(said, headers={VERSION: "2.0.0"})


def _post(request: HttpRequest, caller: callers.Caller, version: str) -> HttpResponse:
    sent = _read(request)
    listed = sent if isinstance(sent, list) else [sent]
    if not 1 <= len(listed) <= MOST:
        return problem(400, _("Send 1 to %(n)s statements at once.") % {"n": MOST})
    if wrong := _wrong(listed, version):
        return wrong
    return JsonResponse(_keep(listed, caller, version, request), safe=False)


def _put(request: HttpRequest, caller: callers.Caller, version: str) -> HttpResponse:
    id_, sent = request.GET.get("statementId", ""), _read(request)
    if not UUID.fullmatch(id_):
        return problem(400, _("Say the statement's id in the address: ?statementId=<UUID>."))
    if not isinstance(sent, dict) or str(sent.get("id", id_)).lower() != id_.lower():
        return problem(400, _("The body is one statement, with the id of the address or without any."))
    sent.setdefault("id", id_)
    if wrong := _wrong([sent], version):
        return wrong
    _keep([sent], caller, version, request)
    return HttpResponse(status=204)


def _read(request: HttpRequest) -> Any:
    try:
        return read(read_body(request))
    except NotJson:
        raise callers.Turned(400, _("The body is no JSON. Send UTF-8 text as RFC 8259 says.")) from None


def _wrong(sent: list[Any], version: str) -> HttpResponse | None:
    """A list with one bad statement is refused whole; the answer names each that is bad."""
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    for place, one in enumerate(sent):
        try:
            check(one, version)
            on, id_ = meaning.day_of(one, school_time.zone()), str(one.get("id", place)).lower()
            if on and on > school_time.today():
                raise Invalid("timestamp", _("it has not come yet"))
            if id_ in seen:
                raise Invalid("id", _("another statement of this list has it too"))
            seen.add(id_)
        except Invalid as wrong:
            found.append({"statement": place, "place": wrong.path, "problem": wrong.words})
    if not found:
        return None
    words = _("Nothing was kept: %(n)s of %(all)s statements are none.") % {"n": len(found), "all": len(sent)}
    return JsonResponse({"problem": words, "problems": found[:PROBLEMS_SAID]}, status=400)


def _keep(sent: list[Any], caller: callers.Caller, version: str, request: HttpRequest) -> list[str]:
    try:
        return statements.accept(statements=sent, version=version, caller=caller, at=request.at)
    except statements.OtherStatement as other:
        words = _("Statement %(id)s came before, with another content. Nothing was kept.")
        raise callers.Turned(409, words % {"id": other}) from None


def _get(request: HttpRequest, caller: callers.Caller, version: str) -> HttpResponse:
    asked = {name: request.GET[name] for name in ("statementId", "voidedStatementId") if name in request.GET}
    if len(asked) != 1 or not UUID.fullmatch(next(iter(asked.values()))):
        return problem(400, _("Ask for one statement: ?statementId=<UUID> or ?voidedStatementId=<UUID>."))
    found = statements.find(
        id_=next(iter(asked.values())).lower(), caller=caller, voided="voidedStatementId" in asked
    )
    if found is None:
        return problem(404, _("You sent no statement of this id."))
    return JsonResponse(found, headers={"X-Experience-API-Consistent-Through": request.at.isoformat()})
