"""Jobs of measurement. The clock is read here and handed down."""

import logging

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from crescendo.core import live, school_time
from crescendo.indicators.models import LiveChange, MeasurementRun
from crescendo.records import changes

log = logging.getLogger("crescendo.indicators")

GATHER_SECONDS = 120  # an import's many files are measured once
# Marks are counted at once; what every student is compared with (the norms of tests) follows with the next whole run.
WHOLE_RUN_AFTER_MARKS_SECONDS = 3600


@app.task(name="crescendo.indicators.tasks.measure", queue="measure", lock="measure")
def measure(school_year: int) -> None:
    """Measure one school year: as of today, or as of its last day once it is over."""
    from crescendo.indicators import actions  # noqa: PLC0415  (loads the measure library: the worker alone needs it)

    begins_on, ends_on = school_time.school_year_days(school_year)
    today = school_time.today()
    if today < begins_on:
        log.info("school year %s has not begun; nothing to measure", school_year)
        return
    actions.run_measurement(as_of=min(today, ends_on), school_year=school_year)


def measure_when_changed(school_years: frozenset[int]) -> None:
    """Ask for a measurement of each school year, in the transaction of the change. A waiting one is not doubled."""
    for year in sorted(school_years):
        _ask(year, f"measure {year}", GATHER_SECONDS)


def count_marks(marks: changes.Marks) -> None:
    """Leave the marks to be counted, in their transaction, wake who counts them, and ask for a whole run in an hour."""
    LiveChange.objects.bulk_create(
        [LiveChange(school_year=marks.school_year, school_id=marks.school_id, tables=list(marks.tables))]
    )
    live.notify(live.MARKS)
    _ask(marks.school_year, f"measure after marks {marks.school_year}", WHOLE_RUN_AFTER_MARKS_SECONDS)


@app.task(name="crescendo.indicators.tasks.measure_new_day", queue="measure")
def measure_new_day(timestamp: int = 0) -> None:
    """A school day begins: the numbers as of yesterday are measured as of today, so that today's marks count."""
    today = school_time.today()
    for run in MeasurementRun.objects.filter(is_current=True).order_by("school_year"):
        begins_on, ends_on = school_time.school_year_days(run.school_year)
        if begins_on <= today and run.as_of < min(today, ends_on):
            _ask(run.school_year, f"measure {run.school_year}", 0)


def _ask(school_year: int, queueing_lock: str, seconds: int) -> None:
    try:
        with transaction.atomic():
            measure.configure(queueing_lock=queueing_lock, schedule_in={"seconds": seconds}).defer(
                school_year=school_year
            )
    except AlreadyEnqueued:
        log.debug("a measurement of %s is already waiting", school_year)
