from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.pages import queries


@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Students, classes, schools and definitions whose name begins so, as far as the reader may see them."""
    text = request.GET.get("q", "").strip()
    found = queries.search(viewer=request.viewer, text=text) if text else None
    return render(request, "pages/search.html", {"text": text, "found": found})
