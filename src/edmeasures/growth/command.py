"""`edmeasures sgp`: growth percentiles from a file of scores."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from ..writing import check_ending, check_folder
from .coefficients import read_knots, read_matrices, write_knots, write_matrices
from .cohorts import MINIMUM, CohortPercentiles, cohort_percentiles
from .panels import panel_of, read_table, write_table
from .percentiles import CUTS


def sgp(
    scores: Annotated[
        Path, typer.Argument(help="Parquet, CSV or gzipped CSV, in SGP's long or wide layout.")
    ],
    year: Annotated[str, typer.Option(help="The current year as the file writes it: 2025 or 2024_2025.")],
    grades: Annotated[str, typer.Option(help="The progression, earliest first: 5,6,7.")],
    out: Annotated[Path, typer.Option(help="Where to write: .parquet, .csv or .csv.gz.")],
    subject: Annotated[
        str, typer.Option(help="CONTENT_AREA of the long layout; a name for the wide one.")
    ] = "READING",
    years: Annotated[
        str | None, typer.Option(help="Years of the progression, where one was not tested.")
    ] = None,
    exact_progression: Annotated[
        bool, typer.Option("--exact-progression", help="Only students with every score of the progression.")
    ] = False,
    knots: Annotated[Path | None, typer.Option(help="Knots by grade (JSON, or CSV: item, i, value).")] = None,
    coefficients: Annotated[Path | None, typer.Option(help="Stored norm groups: nothing is fitted.")] = None,
    coefficients_out: Annotated[Path | None, typer.Option(help="Keep the fitted norm groups here.")] = None,
    knots_out: Annotated[Path | None, typer.Option(help="Keep the knots here (JSON).")] = None,
    cuts: Annotated[str, typer.Option(help="Percentiles whose scores are written.")] = ",".join(
        map(str, CUTS)
    ),
    minimum: Annotated[int, typer.Option(help="Smallest cohort that is evaluated.")] = MINIMUM,
    duplicates: Annotated[
        str, typer.Option(help="Several scores in a year: refuse, or the highest.")
    ] = "refuse",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Student growth percentiles, exact: ID, SGP, percentile cuts, norm group, and why somebody has none."""
    began = time.perf_counter()

    def say(line: str) -> None:
        if not quiet:
            sys.stderr.write(f"{time.perf_counter() - began:6.1f} s  {line}\n")

    if duplicates not in ("refuse", "highest"):
        raise typer.BadParameter(f"{duplicates!r}: refuse or highest.")
    try:
        for written in filter(None, (out, coefficients_out, knots_out)):
            check_folder(written)
        check_ending(out)
        for read, what in ((coefficients, "--coefficients"), (knots, "--knots")):
            if read and not read.is_file():
                raise ValueError(f"{what} {read}: there is no such file.")
        progression = _progression(grades)
        panel = panel_of(
            read_table(scores), subject, duplicates="highest" if duplicates == "highest" else "refuse"
        )
        say(f"{scores.name}: {len(panel.ids):,} students, years {', '.join(panel.scores)}")
        found = cohort_percentiles(
            panel,
            year,
            progression,
            years=_listed(years) if years else None,
            exact_progression=exact_progression,
            knots=read_knots(knots) if knots else None,
            matrices=read_matrices(coefficients) if coefficients else None,
            minimum_n=minimum,
            cuts=_percents(cuts),
            progress=say,
        )
        if not len(found.ids):
            raise ValueError(
                f"Nobody has a score in {subject}, grade {progression[-1]}, of {year}. Is --grades the progression, the current grade last?"
            )
        write_table(out, table_of(found))
        if coefficients_out:
            write_matrices(coefficients_out, found.matrices)
        if knots_out:
            write_knots(knots_out, found.knots)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(2) from error
    say(f"{out}: {found.n:,} growth percentiles, {len(found.ids) - found.n:,} not evaluated")


def table_of(found: CohortPercentiles) -> pa.Table:
    """The result as it is written: null and a reason where there is no percentile."""
    none = found.value == 0
    columns: dict[str, pa.Array] = {
        "ID": pa.array(found.ids.tolist(), pa.string()),
        "SGP": pa.array(found.value, pa.int64(), mask=none),
        "SGP_NORM_GROUP": pa.array(found.norm_group.tolist(), pa.string(), mask=none),
        "SGP_ORDER": pa.array(found.order, pa.int64(), mask=none),
        "SCALE_SCORE_PRIOR": pa.array(found.prior, pa.float64(), mask=none),
    }
    for j, percent in enumerate(found.at):
        columns[f"PERCENTILE_CUT_{percent}"] = pa.array(found.cuts[:, j], pa.float64(), mask=none)
    columns["NOT_EVALUATED"] = pa.array(found.reason.tolist(), pa.string(), mask=~none)
    return pa.table(columns)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _progression(text: str) -> list[str]:
    grades = _listed(text)
    if len(grades) < 2:
        raise ValueError(
            f"--grades {text}: name each grade of the progression, earliest first, with commas between: 5,6,7."
        )
    return grades


def _percents(text: str) -> Sequence[int]:
    try:
        found = [int(part) for part in _listed(text)]
    except ValueError as error:
        raise ValueError(f"--cuts {text}: whole percentiles, separated by commas.") from error
    if any(not 0 <= p <= 99 for p in found):
        raise ValueError(f"--cuts {text}: percentiles run from 0 to 99.")
    return found
