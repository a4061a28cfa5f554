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
from edmeasures import TableError, catalog, evaluate, load, synth
from edmeasures.by_range import evaluate_by_range, is_put_together
from edmeasures.tables import TABLES

#: Ranges are added in another order than students: the last bits of a double may differ.
TOLERANCE = 1e-12
CODES = ("attendance_rate", "average_daily_attendance", "chronic_absence", "absence_streak", "mobility_rate")
AT_ONCE = ("mean_daily_rate", "enrolment_conflicts", "data_freshness")
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
        "school_year": 2026, "as_of": date(2026, 3, 20), "indicators": (*CODES, *AT_ONCE),
        "rule_packs": ("us-federal", "edu-decimal"), "characteristics": ("low_income",),
    }  # fmt: skip
    whole = evaluate(tables, **asked)
    found = evaluate_by_range(tables, **asked, students_to=tmp_path, students_per_range=90)
    group = ["organisation_id", "indicator", "rule_pack", "characteristic", "group_value"]
    assert_same(whole.groups, found.groups, group)
    assert_same(whole.parts, found.parts, [*group, "block"])
    assert_same(whole.series, found.series, ["organisation_id", "indicator", "rule_pack", "begins_on"])
    files = sorted(tmp_path.glob("*.parquet"))
    assert [f.stem for f in files] == [*(f"students-{n:05d}" for n in range(5)), "students-at-once"]
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


@pytest.mark.long
def test_every_indicator_of_the_catalogue_is_that_of_a_whole_evaluation(tmp_path: Path) -> None:
    """Put together from ranges or evaluated at once: nobody has to know which."""
    made = {k: v for k, v in synth.generate(students=200, seed=6).tables.items() if k in TABLES}
    codes = [i.code for i in catalog.all()]
    assert 50 < sum(is_put_together(catalog.get(code)) for code in codes) < len(codes)
    asked: dict[str, Any] = {"school_year": 2026, "as_of": date(2026, 3, 13), "indicators": codes}
    whole = evaluate(made, **asked, threads=1)
    found = evaluate_by_range(made, **asked, students_to=tmp_path, students_per_range=120)
    group = ["organisation_id", "indicator", "rule_pack", "characteristic", "group_value"]
    assert_same(whole.groups, found.groups, group)
    assert_same(whole.parts, found.parts, [*group, "block"])
    assert_same(whole.series, found.series, ["organisation_id", "indicator", "rule_pack", "begins_on"])
    rows = pa.concat_tables(
        [pq.read_table(f) for f in tmp_path.glob("*.parquet")], promote_options="permissive"
    )
    assert_same(whole.students, rows, ["student_id", "school_id", "indicator", "rule_pack"])
    assert found.students.num_rows == 0


def test_calendars_of_other_schools_still_say_when_the_year_is_over(tables: Mapping[str, pa.Table]) -> None:
    """A range sees the days of its own schools; the first and last day of the year stand in all of them."""
    long_school = pa.table(
        {
            "school_id": [999], "school_year": [2026], "on": [date(2026, 7, 31)], "is_instructional": [True],
        }
    )  # fmt: skip
    more = {
        **tables,
        "calendar_days": pa.concat_tables(
            [tables["calendar_days"], long_school], promote_options="permissive"
        ),
    }
    asked: dict[str, Any] = {"school_year": 2026, "as_of": date(2026, 7, 1), "indicators": CODES}
    group = ["organisation_id", "indicator", "rule_pack", "characteristic", "group_value"]
    assert_same(
        evaluate(more, **asked).groups, evaluate_by_range(more, **asked, students_per_range=150).groups, group
    )


def test_what_cannot_be_measured_is_refused(tables: Mapping[str, pa.Table]) -> None:
    asked: dict[str, Any] = {"indicators": ["attendance_rate"]}
    with pytest.raises(TableError, match="nobody to measure"):
        evaluate_by_range(tables, school_year=2031, as_of=date(2031, 3, 1), **asked)
    twice = {**tables, "calendar_days": pa.concat_tables([tables["calendar_days"].slice(0, 3)] * 2)}
    with pytest.raises(TableError, match="3 keys have several rows"):
        evaluate_by_range(twice, school_year=2026, as_of=date(2026, 3, 20), **asked)
