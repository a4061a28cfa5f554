"""How good are our data, where is the worst of it, and what do I do about it?"""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crescendo.accounts import actions as accounts
from crescendo.core.errors import Refused
from crescendo.core.spreadsheets import neutral_cell

from . import actions, permissions, screens

ROWS_ON_A_PAGE = 50


@login_required
@never_cache
@require_safe
def school_list(request: HttpRequest) -> HttpResponse:
    """How good are the data of each school, and how fresh?"""
    permissions.check_may_see(request.viewer)
    return render(request, "quality/school_list.html", screens.describe_schools(viewer=request.viewer))


@login_required
@never_cache
@require_safe
def rule_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One problem: what it is, where it is, the rows, and how to put it right at the source."""
    asked = screens.read_asked(code, request.GET.get("school", ""), viewer=request.viewer)
    rows = Paginator(screens.list_rows(asked, viewer=request.viewer), ROWS_ON_A_PAGE)
    page = rows.get_page(request.GET.get("page"))
    context = screens.describe_rule(asked, viewer=request.viewer)
    context |= {"page": page, "rows": screens.describe_rows(list(page), asked)}
    return render(request, "quality/rule_detail.html", context)


@login_required
@never_cache
@require_safe
def rule_export(request: HttpRequest, code: str) -> HttpResponse:
    """The work-list as CSV, to hand to whoever corrects it at the source. No cell of it runs as a formula."""
    asked = screens.read_asked(code, request.GET.get("school", ""), viewer=request.viewer)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    for cells in screens.export_rows(asked, viewer=request.viewer):
        writer.writerow([neutral_cell(cell) for cell in cells])
    response["Content-Disposition"] = f'attachment; filename="{asked.rule.code}.csv"'
    accounts.record_audit(
        verb="quality.exported", object_type="quality.Check", object_id=0, by=request.user.pk, at=request.at,
        detail={"rule": asked.rule.code, "school": asked.school_id},
    )  # fmt: skip
    return response


@login_required
@require_POST
def check_assign(request: HttpRequest, check_id: int) -> HttpResponse:
    """Say who looks after a problem."""
    to = request.POST.get("to", "")
    to_id = int(to) if to.isdecimal() and len(to) < 18 else None
    try:
        actions.assign(check_id=check_id, to_id=to_id, by=request.viewer, on=request.on, at=request.at)
        messages.success(request, _("Noted.") if to_id else _("Noted: nobody looks after it for now."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(screens.address_of_check(check_id) or reverse("quality:school_list"))


@login_required
@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    """Ask every rule again now."""
    actions.look_again(by=request.viewer, at=request.at)
    messages.success(request, _("We are looking. Come back in a minute."))
    return redirect("quality:school_list")
