"""Plans by the clock: each morning late baselines are kept and people hear what is due."""

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import baselines, reminding


@app.task(name="plans.remind")
def remind(timestamp: int) -> None:
    at = school_time.now()
    baselines.set_baselines(on=at.date(), at=at)
    reminding.remind(on=at.date(), at=at)
