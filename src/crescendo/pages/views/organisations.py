from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.core.errors import NotFound
from crescendo.indicators import queries as indicators
from crescendo.indicators.permissions import result_scope
from crescendo.insights import findings
from crescendo.insights.shown import with_steps
from crescendo.pages import organisation_pages
from crescendo.records import permissions
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer


def _organisation(request: HttpRequest, organisation_id: int) -> Organisation:
    """The organisation, if any of its numbers are open to the reader; otherwise as if it were not there."""
    if not result_scope(request.viewer).allows(organisation_id):
        raise NotFound
    return Organisation.objects.select_related("parent").get(pk=organisation_id)


def _found(request: HttpRequest, organisation: Organisation) -> dict[str, object]:
    """What stands out there. Families and students see their school's numbers; findings are for who works with them."""
    if not request.viewer.may("results.see"):
        return {"found": [], "may_compare": False, "may_close_day": False}
    found = findings.list_place_findings(viewer=request.viewer, organisation=organisation)
    return {
        "found": with_steps(request.viewer, found),
        "may_compare": True,
        "may_close_day": permissions.may_close_day(request.viewer, organisation.pk),
    }


def _topics(organisation: Organisation, viewer: Viewer) -> list[str]:
    """The page asks for itself again when the organisation's numbers change, or the year is measured."""
    return [f"organisation:{organisation.pk}", f"run:{viewer.school_year}"]


@login_required
def report_list(request: HttpRequest) -> HttpResponse:
    """The places whose numbers the reader may look at, and the definitions behind them."""
    return render(
        request, "pages/report_list.html", organisation_pages.describe_reports(viewer=request.viewer)
    )


@login_required
def district_page(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """How a district (or what stands above it) is doing, and how its schools spread."""
    district = _organisation(request, organisation_id)
    if district.kind == Organisation.Kind.SCHOOL:
        raise NotFound
    context = organisation_pages.describe_district(viewer=request.viewer, district=district)
    context |= _found(request, district)
    context["live_topics"] = _topics(district, request.viewer)
    return render(request, "pages/district_page.html", context)


@login_required
def school_page(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """How a school is doing: the change first, then the level, then the detail."""
    school = _organisation(request, organisation_id)
    if school.kind != Organisation.Kind.SCHOOL:
        raise NotFound
    context = organisation_pages.describe_school(viewer=request.viewer, school=school)
    context |= _found(request, school)
    context["live_topics"] = _topics(school, request.viewer)
    return render(request, "pages/school_page.html", context)


@login_required
def organisation_indicator(request: HttpRequest, organisation_id: int, indicator: str) -> HttpResponse:
    """One number of one organisation: its weeks, its groups, its counting rules, and who is behind it."""
    organisation = _organisation(request, organisation_id)
    definition = indicators.get_definition(indicator)
    context = organisation_pages.describe_indicator(
        viewer=request.viewer, organisation=organisation, definition=definition
    )
    context["live_topics"] = _topics(organisation, request.viewer)
    return render(request, "pages/organisation_indicator.html", context)
