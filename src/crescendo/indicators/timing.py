"""How long the phases of a run took: wall and CPU seconds, the database's own included where it runs here."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str, int, int], None]


def silent(phase: str, done: int, of: int) -> None:
    """Nobody is watching."""


class Phases:
    """The seconds of each phase, in order."""

    def __init__(self, progress: Progress = silent) -> None:
        self.progress = progress
        self.seconds: dict[str, dict[str, float]] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator["Phases"]:
        """Time one phase. What the server used is added by `add_server`."""
        self.progress(name, 0, 0)
        self._name, self._server = name, 0.0
        wall, own = time.perf_counter(), time.process_time()
        yield self
        self.seconds[name] = {
            "wall": round(time.perf_counter() - wall, 3),
            "cpu": round(time.process_time() - own + self._server, 3),
            "cpu_of_database": round(self._server, 3),
        }

    def step(self, done: int, of: int) -> None:
        """Say how far the present phase is."""
        self.progress(self._name, done, of)

    def add_server(self, process: Path | None, before: float) -> None:
        """Add the CPU seconds that the server's process used since `before`."""
        self._server += server_seconds(process) - before

    def as_dict(self) -> dict[str, object]:
        """Phases, their sum, and the most memory this process has held."""
        kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        total = {key: round(sum(s[key] for s in self.seconds.values()), 3) for key in ("wall", "cpu")}
        return {"phases": self.seconds, "total": total, "peak_megabytes": round(kilobytes / 1024, 1)}


def server_seconds(process: Path | None) -> float:
    """CPU seconds of a server process so far; 0 where they cannot be known."""
    if process is None:
        return 0.0
    fields = process.read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
