"""A file turned into records without a site: what is written, what is set aside, and that no database is asked."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from crescendo.imports.sources.table.converting import SET_ASIDE, convert
from crescendo.imports.sources.table.mapping import load_mapping, parse_mapping, with_answers
from crescendo.imports.sources.table.reader import read_file
from crescendo.imports.sources.table.received import Unreadable
from crescendo.imports.sources.table.shapes import MappingError, TableMapping
from imports.table.vendors import FILES, VendorFile, expected_rows

ON = date(2026, 11, 22)
FIXED_WIDTH_ROWS = 8  # of the one file that expectations.json does not count
QUIZ = parse_mapping(
    {
        "mapping": {"name": "quiz", "source": "quiz"},
        "pass": [
            {
                "target": "assessment_results",
                "fields": {
                    "student": {"any_of": ["Local id", "No"]},
                    "school": {"find": "enrolment"},
                    "assessment": {"constant": "quiz"},
                    "school_year": {"find": "on"},
                    "on": {"column": "Taken", "date": "%d/%m/%Y"},
                    "score": "Got",
                    "standard_error": {"column": "Error", "if_wrong": "empty"},
                },
            }
        ],
    }
)


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def converted(tmp_path: Path, text: str, mapping: TableMapping = QUIZ) -> tuple[list[object], Path]:
    file, out = tmp_path / "quiz.csv", tmp_path / "out"
    file.write_text(text)
    made = convert(file, mapping, out, on=ON)
    return [*((one.file, one.records, one.set_aside) for one in made.passes), made.torn], out


def test_what_holds_is_written_typed_and_the_rest_says_what_to_do(tmp_path: Path) -> None:
    made, out = converted(
        tmp_path,
        "Local id,No,Taken,Got,Error\n,007,03/04/2026,7.50,12\n,008,31/04/2026,8,13\n,009,03/04/2026,9,best\n,010,3\n",
    )
    assert made == [("1-assessment_results.jsonl", 2, 1), 1]
    first, second = lines(out / "1-assessment_results.jsonl")
    assert first == {
        "row": 2, "student": "007", "assessment": "quiz", "school_year": 2026, "on": "2026-04-03", "score": 7.5,
        "standard_error": 12,
    }  # fmt: skip
    assert (second["row"], second["standard_error"]) == (4, None)
    aside = {(one["row"], one["column"], one["problem"], one["cell"]) for one in lines(out / SET_ASIDE)}
    assert aside == {
        (3, "Taken", "bad_date", "31/04/2026"),
        (4, "Error", "bad_number", "best"),
        (5, "", "ragged_row", ",010,3"),
    }
    assert all(one["what_to_do"] for one in lines(out / SET_ASIDE))
    assert out.stat().st_mode & 0o077 == 0, "the records are about children: only their owner reads them"


def test_a_file_that_the_mapping_cannot_read_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="no column 'Taken'"):
        converted(tmp_path, "Local id,No,Got,Error\n,7,3,4\n")
    with pytest.raises(Unreadable, match="no rows"):
        converted(tmp_path, "Local id,No,Taken,Got,Error\n")
    assert not (tmp_path / "out").exists()


def test_the_command_starts_nothing_that_is_slow_and_no_database(tmp_path: Path) -> None:
    (tmp_path / "quiz.csv").write_text("No,Taken,Got,Error\n7,03/04/2026,8,\n")
    (tmp_path / "quiz.json").write_text(json.dumps(QUIZ.document))
    program = (
        "import sys\nfrom crescendo.__main__ import main\nslow = {'django', 'psycopg', 'typer', 'pydantic'}\n"
        "try: main()\nfinally: print(sorted(slow & {*sys.modules}))"
    )
    asked = ["convert", "quiz.csv", "--mapping", "quiz.json", "--out", "records"]
    environment = os.environ | {"CRESCENDO_DATA": str(tmp_path / "nowhere")}
    done = subprocess.run(
        [sys.executable, "-c", program, *asked],
        check=False,
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["1-assessment_results.jsonl: 1 record", "[]"]
    assert not (tmp_path / "nowhere").exists()
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "records").iterdir()} == {0}
    refused = subprocess.run(
        [sys.executable, "-m", "crescendo.cli", *asked[:3], "map-growht", *asked[4:]],
        check=False, cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert refused.returncode == 1
    assert refused.stderr.startswith("There is no mapping 'map-growht'.")


@pytest.mark.samples
@pytest.mark.parametrize("file", [file for file in FILES if file.alone], ids=lambda file: file.path)
def test_every_row_of_a_vendors_file_is_a_record_or_is_set_aside(
    file: VendorFile, samples: Path, tmp_path: Path
) -> None:
    mapping = with_answers(load_mapping(file.mapping), file.answers)
    if file.path.endswith("metadata.csv"):
        with pytest.raises(MappingError, match="Give the folder"):
            convert(samples / file.path, mapping, tmp_path, on=ON)
        return
    made = convert(samples / file.path, mapping, tmp_path, on=ON)
    rows = {one["row"] for done in made.passes for one in lines(tmp_path / done.file)}
    rows |= {one["row"] for one in lines(tmp_path / SET_ASIDE)}
    titles = sum(
        len(read_file(samples / file.path, spec, file.path).above) for spec in mapping.files.values()
    )
    expected = expected_rows(samples)[file.path.removeprefix("interop/")]
    assert len(rows) + made.left + titles == (expected or FIXED_WIDTH_ROWS)
