"""Live intake: how many marks a second are accepted durably, how long the backlog takes, and when a page has a mark.

`python -m benchmarks.intake --site http://localhost:8000 --token ... --students ids.txt --rate 5000 --seconds 60` sends batches
to a site that runs (`crescendo demo`, which starts `crescendo live` beside it), and prints JSON. Accepted means: answered with
202, and so committed. Drained means: the last batch says `done`. From mark to page is until the status says `done`, which is
written in the transaction of the facts: a page that is asked for then shows them.
"""

import argparse
import json
import statistics
import threading
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AIM_PER_SECOND = 5000
AIM_P95_SECONDS = 1.0
LONGEST_DRAIN_SECONDS = 600.0
MARKS = ("late", "excused", "unexcused", "present")


@dataclass
class Sent:
    """What happened to the batches of one measurement."""

    accepted_marks: int = 0
    answers: list[float] = field(default_factory=list)
    done_after: list[float] = field(default_factory=list)
    refused: int = 0
    began: float = 0.0
    ended: float = 0.0


class Site:
    """A site, as far as another system needs it."""

    def __init__(self, site: str, token: str) -> None:
        self.site, self.token = site, token

    def ask(self, path: str, body: bytes | None = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if body is not None:
            headers["Idempotency-Key"] = uuid.uuid4().hex
        request = urllib.request.Request(self.site + path, body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())


def make_batch(students: list[str], days: list[str], first: int, size: int) -> bytes:
    """Marks of attendance: each student and day once, again and again with another word."""
    marks = []
    for n in range(first, first + size):
        student, day = students[n % len(students)], days[n // len(students) % len(days)]
        word = MARKS[n // (len(students) * len(days)) % len(MARKS)]
        marks.append(
            {"key": f"{student}-{day}", "kind": "attendance", "student": student, "on": day, "mark": word}
        )
    return json.dumps({"marks": marks}).encode()


def measure(
    site: Site, students: list[str], days: list[str], *, rate: int, size: int, seconds: float
) -> Sent:
    """Send at an even rate from four connections; then wait until the last batch is worked off."""
    sent, lock, waiting = Sent(began=time.perf_counter()), threading.Lock(), []

    def send(number: int) -> None:
        due = sent.began + number * size / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        body = make_batch(students, days, number * size, size)
        at = time.perf_counter()
        answer = site.ask("/api/v1/batches", body)
        with lock:
            sent.answers.append(time.perf_counter() - at)
            sent.accepted_marks += size
            sent.ended = max(sent.ended, time.perf_counter())
            waiting.append((at, answer["status_url"]))
        if rate * seconds <= 100_000 and size <= 500:  # at a low rate each is followed to its end
            _follow(site, at, answer["status_url"], sent, lock)

    with ThreadPoolExecutor(4 if size > 500 else 16) as pool:
        list(pool.map(send, range(int(rate * seconds / size))))
    at, last = max(waiting)
    _follow(site, at, last, sent, lock)
    return sent


def _follow(site: Site, at: float, address: str, sent: Sent, lock: threading.Lock) -> None:
    while (state := site.ask(address))[
        "status"
    ] == "accepted" and time.perf_counter() - at < LONGEST_DRAIN_SECONDS:
        time.sleep(0.02)
    with lock:
        sent.done_after.append(time.perf_counter() - at)
        sent.refused += state.get("problems", 0)


def describe(sent: Sent, rate: int, now: float) -> dict[str, Any]:
    """The figures, rounded for people; nothing is left out that speaks against us."""
    took = sent.ended - sent.began
    done = sorted(sent.done_after)
    return {
        "asked_per_second": rate,
        "accepted_marks": sent.accepted_marks,
        "accepted_per_second": round(sent.accepted_marks / took),
        "accept_p95_seconds": round(statistics.quantiles(sent.answers, n=20)[18], 3)
        if len(sent.answers) > 1
        else None,
        "backlog_drained_after_seconds": round(now - sent.ended, 2),
        "mark_to_page_p95_seconds": round(done[int(0.95 * (len(done) - 1))], 3),
        "batches_followed": len(done),
        "marks_not_written": sent.refused,
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--site", required=True)
    arguments.add_argument("--token", required=True)
    arguments.add_argument(
        "--students", type=Path, required=True, help="a file with the sender's ids, one a line"
    )
    arguments.add_argument("--days", required=True, help="school days with commas between them")
    arguments.add_argument("--rate", type=int, default=AIM_PER_SECOND)
    arguments.add_argument("--size", type=int, default=5000, help="marks in a batch")
    arguments.add_argument("--seconds", type=float, default=60.0)
    said = arguments.parse_args()
    students = said.students.read_text().split()
    sent = measure(
        Site(said.site, said.token), students, said.days.split(","), rate=said.rate, size=said.size, seconds=said.seconds
    )  # fmt: skip
    print(json.dumps(describe(sent, said.rate, time.perf_counter()), indent=1))


if __name__ == "__main__":
    main()
