"""Which sources are late, and telling the people who bring files in: once for each lateness."""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from crescendo.core import school_time
from crescendo.imports import telling
from crescendo.imports.models import ImportRun, PickUp, Source
from crescendo.roster.models import CalendarDay

from . import lateness

RHYTHM_FROM = 30  # the newest deliveries from which a rhythm is proposed
SATURDAY = 5


def read_school_days(begin: date) -> Callable[[date], bool]:
    """Whether any school of the site teaches on a day. In a school year without a calendar: Monday to Friday."""
    rows = CalendarDay.objects.filter(on__gte=begin).values_list("on", "is_instructional")
    days = dict(
        rows.order_by("on", "is_instructional").distinct()
    )  # a day on which one school teaches comes last
    years = {school_time.school_year_of(day) for day in days}
    if first := CalendarDay.objects.filter(on__lt=begin).order_by("-on").values_list("on", flat=True).first():
        years.add(school_time.school_year_of(first))

    def is_school_day(day: date) -> bool:
        if day in days:
            return days[day]
        return school_time.school_year_of(day) not in years and day.weekday() < SATURDAY

    return is_school_day


def find_last_arrival(source: Source) -> datetime | None:
    """When something of a source came last, by whatever way, whether it could be used or not."""
    sent = ImportRun.objects.filter(source=source, is_dry_run=False).order_by("-started_at")
    found = [sent.values_list("started_at", flat=True).first()]
    pick_up = PickUp.objects.filter(source=source).first()
    if pick_up is not None:
        found.append(pick_up.arrived_at)
    return max((one for one in found if one), default=None)


def find_due(pick_up: PickUp) -> datetime | None:
    """From when on the next delivery is late; None where none is expected."""
    if not pick_up.expected_every:
        return None
    began = [one for one in (find_last_arrival(pick_up.source), pick_up.expected_since) if one]
    if not began:
        return None
    last = max(began).astimezone(school_time.zone())
    is_school_day = read_school_days(last.date())
    return lateness.expected_by(last, pick_up.expected_every, pick_up.expected_unit, is_school_day)


def propose_rhythm(source: Source) -> tuple[int, str] | None:
    """How often this source has delivered so far: a proposal, a person decides."""
    runs = ImportRun.objects.filter(source=source, is_dry_run=False).order_by("-started_at")
    came = [
        one.astimezone(school_time.zone()) for one in runs.values_list("started_at", flat=True)[:RHYTHM_FROM]
    ]
    if len(came) < lateness.FEWEST:
        return None
    return lateness.propose(came, read_school_days(min(came).date()))


def notice_late(*, at: datetime) -> int:
    """Say of each source that is late that it is, once; a delivery ends the lateness. How many became late now."""
    became = 0
    for pick_up in PickUp.objects.select_related("source").order_by("pk"):
        due = find_due(pick_up)
        is_late = due is not None and at > due
        if not is_late and pick_up.late_since is not None:
            PickUp.objects.filter(pk=pick_up.pk).update(late_since=None)
        if is_late and pick_up.late_since is None:
            became += _begin_lateness(pick_up, due, at=at)
    return became


@transaction.atomic
def _begin_lateness(pick_up: PickUp, due: datetime | None, *, at: datetime) -> int:
    """The mark and the message together: two workers tell once."""
    changed = PickUp.objects.filter(pk=pick_up.pk, late_since__isnull=True).update(late_since=due)
    if changed:
        telling.tell_that_it_is_late(pick_up.source, at=at)
    return changed


def is_late(pick_up: PickUp | None, *, at: datetime) -> bool:
    """As it is now: the page does not wait for the worker's clock."""
    due = find_due(pick_up) if pick_up else None
    return due is not None and at > due
