"""People and sign-ins: who can get in, who was invited, and what to do about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crescendo.access import actions, permissions, queries, screens
from crescendo.core.errors import NotFound, Refused
from crescendo.ui.addresses import safe_next

ROWS_ON_A_PAGE = 50


def _group(said: QueryDict) -> queries.Group:
    kind = said.get("kind", "staff")
    school = said.get("school", "")
    return queries.Group(
        kind if kind in queries.KINDS else "staff",
        int(school) if school.isdecimal() and len(school) < 18 else 0,
        said.get("grade", "")[:20],
        said.get("role", "")[:40],
        said.get("name", "")[:100],
    )


@login_required
@never_cache
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Who can sign in?"""
    permissions.require_may_invite(request.viewer)
    group = _group(request.GET)
    people = queries.list_people(viewer=request.viewer, group=group)
    page = Paginator(people, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    lines = queries.describe_people(people=list(page), on=request.on, at=request.at)
    context = screens.describe_list(viewer=request.viewer, group=group) | {"page": page, "lines": lines}
    return render(request, "access/people_list.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people_invite(request: HttpRequest) -> HttpResponse:
    """Invite these people? First who, then the letters and the sheets."""
    permissions.require_may_invite(request.viewer)
    said = request.POST if request.method == "POST" else request.GET
    people = _chosen(request, said)
    plan = screens.plan_invitations(people=people, way=said.get("way", ""), on=request.on, at=request.at)
    if request.method == "POST" and "confirm" in said:
        return _invite(request, people, said)
    context: dict[str, Any] = {
        "plan": plan,
        "said": said,
        "group": _group(said),
        "ids": said.getlist("person"),
    }
    return render(request, "access/people_invite.html", context)


def _chosen(request: HttpRequest, said: QueryDict) -> list[permissions.Person]:
    """The ticked ones; without a tick, the whole group."""
    people = queries.list_people(viewer=request.viewer, group=_group(said))
    if ids := [int(pk) for pk in said.getlist("person") if pk.isdecimal() and len(pk) < 18]:
        people = people.filter(pk__in=ids)
    return list(people[: actions.MOST_AT_ONCE + 1])


def _invite(request: HttpRequest, people: list[permissions.Person], said: QueryDict) -> HttpResponse:
    way = "code" if said.get("way") == "code" else ""
    try:
        done = actions.invite_people(people=people, way=way, by=request.viewer, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_back(said))
    if done.letters:
        letters = ngettext("%(n)s letter is on its way.", "%(n)s letters are on their way.", done.letters)
        messages.success(request, letters % {"n": done.letters})
    if done.sheets:
        return render(request, "access/sheets.html", screens.describe_sheets(done.sheets, back=_back(said)))
    if not done.letters:
        messages.info(
            request, _("Nobody new was invited: they have a sign-in, were invited already, or may not be.")
        )
    return redirect(_back(said))


def _back(said: QueryDict) -> str:
    from django.urls import reverse  # noqa: PLC0415

    kept = {name: said[name] for name in ("kind", "school", "grade", "role") if said.get(name)}
    return f"{reverse('access:people_list')}?{urlencode(kept)}"


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Its link or code opens nothing any more."""
    permissions.require_may_invite(request.viewer)
    try:
        actions.withdraw_invitation(invitation_id=invitation_id, by=request.viewer, at=request.at)
        messages.success(request, _("Withdrawn: its link or code opens nothing any more."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(safe_next(request, "/people/"))


@login_required
@never_cache
@require_POST
def person_renew(request: HttpRequest, kind: str, person_id: int) -> HttpResponse:
    """A one-time code for somebody who lost the password or the phone; shown on this page alone."""
    permissions.require_may_invite(request.viewer)
    group = queries.Group(kind if kind in queries.KINDS else "staff")
    person = queries.list_people(viewer=request.viewer, group=group).filter(pk=person_id).first()
    if person is None or kind not in queries.KINDS:
        raise NotFound
    try:
        sheet = actions.renew_way_in(person=person, by=request.viewer, at=request.at)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("access:people_list")
    return render(
        request, "access/sheets.html", screens.describe_sheets([sheet], back=f"/people/?kind={kind}")
    )
