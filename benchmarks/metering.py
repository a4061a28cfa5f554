"""Run a command and count what it costs: wall and CPU seconds, the database's CPU seconds, memory at the peak.

CPU of the command is the kernel's own account of the process and of all children it waited for. CPU of PostgreSQL is
read from /proc before and after, over the postmaster and every backend; the postmaster's account of its exited
children is part of it, so that no backend is lost. Memory is the sum of proportional set sizes, in which a page that
several processes share counts once; without it, PostgreSQL's buffers would be counted once per backend.
"""

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.2


@dataclass(frozen=True)
class Cost:
    """What one step cost, and what it said."""

    step: str
    wall_seconds: float
    command_cpu_seconds: float
    database_cpu_seconds: float
    peak_megabytes: float
    exit_code: int
    output: str
    errors: str

    @property
    def cpu_seconds(self) -> float:
        """The command's and the database's."""
        return self.command_cpu_seconds + self.database_cpu_seconds


class StepFailed(Exception):
    """A benchmarked command ended with an error: its figures would mean nothing."""


def postmaster(data: Path) -> psutil.Process | None:
    """The embedded PostgreSQL's first process, or None while none runs in this data directory."""
    try:
        pid = int((data / "postgresql" / "postmaster.pid").read_text().split("\n", 1)[0])
        return psutil.Process(pid)
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None


def database_cpu_seconds(server: psutil.Process | None) -> float:
    """CPU seconds of the server since it started: living backends, and exited ones by the postmaster's account."""
    if server is None:
        return 0.0
    total = 0.0
    for process in (server, *server.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_bytes(processes: list[psutil.Process]) -> int:
    """Proportional set size of the processes and their children."""
    total = 0
    seen: set[int] = set()
    for parent in processes:
        try:
            family = [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
        for process in family:
            if process.pid not in seen:
                seen.add(process.pid)
                total += _proportional_set_size(process)
    return total


def _proportional_set_size(process: psutil.Process) -> int:
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except OSError:
        try:
            return int(process.memory_info().rss)
        except psutil.NoSuchProcess:
            return 0
    return next((int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:")), 0)


def run(
    step: str, command: list[str], *, data: Path | None = None, environment: dict[str, str] | None = None
) -> Cost:
    """Run the command to its end. Raises StepFailed when it ends with an error."""
    server = postmaster(data) if data else None
    before = database_cpu_seconds(server)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.perf_counter()
        child = subprocess.Popen(
            command, stdout=output, stderr=errors, env={**os.environ, **(environment or {})}
        )
        exit_code, used, peak = _wait(child, server)
        wall = time.perf_counter() - began
        output.seek(0)
        errors.seek(0)
        said, complained = output.read().decode(), errors.read().decode()
    database = database_cpu_seconds(server) - before
    if exit_code:
        raise StepFailed(
            f"{step}: {' '.join(command)} ended with {exit_code}\n{said[-2000:]}\n{complained[-4000:]}"
        )
    return Cost(step, wall, used, database, peak / 2**20, exit_code, said, complained)


def _wait(child: subprocess.Popen[bytes], server: psutil.Process | None) -> tuple[int, float, int]:
    """Exit code, CPU seconds and most bytes held by the child and the server together."""
    processes = [psutil.Process(child.pid), *([server] if server else [])]
    peak = 0
    while True:
        peak = max(peak, memory_bytes(processes))
        pid, status, usage = os.wait4(child.pid, os.WNOHANG)
        if pid:
            child.returncode = os.waitstatus_to_exitcode(status)
            return child.returncode, usage.ru_utime + usage.ru_stime, max(peak, 0)
        time.sleep(SAMPLE_SECONDS)
