"""A day that one class never closes: who keeps the school's attendance closes it, and can open it again."""

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.test import Client

from cast import AT, ON, YEAR, Cast, as_web_role
from crescendo.accounts.models import AuditEntry
from crescendo.core.errors import NotAllowed, NotFound, Refused
from crescendo.records import actions, queries
from crescendo.records.models import AttendanceSubmission
from crescendo.roster.models import Calendar, CalendarDay

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def school_days(cast: Cast) -> None:
    """Lincoln teaches today and yesterday; neither day has been sent."""
    calendar, _ = Calendar.objects.get_or_create(school=cast.lincoln, school_year=YEAR)
    for on in (ON, ON - timedelta(days=1)):
        CalendarDay.objects.update_or_create(calendar=calendar, on=on, defaults={"is_instructional": True})
    AttendanceSubmission.objects.filter(school_id=cast.lincoln.pk, on__gte=ON - timedelta(days=1)).delete()


def close(cast: Cast, name: str = "priya", seen: int = 99, on=ON) -> int:
    with cast.looking_as(name) as viewer:
        return actions.close_day(school_id=cast.lincoln.pk, on=on, seen=seen, by=viewer, at=AT)


def unknown(cast: Cast) -> list[str]:
    with cast.looking_as("priya") as priya:
        found = queries.list_unaccounted(viewer=priya, school_id=cast.lincoln.pk, on=ON)
        return [student.given_name for student in found]


def counts(cast: Cast) -> bool:
    return queries.is_day_counted(school_id=cast.lincoln.pk, school_year=YEAR, on=ON)


def test_who_is_in_no_register_and_has_no_mark_is_named_and_the_day_closes_over_them(cast: Cast) -> None:
    class_id = cast.classes["mathematics"].pk
    assert {"Sam", "Nora", "Quinn"} <= set(unknown(cast))
    with cast.looking_as("tess") as tess:
        actions.record_register(class_id=class_id, on=ON, marks={}, seen={}, by=tess, at=AT)
    left = unknown(cast)
    assert "Quinn" in left
    assert not {"Sam", "Nora"} & set(left)
    assert not counts(cast)
    assert close(cast) == len(left)
    assert counts(cast)
    entry = AuditEntry.objects.get(verb="attendance.day_closed")
    assert entry.detail == {"on": ON.isoformat(), "unaccounted": len(left)}
    close(cast)
    assert AuditEntry.objects.filter(verb="attendance.day_closed").count() == 1


def test_a_day_closed_by_hand_is_opened_again_and_one_that_was_sent_is_not(cast: Cast) -> None:
    close(cast)
    with cast.looking_as("priya") as priya:
        actions.open_day_again(school_id=cast.lincoln.pk, on=ON, by=priya, at=AT)
    assert not counts(cast)
    AttendanceSubmission.objects.create(
        school_year=YEAR, source="sis", source_key="x", school_id=cast.lincoln.pk, on=ON
    )
    with cast.looking_as("priya") as priya, pytest.raises(Refused, match="Nobody closed this day"):
        actions.open_day_again(school_id=cast.lincoln.pk, on=ON, by=priya, at=AT)
    assert counts(cast)


def test_nobody_closes_over_more_students_than_they_were_shown(cast: Cast) -> None:
    with pytest.raises(Refused, match="Look at them again"):
        close(cast, seen=1)


@pytest.mark.parametrize(
    ("days", "words"), [(1, "has not come yet"), (-3, "holds no school"), (-2, "holds no school")]
)
def test_a_day_to_come_and_a_day_without_school_are_not_closed(cast: Cast, days: int, words: str) -> None:
    with pytest.raises(Refused, match=words):
        close(cast, on=ON + timedelta(days=days))


@pytest.mark.parametrize(
    ("name", "refusal"), [("tess", NotFound), ("otto", NotFound), ("dina", NotAllowed), ("ana", NotAllowed)]
)
def test_only_who_keeps_the_whole_schools_attendance_closes_its_day(
    cast: Cast, name: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        close(cast, name)


@pytest.mark.parametrize(
    ("function", "name"),
    [
        ("crescendo_close_day(%s, %s, %s, true)", "tess"),
        ("crescendo_close_day(%s, %s, %s, true)", "otto"),
        # The permission alone was enough: a teacher of Monroe could have completed Lincoln's day.
        ("crescendo_complete_attendance(%s, %s, %s)", "otto"),
        ("crescendo_complete_attendance(%s, %s, %s)", "gus"),
    ],
)
def test_postgresql_asks_for_the_school_too(cast: Cast, function: str, name: str) -> None:
    with pytest.raises(Error, match="Only those who"), cast.looking_as(name), transaction.atomic():
        _ask(function, cast)


def _ask(function: str, cast: Cast) -> None:
    with as_web_role(), connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", [cast.lincoln.pk, YEAR, ON])


def test_priya_reads_who_is_missing_closes_the_day_and_opens_it_again(client: Client, cast: Cast) -> None:
    client.force_login(cast.users["priya"])
    address = f"/schools/{cast.lincoln.pk}/days/"
    page = client.get(address)
    assert "Quinn Quach" in page.text
    assert "Other days that do not count yet" in page.text
    n = page.context["n_missing"]
    closed = client.post(address, {"do": "close", "seen": n, "on": ON.isoformat()}, follow=True)
    assert "Somebody closed this day by hand. It counts." in closed.text
    opened = client.post(address, {"do": "open", "on": ON.isoformat()}, follow=True)
    assert "The day is open again" in opened.text
    again = client.post(address, {"do": "open", "on": ON.isoformat()})
    assert (again.status_code, "Nobody closed this day" in again.text) == (422, True)
    assert client.get(address, {"on": "yesterday"}).status_code == 404
