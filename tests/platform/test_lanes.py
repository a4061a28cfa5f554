"""Who waits for whom in the worker: no import for a measurement, no message for an import, no file for another system's."""

import asyncio
import threading

import pytest
from procrastinate import App
from procrastinate.contrib.django import app as of_the_site
from procrastinate.testing import InMemoryConnector

from crescendo import worker

PATIENCE = 20  # seconds; a machine that many tests share


@pytest.fixture
def app() -> App:
    return App(connector=InMemoryConnector())


def test_every_queue_has_somebody_who_works_on_it() -> None:
    queues = {task.queue for task in of_the_site.tasks.values()}
    served = [queue for lane in worker.LANES for crew in worker.crews(lane, queues) for queue in crew.queues]
    assert sorted(served) == sorted(queues), "each queue has one crew, and none is without"


def test_an_import_waits_for_no_measurement_and_a_message_for_no_import(app: App) -> None:
    done: list[str] = []
    all_three = threading.Barrier(3)  # passed only by three jobs that are done at the same time

    def job(word: str) -> None:
        all_three.wait(timeout=PATIENCE)
        done.append(word)

    jobs = {
        "measurement": app.task(lambda: done.append("measurement"), queue="measure", name="measurement"),
        "roster": app.task(lambda: job("roster"), queue="imports", name="roster"),
        "tests": app.task(lambda: job("tests"), queue="imports", name="tests"),
        "message": app.task(lambda: job("message"), queue="comms", name="message"),
    }

    async def work() -> None:
        async with app.open_async():
            for task in jobs.values():
                await task.defer_async()
        working = asyncio.create_task(worker._work(app, worker.EVERYDAY))
        while len(done) < 3 and not working.done():
            await asyncio.sleep(0.01)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)

    asyncio.run(asyncio.wait_for(work(), PATIENCE))
    assert sorted(done) == ["message", "roster", "tests"], "the measurement is the other lane's"


def test_where_one_crew_breaks_the_whole_process_ends_and_is_started_again(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run(_app: App, crew: worker.Crew) -> None:
        if crew.name == "imports":
            raise ConnectionError("the database is away")
        await asyncio.sleep(PATIENCE)

    monkeypatch.setattr(worker, "_run", run)
    with pytest.raises(ConnectionError):
        asyncio.run(asyncio.wait_for(worker._work(app, worker.EVERYDAY), PATIENCE / 2))
