"""A school's day closed by hand: somebody who answers for the whole school says that its attendance is known."""

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import formats
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.roster.models import CalendarDay, Organisation
from crescendo.roster.viewer import Viewer

from .. import changes, permissions, queries


@transaction.atomic
def close_day(*, school_id: int, on: date, seen: int, by: Viewer, at: datetime) -> int:
    """Let a day count although nobody has spoken of everybody: whoever has no mark was present. Twice is once.

    `seen`: of how many the person read that nothing is known. Where it is more by now, they are asked to look again.
    Returns how many it is.
    """
    school = _school(school_id, by)
    if on > by.on:
        raise Refused(_("That day has not come yet."))
    _require_taught(school, on, by)
    unknown = queries.list_unaccounted(viewer=by, school_id=school_id, on=on).count()
    if unknown > seen:
        raise Refused(_("More students are without a word than you were shown. Look at them again."))
    if _set(school_id, on, by, closes=True):
        _note("attendance.day_closed", school_id, on, by, at, {"unaccounted": unknown})
    return unknown


@transaction.atomic
def open_day_again(*, school_id: int, on: date, by: Viewer, at: datetime) -> None:
    """Take back what a hand closed. A day that completed itself, or that another system sent, stays."""
    _school(school_id, by)
    if not _set(school_id, on, by, closes=False):
        raise Refused(_("Nobody closed this day by hand."))
    _note("attendance.day_opened", school_id, on, by, at, {})


def _school(school_id: int, by: Viewer) -> Organisation:
    school = Organisation.objects.filter(pk=school_id, kind=Organisation.Kind.SCHOOL).first()
    if school is None or not permissions.reaches_school(by, school_id):
        raise NotFound(_("There is no such school, or nothing that lets you see it."))
    if not permissions.may_close_day(by, school_id):
        raise NotAllowed(_("Only those who keep the school's attendance can close its day."))
    return school


def _require_taught(school: Organisation, on: date, by: Viewer) -> None:
    taught = CalendarDay.objects.filter(
        calendar__school=school, calendar__school_year=by.school_year, on=on, is_instructional=True
    )
    if not taught.exists():
        raise Refused(
            _("%(school)s holds no school on %(day)s, by its calendar. Choose a school day.")
            % {"school": school.name, "day": formats.date_format(on)}
        )


def _set(school_id: int, on: date, by: Viewer, *, closes: bool) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_close_day(%s, %s, %s, %s)", [school_id, by.school_year, on, closes])
        return cursor.fetchone() == (True,)


def _note(verb: str, school_id: int, on: date, by: Viewer, at: datetime, more: dict[str, object]) -> None:
    accounts.record_audit(
        verb=verb, object_type="organisation", object_id=school_id, by=by.user_id, at=at,
        detail={"on": on.isoformat()} | more,
    )  # fmt: skip
    changes.announce_marks(
        school_year=by.school_year,
        school_id=school_id,
        tables=["attendance_submissions"],
        topics=[f"organisation:{school_id}"],
    )
