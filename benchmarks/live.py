"""From a mark to an open page: how long until the page has it, and until the numbers that follow have moved.

A teacher saves one register after another, a page of the student is open in another window, and `crescendo measure` runs all the
while. The clock runs from sending the form to the event at the open page, and on to the last byte of the fresh page that
shows it: the mark first, then the numbers. A fresh page counts only when it says something else than the one before.

`python -m benchmarks.live --site http://localhost:8000 --data var` asks a demo that runs (`crescendo demo`), and prints JSON.
It ends by itself: every wait has an end, and a delay that never ended is counted as missed.
"""

import argparse
import http.cookiejar
import json
import os
import queue
import re
import statistics
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psutil

from . import pages
from .product import crescendo

TEACHER = "tess"
AIM_P95_SECONDS = 1.0
MARK_SECONDS = 45.0  # how long marks are posted
LONGEST_SECONDS = 12.0  # one delay; longer is a miss
START_SECONDS = 5.0  # until the measurement reads facts
REST_SECONDS = 0.3
PAGE_SECONDS = 40.0  # the first pages of a busy machine
DAYS_BACK = 5
# Both ways the student's page and the numbers change: a day away, a day here.
AWAY, HERE = "unexcused", "present"


class Browser:
    """One of the cast, as far as a measurement needs a browser."""

    def __init__(self, site: str, username: str) -> None:
        self.site = site
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.post("/sign-in/as/", self.get("/sign-in/"), {"username": username})

    def get(self, path: str) -> str:
        """A page."""
        with self.opener.open(self.site + path, timeout=PAGE_SECONDS) as answer:
            return str(answer.read().decode())

    def post(self, path: str, page: str, fields: dict[str, str]) -> None:
        """Send a form of a page."""
        token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        sent = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        with self.opener.open(self.site + path, sent, timeout=PAGE_SECONDS) as answer:
            answer.read()


@dataclass
class OpenPage:
    """A student's page that listens, as `live.js` does: what it heard and when, and what a fresh one says."""

    reader: Browser
    path: str
    topics: list[str]
    heard: "queue.Queue[tuple[float, list[str]]]" = field(default_factory=queue.Queue)
    marked: str | None = None  # what the page said once it had the mark

    def listen(self) -> None:
        """Put every event and when it came into `heard`, until the process ends."""
        query = urllib.parse.urlencode([("topic", topic) for topic in self.topics])
        while True:
            try:
                with self.reader.opener.open(f"{self.reader.site}/live/?{query}", timeout=60) as stream:
                    for line in stream:
                        if line.startswith(b"data: "):
                            self.heard.put((time.perf_counter(), line.decode().split()[1:]))
            except OSError:
                time.sleep(0.5)

    def says(self) -> str:
        """The words of the part that is swapped."""
        text = self.reader.get(self.path).split('id="live"', 1)[-1]
        return re.sub(r"\s+", " ", re.sub(r"<script.*?</script>|<[^>]*>", " ", text, flags=re.DOTALL))

    def wait(self, before: str) -> tuple[float, float, str] | None:
        """When an event came after which a fresh page says something new, when it said so, and what."""
        until = time.monotonic() + LONGEST_SECONDS
        while (left := until - time.monotonic()) > 0:
            try:
                at, topics = self.heard.get(timeout=left)
            except queue.Empty:
                return None
            # The student's second event is the numbers', even where the page for the first had them already.
            is_again = before == self.marked and self.topics[0] in topics
            if (says := self.says()) != before or is_again:
                return at, time.perf_counter(), says
        return None


def found(pattern: str, page: str) -> str:
    """What a page says at a place that must be there."""
    match = re.search(pattern, page)
    if match is None:
        raise LookupError(f"The page has no {pattern!r}.")
    return match[1]


@dataclass
class Teacher:
    """Who marks one student of one class, again and again."""

    browser: Browser
    register: str
    student: str
    on: str = ""

    def mark(self) -> tuple[float, threading.Thread]:
        """Save the other mark of the day. Says when the form was sent; its answer is nobody's concern."""
        page = self.browser.get(f"{self.register}?on={self.on}")
        seen = found(rf'name="seen-{self.student}" value="([^"]+)"', page)
        fields = {
            "on": self.on,
            f"seen-{self.student}": seen,
            f"mark-{self.student}": HERE if seen == AWAY else AWAY,
        }
        sending = threading.Thread(target=self._send, args=(page, fields), daemon=True)
        began = time.perf_counter()
        sending.start()
        return began, sending

    def _send(self, page: str, fields: dict[str, str]) -> None:
        try:
            self.browser.post(self.register, page, fields)
        except OSError:
            return  # no school that day, or the site is late: no event comes, which counts


def run(
    site: str, environment: dict[str, str], measure: list[str], *, today: date, seconds: float = MARK_SECONDS
) -> dict[str, Any]:
    """The delays of the marks of so many seconds while a measurement runs. Returns the figures, ready for JSON."""
    tess = Browser(site, TEACHER)
    register = found(r"(/classes/\d+/)", tess.get("/classes/")) + "register/"
    student = found(r'name="mark-(\d+)"', tess.get(f"{register}?on={today}"))
    window = Browser(site, TEACHER)
    told = found(r'id="live"[^>]*data-live="([^"]+)"', window.get(f"/students/{student}/"))
    page = OpenPage(window, f"/students/{student}/", told.split())
    if page.says() != page.says():
        raise LookupError("The student's page is another one each time: no change could be seen on it.")
    threading.Thread(target=page.listen, daemon=True).start()
    time.sleep(1)
    teacher = Teacher(tess, register, student)
    _choose_day(teacher, page, today)
    stop = threading.Event()
    measuring = threading.Thread(target=_measure_all_the_while, args=(measure, environment, stop))
    measuring.start()
    delays: list[dict[str, float | None]] = []
    try:
        time.sleep(START_SECONDS)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            delays.append(_one(teacher, page))
            time.sleep(REST_SECONDS)
    finally:
        stop.set()
        measuring.join(30)
    return {"marks": len(delays), "load": os.getloadavg()[0], **_figures(delays)}


def _choose_day(teacher: Teacher, page: OpenPage, today: date) -> None:
    """The last day on which a mark moves the numbers: a school day whose attendance was sent."""
    for back in range(1, DAYS_BACK + 1):
        day = today - timedelta(days=back)
        if day.weekday() > 4:
            continue
        teacher.on = day.isoformat()
        first = _one(teacher, page)
        if first["numbers_shown"] is not None:
            return
    raise LookupError(f"No mark of the last {DAYS_BACK} days moved a number. Does `crescendo live` run?")


def _one(teacher: Teacher, page: OpenPage) -> dict[str, float | None]:
    """One mark: seconds to each of the four moments, None for what did not come."""
    page.marked, before = None, page.says()
    while not page.heard.empty():
        page.heard.get()
    began, sending = teacher.mark()
    marked = page.wait(before)
    page.marked = marked[2] if marked else None
    counted = page.wait(marked[2]) if marked else None
    sending.join(15)
    took: dict[str, float | None] = {}
    for name, came in (("mark", marked), ("numbers", counted)):
        took[f"{name}_event"] = came[0] - began if came else None
        took[f"{name}_shown"] = came[1] - began if came else None
    return took


def _measure_all_the_while(command: list[str], environment: dict[str, str], stop: threading.Event) -> None:
    """One measurement after another; the last one is ended with the marks, which leaves nothing behind."""
    while not stop.is_set():
        child = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        while child.poll() is None and not stop.wait(0.2):
            pass
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


def _figures(delays: list[dict[str, float | None]]) -> dict[str, Any]:
    """Median and p95 of each moment. What never came counts as later than everything that did."""
    figures: dict[str, Any] = {}
    for name in ("mark_event", "mark_shown", "numbers_event", "numbers_shown"):
        took = [each[name] for each in delays]
        late = [LONGEST_SECONDS if t is None else t for t in took]
        figures[name] = {
            "median": round(statistics.median(late), 3),
            "p95": round(pages.percentile(late, 0.95), 3),
            "missing": took.count(None),
        }
    return figures


def measure_live(
    *, data: Path, as_of: str, school_year: int, environment: dict[str, str], say: Callable[[str], None]
) -> dict[str, Any]:
    """Serve the benchmark's district with its worker, mark, measure meanwhile. Returns the figures, ready for JSON."""
    say("marks while a measurement runs ...")
    port = pages.free_port()
    surroundings = {**os.environ, **environment}
    surroundings.pop("CRESCENDO_PROCESS", None)
    serve = [*crescendo(), "serve", "--with-worker", "--port", str(port)]
    measure = [*crescendo(), "measure", "--as-of", as_of, "--school-year", str(school_year), "--json"]
    site = psutil.Popen(serve, env=surroundings, stdout=subprocess.DEVNULL)
    try:
        pages.wait_for(port)
        return run(f"http://127.0.0.1:{port}", surroundings, measure, today=date.fromisoformat(as_of))
    except (LookupError, OSError, urllib.error.URLError) as problem:
        say(f"  not measured: {problem}")
        return {"problem": str(problem)}
    finally:
        end(site)


def end(site: psutil.Popen) -> None:
    """The site with all it started."""
    family = site.children(recursive=True)
    site.terminate()
    _gone, alive = psutil.wait_procs([site, *family], timeout=20)
    for process in alive:
        process.kill()


def page(figures: dict[str, Any]) -> list[str]:
    """The table for the terminal and docs/performance.md."""
    if "problem" in figures:
        return [f"- from a mark to an open page: not measured. {figures['problem']}", ""]
    lines = [
        f"From a mark to an open page, {figures['marks']} marks while `crescendo measure` runs "
        f"(load {figures['load']:.1f}):",
        "",
        "| from the form sent until | median s | p95 s | never came |",
        "|---|---:|---:|---:|",
    ]
    words = {
        "mark_event": "the open page hears of the mark",
        "mark_shown": "the fresh page shows the mark",
        "numbers_event": "the open page hears of the numbers",
        "numbers_shown": "the fresh page shows the numbers",
    }
    for name, told in words.items():
        of = figures[name]
        lines.append(f"| {told} | {of['median']:.2f} | {of['p95']:.2f} | {of['missing']} |")
    lines.append("")
    for name, told in (("mark_shown", "the mark on an open page"), ("numbers_shown", "its numbers")):
        of = figures[name]
        met = "met" if of["p95"] < AIM_P95_SECONDS and not of["missing"] else "missed"
        lines.append(f"- {told}: p95 {of['p95']:.2f} s, aim {AIM_P95_SECONDS:.0f}: {met}.")
    return [*lines, ""]


def main() -> None:
    """Ask a demo that runs."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--site", default="http://localhost:8000")
    parser.add_argument("--data", default="var")
    parser.add_argument("--seconds", type=float, default=MARK_SECONDS)
    parser.add_argument(
        "--today",
        default="2026-04-20",
        type=date.fromisoformat,
        help="the demo's day; marks are of one before",
    )
    asked = parser.parse_args()
    environment = os.environ | {"CRESCENDO_DATA": asked.data}
    environment.pop("CRESCENDO_PROCESS", None)
    measure = [*crescendo(), "measure"]
    print(json.dumps(run(asked.site, environment, measure, today=asked.today, seconds=asked.seconds)))


if __name__ == "__main__":
    main()
