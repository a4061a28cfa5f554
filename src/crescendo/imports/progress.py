"""Telling how far a run is: to the caller, and to a row that any other connection can read while the run works."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

from crescendo.core.second_connection import open_second_connection

OnProgress = Callable[[str, int, int | None], None]
SECONDS_BETWEEN_WRITES = 0.5

# Space of advisory locks: one per source, held by the live process that works on it.
LOCK_SPACE = 7215
APPLY_LOCK = 0  # the lock's second number: no source has it


class SourceBusy(Exception):
    """Another process is working on this source right now."""


class Watch:
    """A second connection, outside the run's transaction: it holds the source's lock and writes the progress row.

    When the process dies, PostgreSQL drops the connection and with it the lock: that is how a dead run is known.
    """

    def __init__(self, source_id: int, run_id: int, on_progress: OnProgress | None) -> None:
        self.source_id, self.run_id, self.on_progress = source_id, run_id, on_progress
        self._written, self._step, self.step = 0.0, "", "start"

    def __enter__(self) -> "Watch":
        self.connection = open_second_connection()
        locked = self.connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, self.source_id]
        ).fetchone()
        if not locked or not locked[0]:
            self.connection.close()
            raise SourceBusy
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else changes what imports change: no other run, no merge, no turn of the year.

        Held outside the run's transaction, whose first statement decides what it sees: had it waited inside, it would
        not see what the one before it applied.
        """
        locked = self.connection.execute(
            "SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, APPLY_LOCK]
        ).fetchone()
        if not locked or not locked[0]:
            self("queueing")
            self.connection.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, APPLY_LOCK])
        try:
            yield
        finally:
            if not self.connection.closed:
                self.connection.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, APPLY_LOCK])

    def __call__(self, step: str, done: int = 0, total: int | None = None) -> None:
        """Called as the work goes on; writes at most twice a second, and at each new step."""
        self.step = step
        if self.on_progress:
            self.on_progress(step, done, total)
        now = time.monotonic()
        if step == self._step and now - self._written < SECONDS_BETWEEN_WRITES:
            return
        self._written, self._step = now, step
        self.connection.execute(
            """INSERT INTO imports_progress (run_id, step, done, total, at) VALUES (%s, %s, %s, %s, clock_timestamp())
               ON CONFLICT (run_id) DO UPDATE SET step = excluded.step, done = excluded.done, total = excluded.total,
               at = excluded.at""",
            [self.run_id, step[:40], done, total],
        )
