"""What the clock starts for the doors."""

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import actions


@app.task(name="api.forget_old", queue="default")
def forget_old(timestamp: int) -> None:
    """Answers to batches are kept for thirty days."""
    actions.forget_old(at=school_time.now())
