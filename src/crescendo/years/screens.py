"""What the pages of a turn show, in the words of the people who read them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crescendo.core import numbers, school_time
from crescendo.imports import queries as imports
from crescendo.roster.models import Organisation, Student

from . import queries
from .models import Line, Turn

Fate = Line.Fate
BADGES = {
    Turn.State.REHEARSING: "info", Turn.State.REHEARSED: "info", Turn.State.ASKED: "info", Turn.State.DONE: "good",
    Turn.State.UNDO_ASKED: "info", Turn.State.UNDONE: "plain", Turn.State.LEFT: "plain",
}  # fmt: skip


@dataclass(frozen=True)
class GroupLine:
    """A row of the rehearsal."""

    school: str
    grade: str
    what: str
    why: str
    students: str
    href: str
    is_open: bool


def school_names() -> dict[int, str]:
    return dict(Organisation.objects.filter(kind=Organisation.Kind.SCHOOL).values_list("pk", "name"))


def describe_turn(turn: Turn) -> dict[str, Any]:
    """Everything on the page of one turn."""
    groups = queries.list_groups(turn)
    names = school_names()
    count = {fate: sum(one.students for one in groups if one.fate == fate) for fate in Fate.values}
    return {
        "turn": turn,
        "badge": BADGES[Turn.State(turn.state)],
        "from_name": school_time.school_year_name(turn.from_year),
        "to_name": school_time.school_year_name(turn.to_year),
        "groups": [_group_line(one, turn, names) for one in sorted(groups, key=_order(names))],
        "counts": count,
        "moving": sum(one.students for one in groups if one.to_school_id not in (None, one.school_id)),
        "total": sum(count.values()),
        "open_href": _list_href(turn, fate=Fate.OPEN),
        "beside": describe_beside(turn, names),
        "sources": _sources(turn),
        "blockers": describe_blockers(turn),
        "step": step_words(turn),
        "is_working": turn.state in Turn.WORKING,
        "made": turn.counts,
    }


def _order(names: dict[int, str]) -> Any:
    return lambda one: (one.fate != Fate.OPEN, names.get(one.school_id, ""), one.grade, one.fate)


def _group_line(one: queries.Group, turn: Turn, names: dict[int, str]) -> GroupLine:
    return GroupLine(
        school=names.get(one.school_id, ""),
        grade=one.grade or "–",
        what=fate_words(
            one.fate,
            one.next_grade,
            names.get(one.to_school_id or 0, "") if one.to_school_id != one.school_id else "",
        ),
        why=_("decided by a person") if one.is_chosen else str(Line.Why(one.why).label),
        students=numbers.count(one.students),
        href=_list_href(turn, school=one.school_id, grade=one.grade, fate=one.fate),
        is_open=one.fate == Fate.OPEN,
    )


def fate_words(fate: str, next_grade: str, other_school: str) -> str:
    words = {
        Fate.UP: _("move up to %(grade)s") % {"grade": next_grade},
        Fate.STAYS: _("stay in the grade"),
        Fate.LEAVES: _("leave"),
        Fate.ALREADY: _("are enrolled for the next year already"),
        Fate.OPEN: _("not decided"),
    }[Fate(fate)]
    return _("%(what)s, at %(school)s") % {"what": words, "school": other_school} if other_school else words


def _list_href(turn: Turn, **chosen: object) -> str:
    return f"{reverse('years:line_list', args=[turn.pk])}?{urlencode(chosen)}"


def _sources(turn: Turn) -> list[dict[str, object]]:
    """The systems that brought these enrolments: they may send the next year's as well."""
    found = []
    for slug, number in turn.findings.get("sources", []):
        source = imports.find_source(slug)
        found.append(
            {
                "title": source.title if source else slug,
                "count": number,
                "sends_years": bool(source and source.kind == "oneroster"),
            }
        )
    return found


def describe_beside(turn: Turn, names: dict[int, str]) -> list[str]:
    """What a turn does not do: sentences about what somebody has to see to."""
    found = turn.findings
    if not found:
        return []
    missing = [names[pk] for pk in found["schools_without_calendar"] if pk in names]
    said = []
    if missing:
        words = ngettext(
            "%(n)s school has no school days for %(year)s yet: %(schools)s.",
            "%(n)s schools have no school days for %(year)s yet: %(schools)s.", len(missing),
        )  # fmt: skip
        said.append(words % {"n": len(missing), "schools": ", ".join(missing[:6]) + (" …" if len(missing) > 6 else ""),
                             "year": school_time.school_year_name(turn.to_year)})  # fmt: skip
    for number, one, many in (
        (found["posts_that_end"], _("%(n)s post ends in between by its own dates."), _("%(n)s posts end in between by their own dates.")),
        (found["posts_that_go_on"], _("%(n)s post goes on as it is."), _("%(n)s posts go on as they are.")),
        (found["plans_that_run_out"], _("%(n)s plan is due before the new year begins: its owner closes it or gives it more time."),
         _("%(n)s plans are due before the new year begins: their owners close them or give them more time.")),
        (found["plans_that_go_on"], _("%(n)s plan goes on into the new year."), _("%(n)s plans go on into the new year.")),
        (found["classes"], _("%(n)s class ends. Next year's classes come with the timetable."),
         _("%(n)s classes end. Next year's classes come with the timetable.")),
    ):  # fmt: skip
        if number:
            said.append((one if number == 1 else many) % {"n": numbers.count(number)})
    return said


def list_of_age(turn: Turn) -> dict[str, Any]:
    """Students who come of age next year, by name where the reader may see them."""
    found = turn.findings.get("of_age", {"count": 0, "students": []})
    return {
        "count": found["count"],
        "students": list(Student.objects.filter(pk__in=found["students"]).order_by("sort_key", "pk")),
    }


BLOCKERS = {
    "undecided": gettext_lazy("%(n)s students are not decided yet."),
    "changed_since": gettext_lazy(
        "%(n)s enrolments have come, gone or changed since the rehearsal. Rehearse again."
    ),
    "classes": gettext_lazy("%(n)s students are in classes of the new year already."),
    "held": gettext_lazy("Something else refers to the new enrolments."),
    "changed": gettext_lazy(
        "%(n)s enrolments or places in classes were changed since, by a person or an import."
    ),
    "facts": gettext_lazy(
        "%(n)s students have records of the new year already: attendance, marks or the like."
    ),
}


def describe_blockers(turn: Turn) -> list[dict[str, Any]]:
    """Why it was not done, or not undone; students by name where the reader may see them."""
    found = []
    for one in turn.blockers:
        sentence = BLOCKERS[str(one["code"]).split(":", maxsplit=1)[0]] % {"n": numbers.count(one["count"])}
        students = Student.objects.filter(pk__in=one.get("students", [])).order_by("sort_key", "pk")
        found.append({"sentence": sentence, "students": list(students)})
    return found


STEPS = {
    "lines": gettext_lazy("Looking at every student"),
    "beside": gettext_lazy("Looking at calendars, posts and plans"),
    "checking": gettext_lazy("Checking that nothing has changed"),
    "partitions": gettext_lazy("Making room for the new year"),
    "classes": gettext_lazy("Ending classes"),
    "ending": gettext_lazy("Ending enrolments"),
    "beginning": gettext_lazy("Beginning enrolments"),
    "taking back": gettext_lazy("Taking new enrolments back"),
    "putting back": gettext_lazy("Putting rows back"),
    "committing": gettext_lazy("Finishing"),
}


def step_words(turn: Turn) -> str:
    progress = getattr(turn, "progress", None)
    return str(STEPS.get(progress.step, "")) if progress else str(_("Waiting for the worker to begin"))
