"""A turn as jobs: the page asks, the worker does. Each does nothing where the turn is not in the state that asks for it,
so a job that is taken up again after a crash finishes the work or finds it done."""

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import rehearsal, turning, undoing
from .models import Turn
from .progress import Watch

QUEUE = "imports"  # one worker's queue with the imports, which write the same rows


@app.task(name="years.rehearse", queue=QUEUE)
def rehearse(turn_id: int) -> None:
    with Watch(turn_id) as watch:
        rehearsal.rehearse(Turn.objects.get(pk=turn_id), at=school_time.now(), on_step=watch)


@app.task(name="years.do", queue=QUEUE)
def do(turn_id: int) -> None:
    with Watch(turn_id) as watch:
        turning.do(Turn.objects.get(pk=turn_id), at=school_time.now(), on_step=watch)


@app.task(name="years.undo", queue=QUEUE)
def undo(turn_id: int) -> None:
    with Watch(turn_id) as watch:
        undoing.undo(Turn.objects.get(pk=turn_id), at=school_time.now(), on_step=watch)
