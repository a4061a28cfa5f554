"""Published numbers for tests that only read: rows written into a run's own tables, as a measurement would."""

from datetime import date, datetime

from django.db import connection

from crescendo.indicators.models import GroupValue, MeasurementRun, Series, StudentValue


def make_run(
    *, at: datetime, school_year: int = 2026, as_of: date = date(2026, 3, 10), kind: str = "year"
) -> MeasurementRun:
    """A published run without numbers, the current one of its school year (unless it is only compared with)."""
    run = MeasurementRun.objects.create(
        school_year=school_year,
        as_of=as_of,
        started_at=at,
        finished_at=at,
        state=MeasurementRun.State.PUBLISHED,
        kind=kind,
        is_current=kind == "year",
        snapshot_id=f"{school_year}" * 16,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT indicators_make_results(%s)", [run.pk])
        cursor.execute("SELECT indicators_show_results(%s)", [run.pk])
    return run


def add_student_value(
    run: MeasurementRun, student_id: int, school_id: int | None, **values: object
) -> StudentValue:
    filled = {
        "indicator": "attendance_rate",
        "rule_pack": "us-federal",
        "numerator": 9.0,
        "denominator": 10.0,
        "value": 0.9,
        "flag": None,
        "status": "evaluated",
        "is_whole": True,
    }
    return StudentValue.objects.create(
        run_id=run.pk,
        id=StudentValue.objects.filter(run_id=run.pk).count(),
        student_id=student_id,
        school_id=school_id,
        **(filled | values),
    )


def add_group_value(run: MeasurementRun, organisation_id: int, **values: object) -> GroupValue:
    filled = {
        "indicator": "attendance_rate",
        "rule_pack": "us-federal",
        "characteristic": "",
        "group_value": "",
        "numerator": 93.0,
        "denominator": 100.0,
        "n_students": 40,
        "value": 0.93,
        "lower": 0.9,
        "upper": 0.95,
        "status": "evaluated",
        "is_suppressed": False,
    }
    return GroupValue.objects.create(
        run_id=run.pk,
        id=GroupValue.objects.filter(run_id=run.pk).count(),
        organisation_id=organisation_id,
        **(filled | values),
    )


def add_series(
    run: MeasurementRun, organisation_id: int, begins_on: list[date], values: list[float]
) -> Series:
    return Series.objects.create(
        run_id=run.pk,
        id=Series.objects.filter(run_id=run.pk).count(),
        organisation_id=organisation_id,
        indicator="attendance_rate",
        rule_pack="us-federal",
        period="week",
        begins_on=begins_on,
        numerator=[100 * value for value in values],
        denominator=[100.0] * len(values),
        value=values,
    )
