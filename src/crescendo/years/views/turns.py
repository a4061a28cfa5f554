"""Turning a school year: begin, look, decide, say yes, take back."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from crescendo.core import school_time
from crescendo.core.errors import Refused
from crescendo.years import actions, forms, permissions, queries, screens
from crescendo.years.models import Line, Turn

LINES_ON_A_PAGE = 50


@login_required
@never_cache
def turn_begin(request: HttpRequest) -> HttpResponse:
    """Is the school year over?"""
    permissions.check_may_turn(request.viewer)
    year = queries.suggest_year(on=request.on)
    last_on, first_on = queries.suggest_days(year)
    form = forms.BeginForm(
        request.POST or None, initial={"last_on": last_on.isoformat(), "first_on": first_on.isoformat()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            turn = actions.begin_turn(from_year=year, **form.cleaned_data, by=request.viewer, at=request.at)
        except actions.BegunAlready as begun:
            messages.info(request, str(begun))
            return redirect("years:turn_view", begun.turn.pk)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("years:turn_view", turn.pk)
    turns = list(queries.list_turns(viewer=request.viewer))
    page = {
        "form": form,
        "from_name": school_time.school_year_name(year),
        "to_name": school_time.school_year_name(year + 1),
        "alive": next(
            (turn for turn in turns if turn.from_year == year and turn.state not in Turn.OVER), None
        ),
        "turns": [
            (turn, school_time.school_year_name(turn.to_year), screens.BADGES[turn.state]) for turn in turns
        ],
    }
    return render(request, "years/turn_begin.html", page)


@login_required
@never_cache
@require_safe
def turn_view(request: HttpRequest, turn_id: int) -> HttpResponse:
    """What would happen, or what happened, when the year turns?"""
    turn = queries.get_turn(viewer=request.viewer, turn_id=turn_id)
    page = screens.describe_turn(turn) | {"of_age": screens.list_of_age(turn)}
    return render(request, "years/turn_view.html", page)


@login_required
@never_cache
@require_safe
def turn_progress(request: HttpRequest, turn_id: int) -> HttpResponse:
    """The part of the page that tells how far the worker is; when it is done, htmx loads the whole page."""
    turn = queries.get_turn(viewer=request.viewer, turn_id=turn_id)
    is_working = turn.state in Turn.WORKING
    page = {"turn": turn, "is_working": is_working, "step": screens.step_words(turn)}
    response = render(request, "years/parts/progress.html", page)
    if not is_working:
        response["HX-Refresh"] = "true"
    return response


@login_required
@never_cache
def line_list(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Who are they, and what becomes of each?"""
    turn = queries.get_turn(viewer=request.viewer, turn_id=turn_id)
    chosen = request.GET
    school = chosen.get("school", "")
    lines = queries.list_lines(
        viewer=request.viewer, turn=turn, school_id=int(school) if school.isdecimal() else None,
        grade=chosen.get("grade"), fate=chosen.get("fate", "") if chosen.get("fate") in Line.Fate.values else "",
    )  # fmt: skip
    if request.method == "POST":
        return _decide(request, turn, {line.pk: forms.choice_of(line) for line in lines})
    page = Paginator(lines, LINES_ON_A_PAGE).get_page(chosen.get("page"))
    names = screens.school_names()
    rows = [(line, forms.choices_for(line, turn, names), forms.choice_of(line)) for line in page]
    context = {
        "turn": turn, "page": page, "rows": rows, "may_decide": turn.state == Turn.State.REHEARSED,
        "to_name": school_time.school_year_name(turn.to_year), "query": chosen.urlencode(),
        "for_all": _same_for_all(rows),
    }  # fmt: skip
    return render(request, "years/line_list.html", context)


def _same_for_all(rows: list[tuple[Line, list[tuple[str, str]], str]]) -> list[tuple[str, str]]:
    """The choices that every student of the list has: one answer may then do for all."""
    if not rows:
        return []
    return [choice for choice in rows[0][1] if all(choice in choices for _line, choices, _now in rows)]


def _decide(request: HttpRequest, turn: Turn, listed: dict[int, str]) -> HttpResponse:
    """Store what was chosen, for all of the list or line by line. What stands as it was, or is not listed, is left alone."""
    sent = forms.sent_choices(request.POST)
    if for_all := request.POST.get("for_all"):
        sent = dict.fromkeys(listed, for_all)
    by_choice: dict[str, list[int]] = {}
    for line_id, value in sent.items():
        if listed.get(line_id, value) != value:
            by_choice.setdefault(value, []).append(line_id)
    try:
        for value, line_ids in by_choice.items():
            fate, school_id = forms.read_choice(value)
            actions.decide_lines(
                turn_id=turn.pk,
                line_ids=line_ids,
                fate=fate,
                to_school_id=school_id,
                by=request.viewer,
                at=request.at,
            )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(request.get_full_path())
    messages.success(request, _("Noted. Nothing has changed yet."))
    return redirect("years:turn_view", turn.pk)


def _asking(action: Callable[..., Turn], said: str) -> Callable[[HttpRequest, int], HttpResponse]:
    """A button that asks for something: done once, and answered when it is pressed again."""

    def answer(request: HttpRequest, turn_id: int) -> HttpResponse:
        try:
            action(turn_id=turn_id, by=request.viewer, at=request.at)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, str(said))
        return redirect("years:turn_view", turn_id)

    return answer


@login_required
@require_POST
def turn_again(request: HttpRequest, turn_id: int) -> HttpResponse:
    return _asking(actions.rehearse_again, _("We look again. What you decided stays decided."))(
        request, turn_id
    )


@login_required
@require_POST
def turn_do(request: HttpRequest, turn_id: int) -> HttpResponse:
    return _asking(actions.ask_to_do, _("It is being done. This page shows how far it is."))(request, turn_id)


@login_required
@require_POST
def turn_leave(request: HttpRequest, turn_id: int) -> HttpResponse:
    return _asking(actions.leave_turn, _("Put away. Nothing had changed."))(request, turn_id)


@login_required
@require_POST
def turn_undo(request: HttpRequest, turn_id: int) -> HttpResponse:
    return _asking(actions.ask_to_undo, _("It is being undone. This page shows how far it is."))(
        request, turn_id
    )
