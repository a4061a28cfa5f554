"""Figures are only worth what their meter is: CPU of children counts, memory is held by whoever holds it."""

import os
import sys
from pathlib import Path

import psutil
import pytest

from benchmarks import metering

BURN = "import time\nbegan = time.process_time()\nwhile time.process_time() - began < {seconds}: pass\n"


def test_a_childs_and_a_grandchilds_cpu_is_charged_to_the_step() -> None:
    grandchild = BURN.format(seconds=0.4)
    code = (
        f"import subprocess, sys\nsubprocess.run([sys.executable, '-S', '-c', {grandchild!r}])\n"
        + BURN.format(seconds=0.3)
    )
    cost = metering.run("burn", [sys.executable, "-S", "-c", code])
    assert 0.7 <= cost.cpu_seconds < 2.0
    assert cost.database_cpu_seconds == 0.0
    assert cost.wall_seconds >= 0.35


def test_sleeping_costs_wall_time_only() -> None:
    cost = metering.run("sleep", [sys.executable, "-S", "-c", "import time; time.sleep(0.6)"])
    assert cost.wall_seconds >= 0.6
    assert cost.cpu_seconds < 0.4


def test_memory_is_the_peak_of_the_whole_family() -> None:
    hold = "import time; held = bytearray(b'x') * (120 * 2**20); time.sleep(1.2)"
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-S', '-c', {hold!r}])"
    assert 120 <= metering.run("hold", [sys.executable, "-S", "-c", code]).peak_megabytes < 250


def test_a_step_that_fails_gives_no_figures() -> None:
    with pytest.raises(metering.StepFailed, match=r"broken: .* ended with 3(.|\n)*it broke"):
        metering.run(
            "broken", [sys.executable, "-S", "-c", "import sys; sys.stderr.write('it broke'); sys.exit(3)"]
        )


def test_cpu_of_the_server_counts_backends_that_have_ended() -> None:
    """This process plays the server: a child burns, ends and is waited for; its seconds stay in the account."""
    server = psutil.Process(os.getpid())
    before = metering.database_cpu_seconds(server)
    psutil.Popen([sys.executable, "-S", "-c", BURN.format(seconds=0.3)]).wait()
    assert metering.database_cpu_seconds(server) - before >= 0.29


def test_without_a_server_there_is_none_to_count(tmp_path: Path) -> None:
    assert metering.postmaster(tmp_path) is None
    assert metering.database_cpu_seconds(None) == 0.0
