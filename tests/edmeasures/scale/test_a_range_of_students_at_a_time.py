"""Measured a range of students at a time, organisations get the rows of one whole evaluation."""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import state
from edmeasures import TableError, evaluate, load, synth
from edmeasures.by_range import evaluate_by_range

#: Ranges are added in another order than students: the last bits of a double may differ.
TOLERANCE = 1e-12
CODES = ("attendance_rate", "average_daily_attendance", "chronic_absence", "absence_streak", "mobility_rate")
NAMES = (
    "organisations", "enrolments", "calendar_days", "attendance_submissions", "attendance_events",
    "student_characteristics",
)  # fmt: skip


def equal(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)


def assert_same(one: pa.Table, other: pa.Table, key: list[str]) -> None:
    rows, others = (sorted(t.to_pylist(), key=lambda r: [str(r[k]) for k in key]) for t in (one, other))
    assert len(rows) == len(others) > 0
    for row, its in zip(rows, others, strict=True):
        assert {c: v for c, v in row.items() if not equal(v, its[c])} == {}


@pytest.fixture(scope="module")
def tables() -> Mapping[str, pa.Table]:
    made = synth.generate(students=400, seed=11).tables
    return {name: made[name] for name in NAMES}


def test_groups_weeks_parts_and_students_are_those_of_a_whole_evaluation(
    tables: Mapping[str, pa.Table], tmp_path: Path
) -> None:
    asked: dict[str, Any] = {
        "school_year": 2026, "as_of": date(2026, 3, 20), "indicators": CODES,
        "rule_packs": ("us-federal", "edu-decimal"), "characteristics": ("low_income",),
    }  # fmt: skip
    whole = evaluate(tables, **asked)
    found = evaluate_by_range(tables, **asked, students_to=tmp_path, students_per_range=90)
    group = ["organisation_id", "indicator", "rule_pack", "characteristic", "group_value"]
    assert_same(whole.groups, found.groups, group)
    assert_same(whole.parts, found.parts, [*group, "block"])
    assert_same(whole.series, found.series, ["organisation_id", "indicator", "rule_pack", "begins_on"])
    files = sorted(tmp_path.glob("*.parquet"))
    assert len(files) == 5
    rows = pa.concat_tables([pq.read_table(file) for file in files])
    assert_same(whole.students, rows, ["student_id", "school_id", "indicator", "rule_pack"])
    assert found.students.num_rows == 0
    assert found.students.schema.names == whole.students.schema.names


def test_daily_rows_and_absences_alone_give_the_same_numbers(tmp_path: Path) -> None:
    state.write(tmp_path, 1_200)
    found = [
        evaluate_by_range(
            load(tmp_path / layout), school_year=state.SCHOOL_YEAR, as_of=state.as_of(), indicators=CODES,
            students_per_range=500,
        )
        for layout in ("daily", "events")
    ]  # fmt: skip
    group = ["organisation_id", "indicator", "rule_pack", "characteristic", "group_value"]
    assert_same(found[0].groups, found[1].groups, group)
    flagged = next(
        r for r in found[0].groups.to_pylist()
        if r["organisation_id"] == 999_999 and r["indicator"] == "chronic_absence" and not r["characteristic"]
    )  # fmt: skip
    assert flagged["n_students"] == 1_200
    assert 0 < flagged["n_flagged"] < 1_200


def test_what_is_no_sum_over_students_is_refused(tables: Mapping[str, pa.Table]) -> None:
    asked: dict[str, Any] = {"school_year": 2026, "as_of": date(2026, 3, 20)}
    with pytest.raises(TableError, match="data_freshness is no sum"):
        evaluate_by_range(tables, **asked, indicators=["data_freshness"])
    with pytest.raises(TableError, match="hand in assessment_norms"):
        evaluate_by_range(tables, **asked, indicators=["mean_z_score"])
    with pytest.raises(TableError, match="nobody to measure"):
        evaluate_by_range(tables, school_year=2031, as_of=date(2031, 3, 1), indicators=["attendance_rate"])
