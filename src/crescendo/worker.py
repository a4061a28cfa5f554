"""The worker: runs the jobs that pages and the clock leave in PostgreSQL.

Connects as `crescendo_worker`, which row-level security does not bind: imports and measurement need every row.
"""

import asyncio
import os
import signal
import threading
import time

from crescendo.core import background


def end_with(parent: int) -> None:
    """Stop this process soon after its parent is gone, so that a killed demo leaves no worker behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def run(*, until_idle: bool = False, concurrency: int = 1) -> None:
    """Work until told to stop; with `until_idle`, until no job is left."""
    from procrastinate.contrib.django import app  # noqa: PLC0415  (Django is set up only now)

    background.step_back()
    with app.replace_connector(app.connector.get_worker_connector()) as connected:
        asyncio.run(_work(connected, until_idle=until_idle, concurrency=concurrency))


async def _work(app: object, *, until_idle: bool, concurrency: int) -> None:
    async with app.open_async():
        await app.run_worker_async(
            wait=not until_idle,
            concurrency=concurrency,
            fetch_job_polling_interval=5.0,
            shutdown_graceful_timeout=20.0,
            install_signal_handlers=True,
        )
