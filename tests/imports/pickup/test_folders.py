"""A watched folder, as another system's nightly export fills it. Real files, the real pipeline, jobs as the worker does them."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from crescendo.core import school_time
from crescendo.imports import actions, landing, tasks
from crescendo.imports.models import ImportRun, Look, PickUp, Source, Taken
from crescendo.imports.pickup import doors, looking
from crescendo.imports.progress import Watch
from crescendo.records.models import AttendanceEvent
from imports.table.school import AT, ATTENDANCE, GOOD, HEADER, make_school

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = timedelta(minutes=1)
OTHER = HEADER + "00110,03/05/2026,A,100\n"


@pytest.fixture
def inbox(tmp_path: Path, settings: object) -> Path:
    settings.INBOX = str(tmp_path / "inbox")
    (tmp_path / "inbox" / "sis").mkdir(parents=True)
    make_school()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return tmp_path / "inbox" / "sis"


def make_source(slug: str = "attendance", **pick_up: object) -> Source:
    source = actions.create_source(
        slug=slug, title=slug.title(), kind="table", settings={"mapping": ATTENDANCE}, by=None, at=AT
    )
    PickUp.objects.create(source=source, **{"way": "folder", "place": "sis", "pattern": "*.csv"} | pick_up)
    return source


def look_until_still(source: Source, minutes: int = 0) -> Look:
    """Two looks, a minute apart: the first sees the file, the second finds it unchanged."""
    looking.look(source, at=AT + minutes * MINUTE)
    return looking.look(source, at=AT + (minutes + 1) * MINUTE)


def test_a_file_is_brought_in_once_it_has_stood_still_and_then_moved(inbox: Path) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(GOOD)
    first = looking.look(source, at=AT)
    assert (first.outcome, first.run) == ("unready", None)
    assert looking.look(source, at=AT + MINUTE / 2).times == 2  # the same line, seen twice
    second = looking.look(source, at=AT + MINUTE)
    assert (second.outcome, second.run.state, second.run.by) == ("taken", "applied", None)
    assert AttendanceEvent.objects.count() == 3
    assert [path.name for path in (inbox / "taken").iterdir()] == ["20260310-093100-night.csv"]
    assert not (inbox / "night.csv").exists()
    assert landing.Landed(**second.run.landed[0]).path.read_text() == GOOD


def test_a_file_that_grows_is_not_whole_and_the_minute_begins_again(inbox: Path) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(HEADER)
    looking.look(source, at=AT)
    (inbox / "night.csv").write_text(GOOD)
    assert looking.look(source, at=AT + MINUTE).outcome == "unready"
    assert looking.look(source, at=AT + 2 * MINUTE).outcome == "taken"
    assert AttendanceEvent.objects.count() == 3


def test_a_name_that_says_unfinished_or_fits_no_pattern_is_left_alone(inbox: Path) -> None:
    source = make_source()
    names = {"night.csv.part", "night.csv.tmp", ".night.csv", "night.csv~", "night.txt"}
    for name in names:
        (inbox / name).write_text(GOOD)
    assert look_until_still(source).outcome == "nothing"
    assert {path.name for path in inbox.iterdir()} == names
    assert not ImportRun.objects.exists()


def test_the_same_bytes_again_do_nothing_and_say_so(inbox: Path) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(GOOD)
    run = look_until_still(source).run
    (inbox / "night2.csv").write_text(GOOD)
    again = look_until_still(source, 5)
    assert (again.outcome, again.run) == ("same", run)
    assert ImportRun.objects.count() == 1
    assert len(list((inbox / "taken").iterdir())) == 2
    assert PickUp.objects.get().arrived_at == AT + 6 * MINUTE  # the feed lives


def test_bytes_of_an_earlier_night_wait_for_a_person(inbox: Path) -> None:
    source = make_source()
    for minutes, content in ((0, GOOD), (5, OTHER)):
        (inbox / "night.csv").write_text(content)
        assert look_until_still(source, minutes).run.state == "applied"
    (inbox / "night.csv").write_text(GOOD)
    stale = look_until_still(source, 10)
    assert (stale.outcome, stale.code, stale.run.state) == ("taken", "older", "waiting")


def test_files_may_stay_where_they_are_and_are_not_read_again(inbox: Path) -> None:
    source = make_source(after="leave")
    (inbox / "night.csv").write_text(GOOD)
    assert look_until_still(source).outcome == "taken"
    assert look_until_still(source, 5).outcome == "nothing"
    (inbox / "night.csv").write_text(OTHER)
    assert look_until_still(source, 10).outcome == "taken"
    assert (AttendanceEvent.objects.count(), ImportRun.objects.count()) == (4, 2)


def test_files_that_belong_together_are_one_delivery(inbox: Path) -> None:
    source = make_source(is_one_delivery=True)
    (inbox / "a.csv").write_text(GOOD)
    looking.look(source, at=AT)
    (inbox / "b.csv").write_text(OTHER)
    assert looking.look(source, at=AT + MINUTE).outcome == "unready"  # b is still arriving, so a waits
    run = looking.look(source, at=AT + 2 * MINUTE).run
    assert [one["name"] for one in run.landed] == ["a.csv", "b.csv"]


def test_nothing_is_taken_while_an_import_waits_for_an_ok(inbox: Path) -> None:
    source = make_source()
    ImportRun.objects.create(source=source, state="waiting", file_name="x", started_at=AT)
    (inbox / "night.csv").write_text(GOOD)
    assert (look_until_still(source).outcome, ImportRun.objects.count()) == ("blocked", 1)
    assert (inbox / "night.csv").exists()


def test_only_folders_below_the_inbox_are_looked_into(inbox: Path) -> None:
    outside = inbox.parent.parent / "outside"
    outside.mkdir()
    (inbox.parent / "link").symlink_to(outside)
    (outside / "night.csv").write_text(GOOD)
    source = make_source()
    for place, code in (
        ("../outside", "folder.outside"),
        ("link", "folder.outside"),
        ("gone", "folder.missing"),
    ):
        PickUp.objects.update(place=place)
        found = look_until_still(source)
        assert (found.outcome, found.code) == ("failed", code)
    assert (outside / "night.csv").exists()


def test_a_link_in_the_folder_is_not_followed(inbox: Path) -> None:
    secret = inbox.parent.parent / "secret.csv"
    secret.write_text(GOOD)
    (inbox / "night.csv").symlink_to(secret)
    assert look_until_still(make_source()).outcome == "nothing"
    one = doors.Lying("night.csv", secret.stat().st_size, secret.stat().st_mtime)
    with doors.FolderDoor("sis") as door, pytest.raises(doors.DoorClosed, match="unreadable"):
        door.copy(one, inbox.parent / "copy")  # put there after the folder was listed


def test_without_an_inbox_no_folder_is_watched(inbox: Path, settings: object) -> None:
    settings.INBOX = ""
    assert look_until_still(make_source()).code == "folder.no_inbox"


def work() -> None:
    """Do the jobs that wait, each once, as the worker would; a job that breaks stops no other."""
    for job in ProcrastinateJob.objects.filter(queue_name="imports").order_by("id"):
        task: Callable[..., None] = getattr(tasks, job.task_name.rpartition(".")[2])
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [job.id])
        task(**job.args)


def test_each_source_has_a_job_of_its_own_and_a_broken_one_stops_none(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_source("broken", place="gone")
    unreadable = make_source("nonsense", pattern="*.bin")
    make_source()
    by_hand = make_source("sent", way="hand")
    (inbox / "night.csv").write_text(GOOD)
    (inbox / "other.bin").write_bytes(b"\x00\x01")
    for minute in range(2):
        monkeypatch.setattr(school_time, "now", lambda minute=minute: AT + minute * 16 * MINUTE)
        tasks.look_for_files(timestamp=0)
        tasks.look_for_files(timestamp=0)  # a job waits already: no second one
        assert ProcrastinateJob.objects.filter(task_name="imports.look_at_source").count() == 3
        work()
    newest = {look.source.slug: look.outcome for look in Look.objects.order_by("last_at")}
    assert newest == {"broken": "failed", "nonsense": "taken", "attendance": "taken"}
    assert unreadable.runs.get().state == "refused"
    assert unreadable.looks.get(outcome="taken").code == "refused"
    assert AttendanceEvent.objects.count() == 3
    assert not by_hand.looks.exists()


def test_a_look_that_was_killed_after_keeping_the_bytes_is_finished_by_the_next(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(GOOD)

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    looking.look(source, at=AT)
    with monkeypatch.context() as patched:
        patched.setattr(actions, "run_import", die)
        with pytest.raises(Killed):
            looking.look(source, at=AT + MINUTE)
    assert (Taken.objects.count(), ImportRun.objects.get().state) == (1, "landed")
    assert looking.look(source, at=AT + 2 * MINUTE).outcome == "taken"
    assert (AttendanceEvent.objects.count(), ImportRun.objects.count()) == (3, 1)
    assert not (inbox / "night.csv").exists()


def test_what_breaks_the_work_is_tried_three_times_and_then_left(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(GOOD)
    monkeypatch.setattr("crescendo.imports.working.Work._plan_and_apply", lambda *_a, **_m: 1 / 0)
    looks = [looking.look(source, at=AT + minute * MINUTE) for minute in range(8)]
    assert [look.outcome for look in looks].count("failed") >= 3
    assert ImportRun.objects.filter(state="failed").count() == 3
    assert looks[3].said == "ZeroDivisionError"


def test_two_looks_at_once_are_one(inbox: Path) -> None:
    source = make_source()
    with looking._alone(source.pk) as is_alone:
        assert is_alone
        assert looking.look(source, at=AT) is None


def test_a_source_that_is_busy_is_taken_up_at_the_next_look(inbox: Path) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(GOOD)
    looking.look(source, at=AT)
    with Watch(source.pk, 0, None):
        assert looking.look(source, at=AT + MINUTE).outcome == "blocked"
    assert looking.look(source, at=AT + 2 * MINUTE).outcome == "taken"
    assert AttendanceEvent.objects.count() == 3


@pytest.mark.parametrize(
    ("looked", "seen", "every", "hour", "arrived", "expected"),
    [
        (None, {}, 15, None, None, True),
        (-5, {}, 15, None, None, False),
        (-5, {"a.csv": [1, 1, ""]}, 15, None, None, True),  # a file may be whole by now
        (-15, {}, 15, None, None, True),
        (5, {}, 15, None, None, True),  # a demo's clock began its day again
        (-600, {}, 15, 2, None, True),  # 09:30, and nobody has looked since 02:00
        (-30, {}, 15, 2, None, False),
        (-70, {}, 15, 2, None, True),  # nothing came today: once an hour
        (-70, {}, 15, 2, -80, False),  # it has come today
        (-600, {}, 15, 12, None, False),  # not before noon
    ],
)
def test_when_it_is_time_to_look(looked, seen, every, hour, arrived, expected) -> None:
    def instant(minutes: int | None) -> object:
        return None if minutes is None else AT + minutes * MINUTE

    pick_up = PickUp(
        way="folder", looked_at=instant(looked), seen=seen, every_minutes=every, from_hour=hour, arrived_at=instant(arrived)
    )  # fmt: skip
    assert looking.is_due(pick_up, at=AT) is expected


def test_a_folder_that_may_not_be_written_says_so_and_brings_nothing_in_twice(
    inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source()
    (inbox / "night.csv").write_text(GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", _refuse_moves_in(inbox))
        found = look_until_still(source)
        assert (found.outcome, found.code) == ("failed", "folder.not_moved")
        look_until_still(source, 5)
    assert (ImportRun.objects.count(), AttendanceEvent.objects.count()) == (1, 3)


def _refuse_moves_in(folder: Path) -> Callable[[object, object], None]:
    """Root may write everywhere, so the refusal is the operating system's own, raised where it would raise it."""
    really = os.replace

    def replace(origin: object, target: object) -> None:
        if str(origin).startswith(str(folder)):
            raise PermissionError(13, "Permission denied")
        really(origin, target)

    return replace
