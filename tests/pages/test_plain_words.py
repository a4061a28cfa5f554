"""What a stranger stumbled over: attendance on a teacher's Today, units, numbers of one student, a student's own titles."""

import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from cast import AT, ON, YEAR, Cast
from crescendo.pages.today import list_things
from crescendo.records import actions as records
from crescendo.records.models import AttendanceSubmission
from crescendo.roster.models import Calendar, CalendarDay

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "indicators"))

from published import add_group_value, add_student_value, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def school_day(cast: Cast) -> None:
    """Lincoln teaches today, and nobody has sent the day."""
    calendar, _ = Calendar.objects.get_or_create(school=cast.lincoln, school_year=YEAR)
    CalendarDay.objects.update_or_create(calendar=calendar, on=ON, defaults={"is_instructional": True})
    AttendanceSubmission.objects.filter(school_id=cast.lincoln.pk, on=ON).delete()


def sentences(cast: Cast, name: str) -> list[str]:
    with cast.looking_as(name) as viewer:
        return [thing.sentence for thing in list_things(viewer=viewer)]


def asks_for_attendance(cast: Cast) -> bool:
    return any("Attendance of 7 Mathematics has not been taken" in said for said in sentences(cast, "tess"))


def test_a_teachers_today_asks_for_attendance_until_it_is_taken(cast: Cast, school_day: None) -> None:
    assert asks_for_attendance(cast)
    assert not any("has not been taken" in said for said in sentences(cast, "priya"))
    with cast.looking_as("tess") as tess:
        class_id = cast.classes["mathematics"].pk
        records.record_register(class_id=class_id, on=ON, marks={}, seen={}, by=tess, at=AT)
    assert not asks_for_attendance(cast)


def test_nor_does_it_ask_on_a_day_that_came_in_or_without_school(cast: Cast, school_day: None) -> None:
    AttendanceSubmission.objects.create(
        school_year=YEAR, source="sis", source_key="today", school_id=cast.lincoln.pk, on=ON
    )
    assert not asks_for_attendance(cast)
    AttendanceSubmission.objects.filter(source_key="today").delete()
    CalendarDay.objects.filter(on=ON).update(is_instructional=False)
    assert not asks_for_attendance(cast)


def test_a_number_of_few_students_says_so_and_one_that_is_no_share_has_its_unit(
    cast: Cast, client: Client
) -> None:
    run = make_run(at=AT)
    school = cast.lincoln.pk
    add_group_value(run, school)
    add_group_value(
        run, school, indicator="credits_on_track", value=0.0, numerator=0.0, denominator=1.0, n_students=1
    )
    add_group_value(run, school, indicator="data_freshness", value=3.0, numerator=None, denominator=None)
    client.force_login(cast.users["priya"])
    page = " ".join(client.get(f"/schools/{school}/").text.split())
    assert "of 1 student<" in page
    assert "school days<" in page
    assert "of 40 students" not in page


def test_a_students_page_names_a_share_of_days_as_one_and_leads_back_to_the_list(
    cast: Cast, client: Client
) -> None:
    run = make_run(at=AT, as_of=ON - timedelta(days=1))
    add_student_value(
        run, cast.sam.pk, cast.lincoln.pk, indicator="chronic_absence", numerator=18.0, denominator=120.0,
        value=0.15, flag=True,
    )  # fmt: skip
    client.force_login(cast.users["tess"])
    page = client.get(f"/students/{cast.sam.pk}/").text
    assert "Share of days missed (chronic absence: 10% or more)" in page
    assert '<a href="/students/"' in page.partition("<h1")[0].rpartition("breadcrumb")[2]
    client.force_login(cast.users["fay"])
    family = client.get(f"/students/{cast.sam.pk}/").text
    assert '<a href="/students/"' not in family.partition("<h1")[0].rpartition("<main")[2]
