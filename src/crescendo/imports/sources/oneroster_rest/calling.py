"""Asking another system's OneRoster service: sign-in, pages, patience. Time limits everywhere; nothing is logged but counts."""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.oauth1 import ClientAuth

SECONDS = 60.0  # one answer
LONGEST_WAIT = 120  # what a 429 may ask for
TRIES = 3
MOST_PAGES = 100_000
LARGEST_PAGE = 64 << 20  # bytes
SIGN_INS = ("oauth2", "oauth1", "token", "none")


class FetchFailed(Exception):
    """The service did not answer as the standard says: which address, what came, what to do."""


@dataclass(frozen=True)
class Settings:
    """A source's settings, checked. Base, version and sign-in are three independent things."""

    base: str
    version: str = "1.2"
    gradebook_base: str = ""
    sign_in: str = "oauth2"
    token_url: str = ""
    client_id: str = ""
    scope: str = ""
    page: int = 1000

    @classmethod
    def of(cls, settings: dict[str, Any]) -> "Settings":
        known = {name: settings[name] for name in cls.__dataclass_fields__ if name in settings}
        found = cls(**known) if "base" in known else None
        if found is None or not found.base.startswith(("https://", "http://")):
            raise FetchFailed(
                "The setting 'base' is the address of the service, such as https://sis.example/ims/oneroster/v1p1."
            )
        if found.version not in {"1.1", "1.2"} or found.sign_in not in SIGN_INS:
            raise FetchFailed(f"'version' is 1.1 or 1.2, 'sign_in' one of: {', '.join(SIGN_INS)}.")
        if found.sign_in == "oauth2" and not found.token_url:
            raise FetchFailed("For 'oauth2', the setting 'token_url' says where a token is given.")
        return found


class Signed(httpx.Auth):
    """Every request signed (OAuth 1.0a, HMAC), as 1.1 has it."""

    def __init__(self, key: str, secret: str) -> None:
        self.auth = ClientAuth(key, client_secret=secret)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        _address, headers, _body = self.auth.prepare(request.method, str(request.url), {}, b"")
        request.headers.update(headers)
        yield request


class Service:
    """One service while it is read."""

    def __init__(
        self, settings: Settings, secret: str, *, sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self.settings, self.secret, self.sleep = settings, secret, sleep
        auth = Signed(settings.client_id, secret) if settings.sign_in == "oauth1" else None
        self.http = httpx.Client(
            timeout=SECONDS, auth=auth, transport=transport, headers={"Accept": "application/json"}
        )
        if settings.sign_in == "token":
            self.http.headers["Authorization"] = f"Bearer {secret}"

    def __enter__(self) -> "Service":
        if self.settings.sign_in == "oauth2":
            self._sign_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def _sign_in(self) -> None:
        form = {"grant_type": "client_credentials"} | (
            {"scope": self.settings.scope} if self.settings.scope else {}
        )
        answer = self._patiently(
            lambda: self.http.post(
                self.settings.token_url, data=form, auth=(self.settings.client_id, self.secret)
            )
        )
        token = _json(answer).get("access_token")
        if answer.status_code != 200 or not isinstance(token, str):
            raise FetchFailed(
                f"No token from {self.settings.token_url}: {answer.status_code}. Check id and secret."
            )
        self.http.headers["Authorization"] = f"Bearer {token}"

    def read(self, base: str, collection: str, *, since: str = "") -> Iterator[dict[str, Any]] | None:
        """Every record of a collection once; None where the service does not have it or does not grant it."""
        address = f"{base.rstrip('/')}/{collection}"
        first = self._page(address, 0, since)
        return None if first.status_code in {403, 404} else self._records(address, collection, first, since)

    def _records(
        self, address: str, collection: str, answer: httpx.Response, since: str
    ) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        offset = 0
        for _page in range(MOST_PAGES):
            rows = _rows(answer, address, collection)
            for row in rows:
                name = row.get("sourcedId") if isinstance(row, dict) else None
                if not isinstance(name, str) or name not in seen:
                    seen.add(name if isinstance(name, str) else "")
                    yield row if isinstance(row, dict) else {}
            offset += len(rows)
            if not rows or (len(rows) < self.settings.page and not _has_next(answer)):
                return
            answer = self._page(address, offset, since)
        raise FetchFailed(f"{address} does not end: more than {MOST_PAGES} pages.")

    def _page(self, address: str, offset: int, since: str) -> httpx.Response:
        said: dict[str, str | int] = {"limit": self.settings.page, "offset": offset}
        if since:
            said["filter"] = f"dateLastModified>='{since}'"
        answer = self._patiently(lambda: self.http.get(address, params=said))
        if (
            answer.status_code == 401 and self.settings.sign_in == "oauth2"
        ):  # a token ends while a state is read
            self._sign_in()
            answer = self._patiently(lambda: self.http.get(address, params=said))
        if answer.status_code == 200 or (answer.status_code in {403, 404} and offset == 0):
            return answer
        raise FetchFailed(f"{address} answered {answer.status_code}. Nothing was imported.")

    def _patiently(self, ask: Callable[[], httpx.Response]) -> httpx.Response:
        for tried in range(1, TRIES + 1):
            try:
                answer = ask()
            except httpx.TransportError as problem:
                if tried == TRIES:
                    raise FetchFailed(
                        f"The service cannot be reached: {type(problem).__name__}."
                    ) from problem
                self.sleep(2.0**tried)
                continue
            if answer.status_code not in {429, 500, 502, 503, 504} or tried == TRIES:
                return answer
            said = answer.headers.get("Retry-After", "")
            self.sleep(min(int(said), LONGEST_WAIT) if said.isdecimal() else 2.0**tried)
        raise AssertionError("not reached")


def _json(answer: httpx.Response) -> dict[str, Any]:
    if len(answer.content) > LARGEST_PAGE:
        raise FetchFailed("One page is larger than 64 MB. Set a smaller 'page'.")
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _rows(answer: httpx.Response, address: str, collection: str) -> list[Any]:
    """The records under the collection's key. Without the key it is a failure: an empty roster would end everybody."""
    rows = _json(answer).get(collection)
    if not isinstance(rows, list):
        raise FetchFailed(f"{address} answered without '{collection}'. Nothing was imported.")
    return rows


def _has_next(answer: httpx.Response) -> bool:
    """Some services give smaller pages than they are asked for, and say that there is another."""
    return "next" in answer.links
