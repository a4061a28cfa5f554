"""What the columns of a new table mean: two pages of questions, one saved mapping, then the import begins."""

import re
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotFound
from crescendo.imports import (
    actions,
    landing,
    mapping_screen,
    permissions,
    queries,
    recognising,
    widths,
    wording,
)
from crescendo.imports.bench import RawFile
from crescendo.imports.forms import KnownForm, slug_of
from crescendo.imports.mapping_forms import ColumnsForm, ValuesForm
from crescendo.imports.mapping_proposals import propose, propose_target
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.table import building, giving_back, guessing, previewing, saving
from crescendo.imports.sources.table.fields import TARGETS, Field
from crescendo.imports.sources.table.mapping import (
    FileSpec,
    TableMapping,
    load_mapping,
    parse_mapping,
)
from crescendo.imports.sources.table.reader import Received, Unreadable, read_file

DRAFT = "imports.table_draft"
IS_NO_ANSWER = ("csrfmiddlewaretoken", "look", "side_by_side")


@login_required
@never_cache
def mapping_known(request: HttpRequest) -> HttpResponse:
    """Which known layout is it, and what are its first rows?"""
    permissions.check_may_run(request.viewer)
    draft = request.session.get(DRAFT)
    files = files_of(draft) if draft else []
    if refusal := _why_not(files):
        messages.error(request, refusal)
        return redirect("imports:import_send")
    offers = recognising.recognise(files)
    columns = [] if offers or len(files) > 1 else _columns_of(files[0])
    if not offers and not columns:
        messages.error(request, _cannot_be_read(files))
        return redirect("imports:import_send")
    form = KnownForm(
        request.POST or None, offers=offers, may_map=len(files) == 1, title=draft["title"] or ("" if offers else _title_of(files)),
        target=propose_target(columns),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        return _go_on_with(request, draft, files, form)
    page = {"form": form, "draft": draft, "offer": offers[0] if offers else None, "columns": columns}
    return render(request, "imports/mapping_known.html", page | _shown(files, offers, on=request.on))


def _why_not(files: list[landing.Landed]) -> str:
    if not files:
        return _("Choose a file first.")
    for file in files:
        if recognising.is_packed(file):
            continue  # a package: it is never read here
        if widths.find_too_wide(file.path, file.name) or widths.is_too_large_for_a_page(file.path):
            return _("%(file)s is no table whose rows are divided, or too large for a page. The command on the server "
                     "brings it in.") % {"file": file.name}  # fmt: skip
    return ""


def _cannot_be_read(files: list[landing.Landed]) -> str:
    if len(files) > 1:
        return _(
            "We know no layout of these files together. Send them one after the other, each table by itself."
        )
    if recognising.is_packed(files[0]):
        return _(
            "This ZIP is no package that we know. Unpack it, then choose its tables together or one by one."
        )
    try:
        read_file(files[0].path, FileSpec("main"), files[0].name)
    except Unreadable as error:
        return f"{files[0].name}: {error}"
    return _("%(file)s holds no rows.") % {"file": files[0].name}


def _columns_of(file: landing.Landed) -> list[guessing.Column]:
    try:
        return guessing.describe_columns(read_file(file.path, FileSpec("main"), file.name))
    except Unreadable:
        return []


_OF_A_TIME = re.compile(
    r"\d\d|(19|20)\d{2,6}|\d{2,4}(fa|sp|su|wi)|(fa|sp|su|wi)\d{2,4}|sy\d*|[qst][1-4]|fall|autumn|winter|spring|summer"
    r"|otoño|invierno|primavera|verano|jan(uary)?|feb(ruary)?|mar(ch)?|apr(il)?|may|june?|july?|aug(ust)?|sept?(ember)?"
    r"|oct(ober)?|nov(ember)?|dec(ember)?",
    re.IGNORECASE,
)


def _title_of(files: list[landing.Landed]) -> str:
    """A name to begin with, without the time it is of: 'reading_screen_fall_2026-09-14.csv' is 'Reading screen'."""
    words = re.split(r"[\W_]+", files[0].name.partition(".")[0])
    named = [word for word in words if not _OF_A_TIME.fullmatch(word)] or words
    name = " ".join(named).strip()
    return (name[:1].upper() + name[1:])[:200]


def _shown(files: list[landing.Landed], offers: list[recognising.Offer], *, on: date) -> dict[str, Any]:
    """The first rows as the first offer reads them."""
    mapping = offers[0].mapping if offers and len(files) == 1 else None
    if mapping is None:
        return {"preview": None, "rows": [], "wrong": []}
    answers = {name: "2000-01-01" for name, _question in mapping.asks}
    preview = previewing.look(files[0].path, files[0].name, mapping, answers, on=on)
    if preview is None:
        return {"preview": None, "rows": [], "wrong": []}
    wrong = [
        {"column": column, "what": wording.code_words(code), "count": count}
        for column, code, count, _advice in preview.wrong
    ]
    rows = [list(zip(preview.fields, row, strict=True)) for row in preview.rows]
    return {"preview": preview, "rows": rows, "wrong": wrong}


def _go_on_with(
    request: HttpRequest, draft: dict[str, Any], files: list[landing.Landed], form: KnownForm
) -> HttpResponse:
    """A known layout is read at once; for any other table the questions begin."""
    from .sending import start  # noqa: PLC0415  (sending begins a draft, a draft ends in sending)

    what, title = form.cleaned_data["what"], form.cleaned_data["title"]
    if what.startswith("target:"):
        kept = {key: draft[key] for key in ("files", "ask_first")}
        asked = {"target": what.removeprefix("target:"), "slug": slug_of(title), "title": title}
        request.session[DRAFT] = kept | {"file": draft["files"][0]} | asked
        return redirect("imports:mapping_columns")
    answers = form.answers()
    source = _source_of(request, what, title, answers)
    mapping = "" if what.startswith(("saved:", "kind:")) else what
    run = start(request, source, files, ask_first=draft["ask_first"], mapping=mapping, answers=answers)
    del request.session[DRAFT]
    messages.info(request, _("We have the file. This page shows how far it is."))
    return redirect("imports:import_detail", run.pk)


def _source_of(request: HttpRequest, what: str, title: str, answers: dict[str, str]) -> Source:
    """The system that sends these files, made where it sends for the first time."""
    slug = what.removeprefix("saved:") if what.startswith("saved:") else slug_of(title)
    source = queries.find_source(slug)
    if source is None and what.startswith(
        "kind:"
    ):  # a roster belongs to the system of that name, whatever its short name
        source = Source.objects.filter(title=title, kind=what.removeprefix("kind:")).first()
    if source is not None:
        return source
    kind = what.removeprefix("kind:") if what.startswith("kind:") else "table"
    settings = {} if kind != "table" else {"mapping": what, "answers": answers}
    return actions.create_source(
        slug=slug, title=title, kind=kind, settings=settings, by=request.user, at=request.at
    )


@login_required
@never_cache
def mapping_columns(request: HttpRequest) -> HttpResponse:
    """Which column is what? Each answer is tried on the file at once."""
    permissions.check_may_run(request.viewer)
    draft, received, columns = _draft(request)
    if received is None or not draft.get("target"):
        return redirect("imports:import_send")
    is_look = request.method == "POST" and ("look" in request.POST or "HX-Request" in request.headers)
    before = draft.get("said")
    if is_look:
        draft = request.session[DRAFT] = draft | {"said": _said(request.POST)}
    form = _columns_form(draft, columns, request.POST if request.POST and not is_look else None)
    if form.is_bound and form.is_valid():
        return _keep_choices(request, draft, form, columns)
    screen = mapping_screen.describe(form, received, draft, on=request.on)
    if "opened" not in draft:
        draft = request.session[DRAFT] = draft | {"opened": screen.to_open}
    page = {"form": form, "draft": draft, "screen": screen, "columns": columns, "rows": _first_rows(columns)}
    page |= screen.in_groups(draft["opened"])
    if "HX-Request" in request.headers:
        return _what_changed(request, page, before)
    return (
        redirect("imports:mapping_columns")
        if is_look
        else render(request, "imports/mapping_columns.html", page)
    )


def _said(post: QueryDict) -> dict[str, Any]:
    """The answers so far, as they are kept in the session."""
    said: dict[str, Any] = {name: value[:300] for name, value in post.items() if name not in IS_NO_ANSWER}
    return said | {"side_by_side": post.getlist("side_by_side")}


def _columns_form(
    draft: dict[str, Any], columns: list[guessing.Column], data: QueryDict | None
) -> ColumnsForm:
    target = TARGETS[draft["target"]]
    sources = list(Source.objects.exclude(slug=draft["slug"]))
    said = data if data is not None else draft.get("said")
    proposal = propose(target, columns, sources, student=said.get("column_student") if said else None)
    if (
        data is None
        and said
        and said.get("column_student") != draft.get("student", said.get("column_student"))
    ):
        said["ids_of"] = proposal.ids_of  # another column has another system's ids
    if said:
        draft["student"] = said.get("column_student")
    return ColumnsForm(data, target=target, columns=columns, sources=sources, proposal=proposal, said=said)


def _keep_choices(
    request: HttpRequest, draft: dict[str, Any], form: ColumnsForm, columns: list[guessing.Column]
) -> HttpResponse:
    draft |= {"choices": {name: vars(choice) for name, choice in form.choices().items()}}
    draft |= {"ids_of": form.cleaned_data["ids_of"], "key": form.cleaned_data["key"]}
    draft |= {"side_by_side": form.side_by_side(), "said": _said(request.POST)}
    request.session[DRAFT] = draft
    if _asked(draft, columns):
        return redirect("imports:mapping_values")
    return _save(request, draft, {})


def _what_changed(request: HttpRequest, page: dict[str, Any], before: dict[str, Any] | None) -> HttpResponse:
    """The result, and the lines whose answers changed. Where rows turn into several, the whole page."""
    screen, said = page["screen"], page["draft"]["said"]
    changed = screen.changed_since(before, said)
    response = render(
        request, "imports/parts/mapping_changed.html", page | {"changed": changed, "is_swap": True}
    )
    if mapping_screen.is_wide(before) != mapping_screen.is_wide(said):
        response["HX-Refresh"] = "true"
    return response


@login_required
@never_cache
def mapping_values(request: HttpRequest) -> HttpResponse:
    """What does each code mean?"""
    permissions.check_may_run(request.viewer)
    draft, _received, columns = _draft(request)
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


def _draft(request: HttpRequest) -> tuple[dict[str, Any], Received | None, list[guessing.Column]]:
    """What was sent and chosen so far, and the columns of the file; no columns where there is nothing to map."""
    draft = request.session.get(DRAFT)
    if not draft:
        messages.info(request, _("Choose a file first."))
        return {}, None, []
    kept = landing.Landed(**draft["file"])
    if widths.find_too_wide(kept.path, kept.name):
        messages.error(request, _("This is no table, or its rows are not divided. Export it again."))
        return draft, None, []
    if widths.is_too_large_for_a_page(kept.path):
        messages.error(
            request,
            _(
                "The file is large. Send its first thousand rows first and say what the columns mean; then all of it."
            ),
        )
        return draft, None, []
    try:
        received = read_file(kept.path, FileSpec("main"), kept.name)
    except Unreadable as error:
        messages.error(request, f"{kept.name}: {error}")
        return draft, None, []
    return draft, received, guessing.describe_columns(received)


def files_of(draft: dict[str, Any]) -> list[landing.Landed]:
    return [landing.Landed(**one) for one in draft["files"]]


def _first_rows(columns: list[guessing.Column]) -> list[list[str]]:
    """The first values of each column, side by side. Seen by whoever sent the file, and by nobody else."""
    return [[column.first[row] for column in columns] for row in range(len(columns[0].first))]


def _choices(draft: dict[str, Any]) -> dict[str, building.Choice]:
    return {name: building.Choice(**choice) for name, choice in draft["choices"].items()}


def _asked(draft: dict[str, Any], columns: list[guessing.Column]) -> list[tuple[Field, guessing.Column]]:
    """The fields whose values somebody has to explain."""
    by_name = {column.name: column for column in columns}
    return mapping_screen.asked_later(TARGETS[draft["target"]], _choices(draft), by_name)


def _save(request: HttpRequest, draft: dict[str, Any], meanings: dict[str, dict[str, str]]) -> HttpResponse:
    from .sending import start  # noqa: PLC0415  (sending begins a draft, a draft ends in sending)

    source = queries.find_source(draft["slug"]) or actions.create_source(
        slug=draft["slug"], title=draft["title"], kind="table", by=request.user, at=request.at
    )
    chosen = building.Chosen(
        name=draft["slug"], title=draft["title"], target=draft["target"], choices=_choices(draft),
        ids_of=draft["ids_of"], key=draft["key"], values=meanings, side_by_side=tuple(draft["side_by_side"]),
    )  # fmt: skip
    saving.save_mapping(source, building.build_document(chosen), by=request.user, at=request.at)
    run = start(request, source, [landing.Landed(**draft["file"])], ask_first=draft["ask_first"])
    del request.session[DRAFT]
    messages.success(request, _("Saved. The next file of this system is read the same way."))
    return redirect("imports:import_detail", run.pk)
