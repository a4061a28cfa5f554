from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.pages.queries import days
from crescendo.records import actions as records
from crescendo.records import permissions
from crescendo.roster.models import Organisation


@login_required
def school_days(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """Which days of a school are not known as a whole; of one of them, who is missing, and closing it by hand."""
    viewer = request.viewer
    school = Organisation.objects.filter(pk=organisation_id, kind=Organisation.Kind.SCHOOL).first()
    if school is None or not permissions.reaches_school(viewer, organisation_id):
        raise NotFound
    if not permissions.may_close_day(viewer, organisation_id):
        raise NotAllowed(_("Only those who keep the school's attendance can close its day."))
    on = _day(request)
    problem = ""
    if request.method == "POST":
        try:
            _do(request, organisation_id, on)
        except Refused as refusal:
            problem = str(refusal)
        else:
            return redirect(f"{reverse('pages:school_days', args=[organisation_id])}?on={on.isoformat()}")
    context = days.describe_day(viewer=viewer, school=school, on=on) | {"problem": problem}
    return render(request, "pages/school_days.html", context, status=422 if problem else 200)


def _day(request: HttpRequest) -> date:
    asked = request.POST.get("on") or request.GET.get("on") or ""
    try:
        return date.fromisoformat(asked) if asked else request.viewer.on
    except ValueError:
        raise NotFound from None


def _do(request: HttpRequest, school_id: int, on: date) -> None:
    about = {"school_id": school_id, "on": on, "by": request.viewer, "at": request.at}
    if request.POST.get("do") == "open":
        records.open_day_again(**about)
        messages.success(request, _("The day is open again, and does not count."))
        return
    seen = request.POST.get("seen", "")
    records.close_day(seen=int(seen) if seen.isdecimal() and len(seen) < 9 else 0, **about)
    messages.success(request, _("The day is closed, and counts now."))
