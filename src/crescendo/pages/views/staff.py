from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.pages import queries


@login_required
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works at the reader's organisations, and in which post."""
    if not request.viewer.may("staff.see"):
        raise PermissionDenied
    return render(
        request, "pages/staff_list.html", {"organisations": queries.list_staff(viewer=request.viewer)}
    )
