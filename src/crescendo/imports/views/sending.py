"""Bringing a file in: the page keeps its bytes and leaves a job; the worker reads it."""

import tempfile
from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from crescendo.imports import actions, landing, permissions, screens
from crescendo.imports.forms import ONEROSTER, SendForm
from crescendo.imports.models import ImportRun, Source

from .mappings import DRAFT


@login_required
@never_cache
def import_send(request: HttpRequest) -> HttpResponse:
    """Bring a file in."""
    permissions.check_may_run(request.viewer)
    form = SendForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        kept = [keep_upload(file) for file in form.cleaned_data["file"]]
        what = form.cleaned_data["what"] or ""
        if not what and _nobody_said_what(form.cleaned_data["source"]):
            _begin_draft(request, form, kept, "")
            return redirect("imports:mapping_known")
        if what.startswith("target:"):
            _begin_draft(request, form, kept, what.removeprefix("target:"))
            return redirect("imports:mapping_columns")
        source = form.cleaned_data["source"] or _new_source(request, form, what)
        run = start(
            request,
            source,
            kept,
            ask_first=form.cleaned_data["ask_first"],
            mapping=_known_layout(source, what),
        )
        messages.info(request, _("We have the file. This page shows how far it is."))
        return redirect("imports:import_detail", run.pk)
    return render(request, "imports/import_send.html", {"form": form})


def _nobody_said_what(source: Source | None) -> bool:
    """No system was chosen, or one whose tables nobody has explained yet."""
    return source is None or (source.kind == "table" and not source.settings.get("mapping"))


def keep_upload(file: UploadedFile) -> landing.Landed:
    """The bytes as they came, kept by content. Nothing is read yet."""
    name = Path(file.name or "file").name
    if hasattr(file, "temporary_file_path"):
        return landing.keep(Path(file.temporary_file_path()), name)
    with tempfile.NamedTemporaryFile(prefix="upload-") as small:
        for chunk in file.chunks():
            small.write(chunk)
        small.flush()
        return landing.keep(Path(small.name), name)


def _new_source(request: HttpRequest, form: SendForm, what: str) -> Source:
    return actions.create_source(
        slug=form.cleaned_data["slug"],
        title=form.cleaned_data["title"],
        kind=ONEROSTER if what == ONEROSTER else "table",
        settings={} if what == ONEROSTER else {"mapping": what},
        by=request.user,
        at=request.at,
    )


def _known_layout(source: Source, what: str) -> str:
    """A layout chosen for this file alone; otherwise the source's own."""
    return what if source.kind == "table" and what not in ("", ONEROSTER) else ""


def start(
    request: HttpRequest,
    source: Source,
    files: list[landing.Landed],
    *,
    ask_first: bool,
    mapping: str = "",
    answers: dict[str, str] | None = None,
) -> ImportRun:
    """Open an import for files that are kept, and leave it to the worker."""
    options = (
        {"always_ask": ask_first}
        | ({"mapping": mapping} if mapping else {})
        | ({"answers": answers} if answers else {})
    )
    run = actions.land_files(
        source=source, paths=[one.path for one in files], names=[one.name for one in files], by=request.user,
        at=request.at, options=options,
    )  # fmt: skip
    screens.leave_to_worker(run, always_ask=ask_first)
    return run


def _begin_draft(request: HttpRequest, form: SendForm, files: list[landing.Landed], target: str) -> None:
    source = form.cleaned_data["source"]
    kept = [{"name": one.name, "sha256": one.sha256, "bytes": one.bytes} for one in files]
    request.session[DRAFT] = {
        "files": kept,
        "file": kept[0],
        "target": target,
        "slug": source.slug if source else form.cleaned_data["slug"],
        "title": source.title if source else form.cleaned_data["title"],
        "ask_first": form.cleaned_data["ask_first"],
    }
