"""My coaching, one agreement, inviting, answering, stopping; and the few numbers for whoever leads."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crescendo.coaching import actions, permissions, queries, rules, wording
from crescendo.coaching.forms import AnswerForm, InviteForm
from crescendo.coaching.models import Agreement
from crescendo.core.errors import Refused
from crescendo.indicators import queries as indicators
from crescendo.roster.viewer import Viewer

from .attempts import attempt

FORM = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@require_safe
def coaching_list(request: HttpRequest) -> HttpResponse:
    """With whom do I work, and what comes next?"""
    permissions.check_may_take_part(request.viewer)
    agreements = list(queries.list_agreements(viewer=request.viewer))
    standings = queries.list_standings(agreements=agreements, on=request.on)
    mine = [
        {
            "agreement": agreement,
            "parts": wording.parts_played(request.viewer, agreement),
            "standing": standings.get(agreement.pk),
            "to_answer": permissions.may_answer(request.viewer, agreement),
        }
        for agreement in agreements
    ]
    context = {
        "open": [each for each in mine if each["agreement"].is_open],
        "over": [each for each in mine if not each["agreement"].is_open],
        "due": queries.list_due(viewer=request.viewer),
        "may_see_counts": permissions.may_see_counts(request.viewer),
    }
    return render(request, "coaching/coaching_list.html", context)


@login_required
@FORM
def agreement_invite(request: HttpRequest) -> HttpResponse:
    """Whom would I like to work with?"""
    permissions.check_may_take_part(request.viewer)
    form = InviteForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.invite(
                colleague=asked["colleague"],
                i_am_coach=asked["part"] == "coach",
                kind=asked["kind"],
                focus=asked["focus"],
                every_weeks=asked["every_weeks"],
                ends_on=asked["ends_on"],
                confidentiality=asked["confidentiality"],
                by=request.viewer,
                at=request.at,
            ),
        )
        if made:
            messages.success(request, _("Your invitation is on its way."))
            return redirect("coaching:agreement_page", made.pk)
    return render(request, "coaching/agreement_invite.html", {"form": form})


@login_required
@require_safe
def agreement_page(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """What are the two of us working on?"""
    agreement = queries.get_agreement(viewer=request.viewer, agreement_id=agreement_id)
    return render(request, "coaching/agreement_page.html", _page_of(request.viewer, agreement))


def _page_of(viewer: Viewer, agreement: Agreement) -> dict[str, object]:
    standing = queries.list_standings(agreements=[agreement], on=viewer.on).get(agreement.pk)
    cycle = standing.cycle if standing else None
    return {
        "agreement": agreement,
        "other": permissions.other_of(viewer, agreement),
        "parts": wording.parts_played(viewer, agreement),
        "may_answer": permissions.may_answer(viewer, agreement),
        "is_coach": permissions.is_coach(viewer, agreement),
        "cycle": cycle,
        "week": cycle and rules.week_of(begins_on=cycle.begins_on, weeks=cycle.weeks, on=viewer.on),
        "review_is_due": cycle
        and rules.review_is_due(begins_on=cycle.begins_on, weeks=cycle.weeks, on=viewer.on),
        "review": queries.find_review(cycle=cycle) if cycle else None,
        "indicator": indicators.get_definition(cycle.indicator) if cycle and cycle.indicator else None,
        "standing": standing,
        "is_quiet": standing is not None and standing.is_quiet(viewer.on),
        "happenings": queries.list_happenings(viewer=viewer, agreement=agreement),
        "time_is_up": agreement.time_is_up(viewer.on),
        "on": viewer.on,
    }


@login_required
@require_POST
def agreement_answer(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Say yes or no to an invitation."""
    agreement = queries.get_agreement(viewer=request.viewer, agreement_id=agreement_id)
    form = AnswerForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Choose yes or no."))
        if form.cleaned_data["answer"] == "accept":
            actions.accept(agreement=agreement, by=request.viewer, at=request.at)
            messages.success(request, _("You have both agreed. Set a goal, or plan the first session."))
        else:
            actions.decline(agreement=agreement, by=request.viewer, at=request.at)
            messages.success(request, _("You have said no. Nobody asks why."))
            return redirect("coaching:coaching_list")
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("coaching:agreement_page", agreement.pk)


@login_required
@require_POST
def agreement_stop(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Stop, at once and without a reason."""
    agreement = queries.get_agreement(viewer=request.viewer, agreement_id=agreement_id)
    actions.stop(agreement=agreement, by=request.viewer, at=request.at)
    messages.success(request, _("It has ended. What was written stays with the two of you."))
    return redirect("coaching:coaching_list")


@login_required
@require_safe
def coaching_counts(request: HttpRequest) -> HttpResponse:
    """How much coaching goes on here? A few coarse numbers, never who."""
    counts = queries.find_counts(viewer=request.viewer)
    return render(request, "coaching/coaching_counts.html", {"counts": counts})
