"""School years as partitions: who may make one, and that the same row delivered twice is one."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from cast import as_web_role
from crescendo.records.models import AttendanceEvent


def ask(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else None


def test_the_worker_makes_a_school_year_and_asking_twice_makes_nothing(db):
    ask("SET ROLE crescendo_worker")
    assert ask("SELECT crescendo_ensure_school_year(2031)")[0][0] >= 9
    assert ask("SELECT crescendo_ensure_school_year(2031)") == [(0,)]
    ask(
        'INSERT INTO records_activityevent (school_year, source, source_key, student_id, school_id, "on", kind) '
        "VALUES (2031, 's', '1', 1, 1, '2031-01-01', 'club')"
    )
    ask("RESET ROLE")
    assert ask("SELECT tableowner FROM pg_tables WHERE tablename = 'records_activityevent_2031'") == [
        ("crescendo_owner",)
    ]
    assert ask("SELECT tableoid::regclass::text FROM records_activityevent WHERE school_year = 2031") == [
        ("records_activityevent_2031",)
    ]


@pytest.mark.parametrize("year", [0, 1899, 20260])
def test_a_year_that_is_no_school_year_is_refused(db, year):
    with pytest.raises(Exception, match="Write the year in which it ends"), transaction.atomic():
        ask("SELECT crescendo_ensure_school_year(%s)", year)


def test_a_page_makes_no_school_year(db):
    with pytest.raises(ProgrammingError, match="permission denied"), as_web_role():
        ask("SELECT crescendo_ensure_school_year(2031)")


def event(**changes):
    values = {"school_year": 2026, "source": "sis", "source_key": "a", "student_id": 1, "school_id": 1}
    values |= {"on": "2026-01-12", "category": "excused", "absent_share": 0.5}
    return AttendanceEvent.objects.create(**(values | changes))


def test_a_fact_delivered_twice_is_one(db):
    assert event().id > 0
    event(source="other")
    event(school_year=2025)
    with pytest.raises(IntegrityError, match="source_key"), transaction.atomic():
        event()
    assert AttendanceEvent.objects.count() == 3


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_nobody_misses_less_than_nothing_or_more_than_a_day(db, share):
    with pytest.raises(IntegrityError, match="absent_share"), transaction.atomic():
        event(absent_share=share)


def test_a_fact_of_a_year_that_nobody_made_is_refused_and_not_lost(db):
    with pytest.raises(IntegrityError, match="no partition"), transaction.atomic():
        event(school_year=1999)
