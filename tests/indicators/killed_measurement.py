"""Runs a measurement as the worker and kills itself (-9) where it is told. Started by `test_killed.py`.

Arguments: the database, the folder of snapshots, the phase, the step, the last day.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path

from crescendo import settings

DATABASE, FOLDER, PHASE, STEP, AS_OF = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = DATABASE
settings.DATA = Path(FOLDER)
os.environ["DJANGO_SETTINGS_MODULE"] = "crescendo.settings"

import django  # noqa: E402

django.setup()

from crescendo.indicators import actions  # noqa: E402


def kill_here(phase: str, done: int, of: int) -> None:
    if phase == PHASE and of and done == (of - 1 if STEP == "last" else int(STEP)):
        os.kill(os.getpid(), signal.SIGKILL)


actions.run_measurement(as_of=date.fromisoformat(AS_OF), school_year=2026, progress=kill_here)
