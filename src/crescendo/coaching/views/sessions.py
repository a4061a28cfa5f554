"""Planning, preparing and writing down a session; feedback on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from crescendo.coaching import actions, permissions, queries, rules, wording
from crescendo.coaching.forms import FeedbackForm, PlanForm, SessionForm, session_values
from crescendo.coaching.models import Agreement, Session, Stage
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
def session_plan(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """When do we meet next?"""
    agreement = queries.get_agreement(viewer=request.viewer, agreement_id=agreement_id)
    if back := nothing_to_fill_in(request, agreement):
        return back
    form = PlanForm(
        request.POST or None,
        initial={"planned_on": queries.first_day_for_a_session(agreement=agreement, on=request.on)},
    )
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.plan_session(
                agreement=agreement, by=request.viewer, at=request.at, **form.cleaned_data
            ),
        )
        if made:
            messages.success(request, _("The session is planned. You can prepare it here."))
            return redirect("coaching:session_page", made.pk)
    return render(request, "coaching/session_plan.html", _about(request.viewer, agreement) | {"form": form})


@login_required
@FORM
def session_page(request: HttpRequest, session_id: int) -> HttpResponse:
    """Prepare a session together, and write down what was said."""
    session = queries.get_session(viewer=request.viewer, session_id=session_id)
    private = queries.get_private_note(viewer=request.viewer, session=session)
    form = SessionForm(request.POST or None, session=session, initial=session_values(session, private))
    if request.method == "POST" and form.is_valid() and _save(request, session, form):
        messages.success(request, _("Saved."))
        return redirect("coaching:session_page", session.pk)
    context = _about(request.viewer, session.agreement) | {
        "session": session,
        "form": form,
        "private_note": private,
        "may_write": session.agreement.has_begun and session.called_off_on is None,
        "questions_read": rules.read_questions(session.questions) if session.kind == Stage.DEBRIEF else None,
        "feedback": session.feedback.select_related("by"),
    }
    return render(request, "coaching/session_page.html", context)


def _save(request: HttpRequest, session: Session, form: SessionForm) -> Session | None:
    """The shared words with their version; the private note apart, so that no change of the other stops it."""
    sent = form.cleaned_data
    actions.note_privately(session=session, text=sent["private_note"], by=request.viewer, at=request.at)
    return attempt(
        form,
        lambda: actions.write_session(
            session=session,
            kind=sent["kind"],
            planned_on=sent["planned_on"],
            held_on=sent["held_on"],
            agenda=sent["agenda"],
            questions=form.all_questions(),
            shared_notes=sent["shared_notes"],
            version=sent["version"],
            by=request.viewer,
            at=request.at,
        ),
    )


@login_required
@require_POST
def session_call_off(request: HttpRequest, session_id: int) -> HttpResponse:
    """The session does not take place."""
    session = queries.get_session(viewer=request.viewer, session_id=session_id)
    try:
        actions.call_off(session=session, by=request.viewer, at=request.at)
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect("coaching:agreement_page", session.agreement_id)


@login_required
@FORM
def feedback_give(request: HttpRequest, session_id: int) -> HttpResponse:
    """What did I see, what did it lead to, what would I ask?"""
    session = queries.get_session(viewer=request.viewer, session_id=session_id)
    if back := nothing_to_fill_in(request, session.agreement):
        return back
    form = FeedbackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form,
            lambda: actions.give_feedback(
                session=session, by=request.viewer, at=request.at, **form.cleaned_data
            ),
        )
        if made:
            messages.success(request, _("Your feedback stands with the session."))
            return redirect("coaching:session_page", session.pk)
    context = _about(request.viewer, session.agreement) | {"session": session, "form": form}
    return render(request, "coaching/feedback_give.html", context)
