from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crescendo.core.errors import NotAllowed, Refused
from crescendo.pages.forms import CourseworkForm
from crescendo.pages.queries import scores
from crescendo.records import actions as records
from crescendo.records import permissions
from crescendo.records import queries as facts
from crescendo.roster import queries as roster

WORKS_ON_A_PAGE = 40


@login_required
def score_list(request: HttpRequest, class_id: int) -> HttpResponse:
    """A class's pieces of work, those that wait for scores first."""
    viewer = request.viewer
    school_class = roster.get_class(viewer=viewer, class_id=class_id)
    works = scores.describe_coursework(viewer=viewer, school_class=school_class)
    context = {
        "school_class": school_class,
        "page": Paginator(works, WORKS_ON_A_PAGE).get_page(request.GET.get("page")),
        "n_waiting": sum(work.is_due and work.n_unscored > 0 for work in works),
        "may_add": permissions.may_add_coursework(viewer, school_class),
        "withdrawn": facts.list_withdrawn_coursework(viewer=viewer, class_id=class_id)
        if permissions.may_change_coursework(viewer, school_class)
        else [],
        "live_topics": [f"class:{class_id}"],
    }
    return render(request, "pages/score_list.html", context)


@login_required
def score_page(request: HttpRequest, class_id: int, item_id: int) -> HttpResponse:
    """One piece of work: a row for each student, saved once for the class."""
    item = facts.get_coursework_item(viewer=request.viewer, class_id=class_id, item_id=item_id)
    sent = saved = None
    if request.method == "POST":
        sent = scores.read_sheet(request.POST)
        saved = records.record_scores(
            item_id=item_id, typed=sent.typed, seen=sent.seen, by=request.viewer, at=request.at
        )
        if not (saved.refused or sent.both):
            messages.success(request, _said(len(saved.changed)))
            return redirect("pages:score_page", class_id=class_id, item_id=item_id)
    context = scores.describe_sheet(viewer=request.viewer, item=item, sent=sent, saved=saved)
    # What could not be saved stands typed in the page: nothing may swap it away.
    context["live_topics"] = [] if sent else [f"class:{class_id}"]
    context["may_change"] = item.source == records.MADE_HERE and permissions.may_change_coursework(
        request.viewer, item.school_class
    )
    context["said"] = _said(len(saved.changed)) if saved and saved.changed else ""
    return render(request, "pages/score_page.html", context, status=422 if sent else 200)


def _said(n_changed: int) -> str:
    if not n_changed:
        return _("Saved. No score was changed.")
    return ngettext("Saved. %(n)s score was changed.", "Saved. %(n)s scores were changed.", n_changed) % {
        "n": n_changed
    }


@login_required
def coursework_add(request: HttpRequest, class_id: int) -> HttpResponse:
    """A teacher adds a piece of work to a class of theirs."""
    school_class = roster.get_class(viewer=request.viewer, class_id=class_id)
    if not permissions.may_add_coursework(request.viewer, school_class):
        raise NotAllowed(_("Only those who teach this class can add work to it."))
    form = CourseworkForm(request.POST or None, initial={"due_on": request.viewer.on})
    if request.method == "POST" and form.is_valid():
        try:
            item = records.add_coursework(
                class_id=class_id, **form.cleaned_data, by=request.viewer, at=request.at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("pages:score_page", class_id=class_id, item_id=item.pk)
    context = {"form": form, "school_class": school_class}
    return render(request, "pages/coursework_add.html", context, status=422 if form.errors else 200)


@login_required
def coursework_change(request: HttpRequest, class_id: int, item_id: int) -> HttpResponse:
    """Another title, day or highest score for work that was added here; or withdrawing it."""
    viewer = request.viewer
    item = facts.get_coursework_item(viewer=viewer, class_id=class_id, item_id=item_id)
    if not (
        item.source == records.MADE_HERE and permissions.may_change_coursework(viewer, item.school_class)
    ):
        raise NotAllowed(_("Work that was added here is changed by those who teach the class."))
    known = {"title": item.title, "due_on": item.due_on, "score_max": records.written(item.score_max or 0)}
    form = CourseworkForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            records.change_coursework(item_id=item_id, **form.cleaned_data, by=viewer, at=request.at)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The work is changed."))
            return redirect("pages:score_page", class_id=class_id, item_id=item_id)
    context = {
        "form": form,
        "item": item,
        "school_class": item.school_class,
        "n_scored": records.count_recorded(item=item),
    }
    return render(request, "pages/coursework_change.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def coursework_withdraw(request: HttpRequest, class_id: int, item_id: int) -> HttpResponse:
    """It was set by mistake: it goes from the list, its scores stay kept."""
    facts.get_coursework_item(viewer=request.viewer, class_id=class_id, item_id=item_id)
    records.withdraw_coursework(item_id=item_id, by=request.viewer, at=request.at)
    messages.success(request, _("The work is withdrawn. Its scores are kept, and count nowhere."))
    return redirect("pages:score_list", class_id=class_id)


@login_required
@require_POST
def coursework_restore(request: HttpRequest, class_id: int, item_id: int) -> HttpResponse:
    """It was withdrawn by mistake."""
    records.restore_coursework(item_id=item_id, by=request.viewer, at=request.at)
    messages.success(request, _("The work is back, with its scores."))
    return redirect("pages:score_page", class_id=class_id, item_id=item_id)
