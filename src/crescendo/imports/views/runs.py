"""What came in, what an import would change, and saying yes, no, or back."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crescendo.core.errors import NotFound
from crescendo.core.spreadsheets import neutral_cell
from crescendo.imports import actions, endings_screen, permissions, queries, screens, wording
from crescendo.imports.models import ImportRun

ROWS_ON_A_PAGE = 50


@login_required
@never_cache
@require_safe
def import_list(request: HttpRequest) -> HttpResponse:
    """What came in, and does anything need me?"""
    permissions.check_may_see(request.viewer)
    runs = Paginator(queries.list_runs(), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    page = {
        "runs": [screens.line_of(run) for run in runs],
        "page": runs,
        "sources": screens.list_sources(on=request.on),
        "needs": screens.list_needs(viewer=request.viewer),
        "may_run": permissions.may_run_imports(request.viewer),
        "may_decide": permissions.may_approve_imports(request.viewer),
    }
    return render(request, "imports/import_list.html", page)


@login_required
@never_cache
@require_safe
def import_detail(request: HttpRequest, run_id: int) -> HttpResponse:
    """One import: how far it is, what it would change or changed, and what is wrong."""
    run = _get_run(request, run_id)
    page = screens.describe_run(run, viewer=request.viewer)
    return render(request, "imports/import_detail.html", page)


@login_required
@never_cache
@require_safe
def import_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The part of the page that tells how far the import is; when it is done, htmx loads the whole page."""
    run = _get_run(request, run_id)
    working = screens.describe_work(run)
    response = render(request, "imports/parts/progress.html", {"run": run, "work": working})
    if not working.is_going_on:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def import_approve(request: HttpRequest, run_id: int) -> HttpResponse:
    """Yes, to all of it or to all but some schools: the worker applies it. It waits again if by then more would end
    than this person saw."""
    permissions.check_may_approve(request.viewer)
    run = _get_run(request, run_id)
    held = endings_screen.read_held_back(run, request.POST.getlist("keep"))
    if screens.hand_to_worker("approve", run, by=request.user, at=request.at, hold_back=held):
        messages.info(request, _("Thank you. It is being applied."))
    else:
        messages.info(request, _("Somebody has decided about this import already."))
    return redirect("imports:import_detail", run.pk)


@login_required
@never_cache
@require_safe
def import_endings(request: HttpRequest, run_id: int) -> HttpResponse:
    """Who would end, school by school, and which schools to keep as they are."""
    run = _get_run(request, run_id)
    page = endings_screen.describe_endings(run, request.GET, viewer=request.viewer)
    return render(request, "imports/import_endings.html", page)


@login_required
@require_POST
def import_reject(request: HttpRequest, run_id: int) -> HttpResponse:
    """No: nothing of it is used."""
    permissions.check_may_approve(request.viewer)
    run = _get_run(request, run_id)
    try:
        actions.reject(run, by=request.user, at=request.at)
        messages.success(request, _("It is not used. Everything stays as it was."))
    except actions.WrongState:
        messages.info(request, _("Somebody has decided about this import already."))
    return redirect("imports:import_detail", run.pk)


@login_required
@never_cache
def import_undo(request: HttpRequest, run_id: int) -> HttpResponse:
    """Back to before this import: asked first, then done by the worker."""
    permissions.check_may_approve(request.viewer)
    run = _get_run(request, run_id)
    if run.state != ImportRun.State.APPLIED:
        messages.info(request, _("Only an import that was applied can be undone."))
        return redirect("imports:import_detail", run.pk)
    if request.method != "POST":
        return render(request, "imports/import_undo.html", screens.describe_run(run, viewer=request.viewer))
    if screens.hand_to_worker("undo", run, by=request.user, at=request.at):
        messages.info(request, _("It is being undone."))
    else:
        messages.info(request, _("Somebody has decided about this import already."))
    return redirect("imports:import_detail", run.pk)


@login_required
@never_cache
@require_safe
def finding_list(request: HttpRequest, run_id: int) -> HttpResponse:
    """What was noticed in the files of an import, and what to do."""
    run = _get_run(request, run_id)
    found = Paginator(queries.list_findings(run), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    page = {"run": run, "page": found, "findings": [screens.line_of_finding(one) for one in found]}
    return render(request, "imports/finding_list.html", page)


@login_required
@never_cache
@require_safe
def set_aside_list(request: HttpRequest, run_id: int) -> HttpResponse:
    """Which rows were set aside, and why."""
    run = _get_run(request, run_id)
    rows = Paginator(queries.list_set_aside(run), ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    shown = [{"row": row, "words": wording.code_words(row.code)} for row in rows]
    counted = wording.total(run.counts, "set_aside")
    return render(
        request,
        "imports/set_aside_list.html",
        {
            "run": run,
            "page": rows,
            "rows": shown,
            "counted": counted,
            "may_run": permissions.may_have_rows(run, request.viewer),
        },
    )


@login_required
@never_cache
@require_safe
def finding_export(request: HttpRequest, run_id: int) -> HttpResponse:
    """The findings as CSV, to hand on to whoever sends the files. No cell of it runs as a formula.

    Whole, not in pieces: pieces would be made after this request's transaction, when nobody is the viewer any more.
    """
    run = _get_run(request, run_id)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    writer = csv.writer(response)
    writer.writerow(
        [
            _("file"),
            _("row"),
            _("column"),
            _("how serious"),
            _("what"),
            _("rows"),
            _("expected"),
            _("received (masked)"),
            _("what to do"),
        ]
    )
    for one in queries.list_findings(run):
        cells = (one.file, one.row, one.column, one.get_severity_display(), wording.code_words(one.code), one.count,
                 one.expected, one.received_masked, one.what_to_do)  # fmt: skip
        writer.writerow([neutral_cell(cell) for cell in cells])
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-findings.csv"'
    return response


def _get_run(request: HttpRequest, run_id: int) -> ImportRun:
    permissions.check_may_see(request.viewer)
    run = queries.list_runs().filter(pk=run_id).first()
    if run is None:
        raise NotFound
    return run
