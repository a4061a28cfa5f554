"""Numbers to take along. Each download leaves a line in the trail."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotFound
from crescendo.indicators import queries as indicators
from crescendo.insights import explaining, exports

FORMS = ("csv", "zip")


@login_required
@require_safe
def number_export(request: HttpRequest, organisation_id: int, indicator: str, form: str) -> HttpResponse:
    """One measure of a place and the schools below it, in every group and by all counting rules."""
    indicators.get_definition(indicator)
    return _download(request, organisation_id, [indicator], form)


@login_required
@require_safe
def organisation_export(request: HttpRequest, organisation_id: int, form: str) -> HttpResponse:
    """Every measure of a place and the schools below it."""
    return _download(request, organisation_id, None, form)


def _download(request: HttpRequest, organisation_id: int, codes: list[str] | None, form: str) -> HttpResponse:
    if form not in FORMS:
        raise NotFound
    organisation = explaining.get_organisation(viewer=request.viewer, organisation_id=organisation_id)
    export = exports.collect(
        viewer=request.viewer,
        organisation=organisation,
        codes=codes,
        to_hand_on=request.GET.get("hand_on") == "yes",
    )
    accounts.record_audit(
        verb="numbers.exported",
        object_type="organisation",
        object_id=organisation.pk,
        by=request.user.pk,
        at=request.at,
        detail={
            "indicators": codes or "all",
            "run": export.run.pk,
            "rows": len(export.numbers),
            "small_groups": not export.is_protected,
            "form": form,
        },
    )
    return _response(request, export, form)


def _response(request: HttpRequest, export: exports.Export, form: str) -> HttpResponse:
    if form == "zip":
        response = HttpResponse(exports.as_zip(export, at=request.at), content_type="application/zip")
    else:
        text = exports.BYTE_ORDER_MARK + exports.as_csv(export)
        response = HttpResponse(text, content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="{export.stem}.{form}"'
    return response
