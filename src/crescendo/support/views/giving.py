"""What is written down while support is given: each a small form on the plan's page."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crescendo.core.errors import Refused
from crescendo.support import actions, permissions, queries, screens
from crescendo.support.forms import DeliveryForm, FamilyToldForm, ProgressForm, ReviewForm


@login_required
@require_POST
def delivery_log(request: HttpRequest, support_id: int) -> HttpResponse:
    """A session took place, or did not."""
    return _write(
        request, support_id, "delivery_form", DeliveryForm(request.POST), actions.log_delivery, _("Logged.")
    )


@login_required
@require_POST
def delivery_take_back(request: HttpRequest, support_id: int, delivery_id: int) -> HttpResponse:
    """A session was logged by mistake."""
    actions.take_back_delivery(
        support_id=support_id, delivery_id=delivery_id, by=request.viewer, at=request.at
    )
    messages.success(request, _("Taken back. It no longer counts."))
    return redirect("support:support_page", support_id=support_id)


@login_required
@require_POST
def progress_record(request: HttpRequest, support_id: int) -> HttpResponse:
    """How it goes: a score of the plan's own measure, how sure one is, a sentence."""
    return _write(
        request,
        support_id,
        "progress_form",
        ProgressForm(request.POST),
        actions.record_progress,
        _("Written down."),
    )


@login_required
@require_POST
def family_tell(request: HttpRequest, support_id: int) -> HttpResponse:
    """The day on which somebody told the family."""
    return _write(
        request,
        support_id,
        "family_form",
        FamilyToldForm(request.POST),
        actions.tell_family,
        _("Written down."),
    )


@login_required
@require_POST
def review_decide(request: HttpRequest, support_id: int) -> HttpResponse:
    """Go on, change something, or stop; stopping leads to the page that closes."""
    form = ReviewForm(request.POST)
    answer = _write(request, support_id, "review_form", form, actions.review_support, _("Decided."))
    stops = form.is_valid() and form.cleaned_data["decision"] == "stop"
    return redirect("support:support_close", support_id=support_id) if stops and form.is_valid() else answer


def _write(
    request: HttpRequest,
    support_id: int,
    name: str,
    form: forms.Form,
    action: Callable[..., object],
    done: str,
) -> HttpResponse:
    """Do it and go back to the page; a form that does not hold is shown again there, with what to change."""
    viewer = request.viewer
    support = queries.get_support(viewer=viewer, support_id=support_id)
    permissions.require_may_write(viewer, support)
    if form.is_valid():
        try:
            action(support_id=support_id, **form.cleaned_data, by=viewer, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            if request.POST.get("next") == "list":
                return redirect("support:support_list")
            return redirect("support:support_page", support_id=support_id)
    context = screens.describe(request, support) | {name: form, "open_form": name}
    return render(request, "support/support_page.html", context)
