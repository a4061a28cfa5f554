"""The steps of the set-up, each a page of its own; whoever comes back finds what they did."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crescendo.accounts import queries as accounts
from crescendo.api import permissions as connections
from crescendo.core.errors import Refused
from crescendo.setup import actions, permissions, queries, role_table, screens
from crescendo.setup.forms import KnownSiteForm


def _page(request: HttpRequest, code: str, **more: object) -> HttpResponse:
    """A step's page with the way through all steps above it."""
    steps = queries.list_steps(viewer=request.viewer)
    step = next(one for one in steps if one.code == code)
    page = {
        "steps": steps,
        "step": step,
        "next_step": steps[step.number] if step.number < len(steps) else None,
    }
    return render(request, f"setup/{code}.html", page | more)


def _onward(request: HttpRequest, code: str) -> HttpResponse:
    """To the next step that is open, or to the list where none is."""
    steps = queries.list_steps(viewer=request.viewer)
    following = next((one for one in steps if not one.is_done and one.code != code), None)
    return redirect(following.href if following else "setup:overview")


@login_required
@never_cache
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How far is the set-up?"""
    permissions.require_may_set_up(request.viewer)
    steps = queries.list_steps(viewer=request.viewer)
    now = next((step for step in steps if not step.is_done), None)
    return render(
        request,
        "setup/overview.html",
        {
            "steps": steps,
            "now": now,
            "n_done": sum(step.is_done for step in steps),
            "may_connect": connections.may_make_clients(request.viewer),
        },
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest) -> HttpResponse:
    """Which school or district is this?"""
    permissions.require_may_set_up(request.viewer)
    site = accounts.get_site()
    initial = {name: getattr(site, name) for name in ("name", "country", "time_zone", "needs_second_factor")}
    form = KnownSiteForm(request.POST or None, initial=initial | {"language": screens.other_language(site)})
    if form.is_valid():
        actions.describe_site(site=actions.SiteWords(**form.cleaned_data), by=request.viewer, at=request.at)
        messages.success(request, _("Saved."))
        return _onward(request, "organisation")
    return _page(request, "organisation", form=form)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Who is at the school? The roster file knows."""
    permissions.require_may_set_up(request.viewer)
    if request.method == "POST":
        try:
            actions.adopt_schools(by=request.viewer, on=request.on, at=request.at)
            return _onward(request, "roster")
        except Refused as refusal:
            messages.error(request, str(refusal))
    return _page(request, "roster", **screens.describe_roster())


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """On which days is there school?"""
    permissions.require_may_set_up(request.viewer)
    page = screens.describe_calendar(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and screens.save_calendar(
        page, request.POST, by=request.viewer, at=request.at
    ):
        messages.success(request, _("The school days are kept."))
        return _onward(request, "calendar")
    return _page(request, "calendar", **page)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest) -> HttpResponse:
    """Who does what?"""
    permissions.require_may_set_up(request.viewer)
    table = role_table.make_role_table(viewer=request.viewer)
    if request.method == "POST":
        posts, new_posts = role_table.read_choices(table, request.POST, viewer=request.viewer)
        changed = actions.confirm_roles(roles=posts, new_posts=new_posts, by=request.viewer, at=request.at)
        said = ngettext(
            "The roles are confirmed; %(n)s changed.", "The roles are confirmed; %(n)s changed.", changed
        )
        messages.success(request, said % {"n": changed})
        return _onward(request, "roles")
    return _page(request, "roles", table=table, choices=role_table.role_choices(viewer=request.viewer))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Whom do you invite first?"""
    permissions.require_may_set_up(request.viewer)
    if request.method == "POST":
        actions.mark("invited_at", by=request.viewer, at=request.at)
        return _onward(request, "invitations")
    return _page(request, "invitations", **screens.describe_invitations(viewer=request.viewer))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def measurement(request: HttpRequest) -> HttpResponse:
    """What do the first numbers say?"""
    permissions.require_may_set_up(request.viewer)
    if request.method == "POST":
        actions.ask_for_measurement(school_year=request.viewer.school_year, by=request.viewer)
        return redirect("setup:measurement")
    return _page(request, "measurement", **screens.describe_measurement(viewer=request.viewer))


@login_required
@never_cache
@require_safe
def measurement_progress(request: HttpRequest) -> HttpResponse:
    """The part of the page that tells whether the numbers are there; then htmx loads the whole page."""
    permissions.require_may_set_up(request.viewer)
    page = screens.describe_measurement(viewer=request.viewer)
    response = render(request, "setup/parts/measuring.html", page)
    if not page["is_measuring"]:
        response["HX-Refresh"] = "true"
    return response


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_page(request: HttpRequest) -> HttpResponse:
    """What is of use now?"""
    permissions.require_may_set_up(request.viewer)
    if request.method == "POST":
        actions.mark("finished_at", by=request.viewer, at=request.at)
        messages.success(request, _("The site is set up. This page says from now on what needs you."))
        return redirect("/")
    return _page(request, "first_page", **screens.describe_first_page(viewer=request.viewer))
