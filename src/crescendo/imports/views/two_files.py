"""A real start: two lists on one page, what they mean on the next, then an ordinary import."""

import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from crescendo.core.errors import Refused
from crescendo.imports import landing, permissions
from crescendo.imports.two_files import starting
from crescendo.imports.two_files.form import ConfirmForm, FilesForm

from .sending import keep_upload

DRAFT = "imports.two_files_draft"


@login_required
@never_cache
def two_files_send(request: HttpRequest) -> HttpResponse:
    """Which two lists?"""
    permissions.check_may_run(request.viewer)
    schools = starting.list_school_names()
    form = FilesForm(
        request.POST or None, request.FILES or None, schools=schools, initial=starting.suggest_name()
    )
    if request.method == "POST" and form.is_valid():
        kept = {name: vars(keep_upload(form.cleaned_data[name])) for name in ("students", "attendance")}
        try:
            starting.look(kept)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            request.session[DRAFT] = kept | {"school": form.name_of_school}
            return redirect("imports:two_files_confirm")
    return render(request, "imports/two_files_send.html", {"form": form})


@login_required
@never_cache
def two_files_confirm(request: HttpRequest) -> HttpResponse:
    """What do the two lists mean?"""
    permissions.check_may_run(request.viewer)
    draft = request.session.get(DRAFT)
    if not draft:
        messages.info(request, _("Choose the two files first."))
        return redirect("imports:two_files_send")
    students, attendance = starting.look(draft)
    form = ConfirmForm(
        request.POST or None, students=students, attendance=attendance,
        begins_on=starting.find_first_day(attendance),
    )  # fmt: skip
    if request.method == "POST" and not form.is_asking_again() and form.is_valid():
        return _start(request, draft, form)
    page = {"form": form, "draft": draft} | starting.describe(form, draft)
    return render(request, "imports/two_files_confirm.html", page)


def _start(request: HttpRequest, draft: dict[str, Any], form: ConfirmForm) -> HttpResponse:
    """Save the mapping, keep the days that were named, and leave the import to the worker."""
    landed = [landing.Landed(**draft[name]) for name in ("students", "attendance")]
    with tempfile.TemporaryDirectory() as folder:
        if days := starting.write_days(form.days_said(), Path(folder)):
            landed.append(landing.keep(days))
        run = starting.begin(form, draft, landed=landed, by=request.user, at=request.at)
    del request.session[DRAFT]
    messages.info(request, _("We have both files. This page shows how far they are."))
    return redirect("imports:import_detail", run.pk)
