"""A small OneRoster service on loopback, for what ours cannot be: other people's entities, odd paging, signed requests."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from authlib.oauth1 import ClientMixin, OAuth1Request
from authlib.oauth1.rfc5849.signature import verify_hmac_sha1


class _Key(ClientMixin):
    def get_client_secret(self) -> str:
        return "s3cret"


class Peer:
    """`collections` by name; `rudeness` answers before the rest does: (path, offset) -> status, headers, body or None."""

    def __init__(self, collections: dict[str, list[object]], *, sign_in: str = "token") -> None:
        self.collections, self.sign_in, self.asked = collections, sign_in, []
        self.rudeness = lambda _path, _offset: None
        self.largest_page = 1000
        self.base = ""

    def answer(
        self, path: str, said: dict[str, list[str]], headers: object, whole: str
    ) -> tuple[int, dict, bytes]:
        offset, limit = int(said.get("offset", ["0"])[0]), int(said.get("limit", ["100"])[0])
        self.asked.append(path)
        if rude := self.rudeness(path, offset):
            return rude
        if not self._knows(headers, whole):
            return 401, {}, b"{}"
        name = path.rpartition("/")[2]
        if name not in self.collections:
            return 404, {}, b"{}"
        page = self.collections[name][offset : offset + min(limit, self.largest_page)]
        more = offset + len(page) < len(self.collections[name])
        links = {"Link": f'<{self.base}/{name}>; rel="next"'} if more and self.largest_page < limit else {}
        return 200, links, json.dumps({name: page}).encode()

    def _knows(self, headers: object, whole: str) -> bool:
        said = headers.get("Authorization", "")
        if self.sign_in == "oauth1":
            request = OAuth1Request("GET", whole, headers={"Authorization": said})
            request.client, request.credential = _Key(), None
            return said.startswith("OAuth ") and verify_hmac_sha1(request)
        return said == "Bearer s3cret" if self.sign_in == "token" else True


@contextmanager
def serving(peer: Peer) -> Iterator[str]:
    """The peer's base address while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            status, headers, body = peer.answer(
                parts.path, parse_qs(parts.query), self.headers, f"{site}{self.path}"
            )
            self.send_response(status)
            for name, value in ({"Content-Type": "application/json"} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        site = f"http://127.0.0.1:{server.server_port}"
        peer.base = f"{site}/odd/base/v9"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield peer.base
        finally:
            server.shutdown()
            thread.join()
