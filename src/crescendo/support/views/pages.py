from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crescendo.accounts import actions as trail
from crescendo.core.errors import Refused
from crescendo.roster import queries as roster
from crescendo.support import actions, permissions, queries, screens
from crescendo.support.forms import CloseForm
from crescendo.support.models import SupportPlan


@login_required
def support_list(request: HttpRequest) -> HttpResponse:
    """Who gets support from the reader, longest without a session first; or everybody in scope who gets some."""
    viewer = request.viewer
    if not viewer.may(queries.WRITES):
        raise PermissionDenied
    everybody = request.GET.get("show") == "all"
    rows = queries.list_caseload(viewer=viewer, everybody=everybody)
    return render(request, "support/support_list.html", screens.describe_caseload(request, rows, everybody))


@login_required
def support_page(request: HttpRequest, support_id: int) -> HttpResponse:
    """One support plan: the goal, how it goes, how often it was given, what to do next."""
    support = queries.get_support(viewer=request.viewer, support_id=support_id)
    _note_reading(request, support)
    return render(request, "support/support_page.html", screens.describe(request, support))


@login_required
def support_close(request: HttpRequest, support_id: int) -> HttpResponse:
    """Before and after beside each other, then how it ended in words."""
    viewer = request.viewer
    support = queries.get_support(viewer=viewer, support_id=support_id)
    permissions.require_may_decide(viewer, support)
    form = CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.close_support(support_id=support_id, **form.cleaned_data, by=viewer, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Closed. What was learned stays readable."))
            return redirect("support:support_page", support_id=support_id)
    context = screens.describe(request, support) | {"form": form}
    return render(request, "support/support_close.html", context)


def _note_reading(request: HttpRequest, support: SupportPlan) -> None:
    """That a person read a student's support is kept for the family, as with the student's page."""
    if support.student_id is None:
        return
    reasons = roster.why_may_see(request.viewer, support.student_id)
    trail.record_view(
        student_id=support.student_id,
        by=request.user.pk,
        at=request.at,
        reason=reasons[0].code if reasons else "",
        page="support",
    )
