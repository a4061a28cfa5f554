"""The worker's side. Each does nothing where nobody asks for it any more, so a job taken up again finishes or finds it done."""

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import merging, proposing
from .models import Merge

QUEUE = "imports"  # one worker's queue with the imports, which write the same rows


@app.task(name="identity.find_pairs", queue=QUEUE)
def find_pairs(timestamp: int = 0) -> None:
    proposing.find_pairs(at=school_time.now())


@app.task(name="identity.merge", queue=QUEUE)
def merge(merge_id: int) -> None:
    at = school_time.now()
    merging.merge(Merge.objects.get(pk=merge_id), on=at.date(), at=at)


@app.task(name="identity.split", queue=QUEUE)
def split(merge_id: int) -> None:
    merging.split(Merge.objects.get(pk=merge_id), at=school_time.now())
