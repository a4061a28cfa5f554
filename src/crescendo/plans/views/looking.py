from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crescendo.accounts import actions as accounts
from crescendo.plans import queries, screens

PLANS_ON_A_PAGE = 25


@login_required
@require_safe
def goal_list(request: HttpRequest) -> HttpResponse:
    """What is mine, what is due, and how it goes."""
    viewer = request.viewer
    if not viewer.is_staff:
        raise PermissionDenied
    shown = request.GET.get("show", "")
    others = Paginator(screens.others(viewer=viewer, shown=shown), PLANS_ON_A_PAGE)
    page = others.get_page(request.GET.get("page"))
    context = screens.describe_list(viewer=viewer) | {"page": page, "shown": shown}
    return render(request, "plans/goal_list.html", context)


@login_required
@require_safe
def plan_page(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One goal: how it goes, what is done for it, what people saw, and how it ended."""
    plan = queries.get_plan(viewer=request.viewer, plan_id=plan_id)
    if plan.student_id:
        accounts.record_view(
            student_id=plan.student_id, by=request.user.pk, at=request.at, reason="plan", page="plan"
        )
    return render(request, "plans/plan_page.html", screens.describe(viewer=request.viewer, plan=plan))
