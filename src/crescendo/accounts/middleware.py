"""One English for a site: its school system's. Every other language is the reader's own choice."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from . import queries


class SiteMiddleware:
    """Gives the request `site` and the `languages` that its pages are offered in; hours are those of its schools.

    Whoever reads English reads the site's: words and spelling are then those of one school system on every page. It
    stands after the middleware that opens the transaction.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.site = SimpleLazyObject(queries.get_site)
        request.languages = SimpleLazyObject(lambda: queries.list_languages(request.site))
        language = queries.language_spoken(translation.get_language() or "", request.site)
        if language != translation.get_language():
            translation.activate(language)
            request.LANGUAGE_CODE = language
        with timezone.override(request.site.time_zone or settings.TIME_ZONE):
            return self.get_response(request)
