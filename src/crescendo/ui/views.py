"""The gallery, and how the reader's device shows the pages."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from . import gallery as showcase
from .addresses import safe_next
from .context import DRAWS_COOKIE, THEME_COOKIE, THEMES

A_YEAR = 60 * 60 * 24 * 365


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    return render(request, "ui/gallery.html", showcase.everything())


@require_POST
def display_set(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the device says; charts as pictures where scripts were switched off. Kept on this device."""
    response = HttpResponseRedirect(safe_next(request))
    if "pictures" in request.POST:
        response.delete_cookie(DRAWS_COOKIE, samesite="Lax")
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie(
            THEME_COOKIE, theme, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response
