from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.core.errors import NotFound
from crescendo.indicators.permissions import result_scope
from crescendo.insights import goes_with as linked
from crescendo.roster.models import Organisation


@login_required
def goes_with(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """What goes with test scores here: attendance, work handed in, taking part, activities, over students."""
    viewer = request.viewer
    if not result_scope(viewer).allows(organisation_id):
        raise NotFound
    if not viewer.may("results.see"):
        raise PermissionDenied  # families and students see their school's numbers, not how its students compare
    organisation = Organisation.objects.select_related("parent").get(pk=organisation_id)
    context = linked.describe(
        viewer=viewer, organisation=organisation, subject=request.GET.get("subject", "")
    )
    return render(request, "insights/goes_with.html", context)
