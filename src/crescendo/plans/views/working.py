from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crescendo.core.errors import Refused
from crescendo.plans import actions, choices, permissions, queries, wording
from crescendo.plans.forms import (
    ActionForm,
    ChangeForm,
    CheckInForm,
    CloseForm,
    FinishForm,
    ReviewForm,
    ShareForm,
)
from crescendo.plans.models import Plan


def _asked(
    request: HttpRequest,
    plan: Plan,
    template: str,
    form: Form,
    act: Callable[[dict[str, Any]], Any],
    done: str,
) -> HttpResponse:
    """A form about one plan: shown, and after it was sent the plan's page, or the form again with what was refused."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("plans:plan_page", plan_id=plan.pk)
    context = {
        "form": form,
        "plan": plan,
        "who_sees": choices.who_sees(plan.subject_kind)[plan.visibility],
        "is_open": plan.is_open,
    }
    return render(request, template, context)


@login_required
def check_in(request: HttpRequest, plan_id: int) -> HttpResponse:
    """How is it going?"""
    viewer = request.viewer
    plan = queries.get_plan(viewer=viewer, plan_id=plan_id)
    permissions.require_may_work(viewer, plan)
    form = CheckInForm(request.POST or None, plan=plan, on=viewer.on)

    def act(said: dict[str, Any]) -> None:
        if said.get("value") is not None and wording.is_share(plan):
            said["value"] /= 100
        actions.check_in(plan_id=plan.pk, by=viewer, at=request.at, **said)

    return _asked(request, plan, "plans/check_in.html", form, act, _("Your check-in is kept."))


@login_required
def action_add(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who does what, by when?"""
    viewer = request.viewer
    plan = queries.get_plan(viewer=viewer, plan_id=plan_id)
    permissions.require_may_work(viewer, plan)
    people = choices.colleagues(viewer=viewer, place_id=plan.place_id)
    form = ActionForm(request.POST or None, colleagues=people, me=viewer.staff_id, on=viewer.on)

    def act(said: dict[str, Any]) -> None:
        accountable = said.pop("accountable")
        actions.add_action(plan_id=plan.pk, accountable_id=accountable, by=viewer, at=request.at, **said)

    return _asked(request, plan, "plans/action_add.html", form, act, _("The step is in the plan."))


@login_required
def action_finish(request: HttpRequest, action_id: int) -> HttpResponse:
    """Done; and how one can tell."""
    viewer = request.viewer
    action = queries.get_action(viewer=viewer, action_id=action_id)
    permissions.require_may_work(viewer, action.plan)
    form = FinishForm(request.POST or None, initial={"done_on": viewer.on})

    def act(said: dict[str, Any]) -> None:
        actions.finish_action(action_id=action.pk, by=viewer, at=request.at, **said)

    return _asked(request, action.plan, "plans/action_finish.html", form, act, _("Done."))


@login_required
def plan_review(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Go on, change something, or stop?"""
    viewer = request.viewer
    plan = queries.get_plan(viewer=viewer, plan_id=plan_id)
    permissions.require_may_lead(viewer, plan)
    form = ReviewForm(request.POST or None)

    def act(said: dict[str, Any]) -> None:
        actions.review_plan(plan_id=plan.pk, by=viewer, at=request.at, **said)

    return _asked(
        request, plan, "plans/plan_review.html", form, act, _("Your decision is kept with its reason.")
    )


@login_required
def plan_close(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What came of it?"""
    viewer = request.viewer
    plan = queries.get_plan(viewer=viewer, plan_id=plan_id)
    permissions.require_may_lead(viewer, plan)
    form = CloseForm(request.POST or None)

    def act(said: dict[str, Any]) -> None:
        actions.close_plan(plan_id=plan.pk, by=viewer, at=request.at, **said)

    return _asked(request, plan, "plans/plan_close.html", form, act, _("The goal is closed."))


@login_required
def goal_change(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What should the goal say?"""
    viewer = request.viewer
    plan = queries.get_plan(viewer=viewer, plan_id=plan_id)
    permissions.require_may_lead(viewer, plan)
    times = 100 if wording.is_share(plan) else 1
    known = {name: getattr(plan, name) for name in ("title", "statement", "why", "due_on", "visibility")}
    known["target"] = None if plan.target is None else round(plan.target * times, 6)
    form = ChangeForm(
        request.POST or None, initial=known, visibilities=choices.visibilities(plan.subject_kind)
    )

    def act(said: dict[str, Any]) -> None:
        same = said["target"] == known["target"]
        said["target"] = plan.target if same or said["target"] is None else said["target"] / times
        actions.change_goal(plan_id=plan.pk, by=viewer, at=request.at, **said)

    return _asked(
        request,
        plan,
        "plans/goal_change.html",
        form,
        act,
        _("The goal is changed; what it said before is kept."),
    )


@login_required
def plan_share(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Who should see this goal and work on it?"""
    viewer = request.viewer
    plan = queries.get_plan(viewer=viewer, plan_id=plan_id)
    permissions.require_may_lead(viewer, plan)
    people = [c for c in choices.colleagues(viewer=viewer, place_id=plan.place_id) if c[0] != viewer.staff_id]
    form = ShareForm(request.POST or None, colleagues=people)

    def act(said: dict[str, Any]) -> None:
        actions.share_plan(plan_id=plan.pk, staff_id=said["colleague"], by=viewer, at=request.at)

    return _asked(request, plan, "plans/plan_share.html", form, act, _("Your colleague is told."))


@login_required
@require_POST
def plan_unshare(request: HttpRequest, plan_id: int, staff_id: int) -> HttpResponse:
    """The colleague no longer sees the plan through this."""
    actions.stop_sharing(plan_id=plan_id, staff_id=staff_id, by=request.viewer, at=request.at)
    return redirect("plans:plan_page", plan_id=plan_id)
