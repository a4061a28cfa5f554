"""The inbox."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from crescendo.core import school_time

from . import actions, queries


@login_required
@require_safe
def inbox_list(request: HttpRequest) -> HttpResponse:
    """What has happened that I should know?"""
    items = queries.list_inbox(viewer=request.user, on=school_time.today())
    unread = sum(not item.is_read for item in items)
    return render(request, "comms/inbox_list.html", {"items": items, "unread": unread})


@login_required
@require_POST
def inbox_open(request: HttpRequest, delivery: int) -> HttpResponse:
    """Mark a message as read and go to the page it is about."""
    items = queries.list_inbox(viewer=request.user, on=school_time.today())
    item = next((item for item in items if item.id == delivery), None)
    if item is None:
        raise Http404
    actions.mark_read(delivery=item.id, by=request.user, at=school_time.now())
    return redirect(item.path or "comms:inbox_list")


@login_required
@require_POST
def inbox_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    actions.mark_all_read(by=request.user, at=school_time.now())
    return redirect("comms:inbox_list")
