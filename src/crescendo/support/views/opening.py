from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crescendo.core.errors import NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import Student
from crescendo.support import actions, permissions, queries, reasons, screens, starting, wording
from crescendo.support.forms import ClassForm, OpenForm, SeveralForm


@login_required
def support_open(request: HttpRequest) -> HttpResponse:
    """Open support for one student, with what is known from the finding filled in."""
    viewer = request.viewer
    student = _student(request, request.GET.get("student", ""))
    permissions.require_may_open_for_student(viewer, student.pk)
    start = starting.propose(
        viewer=viewer,
        student=student,
        indicator=request.GET.get("indicator", ""),
        finding=reasons.find_about(viewer=viewer, student_id=student.pk),
        parent_id=_number(request.GET.get("parent", "")),
    )
    staff = queries.list_deliverers(viewer=viewer, student_ids=[student.pk])
    form = OpenForm(request.POST or None, start=start, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            support = actions.open_support(
                student_id=student.pk, start=start, chosen=form.chosen(), by=viewer, at=request.at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Support is open. Log each session here."))
            return redirect("support:support_page", support_id=support.pk)
    context = screens.describe_opening(request, student, start) | {"form": form}
    return render(request, "support/support_open.html", context)


@login_required
def support_open_class(request: HttpRequest) -> HttpResponse:
    """Open support for a whole class: what is done, how often, by whom, and how one will see it."""
    viewer = request.viewer
    class_id, known = _number(request.GET.get("class", "")) or 0, _known(request)
    permissions.require_may_open_for_class(viewer, class_id)
    start = starting.propose_for_class(
        viewer=viewer, class_id=class_id, test=known["test"], parent_id=known["parent_id"]
    )
    staff = queries.list_deliverers_of_class(viewer=viewer, class_id=class_id)
    form = ClassForm(request.POST or None, start=start, staff=staff)
    if request.method == "POST" and form.is_valid():
        try:
            support = actions.open_support_for_class(
                class_id=class_id, start=start, chosen=form.chosen(), by=viewer, at=request.at
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Support is open. Log each session here."))
            return redirect("support:support_page", support_id=support.pk)
    context = screens.describe_opening_for_class(request, class_id, start) | {"form": form}
    return render(request, "support/support_open_class.html", context)


@login_required
def support_open_several(request: HttpRequest) -> HttpResponse:
    """The same support for several named students of a finding: one plan each, under a school's plan or alone."""
    viewer = request.viewer
    permissions.require_may_open(viewer)
    if again := queries.count_opened(viewer=viewer, key=request.POST.get("key", "")):
        return _say_how_many(request, again)
    known = _known(request)
    named = [found for text in request.GET.getlist("student") if (found := _number(text))]
    students = queries.list_candidates(
        viewer=viewer, indicator=known["indicator"], student_ids=named, test=known["test"]
    )
    staff = queries.list_deliverers(viewer=viewer, student_ids=[student.pk for student in students])
    start = starting.propose_for_several(viewer=viewer, **known)
    why = reasons.list_sentences(
        viewer=viewer, student_ids=[student.pk for student in students], test=known["test"]
    )
    form = SeveralForm(request.POST or None, start=start, staff=staff, students=students, why=why)
    if request.method == "POST" and form.is_valid():
        try:
            opened = _open_each(request, form, known)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return _say_how_many(request, opened)
    form.fields["students"].initial = named
    context = {
        "form": form,
        "students": students,
        "measure": "" if start.is_own else wording.measure_title(start.measure),
        "n_left_out": len(set(named)) - len(students) if named else 0,
    }
    return render(request, "support/support_open_several.html", context)


def _known(request: HttpRequest) -> dict[str, Any]:
    """What the address says: the number or the test that it is about, and the plan it hangs under."""
    return {
        "indicator": request.GET.get("indicator", ""),
        "test": request.GET.get("test", "")[:220],
        "parent_id": _number(request.GET.get("parent", "")),
    }


def _open_each(request: HttpRequest, form: SeveralForm, known: dict[str, Any]) -> int:
    students: Iterable[Student] = form.cleaned_data["students"]
    opened = actions.open_support_for_several(
        student_ids=[student.pk for student in students],
        **known,
        chosen=form.chosen(),
        by=request.viewer,
        at=request.at,
    )
    return len(opened)


def _say_how_many(request: HttpRequest, opened: int) -> HttpResponse:
    words = ngettext("Support is open for %(n)s student.", "Support is open for %(n)s students.", opened)
    messages.success(request, words % {"n": opened})
    return redirect("support:support_list")


def _student(request: HttpRequest, text: str) -> Student:
    student_id = _number(text)
    if student_id is None:
        raise NotFound(_("There is no such student, or nothing that lets you see them."))
    return roster.get_student(viewer=request.viewer, student_id=student_id)


def _number(text: str) -> int | None:
    """An id out of an address; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
