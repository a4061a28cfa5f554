"""A measurement that is killed (-9), anywhere, leaves the old numbers readable, and the next one is right."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from school_term import AS_OF, DAYS, YEAR, result_tables

from crescendo.indicators import actions, snapshot
from crescendo.indicators.models import MeasurementRun, StudentValue
from thorough import few_or_all

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = Path(__file__).with_name("killed_measurement.py")


def measure_in_a_process(phase: str, step: str) -> int:
    arguments = [connection.settings_dict["NAME"], str(settings.DATA), phase, step, AS_OF.isoformat()]
    environment = os.environ | {"CRESCENDO_PROCESS": "worker"}
    done = subprocess.run(
        [sys.executable, SCRIPT, *arguments], env=environment, capture_output=True, check=False
    )
    if done.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(done.stderr.decode())
    return done.returncode


def ben(term) -> float | None:
    run = MeasurementRun.objects.get(school_year=YEAR, is_current=True)
    which = {"student_id": term.pk("ben"), "indicator": "attendance_rate", "is_whole": True}
    return StudentValue.objects.get(run_id=run.pk, **which).value


@pytest.mark.thorough
@pytest.mark.parametrize(
    "places",
    [
        few_or_all([("snapshot", "7")], [("snapshot", "0"), ("snapshot", "7"), ("evaluate", "0")]),
        few_or_all(
            [("publish", "1"), ("publish", "last")],
            [("publish", "0"), ("publish", "1"), ("publish", "3"), ("publish", "last")],
        ),
    ],
    ids=["while copying and computing", "while publishing"],
)
def test_killed_there_the_old_numbers_stay_and_the_next_run_is_right(term, places):
    old = actions.run_measurement(as_of=AS_OF, school_year=YEAR)
    term.away("ben", "lincoln", DAYS[2])

    for phase, step in places:
        assert measure_in_a_process(phase, step) == -signal.SIGKILL
        assert MeasurementRun.objects.get(is_current=True).pk == old.pk
        assert ben(term) == 1.0

    new = actions.run_measurement(as_of=AS_OF, school_year=YEAR)
    assert ben(term) == 0.95
    killed = MeasurementRun.objects.exclude(pk__in=[old.pk, new.pk]).order_by("pk")
    assert [run.state for run in killed] == ["interrupted"] * len(places)
    assert not any(run.is_current or run.results_dropped_at is None for run in killed)
    runs = {name.rsplit("_r", 1)[1] for name in result_tables()}
    assert runs == {str(old.pk), str(new.pk)}
    assert not list(snapshot.folder().glob("reading-*"))


def test_the_worker_role_can_measure_from_beginning_to_end(term):
    """It owns nothing: partitions are made and attached by the owner's functions."""
    assert measure_in_a_process("never", "0") == 0
    assert ben(term) == 1.0
