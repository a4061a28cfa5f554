"""kill -9 at any step leaves the previous state, and the next run is right."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

import packages
from crescendo.imports import actions, landing
from crescendo.imports.models import ImportRun, Progress
from thorough import few_or_all

pytestmark = pytest.mark.django_db(transaction=True)
STEPS = few_or_all(
    ("unpacking users", "comparing students", "writing coursework_results", "committing"),
    (
        "reading", "unpacking users", "checking users", "checked", "comparing students",
        "comparing coursework_results", "counting", "writing students", "writing school_enrolments",
        "writing coursework_results", "committing",
    ),
)  # fmt: skip
SCRIPT = """
import sys
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
import django
django.setup()
sys.path.insert(0, sys.argv[3])
import packages
from pathlib import Path
packages.bring_in(Path(sys.argv[2]))
"""


def _start(path: Path, step: str) -> subprocess.Popen[bytes]:
    name = settings.DATABASES["default"]["NAME"]
    environment = os.environ | {
        "CRESCENDO_TEST_STOP_AT": step,
        "DJANGO_SETTINGS_MODULE": "crescendo.settings",
    }
    tests = str(Path(packages.__file__).parent)
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, name, str(path), tests], env=environment, stderr=subprocess.PIPE
    )


def _wait_for(step: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(1200):
        newest = Progress.objects.order_by("-run_id").first()
        if newest and newest.step.startswith(step):
            return
        if process.poll() is not None:
            raise AssertionError(process.stderr.read().decode() if process.stderr else "ended")
        time.sleep(0.05)
    raise AssertionError(f"never came to {step}")


@pytest.mark.thorough
def test_a_killed_import_leaves_what_was_and_the_next_one_is_right(tmp_path: Path) -> None:
    packages.bring_in(packages.write(tmp_path, packages.district()))
    before = packages.dump()
    rows = packages.district()
    rows["users"][0]["givenName"] = "Samuel"
    rows["enrollments"][1]["endDate"] = "2026-03-01"
    rows["results"].append(rows["results"][0] | {"sourcedId": "x3"})
    del rows["users"][2], rows["roles"][2]
    path = packages.write(tmp_path / "next", rows)
    for step in STEPS:
        process = _start(path, step)
        try:
            _wait_for(step, process)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert packages.dump() == before, step
    run = _again(path)
    assert run.state == "applied"
    assert ImportRun.objects.filter(state="failed").count() == len(STEPS)
    assert not ImportRun.objects.filter(state__in=ImportRun.WORKING).exists()
    left = {f"import-{pk}" for pk in ImportRun.objects.values_list("pk", flat=True)}
    assert not left & {folder.name for folder in landing.work_folder().iterdir()}
    actions.undo(run, by=None, at=packages.AT)
    assert packages.dump() == before


def _again(path: Path) -> ImportRun:
    """The dead process's connection may take a moment to be noticed."""
    for _ in range(100):
        try:
            return packages.bring_in(path)
        except actions.SourceBusy:
            time.sleep(0.1)
    raise AssertionError("the lock of a dead process was never freed")
