"""python -m benchmarks: what it costs, in one run. The library: growth percentiles beside R's quantreg, attendance against a
plain explosion, the catalogue against pandas and against reading its columns, a state's attendance on one machine. The
imports: a district's package, a vendor's file, marks as they are made. And the loop: a district of 100,000 students imported,
measured, published and read.

python -m benchmarks                                            everything (an hour)
python -m benchmarks --only library                             the library alone (some minutes)
python -m benchmarks --only imports                             a district's package from ZIP and a night later, a vendor's file
                                                                beside earthmover, live intake (some minutes)
python -m benchmarks --students 2000 --explosion-students 2000 --catalogue-students 2000 --scale-students 20000   a try
python -m benchmarks --only loop --docs                         also write the tables into docs/performance.md
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
#: Parts that print their own report: the module that is run, and which of its options are set here.
SAYING = {
    "growth": ("growth_percentiles", ("growth_only",)),
    "explosion": ("attendance_explosion", ("explosion_students", "explosion_seed")),
    "catalogue": ("catalogue", ("catalogue_students", "catalogue_seed")),
    "scale": ("scale", ("scale_students",)),
    "delivery": ("delivery", ("delivery_students", "delivery_seed")),
    "vendor": ("vendor_table", ("vendor_samples", "vendor_earthmover")),
    "intake": ("intake_site", ("intake_students", "intake_seconds")),
}
# Groups of parts, by what they are about.
GROUPS = {
    "library": ("growth", "explosion", "catalogue", "scale"),
    "imports": ("delivery", "vendor", "intake"),
}
PARTS = ("loop", *GROUPS, *SAYING)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--students", type=int, default=100_000, help="size of the district that goes round the loop"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--growth-only", default="sets,growth,state,cohorts,r", help="which of benchmarks.growth_percentiles"
    )
    parser.add_argument("--explosion-students", type=int, default=50_000)
    parser.add_argument("--explosion-seed", type=int, default=2)
    parser.add_argument("--catalogue-students", type=int, default=20_000)
    parser.add_argument("--catalogue-seed", type=int, default=4)
    parser.add_argument("--scale-students", type=int, default=1_000_000)
    parser.add_argument("--delivery-students", type=int, default=100_000)
    parser.add_argument("--delivery-seed", type=int, default=1)
    parser.add_argument(
        "--vendor-samples", default="", help="the folder of the real files, or CRESCENDO_SAMPLES"
    )
    parser.add_argument("--vendor-earthmover", default="", help="the other command, or it is on the PATH")
    parser.add_argument("--intake-students", type=int, default=5_000)
    parser.add_argument("--intake-seconds", type=float, default=60.0)
    parser.add_argument("--only", choices=PARTS, help="one part or one group (library, imports) alone")
    parser.add_argument(
        "--work", type=Path, default=ROOT / "var" / "bench" / "work", help="folder for files and database"
    )
    parser.add_argument("--keep", action="store_true", help="leave files and database there afterwards")
    parser.add_argument("--docs", action="store_true", help="write the tables into docs/performance.md")
    return parser.parse_args(arguments)


def say(line: str) -> None:
    """Progress, on the error stream, so that the table alone is the output."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def say_of(part: str, asked: argparse.Namespace) -> dict[str, object]:
    """A part that prints its own report: what it said, and how long it took."""
    module, options = SAYING[part]
    if importlib.util.find_spec(f"benchmarks.{module}") is None:
        raise StepFailed(f"benchmarks/{module}.py is not there: run with --only loop")
    set_here = {name: getattr(asked, name) for name in options}
    say(f"{part} {', '.join(f'{name} {value}' for name, value in set_here.items())} ...")
    sized = [word for name, value in set_here.items() for word in (f"--{name.split('_')[1]}", str(value))]
    cost = run(part, [sys.executable, "-m", f"benchmarks.{module}", *sized])
    return {
        **set_here,
        "said": cost.output.strip(),
        "wall_seconds": cost.wall_seconds,
        "cpu_seconds": cost.cpu_seconds,
        "peak_megabytes": cost.peak_megabytes,
        "load": os.getloadavg()[0],
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, keep. 0 when every step worked, 1 when one did not."""
    asked = parse(arguments)
    measured_at, load_before = datetime.now(UTC), os.getloadavg()[0]
    result: dict[str, object] = {"measured_on": measured_at.date().isoformat(), "machine": machine.describe()}
    failed = False
    for part in ("loop", *SAYING):
        if asked.only not in (None, part) and part not in GROUPS.get(asked.only, ()):
            continue
        try:
            if part == "loop":
                result[part] = measure_loop(
                    students=asked.students, seed=asked.seed, work=asked.work, keep=asked.keep, say=say
                )
            else:
                result[part] = say_of(part, asked)
        except StepFailed as failure:  # what the other parts took an hour for is kept
            say(str(failure))
            failed = True
    result["load"] = {"before": load_before, "after": os.getloadavg()[0]}
    folder = ROOT / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{measured_at:%Y%m%dT%H%M%SZ}.json").write_text(json.dumps(result, indent=1) + "\n")
    sys.stdout.write("\n".join(report.page(result)))
    if asked.docs:
        report.write_into(ROOT / "docs" / "performance.md", result)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
