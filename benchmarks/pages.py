"""What pages cost: twenty people who read and think, then as many requests as the site answers.

The site runs as `crescendo serve` runs it; the readers are threads of another process on the same machine, so that
both share its cores. Latency is from sending a request to the last byte of its answer.
"""

import http.client
import json
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from .metering import database_cpu_seconds, postmaster, run
from .product import crescendo

THINK_SECONDS = 3.0
WARM_SECONDS = 20.0
READ_SECONDS = 90.0
FULL_SECONDS = 30.0
FULL_READERS = 8
AIM_P95_MILLISECONDS = 150.0
DRAWS = "draws=1"


@dataclass
class Answers:
    """What the readers saw: milliseconds by kind of page, and everything that was no page."""

    milliseconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, path: str, took: float, status: int) -> None:
        with self.lock:
            if status == 200:
                self.milliseconds[kind_of(path)].append(1000 * took)
            else:
                self.failures.append(f"{status} {kind_of(path)}")

    @property
    def all(self) -> list[float]:
        return [took for kind in self.milliseconds.values() for took in kind]


def kind_of(path: str) -> str:
    """/students/12/ -> students/N"""
    return "/".join("N" if part.isdigit() else part for part in path.strip("/").split("/")) or "today"


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def read(reader: dict[str, Any], port: int, until: float, think: float, answers: Answers, seed: int) -> None:
    """One person: ask, read to the end, think about as long as said, ask again."""
    chance = random.Random(seed)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    time.sleep(chance.random() * think)
    turn, cookie = 0, reader["cookie"]
    while time.monotonic() < until:
        path = reader["paths"][turn % len(reader["paths"])]
        turn += 1
        began = time.perf_counter()
        try:
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            if DRAWS not in cookie and b" data-chart" in answer.read():
                cookie += f"; {DRAWS}"  # as charts.js says once a browser has drawn its first chart
            answer.read()
            answers.add(path, time.perf_counter() - began, answer.status)
        except (OSError, http.client.HTTPException) as problem:
            with answers.lock:
                answers.failures.append(type(problem).__name__)
            connection.close()
        if think:
            time.sleep(think * (0.5 + chance.random()))


def together(readers: list[dict[str, Any]], port: int, seconds: float, think: float) -> Answers:
    """All readers at once, for so long."""
    answers, until = Answers(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=read, args=(reader, port, until, think, answers, number))
        for number, reader in enumerate(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def measure_pages(
    *, data: Path, as_of: str, environment: dict[str, str], say: Callable[[str], None]
) -> dict[str, Any]:
    """Sign twenty people in, serve, read. Returns the figures, ready for JSON."""
    say("signing twenty people in ...")
    signed = run(
        "readers", [sys.executable, "-m", "benchmarks.readers", as_of], data=data, environment=environment
    )
    readers = json.loads(signed.output[signed.output.index("[") :])
    port = free_port()
    command = [*crescendo(), "serve", "--port", str(port)]
    site = psutil.Popen(command, env={**_without_part(), **environment}, stdout=subprocess.DEVNULL)
    try:
        wait_for(port)
        say(f"{len(readers)} readers ...")
        together(readers, port, WARM_SECONDS, THINK_SECONDS / 3)
        before = _cpu(site, data)
        reading = together(readers, port, READ_SECONDS, THINK_SECONDS)
        used = _cpu(site, data) - before
        say("as many as it answers ...")
        full = together(readers[:FULL_READERS], port, FULL_SECONDS, 0.0)
    finally:
        for process in (*site.children(recursive=True), site):
            process.terminate()
        site.wait(60)
    return {"reading": _figures(reading, READ_SECONDS, used), "full": _figures(full, FULL_SECONDS, None)}


def _without_part() -> dict[str, str]:
    import os  # noqa: PLC0415

    return {name: value for name, value in os.environ.items() if name != "CRESCENDO_PROCESS"}


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Until the site answers; three minutes at most."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/sign-in/")
            if connection.getresponse().status < 500:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("The site did not answer within three minutes.")


def _cpu(site: psutil.Process, data: Path) -> float:
    family = [site, *site.children(recursive=True)]
    web = sum(sum(process.cpu_times()[:2]) for process in family if process.name() != "postgres")
    return web + database_cpu_seconds(postmaster(data))


def _figures(answers: Answers, seconds: float, cpu_seconds: float | None) -> dict[str, Any]:
    took = answers.all
    return {
        "requests": len(took),
        "failures": sorted(set(answers.failures)),
        "n_failures": len(answers.failures),
        "per_second": len(took) / seconds,
        "median_ms": statistics.median(took),
        "p95_ms": percentile(took, 0.95),
        "p99_ms": percentile(took, 0.99),
        "cpu_ms_per_request": None if cpu_seconds is None else 1000 * cpu_seconds / len(took),
        "by_page": {
            kind: {
                "requests": len(values),
                "median_ms": statistics.median(values),
                "p95_ms": percentile(values, 0.95),
            }
            for kind, values in sorted(answers.milliseconds.items())
        },
    }


def page(figures: dict[str, Any]) -> list[str]:
    """The table for the terminal and docs/performance.md."""
    reading, full = figures["reading"], figures["full"]
    met = "met" if reading["p95_ms"] <= AIM_P95_MILLISECONDS and not reading["n_failures"] else "missed"
    lines = [
        f"Pages, {reading['requests']:,} requests of 20 people with {THINK_SECONDS:.0f} s of thought between two "
        f"({reading['per_second']:.1f} a second, {reading['cpu_ms_per_request']:.0f} ms CPU each, PostgreSQL included):",
        "",
        "| page | requests | median ms | p95 ms |",
        "|---|---:|---:|---:|",
    ]
    for kind, of_kind in reading["by_page"].items():
        lines.append(
            f"| {kind} | {of_kind['requests']} | {of_kind['median_ms']:.0f} | {of_kind['p95_ms']:.0f} |"
        )
    lines += [
        f"| **all** | {reading['requests']} | {reading['median_ms']:.0f} | {reading['p95_ms']:.0f} |",
        "",
        f"- pages, 20 readers: p95 {reading['p95_ms']:.0f} ms, {reading['n_failures']} failures, "
        f"aim {AIM_P95_MILLISECONDS:.0f}: {met}.",
        f"- at saturation ({FULL_READERS} readers without thought): {full['per_second']:.1f} requests a second, "
        f"median {full['median_ms']:.0f} ms, p95 {full['p95_ms']:.0f} ms, {full['n_failures']} failures.",
        "",
    ]
    return lines
