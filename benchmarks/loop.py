"""The loop's first half on a made-up district: import, snapshot, evaluate, publish, each by the real command."""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import live, pages
from .metering import Cost, postmaster, run
from .product import crescendo

Say = Callable[[str], None]
MARKER = "made-by-the-benchmark"


def fresh_folder(folder: Path) -> Path:
    """An empty folder. One that something else made is left alone."""
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARKER).exists():
            raise FileExistsError(f"{folder} was not made by the benchmark. Name another folder with --work.")
        stop_server(folder / "data")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
    return folder


def stop_server(data: Path) -> None:
    """Stop the embedded PostgreSQL of one data directory and wait until it has gone."""
    server = postmaster(data)
    if server is None:
        return
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
    deadline = time.monotonic() + 30
    while (data / "postgresql" / "postmaster.pid").exists() and time.monotonic() < deadline:
        time.sleep(0.1)


def measure_loop(*, students: int, seed: int, work: Path, keep: bool, say: Say) -> dict[str, Any]:
    """All steps on one district, in order. Returns the figures, ready for JSON."""
    folder = fresh_folder(work)
    files, data = folder / "files", folder / "data"
    environment = {"CRESCENDO_DATA": str(data), "CRESCENDO_PROCESS": "worker"}
    # A database that was named for something else is never filled by a benchmark.
    for name in ("DATABASE_URL", "CRESCENDO_WORKER_DATABASE_URL", "CRESCENDO_WEB_DATABASE_URL"):
        os.environ.pop(name, None)

    def step(name: str, command: list[str]) -> Cost:
        say(f"{name} ...")
        cost = run(name, command, data=data, environment=environment)
        say(
            f"  {cost.cpu_seconds:.1f} CPU seconds, {cost.wall_seconds:.1f} wall, {cost.peak_megabytes:,.0f} MB"
        )
        return cost

    python = sys.executable
    sized = ["--students", str(students), "--seed", str(seed)]
    try:
        costs = [step("generate", [python, "-m", "edmeasures.synth", *sized, str(files)])]
        district = json.loads((files / "truths.json").read_text())
        costs.append(step("read", [python, "-m", "benchmarks.reading", str(files)]))
        costs.append(step("parse", [python, "-m", "benchmarks.reading", str(files), "--parse"]))
        costs.append(step("migrate", [*crescendo(), "migrate"]))
        roster = ["import", "oneroster", str(files / "oneroster"), "--source", "sis", "--yes", "--json"]
        costs.append(step("import oneroster", [*crescendo(), *roster]))
        extracts = [
            "import",
            "table",
            str(files / "extracts"),
            "--mapping",
            "district-extracts",
            "--yes",
            "--json",
        ]
        costs.append(step("import extracts", [*crescendo(), *extracts]))
        asked = ["--as-of", district["as_of"], "--school-year", str(district["school_years"][-1]), "--json"]
        costs.append(step("measure", [*crescendo(), "measure", *asked]))
        read = pages.measure_pages(data=data, as_of=district["as_of"], environment=environment, say=say)
        marked = live.measure_live(
            data=data,
            as_of=district["as_of"],
            school_year=district["school_years"][-1],
            environment=environment,
            say=say,
        )
    finally:
        stop_server(data)
    figures = _figures(costs, files, {"students": students, "seed": seed, "as_of": district["as_of"]})
    figures["pages"], figures["live"] = read, marked
    if not keep:
        shutil.rmtree(folder)
    return figures


def last_json(text: str) -> dict[str, Any]:
    """The JSON object a command printed, whatever it said before."""
    try:
        return dict(json.loads(text[text.index("{") :]))
    except ValueError as error:
        raise ValueError(f"The command printed no JSON: {text[-500:]!r}") from error


def _figures(costs: list[Cost], files: Path, district: dict[str, Any]) -> dict[str, Any]:
    by_step = {cost.step: cost for cost in costs}
    said = {
        name: last_json(by_step[name].output) for name in ("import oneroster", "import extracts", "measure")
    }
    plain = {
        cost.step: {
            **{key: value for key, value in asdict(cost).items() if key not in ("output", "errors", "step")},
            "cpu_seconds": cost.cpu_seconds,
        }
        for cost in costs
    }
    return {
        "district": district,
        "bytes": sum(path.stat().st_size for path in files.rglob("*.csv")),
        "rows": {
            str(path.relative_to(files).with_suffix("")): _rows(path) for path in sorted(files.rglob("*.csv"))
        },
        "steps": plain,
        "phases": said["measure"]["phases"],
        "counts": {name: answer.get("files") or answer.get("counts") for name, answer in said.items()},
        "set_aside": {name: set_aside(said[name]) for name in ("import oneroster", "import extracts")},
    }


def set_aside(answer: dict[str, Any]) -> int:
    """Rows that an import read but could not use. In a benchmark there should be none."""
    return sum(int(counts["quarantined"]) for counts in answer["files"].values())


def _rows(path: Path) -> int:
    """Rows of a file whose cells hold no line breaks, without its header."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b"")) - 1
