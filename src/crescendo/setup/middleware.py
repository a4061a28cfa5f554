"""A new site answers its first page with its set-up."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from crescendo.accounts import queries as accounts


class NewSiteMiddleware:
    """Whoever opens the first page of a site in which nobody can sign in is led to the set-up, which asks for a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/" and not request.user.is_authenticated and accounts.is_new_site():
            return redirect("setup:begin")
        return self.get_response(request)
