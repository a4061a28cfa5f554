"""Receiving, applying, approving, rejecting and undoing a delivery. One run of one source at a time."""

import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from crescendo.accounts.models import AuditEntry, User

from . import landing
from .models import ImportRun, Source
from .progress import OnProgress, SourceBusy, Watch
from .undoing import UndoRefused, undo_rows
from .working import Work

State = ImportRun.State
SAID_NO = "A person said no."  # the message of a run that somebody rejected
STILL_QUEUED = "queued"  # key in a run's options while a job that a person asked for waits for the worker


class WrongState(Exception):
    """The run is not in a state in which this can be done."""


def create_source(
    *, slug: str, title: str, kind: str, by: User | None, at: datetime, settings: dict[str, Any] | None = None
) -> Source:
    """Name a system that will send files."""
    source = Source.objects.create(slug=slug, title=title, kind=kind, settings=settings or {})
    _audit("source.created", source.pk, by=by, at=at, kind="imports.Source")
    return source


def land_files(
    *,
    source: Source,
    paths: Iterable[Path],
    by: User | None,
    at: datetime,
    strict: bool = False,
    dry_run: bool = False,
    options: dict[str, Any] | None = None,
    names: Iterable[str] = (),
) -> ImportRun:
    """Keep the raw bytes of what was sent and open a run for them. Nothing is read yet.

    `names`: what the sender called the files, where the paths are temporary ones.
    """
    paths, names = list(paths), list(names)
    landed = [one for path in paths if not names for one in landing.keep_all(path)]
    landed += [landing.keep(path, name) for path, name in zip(paths, names, strict=False)]
    run = ImportRun.objects.create(
        source=source,
        is_strict=strict,
        is_dry_run=dry_run,
        file_name=(names or [path.name for path in paths] or [""])[0][:255],
        landed=[asdict(one) for one in landed],
        options=options or {},
        started_at=at,
        by=by,
    )
    _audit("import.received", run.pk, by=by, at=at)
    return run


def run_import(
    run: ImportRun, *, on: date, at: datetime, always_ask: bool = False, on_progress: OnProgress | None = None
) -> ImportRun:
    """Read, check, compare and (unless a person has to say yes) apply a run that has landed."""
    _refuse_inside_a_transaction()
    with Watch(run.source_id, run.pk, on_progress) as watch:
        mark_killed_runs(run.source, except_for=run, at=at)
        run.refresh_from_db()
        if run.state not in ImportRun.WORKING:
            raise WrongState(
                f"Run {run.pk} is '{run.get_state_display()}'. Only a run that has landed can start."
            )
        return Work(run, watch, on=on, at=at).do(always_ask=always_ask)


def start_import(
    *,
    source: Source,
    path: Path,
    by: User | None,
    on: date,
    at: datetime,
    strict: bool = False,
    dry_run: bool = False,
    always_ask: bool = False,
    options: dict[str, Any] | None = None,
    on_progress: OnProgress | None = None,
) -> ImportRun:
    """Keep the raw bytes and run the import, in one call."""
    run = land_files(
        source=source, paths=[path], by=by, at=at, strict=strict, dry_run=dry_run, options=options
    )
    return run_import(run, on=on, at=at, always_ask=always_ask, on_progress=on_progress)


def approve(
    run: ImportRun,
    *,
    by: User | None,
    on: date,
    at: datetime,
    hold_back: Iterable[int] = (),
    on_progress: OnProgress | None = None,
) -> ImportRun:
    """Apply a run that waits for a person's OK. It waits again if by now more would end than the person saw.

    `hold_back`: ids of schools of which nothing ends (0: rows without a school). The rest is applied.
    """
    _refuse_inside_a_transaction()
    with Watch(run.source_id, run.pk, on_progress) as watch:
        run.refresh_from_db()
        if run.state != State.WAITING:
            raise WrongState(
                f"Run {run.pk} is '{run.get_state_display()}'. Only a run that waits can be approved."
            )
        run.approved_by, run.approved_at = by, at
        run.options = run.options | {"held_back": sorted(set(hold_back))}
        return Work(run, watch, on=on, at=at).do(approved=True)


@transaction.atomic
def reject(run: ImportRun, *, by: User | None, at: datetime) -> ImportRun:
    """Say no to a run that waits. The stored rows stay as they are."""
    run = ImportRun.objects.select_for_update().get(pk=run.pk)
    if run.state != State.WAITING:
        raise WrongState(
            f"Run {run.pk} is '{run.get_state_display()}'. Only a run that waits can be rejected."
        )
    run.state, run.finished_at = State.REFUSED, at
    run.message = SAID_NO
    run.save(update_fields=["state", "finished_at", "message"])
    _audit("import.rejected", run.pk, by=by, at=at)
    return run


def undo(
    run: ImportRun, *, by: User | None, at: datetime, on_progress: OnProgress | None = None
) -> ImportRun:
    """Put everything back as it was before an applied run. Later runs have to be undone first."""
    _refuse_inside_a_transaction()
    with Watch(run.source_id, run.pk, on_progress) as watch:
        with watch.alone(), transaction.atomic():
            run = ImportRun.objects.select_for_update().get(pk=run.pk)
            if run.state != State.APPLIED:
                raise WrongState(
                    f"Run {run.pk} is '{run.get_state_display()}'. Only an applied run can be undone."
                )
            undo_rows(run, on_step=watch)
            run.state, run.undone_by, run.undone_at = State.UNDONE, by, at
            run.save(update_fields=["state", "undone_by", "undone_at"])
            _audit("import.undone", run.pk, by=by, at=at)
        watch("undone")
    return run


def mark_killed_runs(source: Source, *, except_for: ImportRun | None = None, at: datetime) -> int:
    """Runs that say they are working although nobody holds their source's lock: their process was killed.

    Called with the lock held, so that no living run can be meant. Nothing of theirs was applied.
    """
    working = ImportRun.objects.filter(source=source, state__in=ImportRun.WORKING, is_dry_run=False)
    working = working.filter(progress__isnull=False)
    if except_for:
        working = working.exclude(pk=except_for.pk)
    killed = list(working.values_list("pk", flat=True))
    # What a run spilled holds rows of students. It goes whatever the run came to: killed after its commit, it is applied.
    left = landing.left_work_folders()
    for run_id in source.runs.filter(pk__in=left).values_list("pk", flat=True):
        if not except_for or run_id != except_for.pk:
            shutil.rmtree(left[run_id], ignore_errors=True)
    return ImportRun.objects.filter(pk__in=killed).update(
        state=State.FAILED,
        finished_at=at,
        message="The process stopped before it was done. Nothing was applied.",
    )


def sweep_killed_runs(*, at: datetime) -> int:
    """Mark the killed runs of every source that nobody is working on, and let people ask again where the job that
    they asked for is lost. A run whose job is taken up again is left to it. For the worker's clock."""
    swept = 0
    left = Q(runs__state__in=ImportRun.WORKING) | Q(runs__options__has_key=STILL_QUEUED)
    left |= Q(runs__pk__in=landing.left_work_folders())
    for source in Source.objects.filter(left).distinct().order_by("pk"):
        runs = source.runs.filter(Q(state__in=ImportRun.WORKING) | Q(options__has_key=STILL_QUEUED))
        if any(_has_job(run_id) for run_id in runs.order_by("pk").values_list("pk", flat=True)):
            continue
        with suppress(SourceBusy), Watch(source.pk, 0, None):
            swept += mark_killed_runs(source, at=at)
            for run_id in list(runs.filter(options__has_key=STILL_QUEUED).values_list("pk", flat=True)):
                stop_waiting(run_id)
    return swept


@transaction.atomic
def stop_waiting(run_id: int, said: str = "") -> None:
    """What somebody asked for is done, refused or lost: the page waits no more. `said` tells them why it was not done."""
    run = ImportRun.objects.select_for_update().get(pk=run_id)
    run.options = {key: value for key, value in run.options.items() if key != STILL_QUEUED}
    run.message = said or run.message
    run.save(update_fields=["options", "message"])


def _has_job(run_id: int) -> bool:
    """Whether a job of this run waits for the worker, is being done, or will be taken up again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = %s AND status IN ('todo', 'doing'))",
            [f"import {run_id}"],
        )
        return cursor.fetchone()[0]


def _refuse_inside_a_transaction() -> None:
    if connection.in_atomic_block:
        raise RuntimeError("An import makes its own transaction. Start it from a job or the command line.")


def _audit(
    verb: str, object_id: int, *, by: User | None, at: datetime, kind: str = "imports.ImportRun"
) -> None:
    AuditEntry.objects.create(at=at, by=by, verb=verb, object_type=kind, object_id=object_id)


__all__ = [
    "SourceBusy",
    "UndoRefused",
    "WrongState",
    "approve",
    "create_source",
    "land_files",
    "mark_killed_runs",
    "reject",
    "run_import",
    "start_import",
    "stop_waiting",
    "sweep_killed_runs",
    "undo",
]
