"""What a page answers while the database is away: that it comes back, and it asks again by itself."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error

RETRY_SECONDS = 3

# No template, no style sheet, no script: nothing that could ask the database for anything.
PAGE = """<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="{seconds}"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{words}</p></main></body></html>
"""


def answer(request: HttpRequest) -> HttpResponse:
    """Django's handler of errors: 503 and a page that asks again where the database is away, 500 otherwise."""
    problem = sys.exc_info()[1]
    if not _is_outage(problem):
        return server_error(request)
    page = PAGE.format(
        language=getattr(request, "LANGUAGE_CODE", "en"),
        seconds=RETRY_SECONDS,
        title=_("Back in a moment"),
        words=_(
            "The site is starting again. Nothing that was saved is lost. This page asks again by itself."
        ),
    )
    response = HttpResponse(page, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def _is_outage(problem: BaseException | None) -> bool:
    """Whether the database could not be reached, or went away; the pool's own patience counts too.

    A chain of causes may lead back to itself, where something on the way raised again what it had caught.
    """
    seen: set[int] = set()
    while problem is not None and id(problem) not in seen:
        seen.add(id(problem))
        if isinstance(problem, OperationalError | InterfaceError) or type(problem).__name__ == "PoolTimeout":
            return True
        problem = problem.__cause__ or problem.__context__
    return False
