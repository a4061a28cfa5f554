"""python -m edmeasures.synth --students N --seed S OUT: write a district and say what was planted in it."""

import argparse
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path

from ..writing import write as write_table
from .district import DEMO_TODAY, LARGEST, SMALLEST, District, generate
from .score_panel import score_panel
from .writing import write, write_tables


def main(arguments: list[str] | None = None) -> int:
    """Write a district into a folder. 0 when it is written, 2 when it was asked for wrongly."""
    parser = argparse.ArgumentParser(prog="python -m edmeasures.synth", description=__doc__)
    parser.add_argument(
        "--students", type=int, default=600, help=f"students of the newest year, {SMALLEST} to {LARGEST}"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed makes the same district, to the byte"
    )
    parser.add_argument("--years", type=int, help="school years; 1, or 2 with --demo")
    parser.add_argument(
        "--as-of", type=date.fromisoformat, help="last day known, YYYY-MM-DD; default: the year is whole"
    )
    parser.add_argument("--demo", action="store_true", help=f"two years, known up to {DEMO_TODAY}")
    parser.add_argument(
        "--tables",
        action="store_true",
        help="write the tables that `edmeasures evaluate OUT` reads, as Parquet, in place of the source systems' files",
    )
    parser.add_argument(
        "--everything",
        action="store_true",
        help="with --tables: all tables of the catalogue, not the demo's alone",
    )
    parser.add_argument(
        "--scores",
        choices=("long", "wide"),
        help="write scores of three years into the file OUT, as SGP lays them out",
    )
    parser.add_argument("out", metavar="OUT", help="folder to write into; the file, with --scores")
    asked = parser.parse_args(arguments)
    if asked.everything and not asked.tables:
        parser.error("--everything goes with --tables: no source system exports all of it")
    if asked.scores:
        return _write_scores(parser, asked)
    try:
        district = generate(
            asked.students,
            asked.seed,
            asked.as_of or (DEMO_TODAY if asked.demo else None),
            years=asked.years or (2 if asked.demo else 1),
            everything=asked.everything,
        )
    except ValueError as error:
        parser.error(str(error))
    rows = (write_tables if asked.tables else write)(district, asked.out)
    sys.stdout.write("\n".join(report(district, rows)) + "\n")
    return 0


def _write_scores(parser: argparse.ArgumentParser, asked: argparse.Namespace) -> int:
    """Scores of one cohort in the grades 5, 6 and 7, reading, up to 2025."""
    try:
        table = score_panel(asked.students, asked.seed, layout=asked.scores)
        write_table(table, Path(asked.out))
    except ValueError as error:
        parser.error(str(error))
    sys.stdout.write(f"{table.num_rows:>10,}  {asked.out}\n")
    return 0


def report(district: District, rows: dict[str, int]) -> list[str]:
    """The rows of each file and the planted truths, a line each."""
    lines = [f"{count:>10,}  {name}{'' if '.' in name else '.csv'}" for name, count in rows.items()]
    lines += ["", f"Known up to {district.as_of}. Planted:"]
    truths = district.truths
    for trial in (truths.intervention_a, truths.intervention_b):
        lines.append(
            f"- {trial.code}, {trial.title}: effect {trial.effect_sd:.2f} SD on "
            f"{len(trial.treated_student_ids)} students ({len(trial.comparison_student_ids)} to compare with), "
            f"{trial.outcome_family}, {trial.outcome_window}"
        )
    change, pair = truths.attendance_change, asdict(truths.attendance_and_mathematics)
    lines.append(f"- {change.school_name}: from {change.begins_on} on {change.factor} times as many absences")
    lines.append(f"- {pair['first']} with {pair['second']}: r = {pair['r']:.2f}")
    lines += [
        f"- {p.indicator} of {p.organisation_id}: {p.value:.3f}, within {p.tolerance:.3f} ({p.note})"
        for p in district.planted
    ]
    return lines


if __name__ == "__main__":
    sys.exit(main())
