"""What the steps' pages show, put together from the reads of the apps on the left."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crescendo.access import queries as access
from crescendo.accounts import queries as accounts
from crescendo.accounts.models import Site
from crescendo.core import school_time
from crescendo.core.errors import Refused
from crescendo.imports.models import ImportRun, Source
from crescendo.indicators import queries as indicators
from crescendo.indicators.models import MeasurementRun
from crescendo.roster import queries as roster
from crescendo.roster.models import AcademicSession, Organisation
from crescendo.roster.viewer import Viewer

from . import actions, calendars, queries
from .countries import get_country
from .forms import CalendarForm

State = ImportRun.State
ONEROSTER = "oneroster"
SCHOOLS_NAMED = 12


def other_language(site: Site) -> str:
    """The site's language where it is not English; '' for English, which is the country's."""
    return "" if site.language.startswith("en") else site.language


# -- the roster --------------------------------------------------------------------------------------------------------


def describe_roster() -> dict[str, Any]:
    """Where the roster stands: nothing sent, on its way, waiting for a yes, or here."""
    found = queries.get_roster_so_far()
    run = found.run
    return {
        "run": run,
        "is_going_on": run is not None and run.state in (*ImportRun.WORKING, State.LANDED),
        "is_waiting": run is not None and run.state == State.WAITING,
        "is_refused": run is not None and run.state in (State.REFUSED, State.FAILED),
        "schools": found.schools[:SCHOOLS_NAMED],
        "more_schools": max(0, len(found.schools) - SCHOOLS_NAMED),
        "tops": found.tops,
        "brought": {
            name: n for name in ("students", "staff", "family", "classes") if (n := found.brought.get(name))
        },
        "is_here": bool(found.schools) and bool(found.brought.get("students")),
        "two_files_href": reverse("imports:two_files_send"),
        "source": Source.objects.filter(kind=ONEROSTER).order_by("pk").first(),
    }


# -- the calendar ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Month:
    """How many school days a month has."""

    name: str
    days: int


def describe_calendar(said: Mapping[str, Any] | None, *, viewer: Viewer) -> dict[str, Any]:
    """The form as the files and the country suggest it; once something was said, the days that follow from it."""
    year = viewer.school_year
    schools = queries.list_schools_without_calendar(school_year=year)
    sessions = queries.list_sessions_of_files(school_year=year)
    form = CalendarForm(said, initial=_suggest(year), ask_terms=not sessions)
    page: dict[str, Any] = {
        "form": form,
        "schools": schools,
        "named": schools[:SCHOOLS_NAMED],
        "from_files": len(queries.list_open_schools()) - len(schools),
        "sessions": sessions,
        "school_year": year,
        "other_years": _other_years(year) if not sessions else [],
    }
    if said is not None and form.is_valid():
        _count_days(page, year)
    return page


def _suggest(school_year: int) -> dict[str, Any]:
    country = get_country(accounts.get_site().country)
    begins_on, ends_on = queries.find_year_of_files(school_year=school_year) or country.usual_days(
        school_year
    )
    return {
        "begins_on": begins_on,
        "ends_on": ends_on,
        "weekdays_off": ["5", "6"],
        "terms": calendars.as_text(
            calendars.divide(
                begins_on=begins_on, ends_on=ends_on, terms=country.terms, titles=_term_titles(country.terms)
            )
        ),
    }


def _term_titles(terms: int) -> list[str]:
    if terms == 3:
        return [
            pgettext("term", "Autumn term"),
            pgettext("term", "Spring term"),
            pgettext("term", "Summer term"),
        ]
    return [_("Term %(n)s") % {"n": n} for n in range(1, terms + 1)]


def _other_years(school_year: int) -> list[str]:
    """The school years that a file told, where none of them is this one."""
    years = (
        AcademicSession.objects.exclude(source="")
        .order_by("school_year")
        .values_list("school_year", flat=True)
    )
    return [school_time.school_year_name(year) for year in dict.fromkeys(years) if year != school_year]


def _count_days(page: dict[str, Any], school_year: int) -> None:
    form = page["form"]
    said = form.cleaned_data
    year = {"begins_on": said["begins_on"], "ends_on": said["ends_on"]}
    field = None
    try:
        calendars.check_year(**year, school_year=school_year)
        field = "holidays"
        holidays = calendars.read_spans(said["holidays"], **year)
        field = "terms"
        terms = calendars.read_spans(said.get("terms", ""), **year)
    except Refused as refusal:
        form.add_error(field, str(refusal))
        return
    page["days"] = calendars.school_days(**year, weekdays_off=form.weekdays(), holidays=holidays)
    page["holidays"], page["terms"] = holidays, terms
    page["months"] = _months(page["days"])


def _months(days: list[date]) -> list[Month]:
    counted = Counter(day.replace(day=1) for day in days)
    return [Month(formats.date_format(month, "YEAR_MONTH_FORMAT"), n) for month, n in sorted(counted.items())]


def save_calendar(page: dict[str, Any], said: Mapping[str, Any], *, by: Viewer, at: datetime) -> bool:
    """Keep the days that were shown, once somebody says so; where files brought every calendar, only say that."""
    if "confirm" not in said:
        return False
    if not page["schools"]:
        actions.mark("calendar_at", by=by, at=at)
        return True
    if not page.get("days"):
        return False
    try:
        actions.write_calendar(
            school_ids=[school.pk for school in page["schools"]],
            school_year=by.school_year,
            days=page["days"],
            sessions=_sessions(page, by.school_year),
            by=by,
            on=by.on,
            at=at,
        )
    except Refused as refusal:
        page["form"].add_error(None, str(refusal))
        return False
    return True


def _sessions(page: dict[str, Any], school_year: int) -> list[actions.SessionWords]:
    """The year and its terms; none where the roster file told them."""
    if page["sessions"]:
        return []
    said = page["form"].cleaned_data
    whole = actions.SessionWords(
        "schoolYear", school_time.school_year_name(school_year), said["begins_on"], said["ends_on"]
    )
    terms = [
        actions.SessionWords("term", span.title or _("Term"), span.begins_on, span.ends_on)
        for span in page["terms"]
    ]
    return [whole, *terms]


# -- the rest ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ToInvite:
    """A group worth inviting, who of it has been, and the page on which it is done."""

    label: str
    action: str
    people: int
    let_in: int
    href: str


def describe_invitations(*, viewer: Viewer) -> dict[str, Any]:
    """The people who lead, the teachers, the families: how many there are and how many have a way in."""
    groups = (
        (_("Principals"), _("Invite principals"), access.Group("staff", role="principal")),
        (_("District leaders"), _("Invite district leaders"), access.Group("staff", role="district_leader")),
        (_("Counselors"), _("Invite counselors"), access.Group("staff", role="counselor")),
        (_("Teachers"), _("Invite teachers"), access.Group("staff", role="teacher")),
        (_("Adults of families"), _("Invite families"), access.Group("families")),
    )
    found = [_to_invite(label, action, group, viewer) for label, action, group in groups]
    return {"groups": [one for one in found if one.people]}


def _to_invite(label: str, action: str, group: access.Group, viewer: Viewer) -> ToInvite:
    people = access.list_people(viewer=viewer, group=group)
    query = urlencode({name: value for name, value in (("kind", group.kind), ("role", group.role)) if value})
    return ToInvite(
        label,
        action,
        people.count(),
        access.count_let_in(people=people),
        f"{reverse('access:people_list')}?{query}",
    )


def describe_measurement(*, viewer: Viewer) -> dict[str, Any]:
    """Whether the numbers are there, on their way, or could not be made."""
    year = viewer.school_year
    run = indicators.find_shown_run(viewer=viewer)
    newest = MeasurementRun.objects.filter(school_year=year).order_by("-pk").first()
    is_measuring = queries.is_being_measured(school_year=year)
    return {
        "measured": run,
        "is_measuring": is_measuring,
        "failed": run is None and not is_measuring and newest is not None,
        "school_year": year,
    }


@dataclass(frozen=True)
class Missing:
    """An indicator that no school has a number of yet."""

    title: str
    reason: str


def describe_first_page(*, viewer: Viewer) -> dict[str, Any]:
    """What is there now, in plain counts, and what cannot be said yet and why."""
    run = indicators.find_shown_run(viewer=viewer)
    schools = queries.list_open_schools()
    tops = Organisation.objects.filter(pk__in=[post.organisation_id for post in viewer.posts], ended_on=None)
    numbers = (
        indicators.list_organisation_numbers(
            viewer=viewer, organisation_ids=[top.pk for top in tops], run=run
        )
        if run
        else []
    )
    with_number = {number.indicator for number in numbers if number.is_evaluated}
    without = {number.indicator: number for number in numbers if number.indicator not in with_number}
    return {
        "schools": len(schools),
        "named": schools[:SCHOOLS_NAMED],
        "students": roster.list_students(viewer=viewer).count(),
        "classes": roster.list_classes(viewer=viewer).count(),
        "there": sorted({n.definition.title for n in numbers if n.is_evaluated}),
        "missing": sorted(
            (Missing(n.definition.title, n.reason) for n in without.values()), key=lambda one: one.title
        ),
        "measured": run,
    }
