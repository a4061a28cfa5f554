"""The site as people meet it: the real server, the web role, the worker, the demo district, a real Chromium.

The fixtures of `tests/browser` (which only reads) and `tests/journeys` (which writes): each folder imports them and so
gets a demo of its own, built from imported files once per session, small, in a database of its own on the tests'
server. Playwright lives as long as one test file, because its event loop would make Django refuse the database to the
tests that follow.
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
from pathlib import Path
from typing import TYPE_CHECKING

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
    """What the demo's processes are told: an empty database on the tests' server, and folders of their own."""
    from own_database import own_database  # noqa: PLC0415  (found through tests/conftest.py)

    # Named for its process and number: the browser's tests and the journeys may run in one process, and in two.
    with own_database(
        f"crescendo_live_{os.getpid()}_{next(_sites)}", tmp_path_factory.mktemp("demo")
    ) as variables:
        yield variables


@pytest.fixture(scope="session")
def site(chromium: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the demo, served by uvicorn as the role that row-level security binds.

    CRESCENDO_BROWSER_SITE names a demo that runs already, for whoever works on a page.
    """
    if running := os.environ.get("CRESCENDO_BROWSER_SITE"):
        yield running
        return
    environment = request.getfixturevalue("environment")
    command = [sys.executable, "-m", "crescendo"]
    build = [*command, "demo", "--only-build", "--students", str(STUDENTS)]
    subprocess.run(build, env=environment, cwd=ROOT, check=True, timeout=600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*command, "serve", "--with-worker", "--port", str(port)], env=environment, cwd=ROOT
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=60)


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
