"""DuckDB and Spark answer alike: every spec's facts, every indicator, row by row; the kernel as a grouped map too.

Needs pyspark and Java 17, and skips with a word where either is absent.
"""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from all_specs import differences, together
from edmeasures import TableError, catalog, evaluate, synth
from edmeasures.backends.growth_on_spark import Progression, growth_percentiles_on_spark
from edmeasures.backends.spark import Spark
from edmeasures.growth import cohort_percentiles, panel_of
from edmeasures.growth.command import table_of

pytestmark = [
    pytest.mark.long,
    # pyspark does not know the newest pandas, and says so wherever it looks for it.
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def test_every_indicator_over_every_specs_facts_is_the_same_table(session: Any) -> None:
    tables, as_of, packs = together()
    asked: dict[str, Any] = {"school_year": 2026, "as_of": as_of, "rule_packs": packs}
    duck = evaluate(tables, **asked, threads=1)
    spark = evaluate(tables, **asked, backend=Spark(session))
    assert set(duck.groups.column("indicator").to_pylist()) == {i.code for i in catalog.all()}
    assert list(differences(duck, spark)) == []


def test_the_kernel_in_ranges_of_students_is_the_kernel(session: Any) -> None:
    made = synth.generate(students=200, seed=9, as_of=date(2026, 2, 6)).tables
    names = ("organisations", "enrolments", "calendar_days", "attendance_submissions", "attendance_events")
    tables: dict[str, Any] = {name: made[name] for name in names}
    asked: dict[str, Any] = {
        "school_year": 2026, "as_of": date(2026, 2, 6), "rule_packs": ["edu-decimal"],
        "indicators": ["attendance_rate", "chronic_absence", "absence_streak"],
    }  # fmt: skip
    duck = evaluate(tables, **asked, threads=1)
    # Spark's own tables, and nothing kept on the driver: as in a cluster.
    frames = {name: session.createDataFrame(table) for name, table in tables.items()}
    spark = evaluate(frames, **asked, backend=Spark(session, ranges=3, small_rows=0))
    assert list(differences(duck, spark)) == []


def test_what_duckdb_refuses_spark_refuses(session: Any) -> None:
    tables = {
        "attendance_submissions": pa.table({"school_id": ["N"], "school_year": [2026], "on": ["2026-02-30"]})
    }
    with pytest.raises(TableError, match="does not hold a date"):
        evaluate(tables, school_year=2026, as_of=date(2026, 3, 2), backend=Spark(session))
    frames: dict[str, Any] = {name: session.createDataFrame(table) for name, table in tables.items()}
    with pytest.raises(TableError, match="does not hold a date"):
        evaluate(frames, school_year=2026, as_of=date(2026, 3, 2), backend=Spark(session))


def test_growth_percentiles_of_cohorts_in_tasks_are_the_same_integers(session: Any) -> None:
    rng = np.random.default_rng(3)
    n, years, grades = 300, ("2023", "2024", "2025"), ("3", "4", "5")
    ability = rng.normal(500, 40, n)
    scores = pa.table(
        {
            "VALID_CASE": ["VALID_CASE"] * 6 * n,
            "CONTENT_AREA": np.repeat(["READING", "MATHEMATICS"], 3 * n),
            "YEAR": np.tile(np.repeat(years, n), 2),
            "ID": np.tile([f"s{i:03d}" for i in range(n)], 6),
            "GRADE": np.tile(np.repeat(grades, n), 2),
            "SCALE_SCORE": np.round(np.tile(ability, 6) + rng.normal(0, 25, 6 * n)),
        }
    )
    cohorts = [Progression(subject, "2025", grades) for subject in ("READING", "MATHEMATICS")]
    frame = session.createDataFrame(scores)
    spark = growth_percentiles_on_spark(frame, cohorts).toArrow().sort_by("ID").to_pylist()
    for cohort in cohorts:
        near = table_of(cohort_percentiles(panel_of(scores, cohort.subject), "2025", grades))
        mine = [row for row in spark if row["CONTENT_AREA"] == cohort.subject]
        assert [row["SGP"] for row in mine] == near.sort_by("ID").column("SGP").to_pylist()
        assert len({row["SGP"] for row in mine}) > 50
