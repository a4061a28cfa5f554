"""What the pages of a turn ask. Lines are seen as their students are; counts are of all, whoever looks."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, F, QuerySet

from crescendo.core import school_time
from crescendo.core.errors import NotFound
from crescendo.roster.models import AcademicSession, CalendarDay, Enrolment
from crescendo.roster.viewer import Viewer

from . import permissions
from .models import Line, Turn

SUMMER = (7, 8, 9, 10)  # months in which last year may still have to be turned


@dataclass(frozen=True)
class Group:
    """The students of one grade at one school to whom the same happens."""

    school_id: int
    grade: str
    next_grade: str
    why: str
    fate: str
    to_school_id: int | None
    is_chosen: bool
    students: int


def get_turn(*, viewer: Viewer, turn_id: int) -> Turn:
    permissions.check_may_turn(viewer)
    turn = (
        Turn.objects.select_related("begun_by", "asked_by", "undone_by", "progress")
        .filter(pk=turn_id)
        .first()
    )
    if turn is None:
        raise NotFound
    return turn


def list_turns(*, viewer: Viewer) -> QuerySet[Turn]:
    permissions.check_may_turn(viewer)
    return Turn.objects.select_related("begun_by")


def list_groups(turn: Turn) -> list[Group]:
    """All lines of a turn, counted. A function of the owner counts: a student whom the reader may not see counts too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM crescendo_turn_groups(%s)", [turn.pk])
        return [Group(*row) for row in cursor.fetchall()]


def list_lines(
    *, viewer: Viewer, turn: Turn, school_id: int | None, grade: str | None, fate: str
) -> QuerySet[Line]:
    """The students of a turn whom the viewer may see, by name."""
    permissions.check_may_turn(viewer)
    lines = turn.lines.select_related("student", "school", "to_school").order_by(F("student__sort_key"), "id")
    if school_id is not None:
        lines = lines.filter(school_id=school_id)
    if grade is not None:
        lines = lines.filter(grade_level=grade)
    return lines.filter(fate=fate) if fate else lines


def suggest_year(*, on: date) -> int:
    """The school year whose end comes next; in summer the one that has just ended, as long as students stand in it."""
    year = school_time.school_year_of(on)
    before = Enrolment.objects.filter(school_year=year - 1, exit_on=None, ended_on=None, entry_on__lte=on)
    return year - 1 if on.month in SUMMER and before.exists() else year


def suggest_days(school_year: int) -> tuple[date, date]:
    """The last day of a school year and the first of the next, as far as the calendars know."""
    last = _session_day(school_year, "-ends_on") or _calendar_day(school_year, "-on")
    first = _session_day(school_year + 1, "begins_on") or _calendar_day(school_year + 1, "on")
    last = last or school_time.school_year_days(school_year)[1]
    last = min(last, _usual_exit(school_year) or last)
    if first is None:
        began = _session_day(school_year, "begins_on") or _calendar_day(school_year, "on")
        first = began + timedelta(days=364) if began else school_time.school_year_days(school_year + 1)[0]
    return last, max(first, last + timedelta(days=1))


def _usual_exit(school_year: int) -> date | None:
    """The day on which most enrolments of the year end, where another system has ended them: there the year ends."""
    found = Enrolment.objects.filter(school_year=school_year, ended_on=None).order_by()
    usual = (
        found.exclude(exit_on=None)
        .values("exit_on")
        .annotate(n=Count("id"))
        .order_by("-n", "exit_on")
        .first()
    )
    return usual["exit_on"] if usual and usual["n"] * 2 > found.count() else None


def _session_day(school_year: int, order: str) -> date | None:
    sessions = AcademicSession.objects.filter(kind="schoolYear", school_year=school_year, ended_on=None)
    return sessions.order_by(order).values_list(order.lstrip("-"), flat=True).first()


def _calendar_day(school_year: int, order: str) -> date | None:
    days = CalendarDay.objects.filter(
        calendar__school_year=school_year, calendar__ended_on=None, is_instructional=True
    )
    return days.order_by(order).values_list("on", flat=True).first()
