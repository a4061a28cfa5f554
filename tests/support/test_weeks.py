"""A student's weeks are counted by the published definition: added up, they are the published number."""

import pytest

from cast import YEAR, Cast
from crescendo.indicators import actions
from crescendo.indicators.models import StudentValue
from crescendo.records import models as records
from crescendo.roster.models import CalendarDay
from crescendo.support import weeks

pytestmark = pytest.mark.django_db(transaction=True)
INDICATORS = ("attendance_rate", "coursework_completion", "class_participation")


def test_the_weeks_of_each_student_add_up_to_the_published_number(cast: Cast) -> None:
    days = CalendarDay.objects.filter(calendar__school=cast.lincoln, on__lte=cast.on)
    records.AttendanceSubmission.objects.bulk_create(
        records.AttendanceSubmission(
            school_year=YEAR, source="sis", source_key=f"{day.on}", school_id=cast.lincoln.pk, on=day.on
        )
        for day in days
    )
    run = actions.run_measurement(as_of=cast.on, school_year=YEAR)
    compared = 0
    for name in ("sam", "nora"):
        for code in INDICATORS:
            published = StudentValue.objects.filter(
                run_id=run.pk, student_id=cast.students[name].pk, indicator=code, is_whole=True
            ).first()
            with cast.looking_as("cora") as cora:
                found = weeks.list_weeks(viewer=cora, student_id=cast.students[name].pk, indicator=code)
            if published is None or published.value is None:
                continue
            assert sum(week.part for week in found) == published.numerator, (name, code)
            assert sum(week.whole for week in found) == published.denominator, (name, code)
            compared += 1
    assert compared >= 4


def test_the_weeks_of_a_student_out_of_scope_are_none(cast: Cast) -> None:
    actions.run_measurement(as_of=cast.on, school_year=YEAR)
    with cast.looking_as("otto") as otto:
        assert weeks.list_weeks(viewer=otto, student_id=cast.sam.pk, indicator="attendance_rate") == []
