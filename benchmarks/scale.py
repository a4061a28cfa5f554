"""Attendance measures of a million students on one machine, a range of students at a time: wall, CPU and memory.

    python -m benchmarks.scale [--students 1000000] [--processes 2] [--keep FOLDER]

Both layouts of benchmarks/state.py: a row per student and day, and absences alone. Each run is a process of its own,
its memory that of all its processes together, sampled. Smaller states first, so that the growth of the cost shows.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from . import state
from .metering import run

CODES = (
    "attendance_rate",
    "average_daily_attendance",
    "chronic_absence",
    "severe_chronic_absence",
    "absence_streak",
)
LAYOUTS = {"daily": "daily rows", "events": "absences alone"}
#: Two processes add their ranges in the order in which they end.
TOLERANCE = 1e-12
AIM_SECONDS, AIM_GIGABYTES = 30.0, 2.0


@dataclass(frozen=True)
class Figure:
    """What one run cost."""

    layout: str
    students: int
    rows: int
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float


def measure(folder: Path, students_to: Path, processes: int, per_range: int) -> None:
    """What a run does: measure the state in this folder. Called in a process of its own."""
    from edmeasures import load  # noqa: PLC0415
    from edmeasures.by_range import evaluate_by_range  # noqa: PLC0415

    began = time.perf_counter()
    found = evaluate_by_range(
        load(folder),
        school_year=state.SCHOOL_YEAR,
        as_of=state.as_of(),
        indicators=CODES,
        students_to=students_to,
        students_per_range=per_range,
        processes=processes,
    )
    whole = [
        row
        for row in found.groups.to_pylist()
        if row["organisation_id"] == 999_999 and not row["characteristic"]
    ]
    said = {row["indicator"]: row["value"] for row in whole}
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - began, "values": said}) + "\n")


def cost(
    folder: Path, layout: str, students: int, processes: int, per_range: int
) -> tuple[Figure, dict[str, float]]:
    """One run from outside, imports and all, and the state's values."""
    with tempfile.TemporaryDirectory(dir=folder) as out:
        command = [sys.executable, "-m", "benchmarks.scale", "--measure", str(folder / layout), out]
        command += ["--processes", str(processes), "--range", str(per_range)]
        spent = run(f"{layout} {students}", command, environment={"PYTHONDONTWRITEBYTECODE": ""})
    events = folder / layout / "attendance_events"
    rows = sum(pq.read_metadata(file).num_rows for file in events.iterdir())
    figure = Figure(layout, students, rows, spent.wall_seconds, spent.cpu_seconds, spent.peak_megabytes)
    return figure, json.loads(spent.output)["values"]


def page(figures: list[Figure]) -> list[str]:
    """A Markdown table, and the aims."""
    lines = [
        "| students | given as | rows | wall s | CPU s | peak MB | CPU s per million students |",
        "|---:|---|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {f.students:,} | {LAYOUTS[f.layout]} | {f.rows:,} | {f.wall_seconds:.1f} | {f.cpu_seconds:.1f} "
        f"| {f.peak_megabytes:,.0f} | {f.cpu_seconds / f.students * 1e6:.1f} |"
        for f in figures
    ]
    lines.append("")
    for f in figures:
        if f.students >= 1_000_000:
            in_time = "met" if f.wall_seconds < AIM_SECONDS else "missed"
            in_memory = "met" if f.peak_megabytes < AIM_GIGABYTES * 1024 else "missed"
            lines.append(
                f"- {LAYOUTS[f.layout]}: {f.wall_seconds:.1f} wall seconds, aim {AIM_SECONDS:.0f}: {in_time}; "
                f"{f.peak_megabytes / 1024:.2f} GB, aim {AIM_GIGABYTES:.0f}: {in_memory}."
            )
    return lines


def figures(students: int, processes: int, per_range: int, folder: Path) -> list[Figure]:
    """A quarter of the state, then all of it, in both layouts. Both must say the same."""
    found = []
    for size in (students // 4, students):
        where = folder / str(size)
        if not where.is_dir():
            state.write(where, size)
        said = []
        for layout in LAYOUTS:
            figure, values = cost(where, layout, size, processes, per_range)
            found.append(figure)
            said.append(values)
        if any(not math.isclose(said[0][code], said[1][code], rel_tol=TOLERANCE) for code in CODES):
            raise SystemExit(f"The two layouts disagree: {said}")
    return found


def main() -> None:
    """Measure both layouts, or one run alone."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=1_000_000)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--range", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="where the state is written, and stays")
    parser.add_argument("--measure", nargs=2, type=Path, metavar=("STATE", "OUT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(*asked.measure, asked.processes, asked.range)
        return
    with tempfile.TemporaryDirectory() as scratch:
        found = figures(asked.students, asked.processes, asked.range, asked.keep or Path(scratch))
    sys.stdout.write("\n".join(page(found)) + "\n")


if __name__ == "__main__":
    main()
