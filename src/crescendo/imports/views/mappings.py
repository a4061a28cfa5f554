"""What the columns of a new table mean: two pages of questions, one saved mapping, then the import begins."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotFound
from crescendo.imports import actions, landing, permissions, queries, widths, wording
from crescendo.imports.bench import RawFile
from crescendo.imports.forms import ColumnsForm, KnownForm, ValuesForm
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.table import building, giving_back, guessing, matching, previewing, saving
from crescendo.imports.sources.table.fields import TARGETS, Field
from crescendo.imports.sources.table.mapping import (
    FileSpec,
    TableMapping,
    load_mapping,
    parse_mapping,
)
from crescendo.imports.sources.table.reader import Unreadable, read_file

DRAFT = "imports.table_draft"


@login_required
@never_cache
def mapping_known(request: HttpRequest) -> HttpResponse:
    """Which known layout is it, and what are its first rows?"""
    permissions.check_may_run(request.viewer)
    draft = request.session.get(DRAFT)
    kept = landing.Landed(**draft["file"]) if draft else None
    if (
        kept is None
        or widths.find_too_wide(kept.path, kept.name)
        or widths.is_too_large_for_a_page(kept.path)
    ):
        messages.info(
            request, _("Choose a file first: a table whose rows are divided, not too large for a page.")
        )
        return redirect("imports:import_send")
    known = previewing.recognise(kept.path, kept.name)
    form = KnownForm(request.POST or None, known=known, title=draft["title"])
    if request.method == "POST" and form.is_valid():
        return _go_on_with(request, draft, kept, form)
    mapping = known[0] if known else None
    answers = {name: "2000-01-01" for name, _question in mapping.asks} if mapping else {}
    preview = previewing.look(kept.path, kept.name, mapping, answers, on=request.on) if mapping else None
    page = {"form": form, "draft": draft, "mapping": mapping, "preview": preview}
    return render(request, "imports/mapping_known.html", page | _shown(preview))


def _shown(preview: previewing.Preview | None) -> dict[str, Any]:
    if preview is None:
        return {}
    wrong = [
        {"column": column, "what": wording.code_words(code), "count": count}
        for column, code, count, _advice in preview.wrong
    ]
    return {"rows": [list(zip(preview.fields, row, strict=True)) for row in preview.rows], "wrong": wrong}


def _go_on_with(
    request: HttpRequest, draft: dict[str, Any], kept: landing.Landed, form: KnownForm
) -> HttpResponse:
    """A known layout is read at once; for any other table the questions begin."""
    from .sending import start  # noqa: PLC0415  (sending begins a draft, a draft ends in sending)

    what, title = form.cleaned_data["what"], form.cleaned_data["title"]
    slug = slugify(title)[:60] or "table"
    if what.startswith("target:"):
        request.session[DRAFT] = draft | {
            "target": what.removeprefix("target:"),
            "slug": slug,
            "title": title,
        }
        return redirect("imports:mapping_columns")
    settings = {"mapping": what, "answers": form.answers()}
    source = queries.find_source(slug) or actions.create_source(
        slug=slug, title=title, kind="table", settings=settings, by=request.user, at=request.at
    )
    run = start(request, source, kept, ask_first=draft["ask_first"], mapping=what, answers=form.answers())
    del request.session[DRAFT]
    messages.success(request, _("We have the file. This page shows how far it is."))
    return redirect("imports:import_detail", run.pk)


@login_required
@never_cache
def mapping_columns(request: HttpRequest) -> HttpResponse:
    """Which column is what?"""
    permissions.check_may_run(request.viewer)
    draft, columns = _draft(request)
    if not columns or not draft.get("target"):
        return redirect("imports:import_send")
    target = TARGETS[draft["target"]]
    sources = list(Source.objects.exclude(slug=draft["slug"]))
    form = ColumnsForm(
        request.POST or None, target=target, columns=columns, sources=sources,
        students=matching.column_of_students(columns),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        draft |= {"choices": {name: vars(choice) for name, choice in form.choices().items()}}
        draft |= {"ids_of": form.cleaned_data["ids_of"], "key": form.cleaned_data["key"]}
        request.session[DRAFT] = draft
        if _asked(draft, columns):
            return redirect("imports:mapping_values")
        return _save(request, draft, {})
    page = {"form": form, "draft": draft, "target": target, "columns": columns, "rows": _first_rows(columns)}
    return render(request, "imports/mapping_columns.html", page)


@login_required
@never_cache
def mapping_values(request: HttpRequest) -> HttpResponse:
    """What does each code mean?"""
    permissions.check_may_run(request.viewer)
    draft, columns = _draft(request)
    if not columns or "choices" not in draft:
        return redirect("imports:import_send")
    form = ValuesForm(request.POST or None, asked=_asked(draft, columns))
    if request.method == "POST" and form.is_valid():
        return _save(request, draft, form.meanings())
    return render(request, "imports/mapping_values.html", {"form": form, "draft": draft})


@login_required
@never_cache
@require_safe
def mapping_export(request: HttpRequest, slug: str) -> HttpResponse:
    """The mapping of a source as a file that another site can use."""
    permissions.check_may_run(request.viewer)
    source = queries.find_source(slug)
    mapping = saving.find_saved_mapping(source) if source else None
    if mapping is None:
        raise NotFound
    response = HttpResponse(mapping.export(), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{slug}-mapping-{mapping.version}.json"'
    return response


@login_required
@never_cache
@require_safe
def set_aside_export(request: HttpRequest, run_id: int) -> HttpResponse:
    """The rows that were set aside as they came, for whoever brings files in: to correct and to send again."""
    permissions.check_may_run(request.viewer)
    run = queries.list_runs().filter(pk=run_id).first()
    mapping = _mapping_of(run) if run and run.source.kind == "table" else None
    if run is None or mapping is None:
        raise NotFound
    kept = [landing.Landed(**one) for one in run.landed]
    landed = [RawFile(one.name, one.path) for one in kept if one.path.exists()]  # gone: their time was over
    aside = [(row, wording.code_words(row.code)) for row in queries.list_set_aside(run)]
    accounts.record_audit(
        verb="import.set_aside_downloaded", object_type="imports.ImportRun", object_id=run.pk, by=request.user.pk,
        at=request.at,
    )  # fmt: skip
    text = giving_back.rows_as_csv(landed, mapping, aside)
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}-set-aside.csv"'
    return response


def _mapping_of(run: ImportRun) -> TableMapping | None:
    """The mapping that this import was read by, or the source's own."""
    given = run.options.get("mapping") or run.source.settings.get("mapping")
    return (parse_mapping(given) if isinstance(given, dict) else load_mapping(given)) if given else None


def _draft(request: HttpRequest) -> tuple[dict[str, Any], list[guessing.Column]]:
    """What was sent and chosen so far, and the columns of the file; no columns where there is nothing to map."""
    draft = request.session.get(DRAFT)
    if not draft:
        messages.info(request, _("Choose a file first."))
        return {}, []
    kept = landing.Landed(**draft["file"])
    if widths.find_too_wide(kept.path, kept.name):
        messages.error(request, _("This is no table, or its rows are not divided. Export it again."))
        return draft, []
    if widths.is_too_large_for_a_page(kept.path):
        messages.error(
            request,
            _(
                "The file is large. Send its first thousand rows first and say what the columns mean; then all of it."
            ),
        )
        return draft, []
    try:
        received = read_file(kept.path, FileSpec("main"), kept.name)
    except Unreadable as error:
        messages.error(request, f"{kept.name}: {error}")
        return draft, []
    return draft, guessing.describe_columns(received)


def _first_rows(columns: list[guessing.Column]) -> list[list[str]]:
    """The first values of each column, side by side. Seen by whoever sent the file, and by nobody else."""
    return [[column.first[row] for column in columns] for row in range(len(columns[0].first))]


def _choices(draft: dict[str, Any]) -> dict[str, building.Choice]:
    return {name: building.Choice(**choice) for name, choice in draft["choices"].items()}


def _asked(draft: dict[str, Any], columns: list[guessing.Column]) -> list[tuple[Field, guessing.Column]]:
    """The fields whose values somebody has to explain."""
    by_name = {column.name: column for column in columns}
    choices = _choices(draft)
    found = []
    for one in TARGETS[draft["target"]].fields:
        column = by_name.get(choices[one.name].column)
        if (
            column
            and not choices[one.name].written
            and column.values
            and building.needs_values(one, column.values)
        ):
            found.append((one, column))
    return found


def _save(request: HttpRequest, draft: dict[str, Any], meanings: dict[str, dict[str, str]]) -> HttpResponse:
    from .sending import start  # noqa: PLC0415  (sending begins a draft, a draft ends in sending)

    source = queries.find_source(draft["slug"]) or actions.create_source(
        slug=draft["slug"], title=draft["title"], kind="table", by=request.user, at=request.at
    )
    chosen = building.Chosen(
        name=draft["slug"], title=draft["title"], target=draft["target"], choices=_choices(draft),
        ids_of=draft["ids_of"], key=draft["key"], values=meanings,
    )  # fmt: skip
    saving.save_mapping(source, building.build_document(chosen), by=request.user, at=request.at)
    run = start(request, source, landing.Landed(**draft["file"]), ask_first=draft["ask_first"])
    del request.session[DRAFT]
    messages.success(request, _("Saved. The next file of this system is read the same way."))
    return redirect("imports:import_detail", run.pk)
