"""Every request runs in one transaction in which PostgreSQL knows who is looking."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse


class ViewerMiddleware:
    """Sets `crescendo.viewer` for the transaction of the request, so that row-level security can decide."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('crescendo.viewer', %s, true)", [str(request.user.pk or "")]
                )
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A page that failed half-way changed nothing."""
        if not isinstance(exception, Http404 | PermissionDenied):
            transaction.set_rollback(True)
