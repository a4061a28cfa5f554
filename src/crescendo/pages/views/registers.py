from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core.errors import NotFound, Refused
from crescendo.pages.queries import registers
from crescendo.records import actions as records
from crescendo.roster import queries as roster


@login_required
def register_page(request: HttpRequest, class_id: int) -> HttpResponse:
    """A class's register on one screen: everybody is here; say who is not, and save."""
    school_class = roster.get_class(viewer=request.viewer, class_id=class_id)
    on = _day(request)
    problem = ""
    if request.method == "POST":
        try:
            taken = _save(request, class_id, on)
        except Refused as refusal:
            problem = str(refusal)
        else:
            messages.success(request, _said(taken))
            return redirect(f"{reverse('pages:class_page', args=[class_id])}")
    context = registers.describe_register(
        viewer=request.viewer, school_class=school_class, on=on, posted=request.POST
    )
    return render(
        request,
        "pages/register_page.html",
        context | {"problem": problem},
        status=422 if problem else 200,
    )


def _day(request: HttpRequest) -> date:
    asked = request.POST.get("on") or request.GET.get("on")
    if not asked:
        return request.viewer.on
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise NotFound from None


def _save(request: HttpRequest, class_id: int, on: date) -> records.RegisterTaken:
    marks = registers.posted(request.POST, "mark")
    seen = registers.posted(request.POST, "seen")
    return records.record_register(
        class_id=class_id, on=on, marks=marks, seen=seen, by=request.viewer, at=request.at
    )


def _said(taken: records.RegisterTaken) -> str:
    if not taken.n_changed:
        said = _("Saved. No mark was changed.")
    else:
        said = ngettext(
            "Saved. %(n)s mark was changed.", "Saved. %(n)s marks were changed.", taken.n_changed
        ) % {"n": taken.n_changed}
    if taken.is_day_complete:
        said += " " + _("Everybody at the school is accounted for: the day counts now.")
    return said
