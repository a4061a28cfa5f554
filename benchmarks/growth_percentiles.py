"""What growth percentiles cost, in CPU seconds of one core, beside R's quantreg where R is present.

    python -m benchmarks.growth_percentiles [--turns 3] [--samples ../shared/data/sgp] [--only sets,growth,state,cohorts,r]

sets      the 100 regressions of the stored sets: 6,977, 6,468, 50,000 and 200,000 students
growth    the exponent with which cost grows from 50,000 to 800,000 made-up students
state     a whole state-year of sgpData_LONG: two subjects, seven grades, up to four priors, reading included
cohorts   ten cohorts of 100,000
r         quantreg's simplex (br, 6,468 students alone: it takes minutes at 50,000) and interior point (pfn) on the same designs
"""

from __future__ import annotations

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before NumPy: one core is what is measured

import argparse  # noqa: E402
import multiprocessing  # noqa: E402
import resource  # noqa: E402
import shutil  # noqa: E402
import statistics  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from functools import partial  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

from edmeasures.growth import cohort_percentiles, knots_of, panel_of, quantile_regression, read_table  # noqa: E402
from edmeasures.growth.coefficients import TAUS  # noqa: E402
from edmeasures.growth.cohorts import years_of  # noqa: E402
from edmeasures.growth.splines import design_matrix  # noqa: E402

SAMPLES = Path(__file__).resolve().parents[1].parent / "shared" / "data" / "sgp"
SETS = (
    ("small demonstration panel, 1 prior", "sgpData_wide.csv.gz", ("3", "4"), 0.2),
    ("demonstration panel, 2 priors", "sgpData_wide.csv.gz", ("3", "4", "5"), 0.2),
    ("made up, 50,000", "synth_plain_50k.csv.gz", ("5", "6", "7"), 0.6),
    ("made up, 200,000", "synth_plain_200k.csv.gz", ("5", "6", "7"), 2.4),
)
SIZES = (50_000, 100_000, 200_000, 400_000, 800_000)
EXPONENT = 1.1  # at most: the aim
PARTS = ("sets", "growth", "state", "cohorts", "r")
BR_AT_MOST = 10_000  # students: R's simplex takes 72 CPU seconds at 50,000
R_SCRIPT = """
suppressMessages(library(quantreg))
a <- commandArgs(TRUE)
x <- matrix(readBin(file.path(a[1], "x"), "double", as.integer(a[2]) * as.integer(a[3])), ncol = as.integer(a[3]))
y <- readBin(file.path(a[1], "y"), "double", as.integer(a[2]))
used <- system.time(for (tau in (1:100 - .5) / 100) suppressWarnings(rq.fit(x, y, tau = tau, method = a[4])))
cat(sum(used[c(1, 2)]))
"""


def say(line: str) -> None:
    """One line of the report, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def scores_of(file: Path, grades: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Current scores, and priors with the latest first, of students with the whole progression."""
    panel = panel_of(read_table(file), "READING")
    years = years_of("2025", grades)
    here = np.logical_and.reduce([panel.of(y, g) for y, g in zip(years, grades, strict=True)])
    columns = [panel.scores[y][here] for y in reversed(years)]
    return columns[0], np.column_stack(columns[1:])


def made_up(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Whole scores of three years with a common ability behind them."""
    draw = np.random.default_rng(seed)
    ability = draw.normal(0, 1, n)
    years = [np.round(500 + 20 * t + 45 * (ability + draw.normal(0, 0.6, n))) for t in range(3)]
    return years[2], np.column_stack([years[1], years[0]])


@dataclass(frozen=True)
class Row:
    """One line of the report. CPU seconds of one core, one per turn; memory of the process at its peak."""

    what: str
    students: int
    seconds: tuple[float, ...]
    megabytes: float
    aim: float | None = None
    fallbacks: int = 0

    @property
    def least(self) -> float:
        return min(self.seconds)

    def line(self) -> str:
        """As a line of a Markdown table."""
        aim = "" if self.aim is None else f"{self.aim:g}, {'met' if self.least <= self.aim else 'missed'}"
        middle = statistics.median(self.seconds)
        return (
            f"| {self.what} | {self.students:,} | {self.least:.2f} | {middle:.2f} | {len(self.seconds)} "
            f"| {self.megabytes:,.0f} | {aim} | {self.fallbacks} |"
        )


HEAD = (
    "| what | students | CPU s, least | median | turns | MB | aim | left to the linear program |\n"
    "|---|---:|---:|---:|---:|---:|---|---:|"
)


def measured(
    what: str, work: Callable[[], tuple[int, float, int]], turns: int, aim: float | None = None
) -> Row:
    """`work` says how many students, CPU seconds and fallbacks; it runs in a process of its own, whose memory is read."""
    reader, writer = multiprocessing.Pipe(duplex=False)

    def child() -> None:
        done = [work() for _ in range(turns)]
        writer.send((done, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    writer.close()
    try:
        done, megabytes = reader.recv()
    except EOFError:
        raise SystemExit(f"{what}: the measurement ended early") from None
    process.join()
    row = Row(what, done[0][0], tuple(d[1] for d in done), megabytes, aim, done[0][2])
    say(row.line())
    return row


def regress(score: np.ndarray, priors: np.ndarray) -> tuple[int, float, int]:
    """Students, CPU seconds of the 100 regressions, and fallbacks; the design is made before."""
    x = design_matrix(priors, [knots_of(column) for column in priors.T])
    began = time.process_time()
    fits = quantile_regression(x, score, TAUS, keys=priors)
    return len(score), time.process_time() - began, fits.fallbacks


def sets(samples: Path, turns: int) -> list[Row]:
    return [
        measured(name, partial(regress, *scores_of(samples / file, grades)), turns, aim)
        for name, file, grades, aim in SETS
    ]


def growth(turns: int) -> list[Row]:
    return [measured("made up, two priors", lambda n=n: regress(*made_up(n)), turns) for n in SIZES]


def exponent(rows: list[Row]) -> str:
    """How cost grows with students, by the least of each size: the slope of logarithms, and the steps of it."""
    n, seconds = np.log([r.students for r in rows]), np.log([r.least for r in rows])
    steps = ", ".join(f"{s:.2f}" for s in np.diff(seconds) / np.diff(n))
    over_all = (seconds[-1] - seconds[0]) / (n[-1] - n[0])
    met = "met" if over_all <= EXPONENT else "missed"
    return f"Exponent from {rows[0].students:,} to {rows[-1].students:,}: {over_all:.2f} (step by step {steps}); aim {EXPONENT}: {met}."


def state_year(samples: Path) -> tuple[int, float, int]:
    """Reading included."""
    began = time.process_time()
    table = read_table(samples / "sgpData_LONG.parquet")
    number = fallbacks = 0
    for subject in ("READING", "MATHEMATICS"):
        panel = panel_of(table, subject)
        for grade in range(4, 11):
            grades = [str(g) for g in range(max(3, grade - 4), grade + 1)]
            found = cohort_percentiles(panel, "2024_2025", grades)
            number += found.n
            fallbacks += sum(m.fallbacks for m in found.matrices)
    return number, time.process_time() - began, fallbacks


def ten_cohorts() -> tuple[int, float, int]:
    done = [regress(*made_up(100_000, seed)) for seed in range(10)]
    return sum(d[0] for d in done), sum(d[1] for d in done), sum(d[2] for d in done)


def with_r(samples: Path, ours: list[Row]) -> None:
    """R's engines on the same designs, beside our least."""
    if not shutil.which("Rscript"):
        say("\nNo Rscript here: R's quantreg is not compared.")
        return
    say("\n| R's quantreg, the same design | students | CPU s | times ours |\n|---|---:|---:|---:|")
    for (name, file, grades, _), row in zip(SETS[1:3], ours[1:3], strict=True):
        score, priors = scores_of(samples / file, grades)
        x = design_matrix(priors, [knots_of(column) for column in priors.T])
        for method in ("br", "pfn"):
            if method == "pfn" or len(score) <= BR_AT_MOST:
                theirs = in_r(x, score, method)
                say(f"| {name}, `{method}` | {len(score):,} | {theirs:.2f} | {theirs / row.least:.0f} |")


def in_r(x: np.ndarray, y: np.ndarray, method: str) -> float:
    """CPU seconds that R spends in the 100 fits, by its own account."""
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        (at / "x").write_bytes(np.asfortranarray(x).tobytes(order="F"))
        (at / "y").write_bytes(y.tobytes())
        (at / "time.R").write_text(R_SCRIPT)
        words = ["Rscript", str(at / "time.R"), folder, str(len(y)), str(x.shape[1]), method]
        return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=Path, default=SAMPLES)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--turns", type=int, default=3)
    asked = parser.parse_args()
    parts = asked.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown parts: {', '.join(sorted(unknown))}")
    present = asked.samples.is_dir()
    say(HEAD)
    stored = sets(asked.samples, asked.turns) if present and {"sets", "r"} & set(parts) else []
    if present and "state" in parts:
        measured(
            "a state-year, up to 4 priors, reading included",
            partial(state_year, asked.samples),
            asked.turns,
            5,
        )
    if "cohorts" in parts:
        measured("ten cohorts of 100,000", ten_cohorts, asked.turns, 20)
    if "growth" in parts:
        say("\n" + exponent(growth(asked.turns)))
    if "r" in parts and present:
        with_r(asked.samples, stored)
    if not present:
        say("\nNo stored sets here (--samples FOLDER): only made-up students were measured.")
    say(f"\nLoad of the machine at the end: {os.getloadavg()[0]:.1f}.")


if __name__ == "__main__":
    main()
