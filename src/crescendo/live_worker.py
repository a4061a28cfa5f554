"""The process that counts marks as they come. It waits on PostgreSQL's NOTIFY and works beside the worker, so that a
measurement of minutes or a large import makes no mark wait (docs/adr/0007).

One at a time: a second one waits for the lock of the first and takes over when it dies. What a killed one had begun is
rolled back; the marks still wait in their table.
"""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger("crescendo.live")

LOOK_AGAIN_SECONDS = 5.0  # a message that was lost with a connection costs this much at most
GATHER_SECONDS = 0.02
REST_SECONDS = 1.0  # before trying again when the database is away
# Where a district's registers come at once, they become facts first: each school is then measured once, not after every batch.
MOST_WAITING = 5_000  # marks
LONGEST_HELD_SECONDS = 15.0  # and then one school is measured, however many wait
LOOK_AT_BACKLOG_SECONDS = 0.25


def run() -> None:
    """Count marks until told to stop. Needs Django set up, as the worker."""
    threading.Thread(target=_keep_going, args=(_take_in,), name="intake", daemon=True).start()
    _keep_going(_work)


def _keep_going(work: Callable[[], None]) -> None:
    while True:
        try:
            work()
        except _problems():
            log.warning("the database is away; trying again")
            time.sleep(REST_SECONDS)


def _problems() -> tuple[type[Exception], ...]:
    import psycopg  # noqa: PLC0415
    from django.db import Error  # noqa: PLC0415

    return (psycopg.Error, Error, OSError)


def _take_in() -> None:
    """Batches of other systems become facts: beside the counting, so that neither waits for the other."""
    from django.db import connection  # noqa: PLC0415

    from crescendo.api import actions, working  # noqa: PLC0415
    from crescendo.core import school_time  # noqa: PLC0415
    from crescendo.core.second_connection import open_second_connection  # noqa: PLC0415

    connection.close()
    with open_second_connection() as heard:
        heard.execute("SELECT pg_advisory_lock(%s)", [working.LOCK])
        heard.execute(f"LISTEN {actions.CHANNEL}")
        while True:
            working.work_off(clock=school_time.now)
            list(heard.notifies(timeout=LOOK_AGAIN_SECONDS, stop_after=1))


def _give_way() -> None:
    """Wait while many marks wait to be worked off, but not for ever: pages are up to the minute."""
    from crescendo.api import working  # noqa: PLC0415

    until = time.monotonic() + LONGEST_HELD_SECONDS
    while working.count_waiting() > MOST_WAITING and time.monotonic() < until:
        time.sleep(LOOK_AT_BACKLOG_SECONDS)


def _work() -> None:
    import adbc_driver_postgresql.dbapi  # noqa: F401, PLC0415  (before the first mark comes)
    from django.db import connection  # noqa: PLC0415

    from crescendo.core.live import MARKS  # noqa: PLC0415
    from crescendo.core.second_connection import open_second_connection  # noqa: PLC0415
    from crescendo.indicators import live, live_memory  # noqa: PLC0415  (loads the measure library)

    connection.close()
    with open_second_connection() as heard:
        heard.execute("SELECT pg_advisory_lock(%s)", [live.LOCK])
        heard.execute(f"LISTEN {MARKS}")
        log.info("marks are counted as they come")
        memory = live_memory.Memory()
        while True:
            live.count_waiting_marks(memory, give_way=_give_way)
            for _ in heard.notifies(timeout=LOOK_AGAIN_SECONDS, stop_after=1):
                time.sleep(GATHER_SECONDS)
