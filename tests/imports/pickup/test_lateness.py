"""When a delivery is late, drawn as calendars; and that people hear of it once."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from cast import Cast
from crescendo.comms import actions as comms
from crescendo.comms import registry
from crescendo.comms.models import Delivery, OutboxEntry
from crescendo.imports.models import ImportRun, PickUp, Source
from crescendo.imports.pickup import lateness, watching
from crescendo.roster.models import Calendar, CalendarDay

ZONE = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def instant(day: int, hour: int, minute: int = 0) -> datetime:
    """March 2026: the 6th is a Friday, the 9th a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("last", "every", "unit", "late_after"),
    [
        (
            instant(3, 2),
            1,
            "days",
            instant(4, 5),
        ),  # Tuesday's night, then Wednesday's, and three hours of grace
        (instant(6, 2), 1, "days", instant(9, 5)),  # Friday's night, then Monday's
        (instant(7, 2), 1, "days", instant(10, 3)),  # Saturday's night: Monday has to pass
        (instant(3, 2), 5, "days", instant(10, 5)),  # a school week
        (instant(6, 22), 4, "hours", instant(9, 2)),  # two hours of Friday, two of Monday
        (instant(9, 9), 2, "hours", instant(9, 11)),
    ],
)
def test_time_counts_on_school_days_alone(
    last: datetime, every: int, unit: str, late_after: datetime
) -> None:
    assert lateness.expected_by(last, every, unit, weekdays) == late_after


def test_in_a_summer_nothing_is_expected() -> None:
    assert lateness.expected_by(instant(6, 2), 1, "days", lambda _day: False) is None


def test_a_rhythm_is_proposed_from_what_came() -> None:
    nightly = [instant(day, 2, day) for day in (3, 4, 5, 6, 9, 10, 11)]
    assert lateness.propose(nightly, weekdays) == (1, "days")
    assert lateness.propose([instant(9, hour) for hour in range(8, 18, 2)], weekdays) == (2, "hours")
    assert lateness.propose([instant(day, 2) for day in (2, 4, 6, 10, 12)], weekdays) == (2, "days")
    assert lateness.propose(nightly[:4], weekdays) is None  # too few to tell


def make_source(**pick_up: object) -> Source:
    source = Source.objects.create(slug="sis", title="Lakeside SIS", kind="oneroster")
    PickUp.objects.create(source=source, **{"expected_every": 1, "expected_since": instant(1, 0)} | pick_up)
    ImportRun.objects.create(source=source, state="applied", file_name="night.zip", started_at=instant(3, 2))
    return source


def told() -> list[OutboxEntry]:
    return list(OutboxEntry.objects.filter(kind="imports.late").order_by("id"))


@pytest.mark.django_db
def test_people_who_bring_files_in_hear_of_a_lateness_once(
    cast: Cast, client: Client, monkeypatch: object
) -> None:
    source = make_source()
    assert watching.notice_late(at=instant(4, 4)) == 0  # within the grace
    assert watching.notice_late(at=instant(4, 6)) == 1
    assert watching.notice_late(at=instant(4, 7)) == 0
    assert len(told()) == 1
    while comms.address_next_entry(at=instant(4, 7), on=date(2026, 3, 4)):
        pass
    heard = set(Delivery.objects.filter(entry=told()[0]).values_list("recipient__username", "channel"))
    assert {("dina", "inbox"), ("ana", "inbox"), ("adam", "inbox")} <= heard
    assert not {name for name, _channel in heard} & {"tess", "fay", "sam", "gus", "priya"}
    words = registry.get_kind("imports.late").words(told()[0], cast.users["dina"])
    assert (words.title, words.path) == (
        "Files of Lakeside SIS are late.",
        reverse("imports:source_page", args=["sis"]),
    )

    client.force_login(cast.users["dina"])
    assert "late" in client.get(reverse("imports:import_list")).content.decode()

    ImportRun.objects.create(source=source, state="applied", file_name="n", started_at=instant(4, 8))
    assert watching.notice_late(at=instant(4, 9)) == 0
    assert PickUp.objects.get().late_since is None
    words = registry.get_kind("imports.late").words(told()[0], cast.users["dina"])
    assert words.title == "Files of Lakeside SIS were late."
    assert watching.notice_late(at=instant(5, 12)) == 1  # the next lateness is told again
    assert len(told()) == 2


@pytest.mark.django_db
def test_days_off_in_the_calendar_are_no_lateness(cast: Cast) -> None:
    CalendarDay.objects.all().delete()
    calendar = Calendar.objects.filter(school_year=2026).first() or Calendar.objects.create(
        school=cast.lincoln, school_year=2026, name="2025-26"
    )
    for day in range(2, 7):
        CalendarDay.objects.create(
            calendar=calendar, on=date(2026, 3, day), is_instructional=day not in (4, 5)
        )
    make_source()
    assert watching.find_due(PickUp.objects.get()) == instant(6, 5)


@pytest.mark.django_db
def test_nothing_is_late_that_nobody_expects() -> None:
    make_source(expected_every=None)
    assert watching.notice_late(at=instant(31, 6)) == 0
