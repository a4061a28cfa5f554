"""Jobs of measurement. The clock is read here and handed down."""

import logging

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from crescendo.core import school_time

log = logging.getLogger("crescendo.indicators")

GATHER_SECONDS = 120  # a class's taps, or an import's many files, are measured once


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
        try:
            with transaction.atomic():
                measure.configure(
                    queueing_lock=f"measure {year}", schedule_in={"seconds": GATHER_SECONDS}
                ).defer(school_year=year)
        except AlreadyEnqueued:
            log.info("a measurement of %s is already waiting", year)
