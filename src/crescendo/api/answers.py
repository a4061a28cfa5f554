"""How the doors answer: JSON, and a problem with its sentence."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from .callers import Turned

View = Callable[..., HttpResponse]
LARGEST = 4 << 20  # bytes of a body; `crescendo.body_limit` drops more before it is read


def problem(status: int, words: str, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse({"problem": words}, status=status, headers=headers)


def answering(*methods: str) -> Callable[[View], View]:
    """An address of `/api/v1`: these methods alone, and a problem is JSON too."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
            if request.method not in methods:
                return problem(
                    405, _("Use %(m)s.") % {"m": ", ".join(methods)}, {"Allow": ", ".join(methods)}
                )
            try:
                response = view(request, *args, **named)
            except Turned as turned:
                return problem(turned.status, turned.problem, turned.headers)
            response.setdefault("Cache-Control", "no-store")
            return response

        answered.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens these addresses
        return answered

    return decorate


def read_body(request: HttpRequest) -> bytes:
    """The body, where it is JSON of a size that is taken."""
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Turned(415, _("Send JSON: 'Content-Type: application/json'."))
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise Turned(413, _("This is more than %(mb)s MB. Send less at once.") % {"mb": LARGEST >> 20})
    return body


def read_json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Turned(400, _("The body is no JSON. Send UTF-8 text as RFC 8259 says.")) from None
