"""kill -9 of the pages, of the count of marks, of the worker, of PostgreSQL, while a teacher saves a register.

Each comes back by itself; while the database is away a page says so and asks again; no mark is lost or doubled.
"""

import contextlib
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from crescendo import outage, supervising

ROOT = Path(__file__).resolve().parents[2]
BACK_SECONDS = 240  # a machine that many tests share
CHOICES = ("present", "late", "unexcused", "excused")


class Teacher:
    """Tess, with nothing but a browser's cookies."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str) -> str:
        return self.opener.open(self.address + path, timeout=60).read().decode()

    def post(self, path: str, page: str, fields: dict[str, str]) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        sent = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        self.opener.open(self.address + path, sent, timeout=60).read()

    def sign_in(self) -> None:
        self.post("/sign-in/as/", self.get("/sign-in/"), {"username": "tess"})
        self.register = re.search(r"/classes/\d+/", self.get("/classes/"))[0] + "register/"

    def marks(self) -> dict[str, str]:
        return dict(re.findall(r'name="seen-(\d+)" value="([^"]+)"', self.get(self.register)))

    def save(self, number: int) -> dict[str, str]:
        """Another mark for every student than before."""
        page = self.get(self.register)
        seen = dict(re.findall(r'name="seen-(\d+)" value="([^"]+)"', page))
        wanted = {pk: CHOICES[(place + number) % 4] for place, pk in enumerate(seen)}
        fields = {f"seen-{pk}": mark for pk, mark in seen.items()}
        self.post(self.register, page, fields | {f"mark-{pk}": mark for pk, mark in wanted.items()})
        return wanted

    def wait(self) -> set[int | str]:
        """Until pages answer again; returns what they answered meanwhile."""
        heard: set[int | str] = set()
        until = time.monotonic() + BACK_SECONDS
        while time.monotonic() < until:
            try:
                self.get("/sign-in/")
                return heard
            except urllib.error.HTTPError as answer:
                heard.add(answer.code)
            except OSError:
                heard.add("nothing")
            time.sleep(0.1)
        raise AssertionError(f"pages did not come back in {BACK_SECONDS} seconds: {heard}")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path, int]]:
    """A demo with an embedded PostgreSQL of its own, served by the one command."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CRESCENDO_", "DJANGO_", "DATABASE"))}
    environment = kept | {"CRESCENDO_DATA": str(tmp_path)}
    command = [sys.executable, "-m", "crescendo"]
    build = [*command, "demo", "--only-build", "--students", "200"]
    subprocess.run(build, env=environment, cwd=ROOT, check=True, timeout=900)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [*command, "serve", "--with-worker", "--port", str(port)], env=environment, cwd=ROOT
    )
    try:
        yield f"http://127.0.0.1:{port}", tmp_path, served.pid
    finally:
        served.terminate()
        served.wait(timeout=90)
        os.kill(postmaster(tmp_path), signal.SIGINT)


def postmaster(data: Path) -> int:
    return int((data / "postgresql" / "postmaster.pid").read_text().split()[0])


def child(parent: int, part: str) -> int:
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in listed.splitlines()[1:]]
    return next(
        int(pid) for pid, above, args in lines if int(above) == parent and f"crescendo {part}" in args
    )


@pytest.mark.long
def test_whatever_is_killed_comes_back_and_no_mark_is_lost_or_doubled(site: tuple[str, Path, int]) -> None:
    address, data, parent = site
    tess = Teacher(address)
    tess.wait()
    tess.sign_in()
    assert tess.save(0) == tess.marks()
    for number, part in enumerate(("serve", "live", "worker", "postgresql"), start=1):
        killed = postmaster(data) if part == "postgresql" else child(parent, part)
        before, wanted = tess.marks(), []
        saving = threading.Thread(target=_try_to_save, args=(tess, number, wanted))
        saving.start()
        time.sleep(0.1)
        os.kill(killed, signal.SIGKILL)
        saving.join()
        heard = tess.wait()
        assert heard <= {503, "nothing"}, f"after {part}: {heard}"
        found = tess.marks()
        assert found in (before, _next_marks(before, number)), f"half a register after {part}"
        if wanted:
            assert found == wanted[0], f"what was answered as saved is saved, after {part}"
        assert tess.save(number) == tess.marks()
    assert _rows(data) == len(tess.marks()), "each student has one mark of the day"


def _try_to_save(tess: Teacher, number: int, wanted: list[dict[str, str]]) -> None:
    # TypeError: a page without a form, while the database was away.
    with contextlib.suppress(OSError, TypeError):
        wanted.append(tess.save(number))


def _next_marks(before: dict[str, str], number: int) -> dict[str, str]:
    return {pk: CHOICES[(place + number) % 4] for place, pk in enumerate(before)}


def _rows(data: Path) -> int:
    """Marks made here, one by one, as the database has them."""
    ask = (
        "from crescendo import database; c = database.connect('owner'); "
        "print(c.execute(\"SELECT count(*) FROM records_attendanceevent WHERE source = 'crescendo'\").fetchone()[0])"
    )
    environment = os.environ | {"CRESCENDO_DATA": str(data)}
    asked = subprocess.run(
        [sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True
    )
    return int(asked.stdout)


def test_a_child_that_ends_is_started_again_and_more_slowly_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervising.sys, "executable", "/bin/false")
    served = supervising.Child(["anything"])
    served.start(0.0)
    waits = []
    for now in (1.0, 2.0, 3.0):
        served.process.wait()
        served.look(now)
        waits.append(served.wait)
        served.look(now + 30)
    assert waits == sorted(waits)
    assert waits[-1] > waits[0]
    served.process.wait()


@pytest.mark.django_db
def test_while_the_database_is_away_a_page_says_so_and_asks_again(
    client: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError  # noqa: PLC0415

    from crescendo.roster import queries  # noqa: PLC0415

    def away(**_: object) -> None:
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(queries, "get_viewer", away)
    client.raise_request_exception = False
    answer = client.get("/sign-in/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == str(outage.RETRY_SECONDS)
    assert b'http-equiv="refresh"' in answer.content
    assert b"the server closed" not in answer.content
