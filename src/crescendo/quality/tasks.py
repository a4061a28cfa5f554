"""The worker's side: the checks run in the night, and after facts have changed."""

import logging

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from crescendo.core import school_time

log = logging.getLogger("crescendo.quality")

GATHER_SECONDS = 150  # an import's many files are checked once, after they are measured


@app.task(name="quality.check", queue="measure", lock="quality")
def check(timestamp: int = 0) -> None:
    """Ask every rule again."""
    from . import checking  # noqa: PLC0415  (models are ready when a job runs)

    at = school_time.now()
    log.info("%s problems are open", checking.check_everything(on=at.date(), at=at))


def check_when_changed(school_years: frozenset[int]) -> None:
    """Ask for the checks in the transaction of the change. One that waits already is not doubled."""
    if school_time.school_year_of(school_time.today()) in school_years:
        ask(GATHER_SECONDS)


def ask(seconds: int) -> None:
    try:
        with transaction.atomic():
            check.configure(queueing_lock="quality.check after", schedule_in={"seconds": seconds}).defer()
    except AlreadyEnqueued:
        log.debug("the checks are asked for already")
