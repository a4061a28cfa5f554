"""What changes published numbers: a measurement run, and a target somebody sets."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version

from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now

from crescendo.accounts.models import User
from crescendo.core.errors import Refused
from crescendo.indicators import evaluation, publication, published, same_time, snapshot
from crescendo.indicators.models import FactChange, MeasurementRun
from crescendo.indicators.timing import Phases, Progress, silent

log = logging.getLogger("crescendo.indicators")

LOCK = 7215  # PostgreSQL advisory lock: one measurement at a time
PATIENCE_SECONDS = 3  # how long the server may take to notice that a process died
SNAPSHOTS_KEPT = 30  # back-tests look this many runs back


class MeasurementBusy(Refused):
    """Another measurement is running."""


def run_measurement(
    *,
    as_of: date,
    school_year: int,
    by: User | None = None,
    progress: Progress = silent,
) -> MeasurementRun:
    """Snapshot the facts, evaluate every indicator, publish. The previous run stays the current one until the end."""
    if connection.in_atomic_block:
        raise RuntimeError("A measurement spans its own transactions: do not call it inside another.")
    with _alone():
        _tidy_up()
        run = MeasurementRun.objects.create(
            school_year=school_year,
            as_of=as_of,
            by=by,
            started_at=Now(),
            library_version=version("crescendo-epm"),
        )
        phases = Phases(progress)
        try:
            _measure(run, phases)
        except Exception as problem:
            MeasurementRun.objects.filter(pk=run.pk, state=MeasurementRun.State.RUNNING).update(
                state=MeasurementRun.State.FAILED, finished_at=Now(), problem=type(problem).__name__
            )
            raise
        MeasurementRun.objects.filter(pk=run.pk).update(timings=phases.as_dict(), counts=run.counts)
        _tidy_up()
    run.refresh_from_db()
    log.info("measurement run %s published", run.pk)
    published.announce(run)
    return run


def _measure(run: MeasurementRun, phases: Phases) -> None:
    with phases.phase("snapshot"):
        taken = snapshot.take_snapshot(school_year=run.school_year, phases=phases)
    run.snapshot_id = taken.id
    run.counts = {
        "facts": {f"{part.dataset}/{part.school_year}": part.rows for part in taken.parts},
        "files": len(taken.parts),
        "files_read": sum(part.was_read for part in taken.parts),
    }
    run.save(update_fields=["snapshot_id", "counts"])
    with phases.phase("evaluate"):
        evaluated = evaluation.evaluate_snapshot(
            taken, school_year=run.school_year, as_of=run.as_of, phases=phases
        )
        earlier = same_time.measure_same_time(run, taken, phases)
    with phases.phase("publish"):
        run.counts["results"] = publication.publish(
            run.pk,
            run.school_year,
            evaluated,
            compared_with=earlier.pk if earlier else None,
            live_changes=taken.live_changes,
            phases=phases,
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock that only one measurement can hold; a process that dies lets go of it, in a moment."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not _try_lock():
        if time.monotonic() > give_up_at:
            raise MeasurementBusy("Another measurement is running. Try again when it has finished.")
        time.sleep(0.1)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _try_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        return cursor.fetchone() == (True,)


def _tidy_up() -> None:
    """Close the books on runs whose process died, and let go of results and files that nobody needs any more.

    The run before the current one stays: a page that began with it may still be reading.
    """
    MeasurementRun.objects.filter(state=MeasurementRun.State.RUNNING).update(
        state=MeasurementRun.State.INTERRUPTED, finished_at=Now()
    )
    kept = _runs_to_keep()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT indicators_drop_results(%s)", [kept])
            MeasurementRun.objects.filter(results_dropped_at=None).exclude(pk__in=kept).update(
                results_dropped_at=Now()
            )
    except OperationalError:
        log.info("old results are being read; they go after the next measurement")
    _fold_changes()
    recent = MeasurementRun.objects.order_by("-pk").exclude(snapshot_id="")
    ids = {*recent.values_list("snapshot_id", flat=True)[:SNAPSHOTS_KEPT]}
    ids.update(recent.filter(pk__in=kept).values_list("snapshot_id", flat=True))
    snapshot.discard_unused(keep=ids)


def _runs_to_keep() -> list[int]:
    """The current run of each school year and the published one before it, with what they are compared with."""
    published = MeasurementRun.objects.filter(
        kind=MeasurementRun.Kind.YEAR, state=MeasurementRun.State.PUBLISHED, results_dropped_at=None
    )
    by_year: dict[int, list[MeasurementRun]] = {}
    for run in published.order_by("school_year", "-is_current", "-pk"):
        by_year.setdefault(run.school_year, []).append(run)
    kept = [run for runs in by_year.values() for run in runs[:2]]
    return [*(run.pk for run in kept), *(run.compared_with_id for run in kept if run.compared_with_id)]


def _fold_changes() -> None:
    """Many counted changes become one row with their sum. Only rows that this statement saw are folded."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH folded AS (DELETE FROM {FactChange._meta.db_table} RETURNING "table", school_year, changes)
            INSERT INTO {FactChange._meta.db_table} ("table", school_year, changes)
            SELECT "table", school_year, sum(changes) FROM folded GROUP BY "table", school_year
            """
        )
