"""Open pages hear of changes: server-sent events, without a thread, a transaction or a database connection each.

Django answers `/live/` like any page: who asks, and which of the topics they may hear of. Its answer is complete at
once and gives back its thread and its connection. This wrapper then keeps the answer open and sends what PostgreSQL
announces (`crescendo.core.live`): the topic, never data. One connection listens for the whole process. Without it (a
test's client) the same answer ends at once, and the page asks again.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

from crescendo.core.live import CHANNEL, READER

log = logging.getLogger("crescendo.live")

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

TOPICS_HEADER = b"x-live-topics"
GATHER_SECONDS = 0.05  # a register changes many students: one event
BEAT_SECONDS = 15.0
# Then the page asks anew, and is asked anew what it may hear of: whoever lost a post hears nothing more.
LONGEST_SECONDS = 600.0


class Hub:
    """The topics that open pages wait for, and the one connection that hears of them."""

    def __init__(self, connect: Callable[[], dict[str, Any]]) -> None:
        self._connect = connect
        self._waiting: dict[str, set[Page]] = {}
        self._listener: asyncio.Task[None] | None = None

    def enter(self, page: "Page") -> None:
        """A page begins to wait. The first one makes the process listen."""
        for topic in page.topics:
            self._waiting.setdefault(topic, set()).add(page)
        if self._listener is None or self._listener.done():
            self._listener = asyncio.get_running_loop().create_task(self._listen())

    def leave(self, page: "Page") -> None:
        """A page is closed."""
        for topic in page.topics:
            pages = self._waiting.get(topic, set())
            pages.discard(page)
            if not pages:
                self._waiting.pop(topic, None)

    def tell(self, topics: list[str]) -> None:
        """Wake the pages that wait for any of these topics."""
        for topic in topics:
            for page in self._waiting.get(topic, ()):
                page.wake(topic)

    def tell_everybody(self) -> None:
        """Nobody knows what was missed while the database was away, a signing out among it: every page asks anew."""
        self.tell(list(self._waiting))

    async def _listen(self) -> None:
        """Listen for ever; where the connection is lost, come back by itself."""
        lost = False
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(**self._connect(), autocommit=True) as heard:
                    await heard.execute(f"LISTEN {CHANNEL}")
                    if lost:
                        self.tell_everybody()
                        lost = False
                    async for notice in heard.notifies():
                        self.tell(notice.payload.split())
            except (psycopg.Error, OSError):
                log.warning("the database cannot be heard; trying again")
            lost = True
            await asyncio.sleep(random.uniform(0.2, 0.6))


class Page:
    """One open page: its topics, and those that changed since it was last told.

    Among them is its reader (`reader:7`): it is not passed on. When the reader signs out anywhere, the answer ends, and
    a page that is still signed in asks anew.
    """

    def __init__(self, topics: list[str]) -> None:
        self.topics = topics
        self.is_over = False
        self._changed: set[str] = set()
        self._event = asyncio.Event()

    def wake(self, topic: str) -> None:
        if topic.startswith(READER):
            self.is_over = True
        else:
            self._changed.add(topic)
        self._event.set()

    async def next_event(self) -> bytes:
        """What to send next: the topics that changed, or a beat that keeps the connection open."""
        try:
            await asyncio.wait_for(self._event.wait(), BEAT_SECONDS)
        except TimeoutError:
            return b": still here\n\n"
        if self.is_over:
            return b""
        await asyncio.sleep(GATHER_SECONDS)
        self._event.clear()
        topics, self._changed = sorted(self._changed), set()
        return f"event: changed\ndata: {' '.join(topics)}\n\n".encode()


def _address() -> dict[str, str]:
    from crescendo.core.second_connection import address  # noqa: PLC0415  (settings are read when the first page waits)

    return address()


class LiveStreams:
    """ASGI: keeps answers open that Django gave topics to."""

    def __init__(self, application: Callable[..., Awaitable[None]], hub: Hub | None = None) -> None:
        self.application = application
        self.hub = hub or Hub(_address)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/live/"):
            await self.application(scope, receive, send)
            return
        start: Message = {}
        body: list[bytes] = []

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                body.append(message.get("body", b""))

        await self.application(scope, receive, kept)
        headers = list(start.get("headers", ()))
        topics = next((value for name, value in headers if name.lower() == TOPICS_HEADER), None)
        start["headers"] = [(n, v) for n, v in headers if n.lower() not in {TOPICS_HEADER, b"content-length"}]
        await send(start)
        if topics is None:
            await send({"type": "http.response.body", "body": b"".join(body)})
            return
        await send({"type": "http.response.body", "body": b"".join(body), "more_body": True})
        await self._stream(Page(topics.decode().split()), receive, send)

    async def _stream(self, page: Page, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_until_gone(receive))
        ends_at = asyncio.get_running_loop().time() + LONGEST_SECONDS * random.uniform(0.8, 1.0)
        self.hub.enter(page)
        try:
            while not gone.done() and asyncio.get_running_loop().time() < ends_at:
                upcoming = asyncio.ensure_future(page.next_event())
                await asyncio.wait({upcoming, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not upcoming.done():
                    upcoming.cancel()
                    break
                if page.is_over:
                    break
                await send({"type": "http.response.body", "body": upcoming.result(), "more_body": True})
            if not gone.done():
                await send({"type": "http.response.body", "body": b""})
        finally:
            self.hub.leave(page)
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
