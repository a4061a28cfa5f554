"""Telling how far the worker is with a turn, on a second connection that its transaction does not hold up."""

import os
import time
from types import TracebackType

from crescendo.core.second_connection import open_second_connection

LOCK_SPACE = 7216  # advisory locks: one per turn, held by the live process that works on it


class Watch:
    """Writes the progress row. The lock says that somebody works on the turn; it goes when the process dies."""

    def __init__(self, turn_id: int) -> None:
        self.turn_id = turn_id

    def __enter__(self) -> "Watch":
        self.connection = open_second_connection()
        self.connection.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_SPACE, self.turn_id])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def __call__(self, step: str) -> None:
        self.connection.execute(
            """INSERT INTO years_progress (turn_id, step, at) VALUES (%s, %s, clock_timestamp())
               ON CONFLICT (turn_id) DO UPDATE SET step = excluded.step, at = excluded.at""",
            [self.turn_id, step[:40]],
        )
        if os.environ.get("CRESCENDO_TEST_STOP_AT") == step:  # for the tests that kill a turn half-way
            time.sleep(600)
