"""How far the set-up is. Everything is read from what exists; only what a person has to say comes from the row."""

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.accounts import queries as accounts
from crescendo.imports.models import ImportRun
from crescendo.indicators import queries as indicators
from crescendo.roster.models import AcademicSession, Calendar, Organisation
from crescendo.roster.viewer import Viewer

from . import permissions
from .models import SetupProgress

DONE, NOW, LATER = "done", "now", "later"


@dataclass(frozen=True)
class Step:
    """One step of the set-up: what it asks, how far it is, and its page."""

    code: str
    title: str
    state: str
    href: str
    number: int

    @property
    def is_done(self) -> bool:
        return self.state == DONE


TITLES = {
    "organisation": gettext_lazy("Your school or district"),
    "roster": gettext_lazy("The roster file"),
    "calendar": gettext_lazy("School days and terms"),
    "roles": gettext_lazy("Who does what"),
    "invitations": gettext_lazy("Inviting people"),
    "measurement": gettext_lazy("The first numbers"),
    "first_page": gettext_lazy("Your first page"),
}


def find_progress() -> SetupProgress | None:
    """The row of this set-up; None on a site that was never set up by it (a demo)."""
    return SetupProgress.objects.select_related("organisation").first()


def list_steps(*, viewer: Viewer) -> list[Step]:
    """Every step in order. The first that is not done is the one to take now; the others wait, but can be opened."""
    progress = find_progress()
    site = accounts.get_site()
    done = {
        "organisation": bool(site.name and site.country),
        "roster": progress is None or progress.adopted_at is not None,
        "calendar": has_calendars(school_year=viewer.school_year)
        and (progress is None or progress.calendar_at is not None),
        "roles": progress is None or progress.roles_at is not None,
        "invitations": progress is None or progress.invited_at is not None,
        "measurement": indicators.find_shown_run(viewer=viewer) is not None,
        "first_page": progress is None or progress.finished_at is not None,
    }
    now = next((code for code in TITLES if not done[code]), "")
    return [
        Step(
            code,
            str(title),
            DONE if done[code] else NOW if code == now else LATER,
            reverse(f"setup:{code}"),
            number,
        )
        for number, (code, title) in enumerate(TITLES.items(), 1)
    ]


@dataclass(frozen=True)
class OpenStep:
    """For the page of today: what comes next in the set-up."""

    sentence: str
    detail: str
    href: str


def find_open_step(*, viewer: Viewer) -> OpenStep | None:
    """The step an administrator has to take next; None once the set-up is finished, and for everybody else."""
    if not permissions.may_set_up(viewer) or not SetupProgress.objects.filter(finished_at=None).exists():
        return None
    steps = list_steps(viewer=viewer)
    step = next((one for one in steps if not one.is_done), None)
    if step is None:
        return None
    # Steps are done in any order: "step 1 of 7" would say that nothing is done while six are.
    sentence = _("Setting up, %(done)s of %(all)s steps done. Next: %(title)s.") % {
        "done": sum(one.is_done for one in steps),
        "all": len(steps),
        "title": step.title,
    }
    return OpenStep(sentence, _("You can stop at any time: everything so far is kept."), step.href)


def list_open_schools() -> list[Organisation]:
    return list(
        Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, ended_on=None).order_by("name", "id")
    )


def list_schools_without_calendar(*, school_year: int) -> list[Organisation]:
    """Schools of which no file told the school days of the year."""
    from_files = Calendar.objects.filter(school_year=school_year, ended_on=None).exclude(source="")
    return [
        school
        for school in list_open_schools()
        if school.pk not in set(from_files.values_list("school_id", flat=True))
    ]


def has_calendars(*, school_year: int) -> bool:
    """Every school has school days in this year, from a file or made here."""
    schools = {school.pk for school in list_open_schools()}
    with_days = Calendar.objects.filter(school_year=school_year, ended_on=None, days__isnull=False)
    return bool(schools) and schools <= set(with_days.values_list("school_id", flat=True))


def list_sessions_of_files(*, school_year: int) -> list[AcademicSession]:
    """The year and its terms as the roster file told them: not asked again."""
    return list(
        AcademicSession.objects.filter(school_year=school_year, ended_on=None)
        .exclude(source="")
        .order_by("begins_on", "-ends_on", "id")
    )


def find_year_of_files(*, school_year: int) -> tuple[date, date] | None:
    """The first and the last day of the school year, as far as the sessions of a file tell."""
    sessions = list_sessions_of_files(school_year=school_year)
    whole = [one for one in sessions if one.kind == AcademicSession.Kind.SCHOOL_YEAR] or sessions
    if not whole:
        return None
    return min(one.begins_on for one in whole), max(one.ends_on for one in whole)


@dataclass(frozen=True)
class RosterSoFar:
    """What the roster's files brought, and the newest import of one."""

    run: ImportRun | None
    schools: list[Organisation]
    tops: list[Organisation]
    brought: dict[str, int]


def get_roster_so_far() -> RosterSoFar:
    """Counted from the imports' own reports: until the schools are adopted, their students are nobody's to see."""
    runs = ImportRun.objects.select_related("source").filter(is_dry_run=False)
    applied = runs.filter(state=ImportRun.State.APPLIED)
    brought: dict[str, int] = {}
    for preview in applied.values_list("preview", flat=True):
        for target, counts in preview.items():
            brought[target] = brought.get(target, 0) + counts.get("created", 0)
    tops = Organisation.objects.filter(parent=None, ended_on=None).exclude(source="")
    return RosterSoFar(
        runs.order_by("-pk").first(), list_open_schools(), list(tops.order_by("name", "id")), brought
    )


def is_being_measured(*, school_year: int) -> bool:
    """Whether the worker has the first measurement still to do, or is doing it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = 'crescendo.indicators.tasks.measure' "
            "AND (status = 'doing' OR (status = 'todo' AND queueing_lock = %s)))",
            [f"first measure {school_year}"],
        )
        return cursor.fetchone()[0]
