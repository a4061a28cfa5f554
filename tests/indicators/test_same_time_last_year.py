"""This year so far is compared with last year as it stood on the same day. Every number is arithmetic by hand."""

from datetime import date

import pytest
from school_term import AS_OF, DAYS, YEAR

from crescendo.indicators import actions
from crescendo.indicators.models import GroupValue, MeasurementRun, StudentValue
from crescendo.indicators.rules import A_YEAR, same_day_last_year
from crescendo.records import models as records
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def last_year(term):
    """Ada alone at Lincoln, twenty days; away on the second day and on the eighteenth."""
    calendar = roster.Calendar.objects.create(school=term.organisations["lincoln"], school_year=YEAR - 1)
    for on in (day - A_YEAR for day in DAYS):
        roster.CalendarDay.objects.create(calendar=calendar, on=on)
        records.AttendanceSubmission.objects.create(
            school_year=YEAR - 1, source="test", source_key=f"l {on}", school_id=term.pk("lincoln"), on=on
        )
    roster.Enrolment.objects.create(
        student=term.students["ada"],
        school=term.organisations["lincoln"],
        school_year=YEAR - 1,
        grade_level="06",
        entry_on=DAYS[0] - A_YEAR,
        exit_on=DAYS[-1] - A_YEAR,
    )
    away(term, DAYS[1] - A_YEAR)
    away(term, DAYS[17] - A_YEAR)
    return term


def away(term, on: date) -> None:
    records.AttendanceEvent.objects.create(
        school_year=YEAR - 1,
        source="test",
        source_key=f"ada {on}",
        student_id=term.pk("ada"),
        school_id=term.pk("lincoln"),
        on=on,
        category="unexcused",
        absent_share=1.0,
    )


def measure(as_of: date = AS_OF) -> MeasurementRun:
    return actions.run_measurement(as_of=as_of, school_year=YEAR)


def of_lincoln(run: MeasurementRun, term, indicator: str) -> GroupValue:
    return GroupValue.objects.get(
        run_id=run.pk,
        organisation_id=term.pk("lincoln"),
        indicator=indicator,
        rule_pack="us-federal",
        characteristic="",
    )


def test_only_the_days_until_the_same_day_count(last_year):
    earlier = measure(as_of=DAYS[9]).compared_with
    assert (earlier.school_year, earlier.as_of, earlier.is_current) == (YEAR - 1, DAYS[9] - A_YEAR, False)
    attended = of_lincoln(earlier, last_year, "attendance_rate")
    assert (attended.numerator, attended.denominator) == (9, 10)
    assert of_lincoln(earlier, last_year, "chronic_absence").value == 1  # 1 of 10 days


def test_an_absence_after_the_same_day_counts_later(last_year):
    attended = of_lincoln(measure().compared_with, last_year, "attendance_rate")
    assert (attended.numerator, attended.denominator) == (18, 20)


def test_it_keeps_no_students_and_never_becomes_the_current_run(last_year):
    run = measure()
    assert not StudentValue.objects.filter(run_id=run.compared_with_id).exists()
    assert list(MeasurementRun.objects.filter(is_current=True).order_by("pk")) == [run]


def test_old_facts_that_did_not_change_are_not_measured_again(last_year):
    first, second = measure(), measure()
    assert first.compared_with_id == second.compared_with_id
    away(last_year, DAYS[3] - A_YEAR)
    third = measure()
    assert third.compared_with_id != first.compared_with_id
    assert of_lincoln(third.compared_with, last_year, "attendance_rate").numerator == 17


def test_what_a_kept_run_is_compared_with_is_kept_too(last_year):
    measure(as_of=DAYS[8])
    kept = measure(as_of=DAYS[9])
    for _ in range(2):
        latest = measure()
    assert of_lincoln(latest.compared_with, last_year, "attendance_rate").numerator == 18
    kept.refresh_from_db()
    assert not GroupValue.objects.filter(run_id=kept.compared_with_id).exists()


def test_a_first_year_is_compared_with_nothing(term):
    assert measure().compared_with is None


def test_the_same_day_is_a_whole_number_of_weeks_before_and_lies_in_last_school_year():
    assert same_day_last_year(date(2026, 3, 10), 2026) == date(2025, 3, 11)
    assert same_day_last_year(date(2026, 6, 30), 2026) == date(2025, 6, 30)  # 1 July is another school year
    assert same_day_last_year(date(2025, 7, 1), 2026) == date(2024, 7, 2)
