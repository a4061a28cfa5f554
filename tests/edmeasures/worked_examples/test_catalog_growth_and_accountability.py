"""Worked examples S08-S10, S14-S20, S24, S25: growth, norms, cohorts, targets, points, key stage 4."""

import csv
import gzip
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from edmeasures import evaluate, rulepacks, specs
from edmeasures.backends.duckdb import Duck
from edmeasures.run import Run


def groups(code: str, case: int = 0) -> dict[str, dict[str, Any]]:
    spec = specs.read(code)
    rows = specs.run(spec, spec.expected[case]).groups.to_pylist()
    return {r["organisation_id"]: r for r in rows if r["characteristic"] == ""}


def students(code: str) -> dict[tuple[str, str | None], dict[str, Any]]:
    spec = specs.read(code)
    rows = specs.run(spec, spec.expected[0]).students.to_pylist()
    return {(r["student_id"], r["school_id"]): r for r in rows}


def median_of(values: list[int], even: str) -> float:
    n = len(values)
    tables = {
        "organisations": pa.table(
            {"organisation_id": ["S"], "kind": ["school"], "parent_id": pa.nulls(1, pa.string())}
        ),
        "growth_percentiles": pa.table(
            {
                "student_id": [f"s{i}" for i in range(n)],
                "school_id": ["S"] * n,
                "school_year": [2026] * n,
                "subject": ["reading"] * n,
                "sgp": values,
            }
        ),
    }
    pack = rulepacks.get("us-federal").adjusted(even, even_median=even)
    found = evaluate(
        tables,
        school_year=2026,
        as_of=date(2026, 6, 1),
        indicators=["median_growth_percentile"],
        rule_packs=[pack],
    )
    (row,) = found.groups.to_pylist()
    return float(row["value"])


def test_s08_the_middle_of_three() -> None:
    assert median_of([99, 22, 45], "mean") == 45
    assert median_of([99, 22, 45], "lower") == 45


def test_s08_an_even_count_takes_the_mean_or_the_lower() -> None:
    assert median_of([22, 45, 50, 99], "mean") == 47.5
    assert median_of([22, 45, 50, 99], "lower") == 45


@pytest.mark.samples
def test_s09_records_of_the_demonstration_panel(samples: Path) -> None:
    """Scores in the two most recent years and consecutive grades, counted in the wide file itself."""
    path = samples / "sgp" / "sgpData_wide.csv.gz"
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    years = sorted({name.rsplit("_", 1)[1] for name in rows[0] if name.startswith("SS_")})
    before, now = years[-2:]
    counts: dict[tuple[int, int], int] = {}
    for row in rows:
        cells = [row[f"{kind}_{year}"] for year in (before, now) for kind in ("GRADE", "SS")]
        if any(cell in ("", "NA") for cell in cells):
            continue
        grades = int(float(cells[0])), int(float(cells[2]))
        if grades[1] == grades[0] + 1:
            counts[grades] = counts.get(grades, 0) + 1
    wanted = {(3, 4): 6977, (4, 5): 7026, (5, 6): 6856, (6, 7): 6659, (7, 8): 6707}
    assert {grades: n for grades, n in counts.items() if grades in wanted} == wanted
    assert sum(wanted.values()) == 34_225


def test_s10_a_fifth_of_the_way_and_then_a_fourth() -> None:
    rows = students("growth_to_standard")
    assert rows["Ada", "North"]["value"] == 1  # 608 of 608
    assert rows["Ben", "North"]["value"] == 0  # 607
    assert rows["Cid", "North"]["value"] == 1  # 625 of 625


def test_s14_ten_words_below_the_median_of_winter() -> None:
    rows = students("below_norm_median")
    assert (rows["Ada", "North"]["flag"], rows["Ben", "North"]["flag"]) == (True, False)


def test_s15_no_fewer_than_95_per_cent_in_the_denominator() -> None:
    north = groups("proficiency_rate")["North"]
    assert (north["denominator"], int(1000 * north["value"] + 0.5) / 10) == (190, 53.7)


def ledger(rows: list[tuple[str, str, date, int | None, int | None, bool | None]]) -> dict[str, pa.Table]:
    who, kind, on, cohort, counts, documented = zip(*rows, strict=True)
    return {
        "organisations": pa.table(
            {"organisation_id": ["H"], "kind": ["school"], "parent_id": pa.nulls(1, pa.string())}
        ),
        "cohort_events": pa.table(
            {
                "student_id": list(who),
                "school_id": ["H"] * len(rows),
                "on": list(on),
                "kind": list(kind),
                "cohort_year": pa.array(cohort, pa.int64()),
                "counts_for": pa.array(counts, pa.int64()),
                "is_documented": pa.array(documented, pa.bool_()),
            }
        ),
    }


def cohort(counts: dict[tuple[str, str, bool | None], int]) -> dict[str, Any]:
    """A cohort of so many students by how they came, what became of them, and whether it is documented."""
    rows: list[tuple[str, str, date, int | None, int | None, bool | None]] = []
    for number, ((arrival, kind, documented), n) in enumerate(counts.items()):
        for i in range(n):
            who = f"{number}-{i}"
            rows.append((who, arrival, date(2022, 9, 1), 2023, None, None))
            if kind:
                counts_for = 2026 if kind == "regular_diploma" else None
                rows.append((who, kind, date(2026, 6, 1), None, counts_for, documented))
    found = evaluate(
        ledger(rows), school_year=2026, as_of=date(2026, 8, 31), indicators=["graduation_rate_4"]
    )
    (row,) = found.groups.to_pylist()
    return dict(row)


def test_s16_a_cohort_of_245() -> None:
    row = cohort(
        {
            ("first_grade_9", "regular_diploma", None): 195,
            ("first_grade_9", "", None): 35,
            ("first_grade_9", "transfer_out", True): 20,
            ("transfer_in", "regular_diploma", None): 15,
        }
    )
    assert (row["numerator"], row["denominator"]) == (210, 245)
    assert int(1000 * row["value"] + 0.5) / 10 == 85.7
    assert row["denominator"] - row["numerator"] == 35


def test_s17_who_stays_in_the_denominator() -> None:
    row = cohort(
        {
            ("transfer_in", "regular_diploma", None): 12,
            ("first_grade_9", "transfer_out", True): 15,
            ("first_grade_9", "emigrated", None): 3,
            ("first_grade_9", "died", None): 1,
            ("first_grade_9", "transfer_out", False): 4,
            ("first_grade_9", "dropout", None): 10,
            ("first_grade_9", "equivalency", None): 5,
            ("first_grade_9", "regular_diploma", None): 165 - 12,
            ("first_grade_9", "still_enrolled", None): 200 - 15 - 3 - 1 - 4 - 10 - 5 - 153,
        }
    )
    assert (row["numerator"], row["denominator"]) == (165, 193)
    assert int(1000 * row["value"] + 0.5) / 10 == 85.5


def targets(**component: Any) -> list[dict[str, Any]]:
    """Rows of the block of targets itself, for one school's component."""
    cut = {
        "component": ["c"],
        "points": [4.0],
        "lower": [0.0],
        "upper": pa.array([component.pop("upper", None)], pa.float64()),
    }
    values = {"school_id": ["S"], "school_year": [2026], "component": ["c"]} | {
        k: [v] for k, v in component.items()
    }
    tables = {"component_values": pa.table(values), "rating_cuts": pa.table(cut)}
    with Duck(threads=1) as duck:
        run = Run(duck, 2026, date(2026, 6, 1))
        pack = rulepacks.get("us-tennessee")
        run.open(tables, [pack])
        run.lay_organisations(tables)
        run.lay_pack(pack)
        found: list[dict[str, Any]] = run.rows("component_targets", run.parameters(pack)).to_pylist()
    return found


def test_s18_a_sixteenth_of_the_gap_and_none_for_29() -> None:
    (row,) = targets(value=41.0, prior=36.0, n=30)
    assert (row["target"], row["double_target"]) == (40.0, 44.0)
    assert targets(value=41.0, prior=36.0, n=29) == []


def test_s19_the_better_of_level_and_progress() -> None:
    (row,) = targets(value=12.0, prior=14.0, n=400, upper=100.0)
    assert (row["target"], row["double_target"]) == (13.1, 12.3)
    rows = groups("better_of_paths")
    assert (rows["North"]["value"], rows["South"]["value"]) == (4, 3)  # A and B


@pytest.mark.parametrize(
    ("value", "points"),
    [(91, 1), (92, 2), (94, 3), (95, 4), (96, 5)],
)
def test_s20_attendance_earns_points_closed_on_the_left(value: int, points: int) -> None:
    spec = specs.read("school_index")
    tables = specs.fact_tables(spec)
    tables["component_values"] = pa.table(
        {
            "school_id": ["North"],
            "school_year": [2026],
            "component": ["attendance"],
            "value": [float(value)],
            "n": [400],
        }
    )
    found = evaluate(
        tables,
        school_year=2026,
        as_of=date(2026, 6, 1),
        indicators=["school_index"],
        rule_packs=["us-federal"],
    )
    north = next(r for r in found.groups.to_pylist() if r["organisation_id"] == "North")
    assert north["value"] == points  # every other weight ends at attendance


@pytest.mark.parametrize(("total", "level"), [(1.0, "3"), (2.0, "2"), (3.0, "2+"), (3.5, "1"), (4.0, "1+")])
def test_s20_totals_and_their_levels(total: float, level: str) -> None:
    names = {1: "3", 2: "2", 3: "2+", 4: "1", 5: "1+"}
    tables = specs.fact_tables(specs.read("school_level"))
    cuts = tables["rating_cuts"].to_pylist()
    cuts = [row for row in cuts if row["component"] == "index"]
    cuts.append({"component": "all", "points": total, "lower": 0.0, "upper": None})
    tables["rating_cuts"] = pa.Table.from_pylist(cuts, schema=tables["rating_cuts"].schema)
    tables["rating_weights"] = pa.table(
        {"component": ["all"], "weight": [100], "goes_to": pa.nulls(1, pa.string())}
    )
    tables["component_values"] = pa.table(
        {"school_id": ["North"], "school_year": [2026], "component": ["all"], "value": [1.0], "n": [400]}
    )
    found = evaluate(
        tables,
        school_year=2026,
        as_of=date(2026, 6, 1),
        indicators=["school_level"],
        rule_packs=["us-federal"],
    )
    north = next(r for r in found.groups.to_pylist() if r["organisation_id"] == "North")
    assert names[int(north["value"])] == level


def test_s24_one_pupil() -> None:
    assert students("attainment8")["Ada", "North"]["value"] == 56
    assert int(100 * students("progress8")["Ada", "North"]["value"] + 0.5) / 100 == 0.67


def test_s25_freshmen_on_track() -> None:
    rows = students("credits_on_track")
    assert [rows[name, "North"]["flag"] for name in ("Ada", "Ben", "Cid", "Dee")] == [
        True,
        False,
        False,
        True,
    ]
