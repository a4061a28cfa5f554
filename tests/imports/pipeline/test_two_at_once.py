"""Two files at the same time: of two systems they are read side by side and applied one after the other."""

import threading
import time
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from crescendo.core.second_connection import open_second_connection
from crescendo.imports import actions, screens, tasks
from crescendo.imports.models import ImportRun
from crescendo.imports.progress import APPLY_LOCK, LOCK_SPACE, SourceBusy, Watch
from crescendo.roster.models import Enrolment, ExternalId, Student
from imports.table.school import AT, ATTENDANCE, GOOD, ROSTER, bring_in, make_school

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 60  # seconds; a machine that many tests share


def land(folder: Path, slug: str = "attendance") -> ImportRun:
    path = folder / f"{slug}.csv"
    path.write_text(GOOD + "00555,03/05/2026,A,100\n")
    source = actions.create_source(
        slug=slug, title=slug, kind="table", settings={"mapping": ATTENDANCE}, by=None, at=AT
    )
    return actions.land_files(source=source, paths=[path], by=None, at=AT)


def test_a_run_that_waited_sees_what_the_one_before_it_applied(tmp_path: Path) -> None:
    ids = make_school()
    run = land(tmp_path)

    def import_it() -> None:
        try:
            actions.run_import(run, on=AT.date(), at=AT)
        finally:
            connection.close()

    with open_second_connection() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, APPLY_LOCK])
        working = threading.Thread(target=import_it)
        working.start()
        until = time.monotonic() + PATIENCE
        while screens.describe_work(run).label != "Waiting until another file is stored":
            assert time.monotonic() < until, screens.describe_work(run)
            time.sleep(0.02)
        came = Student.objects.create(given_name="Ann", family_name="00555")
        ExternalId.objects.create(source=ROSTER, entity="student", external_id="00555", object_id=came.pk)
        Enrolment.objects.create(
            student=came, school_id=ids["LIN"], school_year=2026, entry_on=date(2025, 8, 25)
        )
    working.join(PATIENCE)
    run.refresh_from_db()
    assert (run.state, run.counts["attendance.csv"]["applied"]) == (ImportRun.State.APPLIED, 4)


def test_nothing_is_undone_while_another_run_applies(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD)
    with open_second_connection() as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, APPLY_LOCK])
        undoing = threading.Thread(target=_undo, args=(run,))
        undoing.start()
        undoing.join(0.5)
        assert undoing.is_alive()
        assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.APPLIED
    undoing.join(PATIENCE)
    assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.UNDONE


def _undo(run: ImportRun) -> None:
    try:
        actions.undo(run, by=None, at=AT)
    finally:
        connection.close()


def test_jobs_of_one_system_wait_for_each_other_and_those_of_people_go_first(tmp_path: Path) -> None:
    ProcrastinateJob.objects.all()._raw_delete(using="default")
    first, second = land(tmp_path), land(tmp_path, "tests")
    tasks.leave_look(first.source_id)
    for run in (first, second):
        screens.leave_to_worker(run, always_ask=True)
    looks, mine, other = ProcrastinateJob.objects.order_by("id")
    assert looks.lock == mine.lock != other.lock, (
        "one run of a system at a time, and no wait for another system"
    )
    assert looks.priority < mine.priority == other.priority


def test_a_run_whose_system_is_busy_elsewhere_is_tried_again(tmp_path: Path) -> None:
    run = land(tmp_path)
    with Watch(run.source_id, 0, None), pytest.raises(SourceBusy) as busy:
        tasks.run_import(run.pk)
    job = type("Job", (), {"attempts": 0})
    decision = tasks.run_import.retry_strategy.get_retry_decision(exception=busy.value, job=job)
    assert decision is not None
    assert tasks.run_import.retry_strategy.get_retry_decision(exception=ValueError(), job=job) is None
    assert ImportRun.objects.get(pk=run.pk).state == ImportRun.State.LANDED
