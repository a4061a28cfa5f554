"""From two kept files to a running import: what the pages and the command of the two-file start share."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from crescendo.accounts.models import User
from crescendo.core import school_time
from crescendo.core.errors import Refused
from crescendo.imports import actions, landing, queries, screens, widths
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.table import saving
from crescendo.imports.sources.table.mapping import FileSpec
from crescendo.imports.sources.table.reader import Received, Unreadable, read_file
from crescendo.roster.models import AcademicSession, Calendar, Organisation

from . import document, reading
from .form import ConfirmForm
from .reading import Seen

ROWS_SHOWN = 4


def list_school_names() -> list[str]:
    """The schools that exist: a site that has some is asked which one, never made to name it again."""
    schools = Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, ended_on__isnull=True)
    return list(schools.order_by("name").values_list("name", flat=True))


def find_top() -> Organisation | None:
    """The organisation under which a new school is made, where there is exactly one at the top."""
    tops = list(Organisation.objects.filter(parent=None, ended_on__isnull=True).order_by("id")[:2])
    return tops[0] if len(tops) == 1 else None


def suggest_name() -> dict[str, str]:
    top = find_top()
    return {"school_name": top.name if top and top.kind != Organisation.Kind.STATE else ""}


def look(draft: dict[str, Any]) -> tuple[Seen, Seen]:
    """Both files read and guessed at. Refused with a sentence where one of them is no list of its kind."""
    students = reading.look_at_students(_read(draft["students"]))
    if not students.guesses["id"] and not any(reading.has_different_values(one) for one in students.columns):
        raise Refused(
            _("The list of students has no column in which every student has a number of their own.")
        )
    return students, reading.look_at_attendance(_read(draft["attendance"]))


def _read(kept: dict[str, Any]) -> Received:
    file = landing.Landed(**kept)
    if widths.find_too_wide(file.path, file.name) or widths.is_too_large_for_a_page(file.path):
        raise Refused(
            _(
                "%(file)s is no list of one school: it is too wide or too large. Bring it in as a file of its own."
            )
            % {"file": file.name}
        )
    try:
        return read_file(file.path, FileSpec("main"), file.name)
    except Unreadable as error:
        raise Refused(f"{file.name}: {error}") from error


def find_first_day(attendance: Seen) -> date | None:
    """The first day of the school year as the site knows it; None where nobody has said yet."""
    column = attendance.column(attendance.guesses["on"])
    days = (
        reading.days_in(column, reading.likely_format(column))
        if column and reading.likely_format(column)
        else []
    )
    if not days:
        return None
    year = school_time.school_year_of(days[-1])
    sessions = AcademicSession.objects.filter(
        kind=AcademicSession.Kind.SCHOOL_YEAR, school_year=year, begins_on__lte=days[0]
    )
    return sessions.order_by("begins_on").values_list("begins_on", flat=True).first()


def has_calendar_of_others(school: str, school_year: int) -> bool:
    """Whether somebody else keeps the school's calendar: then the file adds no days to it."""
    calendars = Calendar.objects.filter(school__name=school, school_year=school_year, ended_on__isnull=True)
    return calendars.exclude(source=document.SLUG).exists()


def describe(form: ConfirmForm, draft: dict[str, Any]) -> dict[str, Any]:
    """What the page shows beside the questions: the first rows, the days, and what will be known of them."""
    days, year = form.days, school_time.school_year_of(form.days[-1]) if form.days else None
    return {
        "files": [
            _first_rows(draft["students"]["name"], form.students),
            _first_rows(draft["attendance"]["name"], form.attendance),
        ],
        "first_day": days[0] if days else None,
        "last_day": days[-1] if days else None,
        "number_of_days": len(days),
        "on_weekends": [day for day in days if day.weekday() > 4],
        "left_out": form.left_out,
        "asks_for_days": "more_days" in form.fields,
        "lists_the_present": form.lists_the_present(),
        "keeps_calendar": bool(year) and has_calendar_of_others(draft["school"], year),
    }


def _first_rows(name: str, seen: Seen) -> dict[str, Any]:
    """The first rows of a file, as only whoever sent it sees them."""
    number = min((len(column.first) for column in seen.columns), default=0)
    return {
        "name": name,
        "header": seen.names,
        "rows": [[column.first[row] for column in seen.columns] for row in range(min(number, ROWS_SHOWN))],
    }


def write_days(days: list[str], folder: Path) -> Path | None:
    """The days that a person named, as a file of their own: kept and imported like what was sent."""
    if not days:
        return None
    path = folder / document.DAYS_FILE
    path.write_text("day\n" + "".join(f"{day}\n" for day in days), encoding="utf-8")
    return path


def begin(
    form: ConfirmForm, draft: dict[str, Any], *, landed: list[landing.Landed], by: User | None, at: datetime
) -> ImportRun:
    """Save what was confirmed as the source's mapping, and leave the import to the worker."""
    source = queries.find_source(document.SLUG) or _make_source(by=by, at=at)
    year = school_time.school_year_of(form.days[-1])
    top = None if draft["school"] in list_school_names() else find_top()
    confirmed = form.confirmed(
        school=draft["school"], parent=top.name if top and top.name != draft["school"] else "",
        files=(draft["students"]["name"], draft["attendance"]["name"]),
        makes_calendar=not has_calendar_of_others(draft["school"], year),
    )  # fmt: skip
    saving.save_mapping(source, document.build(confirmed, title=source.title), by=by, at=at)
    run = actions.land_files(
        source=source, paths=[one.path for one in landed], names=[one.name for one in landed], by=by, at=at
    )
    screens.leave_to_worker(run, always_ask=False)
    return run


def _make_source(*, by: User | None, at: datetime) -> Source:
    title = _("Two lists: students and attendance")
    return actions.create_source(
        slug=document.SLUG, title=title, kind="table", by=by, at=at, settings=document.settings()
    )
