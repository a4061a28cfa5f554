"""A cycle's goal and review; the one live step."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crescendo.coaching import actions, permissions, queries, rules, wording
from crescendo.coaching.forms import CycleForm, ReviewForm, StepCheckForm, StepForm
from crescendo.coaching.models import Agreement, Cycle, Review
from crescendo.core.errors import Refused
from crescendo.roster.viewer import Viewer

from .agreements import FORM
from .attempts import attempt, nothing_to_fill_in


def _about(viewer: Viewer, agreement: Agreement) -> dict[str, object]:
    return {
        "agreement": agreement,
        "other": permissions.other_of(viewer, agreement),
        "readers": wording.readers(viewer, agreement),
    }


@login_required
@FORM
def cycle_start(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """What should be different in a few weeks?"""
    agreement = queries.get_agreement(viewer=request.viewer, agreement_id=agreement_id)
    if back := nothing_to_fill_in(request, agreement):
        return back
    form = CycleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.start_cycle(
                agreement=agreement, by=request.viewer, at=request.at, **form.cleaned_data
            ),
        )
        if made:
            messages.success(request, _("The goal stands. Plan the first session on it."))
            return redirect("coaching:agreement_page", agreement.pk)
    return render(request, "coaching/cycle_start.html", _about(request.viewer, agreement) | {"form": form})


@login_required
@FORM
def cycle_review(request: HttpRequest, cycle_id: int) -> HttpResponse:
    """What came of it?"""
    cycle = queries.get_cycle(viewer=request.viewer, cycle_id=cycle_id)
    if back := nothing_to_fill_in(request, cycle.agreement):
        return back
    review = queries.find_review(cycle=cycle)
    form = _review_form(request, cycle, review)
    if request.method == "POST" and form.is_valid():
        sent = {"result": review.result if review else None} | form.cleaned_data
        made = attempt(
            form, lambda: actions.review_cycle(cycle=cycle, by=request.viewer, at=request.at, **sent)
        )
        if made:
            messages.success(request, _review_words(made))
            return redirect("coaching:agreement_page", cycle.agreement_id)
    context = _about(request.viewer, cycle.agreement) | {"form": form, "cycle": cycle, "review": review}
    return render(request, "coaching/cycle_review.html", context)


def _review_form(request: HttpRequest, cycle: Cycle, review: Review | None) -> ReviewForm:
    names = ("result", "result_words", "reflection", "next", "version")
    return ReviewForm(
        request.POST or None,
        cycle=cycle,
        is_coachee=permissions.is_coachee(request.viewer, cycle.agreement),
        initial={name: getattr(review, name) for name in names} if review else {},
    )


def _review_words(review: Review) -> str:
    if not review.reflection:
        return _("Saved. The cycle is over when the person who was coached has added what they make of it.")
    return _("The cycle is reviewed.")


@login_required
@FORM
def step_set(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """Which one small thing is tried next?"""
    agreement = queries.get_agreement(viewer=request.viewer, agreement_id=agreement_id)
    if back := nothing_to_fill_in(request, agreement):
        return back
    form = StepForm(request.POST or None, initial={"due_on": request.on + timedelta(weeks=1)})
    live = queries.find_live_step(agreement=agreement)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.set_step(
                agreement=agreement, by=request.viewer, at=request.at, **form.cleaned_data
            ),
        )
        if made:
            if rules.is_long(made.what):
                messages.info(request, _("That is a long step. Could a smaller one come first?"))
            return redirect("coaching:agreement_page", agreement.pk)
    context = _about(request.viewer, agreement) | {"form": form, "live": live}
    return render(request, "coaching/step_set.html", context)


@login_required
@require_POST
def step_check(request: HttpRequest, step_id: int) -> HttpResponse:
    """Practised, seen, done, or let go: one press."""
    step = queries.get_step(viewer=request.viewer, step_id=step_id)
    form = StepCheckForm(request.POST)
    how = {"step": step, "by": request.viewer, "at": request.at}
    try:
        if not form.is_valid():
            raise Refused(_("Choose what happened with the step."))
        match form.cleaned_data["do"]:
            case "practised":
                actions.mark_practised(**how)
            case "seen":
                actions.mark_seen(**how)
            case "done":
                actions.end_step(done=True, **how)
            case "dropped":
                actions.end_step(done=False, **how)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("coaching:agreement_page", step.agreement_id)
