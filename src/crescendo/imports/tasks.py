"""Imports as jobs, so that a page can start one and go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from crescendo.core import school_time

from . import actions, retention
from .models import ImportRun, PickUp, Source
from .pickup import looking, watching

# What a person waits for goes before what comes by itself; no job of a source begins before its last one is done.
FOR_A_PERSON = 1
# Somebody brings a file of the same system in on the command line: ask again every half minute, for a day at most.
WHEN_FREE = RetryStrategy(max_attempts=2880, wait=30, retry_exceptions=[actions.SourceBusy])


def lock_of(source_id: int) -> str:
    return f"source {source_id}"


@app.task(name="imports.run_import", queue="imports", retry=WHEN_FREE)
def run_import(run_id: int, always_ask: bool = True) -> None:
    at = school_time.now()
    actions.run_import(ImportRun.objects.get(pk=run_id), on=at.date(), at=at, always_ask=always_ask)


@app.task(name="imports.approve_import", queue="imports")
def approve_import(run_id: int, by_id: int | None = None, hold_back: list[int] | None = None) -> None:
    at = school_time.now()
    by = _find_user(by_id)
    with _answered(run_id):
        run = ImportRun.objects.get(pk=run_id)
        actions.approve(run, by=by, on=at.date(), at=at, hold_back=hold_back or ())


@app.task(name="imports.undo_import", queue="imports")
def undo_import(run_id: int, by_id: int | None = None) -> None:
    with _answered(run_id):
        actions.undo(ImportRun.objects.get(pk=run_id), by=_find_user(by_id), at=school_time.now())


@app.task(name="imports.sweep_killed_runs", queue="imports")
def sweep_killed_runs(timestamp: int) -> None:
    actions.sweep_killed_runs(at=school_time.now())


@app.task(name="imports.look_for_files", queue="imports")
def look_for_files(timestamp: int) -> None:
    """A job for each source whose time has come: one that fails, or takes long, holds no other up."""
    at = school_time.now()
    for pick_up in PickUp.objects.exclude(way=PickUp.Way.HAND).order_by("pk"):
        if looking.is_due(pick_up, at=at):
            leave_look(pick_up.pk)


@app.task(name="imports.look_at_source", queue="imports")
def look_at_source(source_id: int) -> None:
    looking.look(Source.objects.get(pk=source_id), at=school_time.now())


def leave_look(source_id: int) -> bool:
    """A job that looks for one source's files. False: one waits already."""
    try:
        with transaction.atomic():
            look_at_source.configure(queueing_lock=f"pick up {source_id}", lock=lock_of(source_id)).defer(
                source_id=source_id
            )
    except AlreadyEnqueued:
        return False
    return True


@app.task(name="imports.notice_late_files", queue="imports")
def notice_late_files(timestamp: int) -> None:
    watching.notice_late(at=school_time.now())


@app.task(name="imports.remove_old_files", queue="imports")
def remove_old_files(timestamp: int) -> None:
    """By the clock: raw files whose time is over, and those of erased people that were still needed before."""
    retention.remove_raw_files(at=school_time.now())


@app.task(name="imports.forget_files", queue="imports")
def forget_files() -> None:
    """At once after an erasure."""
    retention.remove_raw_files(at=school_time.now())


@contextmanager
def _answered(run_id: int) -> Iterator[None]:
    """Whatever comes of it, the page stops waiting; and a refusal is an answer for whoever asked, not a broken job."""
    said = ""
    try:
        yield
    except (actions.UndoRefused, actions.WrongState) as refusal:
        said = str(refusal)
    except actions.SourceBusy:
        said = "Another file of this system was being brought in. Nothing was changed. Ask again."
    finally:
        actions.stop_waiting(run_id, said)


def _find_user(user_id: int | None) -> actions.User | None:
    return actions.User.objects.filter(pk=user_id).first() if user_id else None
