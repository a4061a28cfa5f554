"""From a mark to an open page: how long until the page has it, and until the numbers that follow have moved.

`python -m benchmarks.live --site http://localhost:8000 --data var --on 2026-04-17` asks a demo that runs (`crescendo demo`): Tess saves
one mark after another, a page of the student listens, and `crescendo measure` runs all the while. Prints JSON: p50 and
p95 in seconds from the moment the form is sent to the moment the page's fresh part has arrived, first with the mark, then
with the school's numbers.
"""

import argparse
import http.cookiejar
import json
import os
import queue
import re
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

MARKS = ("late", "unexcused", "excused", "present")


class Browser:
    """One of the cast, as far as a measurement needs a browser."""

    def __init__(self, site: str, username: str) -> None:
        self.site = site
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        self.post("/sign-in/as/", self.get("/sign-in/"), {"username": username})

    def get(self, path: str) -> str:
        """A page."""
        return self.opener.open(self.site + path, timeout=60).read().decode()

    def post(self, path: str, page: str, fields: dict[str, str]) -> None:
        """Send a form of a page."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        sent = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": token}).encode()
        self.opener.open(self.site + path, sent, timeout=60).read()

    def listen(self, topics: list[str], heard: "queue.Queue[tuple[float, list[str]]]") -> None:
        """Put every event and when it came into `heard`, for ever."""
        query = urllib.parse.urlencode([("topic", topic) for topic in topics])
        while True:
            with self.opener.open(f"{self.site}/live/?{query}", timeout=120) as stream:
                for line in stream:
                    if line.startswith(b"data: "):
                        heard.put((time.perf_counter(), line.decode().split()[1:]))


def measure_all_the_while(data: str, stop: threading.Event) -> None:
    """One measurement after another."""
    environment = os.environ | {"CRESCENDO_DATA": data}
    environment.pop("CRESCENDO_PROCESS", None)
    while not stop.is_set():
        subprocess.run(
            [sys.executable, "-m", "crescendo", "measure"], env=environment, check=False, capture_output=True
        )


def run(site: str, data: str, times: int, on: str) -> dict[str, float]:
    """The delays of so many marks on a day that the school has sent, so that its numbers move."""
    tess, cora = Browser(site, "tess"), Browser(site, "priya")
    register = re.search(r"/classes/\d+/", tess.get("/classes/"))[0] + "register/"
    student = re.search(r'name="mark-(\d+)"', tess.get(register))[1]
    place = re.search(r"/schools/(\d+)/", cora.get("/reports/"))[1]
    heard: queue.Queue[tuple[float, list[str]]] = queue.Queue()
    topics = [f"student:{student}", f"organisation:{place}"]
    threading.Thread(target=cora.listen, args=(topics, heard), daemon=True).start()
    stop = threading.Event()
    measuring = threading.Thread(target=measure_all_the_while, args=(data, stop))
    measuring.start()
    time.sleep(3)
    marks, numbers = [], []
    for number in range(times):
        page = tess.get(f"{register}?on={on}")
        seen = dict(re.findall(r'name="seen-(\d+)" value="([^"]+)"', page))[student]
        mark = next(m for m in MARKS[number % 4 :] + MARKS if m != seen)
        while not heard.empty():
            heard.get()
        began = time.perf_counter()
        fields = {"on": on, f"seen-{student}": seen, f"mark-{student}": mark}
        threading.Thread(target=tess.post, args=(register, page, fields)).start()
        marks.append(_until(heard, f"student:{student}", cora, began))
        numbers.append(_until(heard, f"organisation:{place}", cora, began))
        time.sleep(0.3)
    stop.set()
    measuring.join()
    return _told("mark", marks) | _told("numbers", [n for n in numbers if n is not None])


def _until(
    heard: "queue.Queue[tuple[float, list[str]]]", topic: str, reader: Browser, began: float
) -> float | None:
    until = time.monotonic() + 8
    while time.monotonic() < until:
        try:
            _at, topics = heard.get(timeout=1)
        except queue.Empty:
            continue
        if topic in topics:
            reader.get(f"/students/{topic.split(':')[1]}/" if topic.startswith("student") else "/")
            return time.perf_counter() - began
    return None


def _told(name: str, seconds: list[float | None]) -> dict[str, float]:
    came = sorted(s for s in seconds if s is not None)
    if not came:
        return {f"{name}_n": 0}
    p95 = came[min(len(came) - 1, round(0.95 * len(came)))]
    return {
        f"{name}_n": len(came),
        f"{name}_p50": round(statistics.median(came), 3),
        f"{name}_p95": round(p95, 3),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--site", default="http://localhost:8000")
    parser.add_argument("--data", default="var")
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--on", required=True, help="a school day that the school has sent: 2026-04-17")
    asked = parser.parse_args()
    print(json.dumps(run(asked.site, asked.data, asked.times, asked.on)))
