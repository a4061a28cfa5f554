"""Raw files go when their time is over, and when somebody is erased whom they may hold. Never before their last use."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from cast import AT, ON, Cast
from crescendo.imports import actions, delivered, landing, retention
from crescendo.imports.models import Finding, ImportRun, PickUp, Source
from crescendo.roster import actions as roster
from crescendo.roster.scope import looking_as

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def source(settings: object, tmp_path: Path) -> Source:
    settings.DATA = tmp_path / "data"
    settings.KEEP_RAW_DAYS = 400
    return Source.objects.create(slug="sis", title="SIS", kind="table")


def land(
    source: Source, tmp_path: Path, content: str, *, days_ago: int = 0, state: str = "applied"
) -> ImportRun:
    path = tmp_path / f"{days_ago}.csv"
    path.write_text(content)
    run = actions.land_files(source=source, paths=[path], by=None, at=AT - days_ago * DAY)
    ImportRun.objects.filter(pk=run.pk).update(state=state)
    return run


def has_bytes(run: ImportRun) -> bool:
    run.refresh_from_db()
    there = landing.Landed(**run.landed[0]).path.exists()
    assert there is (run.raw_removed_at is None)
    return there


def test_raw_files_go_after_their_time_and_the_run_stays(source: Source, tmp_path: Path) -> None:
    old, young = land(source, tmp_path, "old", days_ago=401), land(source, tmp_path, "young", days_ago=399)
    assert retention.remove_raw_files(at=AT) == 1
    assert (has_bytes(old), has_bytes(young)) == (False, True)
    assert old.raw_removed_at == AT
    assert retention.remove_raw_files(at=AT) == 0


def test_what_waits_for_an_ok_keeps_its_files_however_old(source: Source, tmp_path: Path) -> None:
    waiting = land(source, tmp_path, "old", days_ago=900, state="waiting")
    twin = land(source, tmp_path, "old", days_ago=901)  # the same bytes
    retention.remove_raw_files(at=AT)
    assert (has_bytes(waiting), has_bytes(twin)) == (True, True)
    ImportRun.objects.filter(pk=waiting.pk).update(state="applied")
    assert retention.remove_raw_files(at=AT) == 2
    assert not has_bytes(waiting)


def test_the_same_bytes_of_a_younger_import_stay(source: Source, tmp_path: Path) -> None:
    old, young = land(source, tmp_path, "same", days_ago=500), land(source, tmp_path, "same", days_ago=5)
    retention.remove_raw_files(at=AT)
    assert (has_bytes(old), has_bytes(young)) == (True, True)


def test_an_erasure_takes_every_raw_file_once_nobody_needs_it(
    cast: Cast, source: Source, tmp_path: Path
) -> None:
    applied, waiting = (
        land(source, tmp_path, "Sam"),
        land(source, tmp_path, "Sam too", days_ago=1, state="waiting"),
    )
    memory = delivered.folder() / "sis-1" / "users.csv"
    memory.mkdir(parents=True)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    adam = cast.viewer("adam")
    with looking_as(adam.user_id, ON):
        roster.erase_student(student_id=cast.sam.pk, reason="asked for", by=adam, at=AT)
    assert ProcrastinateJob.objects.filter(task_name="imports.forget_files").count() == 1
    retention.remove_raw_files(at=AT)
    assert (has_bytes(applied), has_bytes(waiting)) == (False, True)
    assert not memory.exists()
    ImportRun.objects.filter(pk=waiting.pk).update(state="refused")
    retention.remove_raw_files(at=AT)
    assert not has_bytes(waiting)


def test_a_delivery_that_names_an_erased_person_again_is_not_kept(source: Source, tmp_path: Path) -> None:
    again, other = land(source, tmp_path, "again"), land(source, tmp_path, "other", days_ago=1)
    Finding.objects.create(run=again, code=retention.ERASED_AGAIN, severity="row")
    retention.remove_raw_files(at=AT)
    assert (has_bytes(again), has_bytes(other)) == (False, True)


def test_the_folder_of_taken_files_is_emptied_too(source: Source, tmp_path: Path, settings: object) -> None:
    settings.INBOX = str(tmp_path / "inbox")
    taken = tmp_path / "inbox" / "sis" / "taken"
    taken.mkdir(parents=True)
    PickUp.objects.create(source=source, way="folder", place="sis")
    old, young = taken / "old.csv", taken / "young.csv"
    for path, days in ((old, 401), (young, 1)):
        path.write_text("x")
        moment = AT.timestamp() - days * 86_400
        os.utime(path, (moment, moment))
    retention.remove_raw_files(at=AT)
    assert (old.exists(), young.exists()) == (False, True)
    land(source, tmp_path, "Sam")
    retention.mark_everything()
    retention.remove_raw_files(at=AT)
    assert not young.exists()


def test_an_upload_of_which_nothing_was_made_goes_after_two_days(source: Source, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a")
    (tmp_path / "b.csv").write_text("b")
    forgotten, new = landing.keep(tmp_path / "a.csv"), landing.keep(tmp_path / "b.csv")
    moment = time.time() - 3 * 86_400
    os.utime(forgotten.path, (moment, moment))
    retention.remove_raw_files(at=AT)
    assert (forgotten.path.exists(), new.path.exists()) == (False, True)
