"""The processes that answer pages: as many as there are cores, behind one address.

Python answers one page at a time on one core, so a second core needs a second process. The supervisor opens the
address and hands it down: whoever is free takes the next request, and while a process starts again, requests wait
instead of being refused. Live pages stay right, because each process listens to PostgreSQL for its own open pages.
"""

import gc
import os
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from crescendo import supervising

MOST_PROCESSES = 4  # by default; each takes some 200 MB
WAITING = 1024  # requests that wait at the door


def default_processes() -> int:
    """One for each core this program may use, up to four."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)


def open_address(host: str, port: int) -> socket.socket:
    """Listen; children inherit the socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind((host, port))
    door.listen(WAITING)
    door.set_inheritable(True)
    return door


def children(host: str, port: int, processes: int) -> list[supervising.Child]:
    """The processes that answer at this address. One alone opens it itself; so does the only one on Windows, where a
    socket has no number that a child could be told."""
    asked = ["serve", "--host", host, "--port", str(port)]
    if processes == 1 or sys.platform == "win32":
        return [supervising.Child(asked)]
    door = open_address(host, port).detach()
    shared = [*asked, "--door", str(door)]
    alone = supervising.Child(shared, hands_down=(door,))
    return [alone] + [
        supervising.Child([*shared, "--quietly"], hands_down=(door,)) for _ in range(processes - 1)
    ]


def serve(*, host: str, port: int, door: int | None) -> None:
    """Answer pages until told to stop: from the socket that was handed down, or from an address of our own."""
    import uvicorn  # noqa: PLC0415

    config = uvicorn.Config(
        "crescendo.asgi:application",
        host=host,
        port=port,
        log_level="warning",
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    config.load()
    warm_up()
    # Told apart by number, the socket says itself of which kind it is (uvicorn's own `fd` takes it for a local one).
    sockets = None if door is None else [socket.socket(fileno=door)]
    uvicorn.Server(config).run(sockets=sockets)


def warm_up() -> None:
    """What the first reader would wait for: all addresses and the templates of the pages.

    All of it lives as long as the process, so the collector need not look at it again.
    """
    from django.apps import apps  # noqa: PLC0415  (Django is set up only now)
    from django.template.loader import get_template  # noqa: PLC0415
    from django.urls import get_resolver  # noqa: PLC0415

    _load(get_resolver().url_patterns)
    for name in _templates(apps.get_app_configs()):
        get_template(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _load(patterns: Iterable[Any]) -> None:
    for pattern in patterns:
        _load(getattr(pattern, "url_patterns", ()))


def _templates(configs: Iterable[Any]) -> Iterator[str]:
    for config in configs:
        if config.name.startswith("crescendo."):
            folder = Path(config.path) / "templates"
            yield from (path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
