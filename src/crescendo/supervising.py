"""One command that keeps its processes alive: pages, jobs, the count of marks, and the embedded PostgreSQL.

A child that ends is started again, soon at first and then more slowly; nothing that it had begun is lost, because what
is not committed is done again. With `DATABASE_URL` the database is somebody else's to watch.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from crescendo import database

log = logging.getLogger("crescendo.supervising")

LOOK_SECONDS = 0.25
SOON_SECONDS = 0.2
LATEST_SECONDS = 10.0
STEADY_SECONDS = 30.0  # who ran so long begins anew with a short wait
STOP_SECONDS = 30


@dataclass
class Child:
    """A process of the product, by the arguments of its `crescendo` command, and the sockets it is handed."""

    arguments: Sequence[str]
    hands_down: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    wait: float = SOON_SECONDS
    start_at: float = field(default=0.0)

    def start(self, now: float) -> None:
        """Run it. It ends by itself when this process is gone."""
        command = [sys.executable, "-m", "crescendo", *self.arguments, "--with-parent"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=self.hands_down)
        self.started_at, self.start_at = now, 0.0

    def look(self, now: float) -> None:
        """Start it again where it ended, after a wait that grows while it keeps ending."""
        if self.process is not None and self.process.poll() is None:
            return
        if not self.start_at:
            steady = now - self.started_at > STEADY_SECONDS
            self.wait = SOON_SECONDS if steady else min(self.wait * 2, LATEST_SECONDS)
            self.start_at = now + self.wait
            print(f"crescendo {self.arguments[0]} ended; it starts again.", file=sys.stderr, flush=True)
        if now >= self.start_at:
            self.start(now)


def run(children: Sequence[Child]) -> None:
    """Keep the children (and the embedded database) alive until Ctrl-C or the stop signal."""
    signal.signal(signal.SIGTERM, _stop)
    try:
        for child in children:
            child.start(time.monotonic())
        while True:
            time.sleep(LOOK_SECONDS)
            revive_embedded_server()
            for child in children:
                child.look(time.monotonic())
    except KeyboardInterrupt:
        pass
    finally:
        _end(children)


def revive_embedded_server() -> None:
    """Start the embedded PostgreSQL again where its process is gone. It recovers what was committed by itself."""
    if os.environ.get("DATABASE_URL") or database.embedded_server_is_alive():
        return
    print("The embedded PostgreSQL ended; it starts again.", file=sys.stderr, flush=True)
    try:
        database.start_embedded_server()
    except Exception as problem:  # whatever it was, the next look tries again
        log.warning("the embedded PostgreSQL did not start: %s", type(problem).__name__)
        time.sleep(1)


def _stop(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _end(children: Sequence[Child]) -> None:
    alive = [child.process for child in children if child.process and child.process.poll() is None]
    for process in alive:
        process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in alive:
        try:
            process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
