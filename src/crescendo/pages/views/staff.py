from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crescendo.pages import queries

POSTS_ON_A_PAGE = 100


@login_required
def staff_list(request: HttpRequest) -> HttpResponse:
    """Who works at the reader's organisations, and in which post."""
    if not request.viewer.may("staff.see"):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()
    posts = Paginator(queries.list_staff(viewer=request.viewer, text=text), POSTS_ON_A_PAGE)
    page = posts.get_page(request.GET.get("page"))
    return render(request, "pages/staff_list.html", {"page": page, "text": text})
