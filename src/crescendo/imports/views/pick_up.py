"""A source's page: where its files come from, how often somebody looks, and when they are late."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from crescendo.core.errors import NotFound
from crescendo.imports import permissions, queries, tasks
from crescendo.imports.models import PickUp, Source
from crescendo.imports.pickup import actions, page
from crescendo.imports.pickup.form import PickUpForm


@login_required
@never_cache
def source_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Where do the files of this system come from, and are they late?"""
    source = _get_source(request, slug)
    form = PickUpForm(request.POST or None, instance=page.get_pick_up(source))
    if request.method == "POST":
        permissions.check_may_approve(request.viewer)
        if form.is_valid():
            actions.set_pick_up(form, by=request.user, at=request.at)
            messages.success(request, _("Saved. The worker keeps to it from now on."))
            return redirect("imports:source_page", source.slug)
    described = page.describe(source, form, viewer=request.viewer, at=request.at)
    return render(request, "imports/source_page.html", described)


@login_required
@require_POST
def source_look(request: HttpRequest, slug: str) -> HttpResponse:
    """Look now: the worker does it."""
    permissions.check_may_run(request.viewer)
    source = _get_source(request, slug)
    if PickUp.objects.filter(source=source).exclude(way=PickUp.Way.HAND).exists():
        tasks.leave_look(source.pk)
        messages.info(request, _("The worker looks now. Come back in a minute."))
    return redirect("imports:source_page", source.slug)


def _get_source(request: HttpRequest, slug: str) -> Source:
    permissions.check_may_see(request.viewer)
    source = queries.find_source(slug)
    if source is None:
        raise NotFound
    return source
