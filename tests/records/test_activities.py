"""Clubs and clicks are measured apart: a student who opened the learning platform takes part in no club by it."""

from datetime import date

import pytest
from django.db import connection

from cast import YEAR
from crescendo.records import datasets
from crescendo.records.models import ActivityEvent

pytestmark = pytest.mark.django_db
CLUB_DAY, PLATFORM_DAY = date(2026, 3, 10), date(2026, 3, 11)


def measured(dataset: str, student_id: int, columns: str) -> list[tuple]:
    select = next(d.select for d in datasets.DATASETS if d.name == dataset)
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT {columns} FROM ({select}) f WHERE student_id = %s AND "on" IN (%s, %s)',
            [student_id, CLUB_DAY, PLATFORM_DAY],
        )
        return cursor.fetchall()


def test_a_club_is_an_activity_and_clicks_of_a_day_are_one_day_on_the_platform(cast):
    school = cast.sam.enrolments.get(is_primary=True).school_id
    for key, on, kind, minutes, is_on_platform in (
        ("chess", CLUB_DAY, "club", 45, False),
        ("opened", PLATFORM_DAY, "experienced", 5, True),
        ("answered", PLATFORM_DAY, "answered", None, True),
    ):
        ActivityEvent.objects.create(
            student_id=cast.sam.pk, school_id=school, school_year=YEAR, source="test", source_key=key,
            on=on, kind=kind, minutes=minutes, is_on_platform=is_on_platform,
        )  # fmt: skip
    assert measured("activity_events", cast.sam.pk, '"on", kind') == [(CLUB_DAY, "club")]
    assert measured("platform_activity", cast.sam.pk, '"on", actions, minutes') == [(PLATFORM_DAY, 2, 5.0)]
