"""python -m benchmarks: what the loop costs on 100,000 students, and attendance against a plain explosion.

python -m benchmarks                                            the figures of docs/performance.md (some minutes)
python -m benchmarks --students 2000 --explosion-students 2000  a try
python -m benchmarks --only loop --docs                         also write the table into docs/performance.md
"""

import argparse
import importlib.util
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from . import machine, report
from .loop import measure_loop
from .metering import StepFailed, run

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("loop", "explosion")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--students", type=int, default=100_000, help="size of the district that goes round the loop"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--explosion-students", type=int, default=50_000)
    parser.add_argument("--explosion-seed", type=int, default=2)
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "var" / "bench" / "work", help="folder for files and database"
    )
    parser.add_argument("--keep", action="store_true", help="leave files and database there afterwards")
    parser.add_argument("--docs", action="store_true", help="write the table into docs/performance.md")
    return parser.parse_args(arguments)


def say(line: str) -> None:
    """Progress, on the error stream, so that the table alone is the output."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def explosion(students: int, seed: int) -> dict[str, object]:
    """Attendance by interval arithmetic against one row per student and day: the comparison's own report."""
    say(f"attendance explosion, {students:,} students ...")
    sized = ["--students", str(students), "--seed", str(seed)]
    cost = run("explosion", [sys.executable, "-m", "benchmarks.attendance_explosion", *sized])
    return {
        "students": students,
        "seed": seed,
        "said": cost.output.strip(),
        "wall_seconds": cost.wall_seconds,
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, keep. 0 when every step worked, 1 when one did not."""
    asked = parse(arguments)
    measured_at, load_before = datetime.now(UTC), os.getloadavg()[0]
    result: dict[str, object] = {"measured_on": measured_at.date().isoformat(), "machine": machine.describe()}
    try:
        if asked.only != "explosion":
            result["loop"] = measure_loop(
                students=asked.students, seed=asked.seed, work=asked.work, keep=asked.keep, say=say
            )
        if asked.only != "loop":
            if importlib.util.find_spec("benchmarks.attendance_explosion") is None:
                raise StepFailed("benchmarks/attendance_explosion.py is not there: run with --only loop")
            result["explosion"] = explosion(asked.explosion_students, asked.explosion_seed)
    except StepFailed as failure:
        say(str(failure))
        return 1
    result["load"] = {"before": load_before, "after": os.getloadavg()[0]}
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{measured_at:%Y%m%dT%H%M%SZ}.json").write_text(json.dumps(result, indent=1) + "\n")
    sys.stdout.write("\n".join(report.page(result)))
    if asked.docs:
        report.write_into(ROOT / "docs" / "performance.md", result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
