"""Are these two one person? And: what is this student called elsewhere?"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crescendo.core.errors import NotFound, Refused
from crescendo.imports import permissions as imports
from crescendo.roster.models import Student

from . import actions, permissions, screens
from .models import Merge, Proposal

PAIRS_ON_A_PAGE = 10


@login_required
@never_cache
@require_safe
def pair_list(request: HttpRequest) -> HttpResponse:
    """Which students may be here twice?"""
    permissions.check_may_decide(request.viewer)
    waiting = Proposal.objects.filter(state=Proposal.State.OPEN).order_by("-probability", "id")
    page = Paginator(waiting, PAIRS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "pairs": screens.describe_pairs(list(page)),
        "working": Merge.objects.filter(state__in=Merge.WORKING).count(),
        "done": Merge.objects.filter(state__in=[Merge.State.DONE, Merge.State.SPLIT, Merge.State.REFUSED])[
            :10
        ],
    }
    return render(request, "identity/pair_list.html", context)


@login_required
@require_POST
def pair_merge(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """One person: the worker joins the records."""
    keep = request.POST.get("keep", "")
    try:
        actions.ask_to_merge(
            proposal_id=proposal_id,
            keep_id=int(keep) if keep.isdecimal() and len(keep) < 18 else 0,
            reason=request.POST.get("reason", ""),
            by=request.viewer,
            at=request.at,
        )
        messages.success(request, _("Thank you. The two records are being joined."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("identity:pair_list")


@login_required
@require_POST
def pair_dismiss(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Two people: not asked again."""
    try:
        actions.dismiss(proposal_id=proposal_id, by=request.viewer, at=request.at)
        messages.success(request, _("Noted: two people. We will not ask again."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("identity:pair_list")


@login_required
@require_POST
def pair_look(request: HttpRequest) -> HttpResponse:
    """Look for pairs now."""
    actions.look_for_pairs(by=request.viewer, at=request.at)
    messages.success(request, _("We are looking. Come back in a minute."))
    return redirect("identity:pair_list")


@login_required
@require_POST
def merge_split(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    try:
        actions.ask_to_split(merge_id=merge_id, by=request.viewer, at=request.at)
        messages.success(request, _("The two records are being parted again."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("identity:pair_list")


@login_required
@never_cache
@require_safe
def student_ids(request: HttpRequest, student_id: int) -> HttpResponse:
    """What is this student called elsewhere?"""
    imports.check_may_see(request.viewer)
    student = Student.objects.filter(
        pk=student_id
    ).first()  # row-level security: only whom the viewer may see
    if student is None:
        raise NotFound
    context = screens.describe_ids(student) | {"may_decide": permissions.may_decide(request.viewer)}
    return render(request, "identity/student_ids.html", context)
