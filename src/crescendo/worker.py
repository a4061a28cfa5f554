"""The worker: runs the jobs that pages and the clock leave in PostgreSQL.

Connects as `crescendo_worker`, which row-level security does not bind: imports and measurement need every row.

Two processes, each a *lane*: measuring takes minutes and holds its interpreter, so nothing that a person waits for
stands behind it. In the other lane imports have a crew of their own, so that no message waits for a large file.
"""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from crescendo.core import background

if TYPE_CHECKING:
    from procrastinate import App

EVERYDAY, MEASURING = "everyday", "measuring"
LANES = (EVERYDAY, MEASURING)
IMPORTS_AT_ONCE = 2  # files of two systems; two of one system, and two that apply, wait for each other
SETTINGS: dict[str, Any] = {"fetch_job_polling_interval": 5.0, "shutdown_graceful_timeout": 20.0}


class Crew(NamedTuple):
    """Those who work on some queues, so many jobs at a time."""

    name: str
    queues: tuple[str, ...]
    at_once: int


def end_with(parent: int) -> None:
    """Stop this process soon after its parent is gone, so that a killed demo leaves no worker behind."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def run(*, lane: str = "") -> None:
    """Work until told to stop on a lane's queues. Without a lane: on every queue, until no job is left."""
    from procrastinate.contrib.django import app  # noqa: PLC0415  (Django is set up only now)

    background.step_back()
    with app.replace_connector(app.connector.get_worker_connector()) as connected:
        asyncio.run(_work_off(connected) if not lane else _work(connected, lane))


def crews(lane: str, queues: Iterable[str]) -> list[Crew]:
    """Who works on a lane: which of the queues, and how many jobs at a time. A queue that nobody named is everyday work."""
    if lane == MEASURING:
        return [Crew("measuring", ("measure",), 1)]
    others = tuple(sorted(set(queues) - {"measure", "imports"}))
    return [Crew("imports", ("imports",), IMPORTS_AT_ONCE), Crew("everyday", others, 1)]


async def _work_off(app: "App") -> None:
    async with app.open_async():
        await app.run_worker_async(wait=False, **SETTINGS)


async def _work(app: "App", lane: str) -> None:
    """The crews of a lane side by side. Where one ends, all end, and whoever started the process starts it again."""
    app.perform_import_paths()
    crew_of = crews(lane, {task.queue for task in app.tasks.values()})
    async with app.open_async():
        working = [asyncio.create_task(_run(app, crew)) for crew in crew_of]
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):  # Windows
                asyncio.get_running_loop().add_signal_handler(number, working[0].cancel)
        try:
            await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in working:
                one.cancel()  # it finishes the job in hand
            ended = await asyncio.gather(*working, return_exceptions=True)
    for problem in ended:
        if isinstance(problem, Exception):  # a cancelled one is none
            raise problem


async def _run(app: "App", crew: Crew) -> None:
    await app.run_worker_async(
        name=crew.name,
        queues=list(crew.queues),  # PostgreSQL reads a tuple as a row
        concurrency=crew.at_once,
        install_signal_handlers=False,
        **SETTINGS,
    )
