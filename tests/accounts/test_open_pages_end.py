"""Whoever signs out hears nothing more: the answers that their open pages keep open end at once."""

import asyncio
from typing import Any

import pytest
from django.test import Client

from cast import Cast
from crescendo.core.live import CHANNEL, READER
from crescendo.core.second_connection import open_second_connection
from crescendo.live_streams import Hub, LiveStreams


class _Told(Hub):
    """The hub without its connection: the test says what PostgreSQL would."""

    async def _listen(self) -> None:
        await asyncio.Event().wait()


async def _page(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """What Django answers: two topics, one of them the reader."""
    headers = [(b"content-type", b"text/event-stream"), (b"x-live-topics", b"student:5 reader:7")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n"})


async def _opened() -> tuple[_Told, list[dict[str, Any]], "asyncio.Task[None]"]:
    hub, sent = _Told(dict), []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/live/"}
    task = asyncio.create_task(LiveStreams(_page, hub)(scope, asyncio.Event().wait, send))
    await asyncio.sleep(0.01)
    return hub, sent, task


def test_the_answer_ends_when_its_reader_signs_out_and_passes_nothing_on() -> None:
    async def scene() -> list[dict[str, Any]]:
        hub, sent, task = await _opened()
        hub.tell(["student:5"])
        await asyncio.sleep(0.1)
        hub.tell(["reader:7", "student:5"])
        await asyncio.wait_for(task, 2)
        return sent

    bodies = [message["body"] for message in asyncio.run(scene()) if "body" in message]
    assert bodies == [b"retry: 2000\n\n", b"event: changed\ndata: student:5\n\n", b""]


def test_another_persons_signing_out_ends_nothing() -> None:
    async def scene() -> bool:
        hub, _sent, task = await _opened()
        hub.tell(["reader:8"])
        await asyncio.sleep(0.1)
        is_open = not task.done()
        task.cancel()
        return is_open

    assert asyncio.run(scene())


@pytest.mark.django_db(transaction=True)
def test_signing_out_is_announced_and_the_stream_waits_for_it(cast: Cast) -> None:
    tess, client = cast.users["tess"], Client()
    client.force_login(tess)
    with open_second_connection() as heard:
        heard.execute(f"LISTEN {CHANNEL}")
        topics = client.get("/live/", {"topic": f"class:{cast.classes['mathematics'].pk}"})["X-Live-Topics"]
        assert topics.split()[-1] == f"{READER}{tess.pk}"
        client.post("/sign-out/")
        told = [notice.payload for notice in heard.notifies(timeout=5, stop_after=1)]
    assert told == [f"{READER}{tess.pk}"]


def test_nobody_asks_to_hear_when_somebody_else_signs_out(cast: Cast, client: Client, db: None) -> None:
    client.force_login(cast.users["tess"])
    assert client.get("/live/", {"topic": f"{READER}{cast.users['fay'].pk}"}).status_code == 404
