"""Every request runs in one transaction in which PostgreSQL knows who is looking, and on which school day."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found, permission_denied

from crescendo.core import school_time
from crescendo.core.errors import NotAllowed, NotFound

from . import queries, scope

# Answers, not failures: what was written before them (a line in the trail) stays.
ANSWERS = (Http404, PermissionDenied, NotFound, NotAllowed)


class ViewerMiddleware:
    """Gives the request `viewer`, `at` (this instant) and `on` (the school's day), and tells PostgreSQL the same."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            request.at = school_time.now()
            request.on = request.at.date()
            scope.look_as(request.user.pk, request.on)
            request.viewer = queries.get_viewer(user=request.user, on=request.on)
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page that failed half-way changed nothing; out of scope is answered like absent."""
        if not isinstance(exception, ANSWERS):
            transaction.set_rollback(True)
        if isinstance(exception, NotFound):
            return page_not_found(request, exception)
        if isinstance(exception, NotAllowed):
            return permission_denied(request, exception)
        return None
