"""How much support was planned, and how much took place: from the sessions logged and the days the school taught."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crescendo.roster import queries as roster
from crescendo.roster.models import CalendarDay, Enrolment
from crescendo.roster.viewer import Viewer

from . import rules, wording
from .models import Delivery, SupportPlan

WEEKEND = 5


@dataclass(frozen=True)
class Dose:
    """Sessions planned and held so far, the last one, and how many school days have gone by since."""

    planned: int
    held: int
    missed: int
    last_on: date | None
    school_days_without: int

    @property
    def sentence(self) -> str:
        return wording.dose_sentence(self.held, self.planned)

    @property
    def is_quiet(self) -> bool:
        """Two weeks of school without a session."""
        return rules.is_quiet(self.school_days_without)


@dataclass(frozen=True)
class Running:
    """A support plan and the days between which it runs: from its first day to the day it was closed."""

    support: SupportPlan
    begins_on: date
    ended_on: date | None = None


def count_doses(
    *, viewer: Viewer, running: Sequence[Running], deliveries: Mapping[int, Sequence[Delivery]] | None = None
) -> dict[int, Dose]:
    """The dose of each support plan, by its id. Days of today's date count tomorrow: a session may still come."""
    if not running:
        return {}
    logged = deliveries if deliveries is not None else list_deliveries([one.support for one in running])
    schools = _schools(viewer, [one.support for one in running])
    first = min(one.begins_on for one in running)
    days = _school_days(set(schools.values()), first, viewer.on)
    found = {}
    for one in running:
        school_days = days.get(schools.get(one.support.pk), _weekdays(first, viewer.on))
        found[one.support.pk] = _dose(one, school_days, logged.get(one.support.pk, ()), viewer.on)
    return found


def list_deliveries(supports: Iterable[SupportPlan]) -> dict[int, list[Delivery]]:
    """What was logged for each support plan and not taken back, newest first."""
    ids = [support.pk for support in supports]
    found: dict[int, list[Delivery]] = defaultdict(list)
    rows = Delivery.objects.filter(support_id__in=ids, taken_back_at__isnull=True).select_related(
        "delivered_by"
    )
    for delivery in rows.order_by("-on", "-id"):
        found[delivery.support_id].append(delivery)
    return found


def _dose(one: Running, days: Sequence[date], logged: Sequence[Delivery], today: date) -> Dose:
    held = [delivery for delivery in logged if delivery.happened]
    last_on = max((delivery.on for delivery in held), default=None)
    until = min(today, one.ended_on + timedelta(days=1)) if one.ended_on else today
    taught = [day for day in days if one.begins_on <= day < until]
    rhythms = [(rhythm.begins_on, rhythm.sessions_per_week) for rhythm in one.support.rhythms.all()]
    return Dose(
        planned=rules.planned_sessions(rhythms, taught),
        held=len(held),
        missed=len(logged) - len(held),
        last_on=last_on,
        school_days_without=sum(last_on is None or day > last_on for day in taught),
    )


def _schools(viewer: Viewer, supports: Sequence[SupportPlan]) -> dict[int, int]:
    """Where each is given: the student's school today, or the class's."""
    students = [support.student_id for support in supports if support.student_id]
    enrolled = (
        Enrolment.objects.filter(
            roster.active(viewer.on, begins="entry_on", ends="exit_on"), student_id__in=students
        )
        .order_by("is_primary", "-id")
        .values_list("student_id", "school_id")
    )
    by_student = dict(enrolled)  # the primary enrolment comes last and stays
    return {
        support.pk: by_student[support.student_id] for support in supports if support.student_id in by_student
    } | {support.pk: support.school_class.school_id for support in supports if support.school_class_id}


def _school_days(schools: set[int], first: date, last: date) -> dict[int, list[date]]:
    found: dict[int, set[date]] = defaultdict(set)
    rows = CalendarDay.objects.filter(
        calendar__school_id__in=schools,
        calendar__ended_on__isnull=True,
        is_instructional=True,
        on__range=(first, last),
    )
    for school_id, day in rows.order_by().values_list("calendar__school_id", "on"):
        found[school_id].add(day)
    return {school_id: sorted(days) for school_id, days in found.items()}


def _weekdays(first: date, last: date) -> list[date]:
    """For a school whose calendar nobody has sent: every day from Monday to Friday."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < WEEKEND]
