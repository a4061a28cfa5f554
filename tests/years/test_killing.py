"""kill -9 of the worker at any step of a turn, or of its undo: what was stays, and the next worker finishes it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from procrastinate.contrib.django import app

from cast import Cast
from crescendo.accounts.models import AuditEntry
from crescendo.roster.models import Enrolment
from crescendo.years import actions
from crescendo.years.models import Change, Turn
from years.test_turn import begin, decide_everybody
from years.years_end import AT, ON, dump, make_district

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
ROOT = Path(__file__).resolve().parents[2]
DOING = ("checking", "partitions", "classes", "ending", "beginning", "committing")
UNDOING = ("checking", "taking back", "putting back", "committing")
SECONDS = 240  # the worker stands back for others, on a machine that many tests share


@pytest.fixture
def district(cast: Cast) -> Cast:
    make_district(cast)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    return cast


def start(step: str = "") -> subprocess.Popen[bytes]:
    """The worker as people run it, with the tests' database; it sleeps at the step until it is killed."""
    at = connection.settings_dict
    address = f"postgresql://{{role}}@/{at['NAME']}?host={at['HOST']}"
    environment = os.environ | {
        "DATABASE_URL": address.format(role="crescendo_owner"),
        "CRESCENDO_WORKER_DATABASE_URL": address.format(role="crescendo_worker"),
        "CRESCENDO_WEB_DATABASE_URL": address.format(role="crescendo_web"),
        "CRESCENDO_TEST_STOP_AT": step,
    }
    command = [sys.executable, "-m", "crescendo", "worker", "--until-idle"]
    return subprocess.Popen(command, env=environment, cwd=ROOT)


def kill_at(step: str, turn: Turn) -> None:
    """Wait until the worker has come to the step, and kill it there."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM years_progress")
        worker = start(step)
        try:
            until = time.monotonic() + SECONDS
            while True:
                cursor.execute("SELECT step FROM years_progress WHERE turn_id = %s", [turn.pk])
                if (row := cursor.fetchone()) and row[0] == step:
                    break
                assert worker.poll() is None, f"the worker ended before {step}"
                assert time.monotonic() < until, f"never came to {step}"
                time.sleep(0.05)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait()
        let_half_a_minute_pass(cursor)


def let_half_a_minute_pass(cursor: CursorWrapper) -> None:
    """A worker that gave no sign of life for half a minute is dead; the clock then starts its job again."""
    cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    cursor.execute(
        "DELETE FROM procrastinate_jobs WHERE task_name = 'crescendo.comms.tasks.retry_stalled_jobs'"
    )
    app.tasks["crescendo.comms.tasks.retry_stalled_jobs"].defer(timestamp=0)


def finish(turn: Turn) -> Turn:
    """The next worker, left alone until nothing waits."""
    assert start().wait(timeout=SECONDS) == 0
    turn.refresh_from_db()
    return turn


def count(verb: str) -> int:
    return AuditEntry.objects.filter(object_type="years.Turn", verb=verb).count()


def test_a_worker_killed_in_a_turn_and_in_its_undo_loses_and_doubles_nothing(district: Cast) -> None:
    turn = begin(district)
    decide_everybody(district, turn)
    before = dump()
    actions.ask_to_do(turn_id=turn.pk, by=district.viewer("adam", ON), at=AT)
    for step in DOING:
        kill_at(step, turn)
        turn.refresh_from_db()
        assert (dump(), turn.state, count("turn.done")) == (before, "asked", 0), f"killed at {step}"
        assert not Change.objects.exists()
    turn = finish(turn)
    assert (turn.state, turn.blockers, count("turn.done")) == ("done", [], 1)
    assert (turn.counts["ended"], turn.counts["begun"]) == (14, 13)
    begun = Enrolment.objects.filter(school_year=2027).values_list("student_id", flat=True)
    assert len(begun) == len(set(begun)), "nobody begins twice"

    after = dump()
    actions.ask_to_undo(turn_id=turn.pk, by=district.viewer("adam", ON), at=AT)
    for step in UNDOING:
        kill_at(step, turn)
        turn.refresh_from_db()
        assert (dump(), turn.state, count("turn.undone")) == (after, "undo_asked", 0), f"killed at {step}"
    turn = finish(turn)
    assert (turn.state, turn.blockers, count("turn.undone")) == ("undone", [], 1)
    assert dump() == before
