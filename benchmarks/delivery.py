"""A district's OneRoster package from ZIP to applied, and the same package a night later with one line in 200 changed.

    python -m benchmarks.delivery [--students 100000] [--work FOLDER]

All files, results included, through the command that schools use, into an empty site. The night's package says another
score, last day, title or middle name in 0.5 % of the lines of its four large files, spread evenly, which is the dearest way to
change so many: no page of the database is left alone.
"""

import argparse
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from .loop import fresh_folder, last_json, set_aside, stop_server
from .metering import Cost, run
from .product import crescendo

AIMS = {"first": 120.0, "night": 30.0}
AIM_GIGABYTES = 3.0
EVERY, CHANGED = 200, 7  # of each 200 lines the eighth
CELLS: dict[str, tuple[str, Callable[[str], str]]] = {
    "results.csv": ("score", lambda cell: "2" if cell == "1" else "1"),
    "enrollments.csv": ("endDate", lambda cell: "2026-05-20"),
    "lineItems.csv": ("title", lambda cell: cell[:-1] + ' (again)"'),
    "users.csv": ("middleName", lambda cell: '"Maria"'),
}
WORDS = {"first": "from ZIP to applied, an empty site", "night": "a night later, 0.5 % of the lines changed"}


def change(origin: Path, to: Path) -> int:
    """Write the night's file; how many lines it changed. The district's cells hold no comma, but lists do."""
    column, other = CELLS[origin.name]
    changed = 0
    with origin.open(encoding="utf-8") as lines, to.open("w", encoding="utf-8") as night:
        header = next(lines)
        night.write(header)
        at = header.rstrip("\n").split(",").index(column)
        for number, line in enumerate(lines):
            if number % EVERY == CHANGED:
                cells = line.rstrip("\n").split(",", at + 1)
                cells[at] = other(cells[at])
                night.write(",".join(cells) + "\n")
                changed += 1
            else:
                night.write(line)
    return changed


def pack(folder: Path, to: Path) -> Path:
    """The CSV files of a folder as a ZIP."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        for file in sorted(folder.glob("*.csv")):
            archive.write(file, file.name)
    return to


def make_packages(files: Path, folder: Path) -> tuple[dict[str, Path], int]:
    """Both packages, and how many lines of the second are others."""
    night = folder / "night"
    night.mkdir()
    changed = 0
    for file in sorted(files.glob("*.csv")):
        if file.name in CELLS:
            changed += change(file, night / file.name)
        else:
            shutil.copy(file, night / file.name)
    packages = {
        "first": pack(files, folder / "first.zip"),
        "night": pack(night, folder / "night.zip"),
    }
    shutil.rmtree(night)
    return packages, changed


def measure(students: int, seed: int, work: Path) -> list[str]:
    """Both deliveries. Returns the report's lines."""
    folder = fresh_folder(work)
    data = folder / "data"
    environment = {"CRESCENDO_DATA": str(data), "CRESCENDO_PROCESS": "worker"}
    for name in ("DATABASE_URL", "CRESCENDO_WORKER_DATABASE_URL", "CRESCENDO_WEB_DATABASE_URL"):
        os.environ.pop(name, None)
    made = [sys.executable, "-m", "edmeasures.synth", "--students", str(students), "--seed", str(seed)]
    costs: dict[str, Cost] = {}
    loads: dict[str, tuple[float, float]] = {}
    try:
        run("generate", [*made, str(folder / "files")])
        packages, changed = make_packages(folder / "files" / "oneroster", folder)
        run("migrate", [*crescendo(), "migrate"], data=data, environment=environment)
        for name, package in packages.items():
            command = ["import", "oneroster", str(package), "--source", "sis", "--yes", "--json"]
            load = os.getloadavg()[0]
            costs[name] = run(name, [*crescendo(), *command], data=data, environment=environment)
            loads[name] = (load, os.getloadavg()[0])
            if name == "first":
                as_owner = environment | {"CRESCENDO_PROCESS": "owner"}
                tidying = run(
                    "tidy",
                    [sys.executable, "-m", "benchmarks.delivery", "--tidy"],
                    data=data,
                    environment=as_owner,
                )
    finally:
        stop_server(data)
    shutil.rmtree(folder)
    lines = _report(students, seed, changed, costs, loads)
    spent = tidying.database_cpu_seconds
    between = f"Between the two PostgreSQL tidied up (VACUUM ANALYZE): {spent:.1f} CPU seconds of its own, counted in neither."
    return [*lines, "", between]


def tidy() -> None:
    """What PostgreSQL does by itself in the hours between two deliveries; here it would fall into the night's account."""
    from crescendo import cli  # noqa: PLC0415

    cli.set_up("owner")
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def _report(
    students: int, seed: int, changed: int, costs: dict[str, Cost], loads: dict[str, tuple[float, float]]
) -> list[str]:
    said = {name: last_json(cost.output) for name, cost in costs.items()}
    read = sum(int(of["read"]) for of in said["first"]["files"].values())
    lines = [
        f"| `synth --students {students} --seed {seed}`, {read:,} rows, {set_aside(said['first']):,} set aside "
        "| CPU s | of it PostgreSQL | wall s | peak MB | load before, after |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, cost in costs.items():
        lines.append(
            f"| {WORDS[name]} | {cost.cpu_seconds:.1f} | {cost.database_cpu_seconds:.1f} | {cost.wall_seconds:.0f} "
            f"| {cost.peak_megabytes:,.0f} | {loads[name][0]:.1f}, {loads[name][1]:.1f} |"
        )
    lines += ["", f"The night's package differs in {changed:,} lines.", ""]
    for name, cost in costs.items():
        met = "met" if cost.cpu_seconds < AIMS[name] else "missed"
        lines.append(f"- {WORDS[name]}: {cost.cpu_seconds:.1f} CPU seconds, aim {AIMS[name]:.0f}: {met}.")
    peak = max(cost.peak_megabytes for cost in costs.values()) / 1024
    met = "met" if peak <= AIM_GIGABYTES else "missed"
    return [*lines, f"- memory: {peak:.2f} GB at the peak, aim {AIM_GIGABYTES:.0f}: {met}."]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--work", type=Path, help="a folder for files and database; a temporary one unless said"
    )
    parser.add_argument("--tidy", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.tidy:
        tidy()
        return
    with tempfile.TemporaryDirectory(prefix="crescendo-bench-") as scratch:
        sys.stdout.write(
            "\n".join(measure(asked.students, asked.seed, asked.work or Path(scratch) / "work")) + "\n"
        )


if __name__ == "__main__":
    main()
