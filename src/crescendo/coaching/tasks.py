"""What the worker does for coaching. The clock is read here and handed down."""

import logging

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import actions

logger = logging.getLogger("crescendo.coaching")


@app.task(name="coaching.remind_quiet_pairs", queue="comms")
def remind_quiet_pairs(timestamp: int) -> None:
    """Once a day: pairs that have been quiet for two weeks hear of it."""
    told = actions.remind_quiet_pairs(on=school_time.today(), at=school_time.now())
    if told:
        logger.info("coaching: %d quiet pairs reminded", told)
