"""As many processes answer as there are cores, behind one address; when one is killed, the others go on."""

import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from crescendo import serving, supervising


def test_every_process_is_handed_the_same_door_and_one_speaks() -> None:
    children = serving.children("127.0.0.1", 0, 3)
    try:
        doors = {child.hands_down for child in children}
        assert len(doors) == 1
        assert ["--quietly" in child.arguments for child in children] == [False, True, True]
    finally:
        os.close(children[0].hands_down[0])


def test_one_process_alone_opens_the_address_itself() -> None:
    (alone,) = serving.children("127.0.0.1", 8000, 1)
    assert alone.hands_down == ()
    assert "--door" not in alone.arguments


def test_a_socket_is_inherited_by_its_number() -> None:
    door = serving.open_address("127.0.0.1", 0)
    number, port = door.fileno(), door.getsockname()[1]
    answering = (
        "import http.server, socket, sys\n"
        "class Hello(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self):\n"
        "        self.send_response(204); self.end_headers()\n"
        "server = http.server.HTTPServer(('127.0.0.1', 0), Hello, bind_and_activate=False)\n"
        "server.socket = socket.socket(fileno=int(sys.argv[1]))\n"
        "server.handle_request()\n"
    )
    started = subprocess.Popen([sys.executable, "-c", answering, str(number)], pass_fds=(number,))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/")  # waits at the door until the process is there
    assert connection.getresponse().status == 204
    assert started.wait(30) == 0
    door.close()


def test_a_killed_process_is_started_with_the_same_door(monkeypatch: pytest.MonkeyPatch) -> None:
    door = serving.open_address("127.0.0.1", 0)
    monkeypatch.setattr(supervising.sys, "executable", "/bin/sleep")
    child = supervising.Child(["60"], hands_down=(door.fileno(),))
    monkeypatch.setattr(subprocess, "Popen", _only_the_number(subprocess.Popen))
    child.start(0.0)
    first = child.process
    assert first is not None
    try:
        assert _holds(first.pid, door.fileno())
        os.kill(first.pid, signal.SIGKILL)
        first.wait(10)
        child.look(1.0)
        child.look(60.0)
        assert child.process is not first
        assert _holds(child.process.pid, door.fileno())
    finally:
        child.process.kill()
        child.process.wait()
        door.close()


def _only_the_number(start: type) -> object:
    """`sleep 60` in place of `sleep -m crescendo 60 --with-parent`, which sleep does not understand."""
    return lambda command, **options: start([command[0], "60"], **options)


def _holds(pid: int, number: int) -> bool:
    """Whether the process has the file, once its program runs."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(psutil.Error, OSError):
            if psutil.Process(pid).name() == "sleep":
                return os.path.exists(f"/proc/{pid}/fd/{number}")
        time.sleep(0.02)
    return False
