"""Made-up graduates, registers and exam results with exact answers, and a real published table with its codes."""

import csv
import gzip
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from edmeasures import Results, evaluate
from edmeasures.published_codes import read_cells

pytestmark = pytest.mark.samples

#: The reference prints ten decimals of a percentage.
PRINTED = 1e-9


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def of_everyone(results: Results) -> dict[tuple[str, str], dict[str, Any]]:
    found = results.groups.to_pylist()
    return {(r["organisation_id"], r["indicator"]): r for r in found if not r["characteristic"]}


# --- graduation ---------------------------------------------------------------------------------------------------

#: What the file calls an end, as the ledger does.
ENDS = {
    "regular_diploma": "regular_diploma",
    "transfer_out_documented": "transfer_out",
    "transfer_out_undocumented": "transfer_out",
    "emigrated": "emigrated",
    "died": "died",
    "dropout": "dropout",
    "equivalency": "equivalency",
    "certificate": "certificate",
    "still_enrolled": "still_enrolled",
}


@pytest.fixture(scope="module")
def ledger(samples: Path) -> dict[str, pa.Table]:
    """The file as dated events: the way in, and what became of each student."""
    students = rows(samples / "measures" / "acgr_students.csv.gz")
    events: list[dict[str, Any]] = []
    for s in students:
        first = int(s["first_grade9_year"])
        came = date(first - 1, 9, 1) if s["arrival"] == "original" else date(first, 9, 1)
        kind = "first_grade_9" if s["arrival"] == "original" else "transfer_in"
        shared = {"student_id": s["student"], "school_id": s["school"]}
        events.append(shared | {"on": came, "kind": kind, "cohort_year": first})
        year = int(s["diploma_year"]) if s["diploma_year"] else None
        ended = date(year, 6, 1) if year else date(first + 1, 11, 1)
        documented = s["status"] == "transfer_out_documented"
        events.append(
            shared | {"on": ended, "kind": ENDS[s["status"]], "counts_for": year, "is_documented": documented}
        )
    schools = sorted({s["school"] for s in students})
    kinds = {"student_id": pa.string(), "school_id": pa.string(), "on": pa.date32(), "kind": pa.string()}
    kinds |= {"cohort_year": pa.int64(), "counts_for": pa.int64(), "is_documented": pa.bool_()}
    schema = pa.schema(list(kinds.items()))
    return {
        "organisations": pa.table(
            {
                "organisation_id": ["D", *schools],
                "kind": ["district"] + ["school"] * len(schools),
                "parent_id": pa.array([None] + ["D"] * len(schools), pa.string()),
            }
        ),
        "cohort_events": pa.Table.from_pylist(events, schema=schema),
        "student_characteristics": pa.table(
            {
                "student_id": [s["student"] for s in students],
                "characteristic": ["group"] * len(students),
                "value": [s["group"] for s in students],
            }
        ),
    }


@pytest.mark.parametrize(("years", "year", "answer"), [(4, 2024, "y4"), (5, 2025, "y5"), (6, 2026, "y6")])
def test_a_cohort_after_four_five_and_six_years(
    ledger: dict[str, pa.Table], samples: Path, years: int, year: int, answer: str
) -> None:
    code = f"graduation_rate_{years}"
    found = evaluate(
        ledger, school_year=year, as_of=date(year, 8, 31), indicators=[code], characteristics=["group"]
    )
    answers = json.loads((samples / "measures" / "expected.json").read_text())["acgr"]
    everyone, expected = of_everyone(found)["D", code], answers["all"][answer]
    assert (everyone["numerator"], everyone["denominator"]) == (expected["graduates"], expected["cohort"])
    assert 100 * everyone["value"] == pytest.approx(expected["rate"], abs=PRINTED)
    if years > 4:
        return
    for school, expected in answers["by_school"].items():
        row = of_everyone(found)[school, code]
        assert (row["numerator"], row["denominator"]) == (expected["graduates"], expected["cohort"]), school
    groups = {
        r["group_value"]: r
        for r in found.groups.to_pylist()
        if r["characteristic"] == "group" and r["organisation_id"] == "D"
    }
    for group, expected in answers["by_group"].items():
        assert (groups[group]["numerator"], groups[group]["denominator"]) == (
            expected["graduates"],
            expected["cohort"],
        )


def test_the_ledger_read_on_an_earlier_day_knows_less(ledger: dict[str, pa.Table]) -> None:
    early = evaluate(ledger, school_year=2024, as_of=date(2024, 5, 31), indicators=["graduation_rate_4"])
    late = evaluate(ledger, school_year=2024, as_of=date(2024, 6, 1), indicators=["graduation_rate_4"])
    assert of_everyone(early)["D", "graduation_rate_4"]["numerator"] == 38  # who took three years
    assert of_everyone(late)["D", "graduation_rate_4"]["numerator"] == 1345


# --- key stage 4 --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key_stage_4(samples: Path) -> Results:
    pupils = rows(samples / "measures" / "p8_pupils.csv.gz")
    grades = rows(samples / "measures" / "p8_grades.csv.gz")
    school_of = {p["pupil"]: p["school"] for p in pupils}
    with (samples / "measures" / "p8_ks2_table.csv").open(newline="", encoding="utf-8") as file:
        estimates = list(csv.DictReader(file))

    def points(grade: str, place: int) -> int | None:
        parts = [0 if part == "U" else int(part) for part in grade.split("-")]
        return parts[place] if place < len(parts) else None

    tables = {
        "enrolments": pa.table(
            {
                "student_id": [p["pupil"] for p in pupils],
                "school_id": [p["school"] for p in pupils],
                "school_year": [2026] * len(pupils),
                "entry_on": [date(2025, 9, 1)] * len(pupils),
            }
        ),
        "exam_results": pa.table(
            {
                "student_id": [g["pupil"] for g in grades],
                "school_id": [school_of[g["pupil"]] for g in grades],
                "school_year": [2026] * len(grades),
                "subject": [g["subject"] for g in grades],
                "points": [points(g["grade"], 0) for g in grades],
                "second_points": pa.array([points(g["grade"], 1) for g in grades], pa.int64()),
            }
        ),
        "prior_attainment": pa.table(
            {
                "student_id": [p["pupil"] for p in pupils if p["ks2"]],
                "ks2": [float(p["ks2"]) for p in pupils if p["ks2"]],
            }
        ),
        "attainment_estimates": pa.table(
            {
                "school_year": [2026] * len(estimates),
                "ks2": [float(e["ks2"]) for e in estimates],
                "estimate": [float(e["est_a8"]) for e in estimates],
            }
        ),
    }
    return evaluate(
        tables,
        school_year=2026,
        as_of=date(2026, 8, 31),
        indicators=["attainment8", "progress8"],
        rule_packs=["england"],
    )


def test_every_pupil_has_the_stored_attainment_and_progress(key_stage_4: Results, samples: Path) -> None:
    expected = rows(samples / "measures" / "p8_expected_pupil.csv.gz")
    table = key_stage_4.students
    found = {
        code: {
            r["student_id"]: r["value"]
            for r in table.filter(
                pc.and_(pc.equal(table["indicator"], code), pc.is_valid(table["school_id"]))
            ).to_pylist()
        }
        for code in ("attainment8", "progress8")
    }
    assert len(expected) == 1200
    for e in expected:
        assert found["attainment8"][e["pupil"]] == float(e["a8"]), e
        if e["p8"]:
            assert found["progress8"][e["pupil"]] == pytest.approx(float(e["p8"]), abs=1e-9), e
        else:
            assert found["progress8"][e["pupil"]] is None, e


def test_every_school_has_the_stored_attainment_progress_and_interval(
    key_stage_4: Results, samples: Path
) -> None:
    answers = json.loads((samples / "measures" / "expected.json").read_text())["progress8"]["school"]
    groups = of_everyone(key_stage_4)
    for school in answers:
        attainment, progress = groups[school["school"], "attainment8"], groups[school["school"], "progress8"]
        assert (attainment["n_students"], progress["n_students"]) == (school["pupils"], school["in_p8"])
        assert attainment["value"] == pytest.approx(school["a8"], abs=1e-9)
        # The stored limits use 1.959964 where the department prints 1.96.
        assert (progress["value"], progress["lower"], progress["upper"]) == pytest.approx(
            (school["p8"], school["lo"], school["hi"]), abs=1e-5
        )


def test_codes_of_the_published_table_are_reasons_and_never_numbers(samples: Path) -> None:
    schools = rows(samples / "dfe_ks4_2019" / "england_ks4_2018_19.csv.gz")
    for column, numbers, suppressed in (
        ("P8MEA", 3557, 164),
        ("ATT8SCR", 4527, 401),
        ("PTL2BASICS_95", 4527, 401),
    ):
        cells = read_cells(school[column] for school in schools)
        counted = Counter(cell.reason for cell in cells)
        assert counted[None] == numbers
        assert counted["suppressed"] == suppressed
        assert all((cell.value is None) == (cell.reason is not None) for cell in cells)
    shares = [
        cell.value for cell in read_cells(s["PTL2BASICS_95"] for s in schools) if cell.value is not None
    ]
    assert 0 <= min(shares) < max(shares) <= 1
    with pytest.raises(ValueError, match=r"Row 2: 'X' is neither a number nor one of SUPP, NP"):
        read_cells(["1.0", "X"])
