"""What must be true of any result: values stand only where evaluated, groups are what their students say."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edmeasures import Results, catalog, evaluate, synth
from edmeasures.reasons import REASONS
from edmeasures.tables import TABLES, TableError

AS_OF = date(2026, 3, 13)


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    return {k: v for k, v in synth.generate(students=300, seed=4).tables.items() if k in TABLES}


@pytest.fixture(scope="module")
def results(tables: dict[str, pa.Table]) -> Results:
    asked = ["english_learner"]
    return evaluate(
        tables, school_year=2026, as_of=AS_OF, rule_packs=("us-federal", "edu-decimal"), characteristics=asked
    )


def test_a_value_stands_exactly_where_it_was_evaluated(results: Results) -> None:
    rows = results.students.to_pylist()
    assert {r["status"] for r in rows} == {"evaluated", "not_evaluated"}
    for row in rows:
        assert (row["value"] is not None) == (row["status"] == "evaluated"), row
        assert (row["reason"] is None) == (row["status"] == "evaluated"), row
        assert row["reason"] is None or row["reason"] in REASONS, row


def test_a_key_stands_once(results: Results) -> None:
    keys = [
        (r["student_id"], r["school_id"], r["indicator"], r["rule_pack"])
        for r in results.students.to_pylist()
    ]
    assert len(keys) == len(set(keys))
    names = ("organisation_id", "indicator", "rule_pack", "characteristic", "group_value")
    groups = [tuple(r[n] for n in names) for r in results.groups.to_pylist()]
    assert len(groups) == len(set(groups))


def test_a_group_is_what_its_students_say(results: Results) -> None:
    students: dict[tuple, list[dict]] = {}
    for row in results.students.to_pylist():
        if row["school_id"] is not None and row["status"] == "evaluated":
            students.setdefault((row["school_id"], row["indicator"], row["rule_pack"]), []).append(row)
    checked = 0
    for group in results.groups.to_pylist():
        rows = students.get((group["organisation_id"], group["indicator"], group["rule_pack"]))
        indicator = catalog.get(group["indicator"])
        if group["characteristic"] or not rows:
            continue
        assert group["n_students"] == len(rows)
        if indicator.kind == "share_of_students":
            assert group["numerator"] == sum(r["flag"] for r in rows)
        elif indicator.kind == "ratio":
            assert group["numerator"] == pytest.approx(sum(r["numerator"] for r in rows))
        elif indicator.kind == "mean" and group["value"] is not None:
            assert group["value"] == pytest.approx(sum(r["value"] for r in rows) / len(rows))
        if group["lower"] is not None:
            assert group["lower"] - 1e-9 <= group["value"] <= group["upper"] + 1e-9
        checked += 1
    assert checked > 20


def test_weeks_add_up_to_the_year_to_date(results: Results) -> None:
    weeks: dict[tuple, list[float]] = {}
    for row in results.series.to_pylist():
        sums = weeks.setdefault((row["organisation_id"], row["indicator"], row["rule_pack"]), [0.0, 0.0])
        sums[0] += row["numerator"]
        sums[1] += row["denominator"]
    compared = 0
    for group in results.groups.to_pylist():
        key = (group["organisation_id"], group["indicator"], group["rule_pack"])
        if not group["characteristic"] and key in weeks and group["value"] is not None:
            assert weeks[key] == pytest.approx([group["numerator"], group["denominator"]]), key
            compared += 1
    assert compared > 20


def test_parquet_files_give_what_arrow_gives(
    tables: dict[str, pa.Table], results: Results, tmp_path: Path
) -> None:
    for name, table in tables.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")
    paths = {name: tmp_path / f"{name}.parquet" for name in tables}
    found = evaluate(paths, school_year=2026, as_of=AS_OF, indicators=["chronic_absence", "recorded_share"])
    wanted = [
        r for r in results.groups.to_pylist() if r["indicator"] in ("chronic_absence", "recorded_share")
    ]
    wanted = [
        r for r in wanted if r["rule_pack"] == "us-federal" and r["characteristic"] != "english_learner"
    ]
    key = lambda r: (r["indicator"], str(r["organisation_id"]), r["characteristic"], r["group_value"])  # noqa: E731
    got = sorted(found.groups.to_pylist(), key=key)
    assert [(key(r), r["numerator"], r["n_students"]) for r in got] == [
        (key(r), r["numerator"], r["n_students"]) for r in sorted(wanted, key=key)
    ]


def broken(**changes: pa.Array) -> dict[str, pa.Table]:
    columns = {
        "student_id": ["a"],
        "school_id": ["N"],
        "school_year": [2026],
        "on": [AS_OF],
        "category": ["excused"],
        "absent_share": [1.0],
    } | changes
    return {"attendance_events": pa.table(columns)}


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (broken(absent_share=[8.0]), "absent_share.*1 rows hold '8.0'"),
        (broken(absent_share=[float("nan")]), "absent_share.*share runs from 0 to 1"),
        (broken(category=["ill"]), "category.*'ill'.*Map it"),
        (broken(on=pa.array([None], pa.date32())), "attendance_events: 1 rows have no 'on'"),
        ({"attendance_events": pa.table({"student_id": ["a"]})}, "column 'school_id' is missing"),
        ({"absences": pa.table({"student_id": ["a"]})}, "No table is called 'absences'"),
    ],
)
def test_a_broken_table_is_refused_with_what_to_do(tables: dict[str, pa.Table], words: str) -> None:
    with pytest.raises(TableError, match=words):
        evaluate(tables, school_year=2026, as_of=AS_OF)


def test_nothing_received_is_no_result_and_no_crash() -> None:
    found = evaluate({}, school_year=2026, as_of=AS_OF)
    assert (found.students.num_rows, found.groups.num_rows, found.series.num_rows) == (0, 0, 0)
