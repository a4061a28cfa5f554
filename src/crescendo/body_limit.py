"""No request is kept that is larger than its page takes. Django writes a body to disk before anybody has looked who
sends it; so without this, a stranger could fill the disk on which the school's records lie."""

from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST = 4 << 20  # a form; the longest has a field for each column of a table
LARGEST_FILE = (2 << 30) + LARGEST  # as the page says on which files are sent
FILES_COME_TO = "/imports/send/"
SIGNED_IN = b"sessionid="


class BodyLimit:
    """ASGI: answers 413 as soon as a body is, or says it will be, too large. Files need the cookie of a session."""

    def __init__(self, application: Callable[..., Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.application(scope, receive, send)
        most, headers = _most(scope), dict(scope["headers"])
        said = headers.get(b"content-length", b"0")
        if not said.isdigit() or int(said) > most:
            return await _refuse(send)
        left = most

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            # A body that does not say its length: what has come is dropped, as if the sender had gone.
            return message if left >= 0 else {"type": "http.disconnect"}

        return await self.application(scope, counted, send)


def _most(scope: Message) -> int:
    cookies = b";".join(value for name, value in scope["headers"] if name == b"cookie")
    return LARGEST_FILE if scope["path"] == FILES_COME_TO and SIGNED_IN in cookies else LARGEST


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send(
        {"type": "http.response.body", "body": b"This is more than the page takes. Send less at once."}
    )
