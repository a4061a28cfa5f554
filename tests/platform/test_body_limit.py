"""What is too large is refused before it is kept."""

import asyncio

import pytest

from crescendo import body_limit
from crescendo.asgi import application

COOKIE = (b"cookie", b"theme=dark; sessionid=abc")


def ask(path: str, *pieces: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> tuple[int | str, int]:
    """The status (or 'gone'), and how many bytes the product saw."""
    seen, sent = 0, []

    async def product(scope, receive, send):
        nonlocal seen
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            seen += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    messages = [
        {"type": "http.request", "body": piece, "more_body": at < len(pieces) - 1}
        for at, piece in enumerate(pieces)
    ]

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": path, "headers": headers or []}
    asyncio.run(body_limit.BodyLimit(product)(scope, receive, send))
    return (sent[0]["status"] if sent else "gone"), seen


def length(number: int) -> tuple[bytes, bytes]:
    return b"content-length", str(number).encode()


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/sign-in/", [length(100)], 200),
        ("/sign-in/", [length(body_limit.LARGEST + 1)], 413),
        ("/sign-in/", [length(body_limit.LARGEST + 1), COOKIE], 413),
        ("/imports/send/", [length(body_limit.LARGEST + 1)], 413),
        ("/imports/send/", [length(1 << 30), COOKIE], 200),
        ("/imports/send/", [length(3 << 30), COOKIE], 413),
        ("/", [(b"content-length", b"many")], 413),
    ],
)
def test_a_body_that_says_it_is_too_large_is_refused_unread(path, headers, status):
    assert ask(path, b"x", headers=headers) == (status, 1 if status == 200 else 0)


def test_a_body_that_does_not_say_its_length_is_cut_off():
    piece = b"x" * (1 << 20)
    answer, seen = ask("/sign-in/", *[piece] * 16)
    assert (answer, seen) == ("gone", body_limit.LARGEST)


def test_the_site_is_served_behind_the_limit():
    assert isinstance(application, body_limit.BodyLimit)
