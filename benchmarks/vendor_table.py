"""A vendor's file of 10,000 rows and 143 columns, against earthmover 0.4.10 on the same mapping, in one run.

`python -m benchmarks.vendor_table [--samples FOLDER] [--earthmover COMMAND]`: the file is MAP Growth's, its rows repeated for
other students. Both read all columns as text, map the vendor's names to fields, turn dates and numbers into typed
values, and write the test, its eight areas and the row as it came as JSON lines. Ours is `crescendo convert` with the
mapping that is shipped, and every check of every cell. CPU seconds of the process with its children; a file of ten rows
tells what the start costs, which a worker pays once and not for each file. earthmover lives in an environment of its own:
say where its command is, or it is skipped with a word.
"""

import argparse
import csv
import os
import resource
import shutil
import subprocess
import tempfile
from pathlib import Path

from .product import crescendo

ROWS, FEW = 10_000, 10  # a file of few rows costs the start of Python and of the libraries
TURNS = 5  # the start varies by more than the work: each is measured in turn, and the least of each counts
SAMPLE = Path("interop/assessments/MAP_Growth/sample_anonymized_file.csv")
LEVELS = {"Low": 1, "LoAvg": 2, "Avg": 3, "HiAvg": 4, "High": 5}
COLUMNS = (
    "TestRITScore",
    "TestStandardError",
    "AchievementQuintile",
    "TestType",
    "TestID",
    "StudentID",
    "Subject",
)
GOALS = range(1, 9)
REST = (
    '"data": { {% for k, v in __row_data__.items() if k != "__row_data__" and v %}'
    '"{{k}}": {{v | tojson}}{{ ", " if not loop.last }}{% endfor %} }'
)
CONFIG = """version: 2
config:
  output_dir: {folder}/out
  state_file: {folder}/state.csv
  log_level: ERROR
  show_progress: False
sources:
  results:
    file: {file}
    header_rows: 1
transformations:
  mapped:
    source: $sources.results
    operations:
      - operation: modify_columns
        columns:
          TestStartDate: "{{%raw%}}{{{{value[6:10]}}}}-{{{{value[0:2]}}}}-{{{{value[3:5]}}}}{{%endraw%}}"
      - operation: map_values
        columns: [AchievementQuintile, {adjectives}]
        mapping:
{levels}
destinations:
  records:
    source: $transformations.mapped
    template: {folder}/record.jsont
    extension: jsonl
    linearize: True
"""


def write_file(sample: Path, to: Path, rows: int = ROWS) -> None:
    """The sample's rows again and again, each for a student and a test of its own."""
    with sample.open(encoding="utf-8-sig", newline="") as file:
        header, *given = list(csv.reader(file))
    given = [row for row in given if len(row) == len(header)]
    student, test = header.index("StudentID"), header.index("TestID")
    with to.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(rows):
            row = list(given[number % len(given)])
            row[student], row[test] = str(700_000 + number), str(800_000_000 + number)
            writer.writerow(row)


def write_config(file: Path, folder: Path) -> Path:
    """The same for earthmover: the test, its eight areas, and the row as it came."""
    levels = "\n".join(f'          "{name}": "{number}"' for name, number in LEVELS.items())
    parts = [f'"{name}": "{{{{{name}}}}}"' for name in (*COLUMNS, "TestStartDate")]
    goals = ", ".join(
        f'{{"goal": "{{{{Goal{n}Name}}}}", "score": "{{{{Goal{n}RitScore}}}}", "error": "{{{{Goal{n}StdErr}}}}", '
        f'"level": "{{{{Goal{n}Adjective}}}}"}}'
        for n in GOALS
    )
    record = ", ".join([*parts, f'"goals": [{goals}]', REST])
    (folder / "record.jsont").write_text("{" + record + "}\n")
    adjectives = ", ".join(f"Goal{n}Adjective" for n in GOALS)
    config = folder / "earthmover.yaml"
    config.write_text(CONFIG.format(folder=folder, file=file, levels=levels, adjectives=adjectives))
    return config


def cpu_seconds_of(command: list[str]) -> float:
    """CPU seconds, the system's included, of a command and its children; one thread in every library."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"), "1")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, env=os.environ | one_thread, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(samples: str = "", earthmover: str = "") -> None:
    """Print both times and their ratio: of the whole commands, and of the work without their start."""
    sample = Path(samples or os.environ.get("CRESCENDO_SAMPLES", "")) / SAMPLE
    if not sample.is_file():
        print("Skipped: the folder of real files is not there. Say it, or set CRESCENDO_SAMPLES.")
        return
    command = earthmover or shutil.which("earthmover")
    spent: dict[str, list[float]] = {"Crescendo": [], "earthmover": []}
    with tempfile.TemporaryDirectory() as scratch:
        commands: dict[str, list[list[str]]] = {"Crescendo": [], "earthmover": []}
        for rows in (FEW, ROWS):
            folder = Path(scratch) / str(rows)
            folder.mkdir()
            file = folder / "map_growth.csv"
            write_file(sample, file, rows)
            out = ["--mapping", "map-growth", "--out", str(folder / "records")]
            commands["Crescendo"].append([*crescendo(), "convert", str(file), *out])
            if command:
                commands["earthmover"].append([command, "run", "-f", "-c", str(write_config(file, folder))])
        turns = [
            {name: [cpu_seconds_of(one) for one in both] for name, both in commands.items()}
            for _turn in range(TURNS)
        ]
        for name in commands:
            spent[name] = [min(some) for some in zip(*(turn[name] for turn in turns), strict=True)]
    for name, seconds in spent.items():
        if not seconds:
            print(
                "earthmover: skipped, it is not installed (pip install earthmover==0.4.10, in its own environment)"
            )
            return
        start, whole = seconds
        print(
            f"{name}: {ROWS} rows of 143 columns in {whole:.2f} CPU seconds, {whole - start:.2f} without its start"
        )
    (our_start, our_whole), (their_start, their_whole) = spent.values()
    print(
        f"ratio: {their_whole / our_whole:.1f} whole, {(their_whole - their_start) / (our_whole - our_start):.1f} without the start"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", default="")
    parser.add_argument("--earthmover", default="")
    asked = parser.parse_args()
    main(asked.samples, asked.earthmover)
