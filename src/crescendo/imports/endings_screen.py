"""Whom a waiting import would end, as a person reads it: school by school, then name by name."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from crescendo.roster.models import Organisation, StaffMember, Student
from crescendo.roster.viewer import Viewer

from . import permissions, wording
from .endings import NO_SCHOOL
from .models import Ending, ImportRun

ROWS_ON_A_PAGE = 50


@dataclass(frozen=True)
class School:
    """One school's part of what would end."""

    id: int
    name: str
    students: int
    others: int
    is_shown: bool


@dataclass(frozen=True)
class EndingLine:
    """One row that would end. A name only of whom the viewer may see."""

    kind: str
    name: str


def describe_endings(run: ImportRun, asked: QueryDict, *, viewer: Viewer) -> dict[str, Any]:
    """The page's parts: the schools, and the rows of the one that was asked for."""
    schools = _list_schools(run, asked.get("school", "")) if run.state == ImportRun.State.WAITING else []
    shown = next((school for school in schools if school.is_shown), None)
    page = None
    if shown:
        # People first: they are what an OK is about.
        rows = _of_school(run, shown.id).order_by("-is_student", "target", "id")
        page = Paginator(rows, ROWS_ON_A_PAGE).get_page(asked.get("page"))
    return {
        "run": run,
        "schools": schools,
        "shown": shown,
        "page": page,
        "rows": _lines(list(page)) if page else [],
        "may_approve": permissions.may_approve_imports(viewer) and run.state == ImportRun.State.WAITING,
    }


def read_held_back(run: ImportRun, values: list[str]) -> list[int]:
    """Schools to keep as they are, of those that the run would end anything of; anything else is not heard."""
    known = {school or NO_SCHOOL for school in run.endings.values_list("school_id", flat=True).distinct()}
    return sorted(known & {int(value) for value in values if value.isascii() and value.isdigit()})


def _list_schools(run: ImportRun, asked: str) -> list[School]:
    counted = (
        run.endings.values("school_id")
        .annotate(rows=Count("id"), students=Count("id", filter=Q(target="students")))
        .order_by("-students", "-rows", "school_id")
    )
    names = dict(
        Organisation.objects.filter(pk__in=[one["school_id"] for one in counted]).values_list("pk", "name")
    )
    return [
        School(
            one["school_id"] or NO_SCHOOL,
            names.get(one["school_id"]) or _("Without a school"),
            one["students"],
            one["rows"] - one["students"],
            asked == str(one["school_id"] or NO_SCHOOL),
        )
        for one in counted
    ]


def _of_school(run: ImportRun, school_id: int) -> QuerySet[Ending]:
    rows = run.endings.annotate(is_student=ExpressionWrapper(Q(target="students"), BooleanField()))
    return rows.filter(school_id=school_id) if school_id else rows.filter(school_id__isnull=True)


def _lines(rows: list[Ending]) -> list[EndingLine]:
    names = {}
    for target, model in (("students", Student), ("staff", StaffMember)):
        # Row-level security answers here: whom the viewer may not see is not found, and stays without a name.
        people = model.objects.filter(pk__in=[row.object_id for row in rows if row.target == target])
        names |= {(target, person.pk): person.name for person in people}
    return [
        EndingLine(wording.target_words(row.target), names.get((row.target, row.object_id), ""))
        for row in rows
    ]
