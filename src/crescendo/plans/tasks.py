"""Plans by the clock: once each morning people hear what is due."""

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import reminding


@app.task(name="plans.remind")
def remind(timestamp: int) -> None:
    at = school_time.now()
    reminding.remind(on=at.date(), at=at)
