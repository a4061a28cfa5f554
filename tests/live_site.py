"""The site as people meet it: the real server, the web role, the worker, the demo district, a real Chromium.

The fixtures of `tests/browser` (which only reads) and `tests/journeys` (which writes): each folder imports them and so
gets a demo of its own, small, a copy of the one that `prepared` keeps on the tests' server. Playwright lives as long as
one test file, because its event loop would make Django refuse the database to the tests that follow.
"""

import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]
STUDENTS = int(os.environ.get("CRESCENDO_BROWSER_STUDENTS", "300"))
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


_sites = itertools.count()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The system's Chromium; without one the browser tests skip, and say so."""
    names = (os.environ.get("CRESCENDO_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            "no Chromium found: install it (Debian: apt-get install chromium) or set CRESCENDO_CHROMIUM"
        )
    return found


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What the demo's processes are told: a copy of the prepared demo on the tests' server, and folders of their own."""
    from own_database import own_database  # noqa: PLC0415  (found through tests/conftest.py)
    from prepared import demo  # noqa: PLC0415

    like, files = demo(STUDENTS)
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(files, folder, dirs_exist_ok=True)
    # Named for its process and number: the browser's tests and the journeys may run in one process, and in two.
    name = f"crescendo_live_{os.getpid()}_{next(_sites)}"
    for kept in folder.glob(f"*/{like}"):  # raw files and snapshots lie in a folder of their database's name
        kept.rename(kept.with_name(name))
    with own_database(name, folder, like=like) as variables:
        yield variables


@pytest.fixture(scope="session")
def site(chromium: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the demo, served by uvicorn as the role that row-level security binds.

    CRESCENDO_BROWSER_SITE names a demo that runs already, for whoever works on a page.
    """
    if running := os.environ.get("CRESCENDO_BROWSER_SITE"):
        yield running
        return
    with served(request.getfixturevalue("environment")) as address:
        yield address


@contextmanager
def served(environment: dict[str, str], said: int | IO[str] | None = None) -> Iterator[str]:
    """`crescendo serve --with-worker` until it is left; yields its address. What it prints goes to `said`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "crescendo", "serve", "--with-worker", "--port", str(port)],
        env=environment, cwd=ROOT, stdout=said,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=180)


@contextmanager
def new_site(name: str, data: Path) -> Iterator[str]:
    """The address of a site in which nobody can sign in yet, with its worker; its code lies in the data folder."""
    from own_database import own_database  # noqa: PLC0415
    from prepared import tables  # noqa: PLC0415

    data.mkdir(exist_ok=True)
    with own_database(f"crescendo_{name}_{os.getpid()}", data, like=tables()) as environment:
        migrate = [sys.executable, "-m", "crescendo", "migrate"]
        subprocess.run(migrate, env=environment, cwd=ROOT, check=True, timeout=300, capture_output=True)
        with (data / "terminal").open("w") as said, served(environment, said) as address:
            yield address


def wait_until_it_answers(address: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 180
    while time.monotonic() < until:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/sign-in/", timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not answer within three minutes")


@pytest.fixture(scope="module")
def browser(chromium: str) -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield opened
        opened.close()
