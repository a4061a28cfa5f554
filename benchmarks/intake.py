"""Live intake: how many marks a second are accepted durably, how long the backlog takes, and when a page has a mark.

`python -m benchmarks.intake --site http://localhost:8000 --token ... --students ids.txt --rate 5000 --seconds 60` sends batches
to a site that runs (`crescendo demo`, which starts `crescendo live` beside it), and prints JSON. Accepted means: answered with
202, and so committed. Drained means: the last batch says `done`. From mark to page is until the status says `done`, which is
written in the transaction of the facts: a page that is asked for then shows them. Two threads of their own follow the newest
batch each, one after the other: senders do not wait for it, and what is asked costs the site little. Every batch is asked once
at the end for the marks that were not written, and why.
"""

import argparse
import json
import os
import re
import statistics
import threading
import time
import urllib.request
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

AIM_PER_SECOND = 5000
AIM_P95_SECONDS = 1.0
LONGEST_DRAIN_SECONDS = 600.0
LOOK_SECONDS = 0.03  # between two looks at a status, where seconds count
SELDOM_SECONDS = 1.0  # where minutes do: thirty looks a second are a load that no system makes
FOLLOWERS = 2
MARKS = ("late", "excused", "unexcused", "present")


@dataclass
class Sent:
    """What happened to the batches of one measurement."""

    accepted_marks: int = 0
    answers: list[float] = field(default_factory=list)
    done_after: list[float] = field(default_factory=list)
    look_seconds: float = LOOK_SECONDS
    waiting: list[tuple[float, str]] = field(
        default_factory=list
    )  # when it was sent, where its status stands
    refused: Counter[str] = field(default_factory=Counter)
    began: float = 0.0
    ended: float = 0.0
    drained: float = 0.0
    is_over: bool = False


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
    """Send at an even rate; then wait until the last batch is worked off."""
    sent, lock = Sent(began=time.perf_counter()), threading.Lock()
    sent.look_seconds = SELDOM_SECONDS if rate >= AIM_PER_SECOND else LOOK_SECONDS

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
            sent.waiting.append((at, answer["status_url"]))

    followers = [threading.Thread(target=_follow, args=(site, sent)) for _ in range(FOLLOWERS)]
    for follower in followers:
        follower.start()
    with ThreadPoolExecutor(4 if size > 500 else 16) as pool:
        list(pool.map(send, range(int(rate * seconds / size))))
    sent.is_over = True
    for follower in followers:
        follower.join()
    _until_done(site, max(sent.waiting)[1], sent.look_seconds)
    sent.drained = time.perf_counter()
    for _at, address in sent.waiting:
        _until_done(site, address, sent.look_seconds)
        _count_refused(site, address, sent)
    return sent


def _follow(site: Site, sent: Sent) -> None:
    """The newest batch to its end, then the newest again: a sample that no sender waits for."""
    followed = ""
    while not sent.is_over:
        at, address = sent.waiting[-1] if sent.waiting else (0.0, "")
        if address == followed:
            time.sleep(sent.look_seconds)
            continue
        followed = address
        _until_done(site, address, sent.look_seconds)
        sent.done_after.append(time.perf_counter() - at)


def _until_done(site: Site, address: str, look_seconds: float) -> None:
    until = time.perf_counter() + LONGEST_DRAIN_SECONDS
    while site.ask(address)["status"] == "accepted" and time.perf_counter() < until:
        time.sleep(look_seconds)


def _count_refused(site: Site, address: str, sent: Sent) -> None:
    """Why marks were not written, by the sentence without its numbers: the first thousand of a batch."""
    state = site.ask(address)
    said = Counter(re.sub(r"\d+", "#", one["problem"]) for one in state["findings"])
    said["(more)"] += state.get("problems", 0) - len(state["findings"])
    sent.refused += said  # what is 0 falls out


def describe(sent: Sent, rate: int) -> dict[str, Any]:
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
        "backlog_drained_after_seconds": round(sent.drained - sent.ended, 2),
        "mark_to_page_p95_seconds": round(done[int(0.95 * (len(done) - 1))], 3) if done else None,
        "batches_followed": len(done),
        "marks_not_written": sum(sent.refused.values()),
        "why": dict(sent.refused),
        "load": os.getloadavg()[0],
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
    print(json.dumps(describe(sent, said.rate), indent=1))


if __name__ == "__main__":
    main()
