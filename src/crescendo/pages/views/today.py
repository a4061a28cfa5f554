from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.indicators import queries as indicators
from crescendo.pages.today import list_things


@login_required
def today(request: HttpRequest) -> HttpResponse:
    """What needs the reader today."""
    run = indicators.find_current_run(school_year=request.viewer.school_year)
    return render(request, "pages/today.html", {"things": list_things(viewer=request.viewer), "run": run})
