"""What growth percentiles cost, in CPU seconds of one core, beside R's quantreg where R is present.

    python -m benchmarks.growth_percentiles [--samples ../shared/data/sgp] [--only sets,growth,state,cohorts,r]

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
import shutil  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
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


def regress(score: np.ndarray, priors: np.ndarray, *, turns: int = 1) -> tuple[float, int]:
    """CPU seconds of the 100 regressions (least of `turns`), and fallbacks; the design is made before."""
    x = design_matrix(priors, [knots_of(column) for column in priors.T])
    best, fallbacks = np.inf, 0
    for _ in range(turns):
        began = time.process_time()
        fallbacks = quantile_regression(x, score, TAUS, keys=priors).fallbacks
        best = min(best, time.process_time() - began)
    return float(best), fallbacks


def verdict(used: float, aim: float) -> str:
    return f"{used:8.2f} CPU s   aim {aim:g}: {'met' if used <= aim else 'missed'}"


def sets(samples: Path) -> None:
    for name, file, grades, aim in SETS:
        score, priors = scores_of(samples / file, grades)
        used, fallbacks = regress(score, priors, turns=3)
        say(f"{name:40s} {len(score):8,d} students {verdict(used, aim)}, {fallbacks} fallbacks")


def growth() -> None:
    sizes = (50_000, 200_000, 800_000)
    used = [regress(*made_up(n))[0] for n in sizes]
    for n, seconds in zip(sizes, used, strict=True):
        say(f"{'made up, growth of cost':40s} {n:8,d} students {seconds:8.2f} CPU s")
    exponent = np.log(used[-1] / used[0]) / np.log(sizes[-1] / sizes[0])
    say(
        f"exponent from 50,000 to 800,000: {exponent:.2f}   aim 1.1: {'met' if exponent <= 1.1 else 'missed'}"
    )


def state(samples: Path) -> None:
    began = time.process_time()
    table = read_table(samples / "sgpData_LONG.parquet")
    number = 0
    for subject in ("READING", "MATHEMATICS"):
        panel = panel_of(table, subject)
        for grade in range(4, 11):
            grades = [str(g) for g in range(max(3, grade - 4), grade + 1)]
            number += cohort_percentiles(panel, "2024_2025", grades).n
    say(f"{'state-year, up to 4 priors':40s} {number:8,d} results  {verdict(time.process_time() - began, 5)}")


def cohorts() -> None:
    used = sum(regress(*made_up(100_000, seed))[0] for seed in range(10))
    say(f"{'ten cohorts':40s}  100,000 students {verdict(used, 20)}")


def with_r(samples: Path) -> None:
    if not shutil.which("Rscript"):
        say("no Rscript here: R's quantreg is not compared")
        return
    for name, file, grades, _ in SETS[1:3]:
        score, priors = scores_of(samples / file, grades)
        x = design_matrix(priors, [knots_of(column) for column in priors.T])
        ours, _ = regress(score, priors, turns=3)
        for method in ("br", "pfn"):
            if method == "pfn" or len(score) <= BR_AT_MOST:
                theirs = in_r(x, score, method)
                say(f"{name:40s} quantreg {method}: {theirs:8.2f} CPU s, {theirs / ours:.0f} times ours")


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
    asked = parser.parse_args()
    parts = asked.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"unknown parts: {', '.join(sorted(unknown))}")
    reading = {"sets": sets, "state": state, "r": with_r}
    for part in parts:
        if part not in reading:
            {"growth": growth, "cohorts": cohorts}[part]()
        elif asked.samples.is_dir():
            reading[part](asked.samples)
        else:
            say(f"{part}: no real files at {asked.samples}")


if __name__ == "__main__":
    main()
