"""What every page knows about its own look: light or dark, language, built files."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
DRAWS_COOKIE = (
    "draws"  # set by charts.js in a browser that has drawn a chart: the next page needs no drawn pictures
)


def page_frame(request: HttpRequest) -> dict[str, object]:
    """What the frame around every page needs and the reader may choose."""
    chosen = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "theme": chosen if chosen in THEMES else "auto",
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": getattr(request, "languages", settings.LANGUAGES),
        "browser_draws": request.COOKIES.get(DRAWS_COOKIE) == "1",
        "here": request.get_full_path(),
    }
