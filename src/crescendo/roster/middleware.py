"""Every request runs in one transaction in which PostgreSQL knows who is looking, and on which school day."""

from collections.abc import Callable
from contextlib import nullcontext

from django.core.exceptions import BadRequest, PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.defaults import page_not_found, permission_denied

from crescendo.core import school_time
from crescendo.core.errors import NotAllowed, NotFound
from crescendo.core.once import keeping_answers

from . import queries, scope

READS = ("GET", "HEAD")


class ViewerMiddleware:
    """Gives the request `viewer`, `at` (this instant) and `on` (the school's day), and tells PostgreSQL the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _refuse_nul(request)
        with transaction.atomic(), keeping_answers() if request.method in READS else nullcontext():
            request.at = school_time.now()
            request.on = request.at.date()
            scope.look_as(request.user.pk, request.on)
            request.viewer = queries.get_viewer(user=request.user, on=request.on)
            response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            # On a shared computer, "back" after signing out shows no child.
            add_never_cache_headers(response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that failed half-way changed nothing; out of scope is answered like absent.

        All answers are written here: what is left to Django is written in another thread, where nobody is the viewer.
        """
        if isinstance(exception, NotFound | Http404):
            return page_not_found(request, exception)
        if isinstance(exception, NotAllowed | PermissionDenied):
            return permission_denied(request, exception)
        transaction.set_rollback(True)
        return None


def no_such_address(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that no page has. Django answers in a thread of its own, so the frame must not ask about a viewer."""
    request.viewer = None
    return page_not_found(request, exception)


def _refuse_nul(request: HttpRequest) -> None:
    """No text that a person types holds a NUL, and PostgreSQL stores none."""
    sent = [*request.GET.lists(), *(request.POST.lists() if request.method == "POST" else ())]
    if any("\0" in text for _name, values in sent for text in values):
        raise BadRequest("The address or the form holds a NUL character.")
