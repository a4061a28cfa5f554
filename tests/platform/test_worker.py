"""The worker as a process of its own, and what is left when it is killed."""

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from crescendo.accounts.models import User
from crescendo.comms import actions
from crescendo.comms.models import Delivery

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180  # seconds; a machine that many tests share
AT = dt.datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("America/New_York"))


def worker_environment(folder: Path, *, pause: float) -> dict[str, str]:
    """The same server and the tests' database, as another process would be told of them."""
    at = connection.settings_dict
    address = f"postgresql://{{role}}@/{at['NAME']}?host={at['HOST']}"
    return os.environ | {
        "DATABASE_URL": address.format(role="crescendo_owner"),
        "CRESCENDO_WORKER_DATABASE_URL": address.format(role="crescendo_worker"),
        "CRESCENDO_WEB_DATABASE_URL": address.format(role="crescendo_web"),
        "CRESCENDO_EMAIL_BACKEND": "tests.platform.slow_mail.EmailBackend",
        "TEST_MAIL_FOLDER": str(folder),
        "TEST_MAIL_PAUSE": str(pause),
        "PYTHONPATH": str(ROOT),
    }


def start(folder: Path, *how: str, pause: float = 0) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "crescendo", "worker", *(how or ["--until-idle"])]
    return subprocess.Popen(command, env=worker_environment(folder, pause=pause), cwd=ROOT)


def wait_for(path: Path, seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} did not appear in {seconds} seconds"
        time.sleep(0.02)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    fay = User.objects.create(
        username="fay@worker.example", email="fay@worker.example", display_name="Fay", created_at=AT
    )
    actions.tell(kind="comms.greeting", arguments={"users": [fay.pk]}, by=fay, at=AT)

    killed = start(tmp_path, "--lane", "everyday", pause=60)
    wait_for(tmp_path / "began")
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=PATIENCE)
    assert list(tmp_path.glob("*.eml")) == []
    assert Delivery.objects.filter(channel="inbox", state="delivered").count() == 1

    actions.tell(kind="comms.greeting", arguments={"users": [fay.pk]}, by=fay, at=AT)
    assert start(tmp_path).wait(timeout=PATIENCE) == 0
    messages = sorted(tmp_path.glob("*.eml"))
    assert len(messages) == 2, "the one the killed worker held, and the new one"
    assert {message.read_text() for message in messages} == {"sent\n"}, "each was sent once"
    assert not Delivery.objects.exclude(state="delivered").exists()


def test_a_worker_ends_with_the_command_that_started_it() -> None:
    """A demo that is killed leaves no worker behind."""
    script = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import os, time; from crescendo import worker; "
        "worker.end_with(os.getppid()); print(os.getpid(), flush=True); time.sleep(600)'])\n"
        "time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())  # said when it has begun to watch
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until = time.monotonic() + PATIENCE
    while True:
        stat = Path(f"/proc/{child}/stat")
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            break
        assert time.monotonic() < until, "the worker outlived its parent"
        time.sleep(0.1)
