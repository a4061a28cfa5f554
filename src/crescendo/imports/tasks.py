"""Imports as jobs, so that a page can start one and go on."""

from collections.abc import Iterator
from contextlib import contextmanager

from procrastinate.contrib.django import app

from crescendo.core import school_time

from . import actions
from .models import ImportRun


@app.task(name="imports.run_import", queue="imports")
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
