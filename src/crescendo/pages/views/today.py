from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.indicators import queries as indicators
from crescendo.pages import live_topics
from crescendo.pages.today import list_things


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """What needs the reader today."""
    run = indicators.find_shown_run(viewer=request.viewer)
    context = {
        "things": list_things(viewer=request.viewer),
        "run": run,
        "live_topics": live_topics.of_today(viewer=request.viewer),
    }
    return render(request, "pages/today.html", context)
