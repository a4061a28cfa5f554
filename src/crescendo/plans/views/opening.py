from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crescendo.core.errors import NotFound, Refused
from crescendo.indicators import queries as indicators
from crescendo.plans import actions, choices, permissions, queries
from crescendo.plans.aims import Subject
from crescendo.plans.errors import AlreadyOpen
from crescendo.plans.forms import OpenForm, TeamForm
from crescendo.roster.viewer import Viewer

# What the address may name, and what that is a goal for.
SUBJECTS = {
    "student": "student",
    "class": "class",
    "staff": "staff",
    "team": "team",
    "organisation": "school",
}


@login_required
def plan_open(request: HttpRequest) -> HttpResponse:
    """What do you want to reach? First whose goal it is, then three things."""
    viewer = request.viewer
    if not viewer.is_staff:
        raise PermissionDenied
    subject, parent = _subject(request), _number(request, "parent")
    if subject is None:
        subjects = choices.list_subjects(viewer=viewer, parent_id=parent)
        return render(request, "plans/plan_subject.html", {"subjects": subjects})
    permissions.require_may_open(viewer, subject.kind, subject.id)
    form = OpenForm(request.POST or None, initial=_known(request, viewer), **_choices(viewer, subject))
    if request.method == "POST" and form.is_valid():
        answer = _opened(request, form, subject, parent)
        if answer is not None:
            return answer
    context = {
        "form": form,
        "subject": subject,
        "name": choices.name_of(viewer=viewer, subject=subject),
        "finding": request.GET.get("finding", "")[:300],
        "parent": queries.get_plan(viewer=viewer, plan_id=parent) if parent else None,
    }
    return render(request, "plans/plan_open.html", context)


def _opened(
    request: HttpRequest, form: OpenForm, subject: Subject, parent: int | None
) -> HttpResponse | None:
    """The new plan's page; None where the form has to be shown again with what was refused."""
    try:
        plan = actions.open_plan(
            subject=subject,
            parent_id=parent,
            opened_from=request.GET.get("finding", ""),
            by=request.viewer,
            at=request.at,
            **form.opened(),
        )
    except AlreadyOpen as already:
        messages.info(request, str(already))
        return redirect("plans:plan_page", plan_id=already.plan_id)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, _("Your goal is open. Next: the first step."))
    return redirect("plans:plan_page", plan_id=plan.pk)


def _subject(request: HttpRequest) -> Subject | None:
    for name, kind in SUBJECTS.items():
        if name in request.GET:
            number = _number(request, name)
            if number is None:
                raise NotFound
            return Subject(kind, number)
    return None


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _known(request: HttpRequest, viewer: Viewer) -> dict[str, Any]:
    """What the address says already, so that nobody types it again."""
    known: dict[str, Any] = {"owner": viewer.staff_id, "title": request.GET.get("title", "")[:200]}
    indicator = request.GET.get("indicator", "")
    if not indicator:
        return known
    # Fewer is better for days missed or courses failed: "up to" would be a goal in the wrong direction.
    far = "down" if indicators.get_definition(indicator).direction == "lower" else "up"
    return known | {"measure": f"indicator:{indicator}", "how_far": far}


def _choices(viewer: Viewer, subject: Subject) -> dict[str, Any]:
    place_id = choices.place_of(subject, viewer)
    only_me = subject.kind == "staff"
    owners = choices.colleagues(viewer=viewer, place_id=place_id)
    return {
        "measures": choices.measures(viewer=viewer, subject=subject),
        "owners": owners[:1] if only_me else owners,
        "visibilities": choices.visibilities(subject.kind),
    }


@login_required
@require_POST
def plan_begin(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A draft becomes a plan under way."""
    actions.begin_plan(plan_id=plan_id, by=request.viewer, at=request.at)
    return redirect("plans:plan_page", plan_id=plan_id)


@login_required
def team_open(request: HttpRequest) -> HttpResponse:
    """Who works on it together?"""
    viewer = request.viewer
    if not viewer.is_staff:
        raise PermissionDenied
    places = list({post.organisation_id: post.organisation_name for post in viewer.posts}.items())
    people = choices.colleagues(viewer=viewer, place_id=places[0][0])[1:]
    form = TeamForm(request.POST or None, places=places, colleagues=people)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            team = actions.make_team(
                organisation_id=said["organisation"],
                name=said["name"],
                staff_ids=said["people"],
                by=viewer,
                at=request.at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The team stands."))
            return redirect(f"{request.path.rsplit('teams', 1)[0]}new/?team={team.pk}")
    return render(request, "plans/team_open.html", {"form": form})
