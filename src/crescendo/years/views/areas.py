"""What is switched on, one sentence each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crescendo.core.areas import SMALL_SCHOOL_BELOW
from crescendo.core.errors import Refused
from crescendo.roster import areas
from crescendo.years import permissions


@login_required
@require_safe
def area_list(request: HttpRequest) -> HttpResponse:
    """What is switched on?"""
    permissions.check_may_set_up(request.viewer)
    page = {
        "areas": areas.list_areas(),
        "is_small": areas.is_small_school(),
        "size": areas.get_size(),
        "below": SMALL_SCHOOL_BELOW,
    }
    return render(request, "years/area_list.html", page)


@login_required
@require_POST
def area_switch(request: HttpRequest) -> HttpResponse:
    """Switch one on or off, for everybody."""
    permissions.check_may_set_up(request.viewer)
    try:
        areas.switch_area(
            code=request.POST.get("code", ""),
            is_on=request.POST.get("on") == "yes",
            by=request.viewer,
            at=request.at,
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Done. It holds for everybody from now on."))
    return redirect("years:area_list")
