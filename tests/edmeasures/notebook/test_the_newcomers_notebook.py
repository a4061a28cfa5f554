"""The fifteen lines in the library's README run as they stand, and show value, interval, n and definition."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import edmeasures as em
from edmeasures import plotting, showing, synth

README = Path(em.__file__).parent / "README.md"


@pytest.fixture(scope="module")
def notebook() -> Mapping[str, Any]:
    """What stands after the lines of the README were run."""
    (code,) = re.findall(r"<!-- the newcomer's notebook.*?-->\n```python\n(.*?)```", README.read_text(), re.S)
    # Lines to type: what is wrapped for the page counts once.
    assert len(re.findall(r"^\S.*", code, re.M)) <= 15
    names: dict[str, Any] = {}
    exec(compile(code, str(README), "exec"), names)
    return names


def test_the_readmes_notebook_runs(notebook: Mapping[str, Any]) -> None:
    schools = notebook["schools"]
    assert isinstance(schools, pd.DataFrame)
    assert {"us-federal", "edu-decimal"} == set(schools["rule_pack"])
    assert schools["value"].between(0, 1).all()


def test_results_show_value_interval_n_and_definition(notebook: Mapping[str, Any]) -> None:
    html = notebook["found"]._repr_html_()
    row = next(
        r for r in notebook["found"].groups.to_pylist()
        if r["indicator"] == "attendance_rate" and r["organisation_id"] == 1 and not r["characteristic"]
    )  # fmt: skip
    assert showing.reading(row["value"], "share") in html
    assert showing.interval(row["lower"], row["upper"], "share") in html
    assert f">{row['n_students']}</td>" in html
    assert "recorded days of membership attended / recorded days of membership" in html
    assert "Caution: " in html
    assert "Results(students: " in repr(notebook["found"])
    assert "enrolments" in notebook["tables"]._repr_html_()


def test_every_school_stands_in_the_table_before_the_grades_of_one(notebook: Mapping[str, Any]) -> None:
    html = notebook["found"]._repr_html_()
    first_table = html[: html.index("</table>")]
    schools = {row["organisation_id"] for row in notebook["found"].groups.to_pylist()}
    assert len(schools) > 2
    shown = re.findall(r"<tr><td[^>]*>(\d+)</td><td[^>]*>(everyone|grade_level[^<]*)", first_table)
    assert [group for _, group in shown[: len(schools)]] == ["everyone"] * len(schools)
    assert {int(organisation) for organisation, _ in shown[: len(schools)]} == schools


def test_what_was_not_evaluated_says_why() -> None:
    monday = pd.Timestamp("2026-03-02")
    found = em.evaluate(
        em.load(
            enrolments={"student_id": ["A"], "school_id": ["S"], "school_year": [2026], "entry_on": [monday]},
            calendar_days={
                "school_id": ["S"], "school_year": [2026], "on": [monday], "is_instructional": [True],
            },
        ),
        school_year=2026, as_of=monday.date(), indicators=["attendance_rate"],
    )  # fmt: skip
    assert "not evaluated" in found._repr_html_()
    assert "The school has not sent these data." in found._repr_html_()


def test_results_are_arrow_pandas_and_polars_with_the_same_values(notebook: Mapping[str, Any]) -> None:
    found = notebook["found"]
    for table in ("students", "groups", "series"):
        arrow = found.to_arrow(table).column("value").to_pylist()
        assert found.to_polars(table)["value"].to_list() == arrow
        assert [None if pd.isna(v) else v for v in found.to_pandas(table)["value"]] == arrow


def test_frames_of_pandas_polars_and_arrow_are_measured_alike() -> None:
    made = synth.generate(students=200, seed=5).tables
    names = ("organisations", "enrolments", "calendar_days", "attendance_submissions", "attendance_events")
    asked = {
        "school_year": 2026,
        "as_of": em.load(made).last_day(2026),
        "indicators": ["attendance_rate"],
        "threads": 1,
    }
    whole = {name: made[name] for name in names}
    kinds = {
        "arrow": whole,
        "pandas": {n: t.to_pandas() for n, t in whole.items()},
        "polars": {n: pl.from_arrow(t) for n, t in whole.items()},
    }
    found = {kind: em.evaluate(em.load(tables), **asked).groups.to_pylist() for kind, tables in kinds.items()}
    assert found["arrow"]
    assert found["pandas"] == found["arrow"]
    assert found["polars"] == found["arrow"]


def test_charts_are_altair_and_hold_what_was_evaluated(notebook: Mapping[str, Any]) -> None:
    found = notebook["found"]
    chart = plotting.intervals(found, "chronic_absence")
    assert isinstance(chart, alt.LayerChart)
    drawn = next(iter(chart.to_dict()["datasets"].values()))
    assert {d["value"] for d in drawn} == {
        r["value"] for r in found.groups.to_pylist()
        if r["indicator"] == "chronic_absence" and not r["characteristic"]
    }  # fmt: skip
    assert plotting.weeks(found, "attendance_rate", 1).to_dict()["mark"]["type"] == "line"
    assert plotting.students(found, "attendance_rate").to_dict()["mark"]["type"] == "bar"
    with pytest.raises(em.TableError, match="no weekly series"):
        plotting.weeks(found, "chronic_absence", 1)
    with pytest.raises(em.TableError, match="nothing to draw"):
        plotting.intervals(found, "chronic_absence", by="shoe_size")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"enrolment": {"student_id": ["1"]}}, "No table is called 'enrolment'"),
        ({"students": {"name": ["x"]}}, "column 'student_id' is missing"),
        ({"students": {"student_id": [1.5]}}, "does not hold an id: row 1 has '1.5'"),
        ({"students": {"student_id": [True]}}, "does not hold an id: row 1 has 'True'"),
        ({"calendar_days": {"school_id": [1], "school_year": [2026], "on": ["2026-03-02"], "is_instructional": ["maybe"]}},
         "does not hold true or false: row 1 has 'maybe'"),
    ],
)  # fmt: skip
def test_what_cannot_be_loaded_is_refused_with_its_row(given: Any, error: str) -> None:
    with pytest.raises(em.TableError, match=re.escape(error)):
        em.load(given)


def test_a_float_that_is_whole_is_an_id_and_nan_is_no_value() -> None:
    frame = pd.DataFrame({"student_id": [7.0, 8.0], "cohort_year": [2027.0, float("nan")]})
    loaded = em.load(students=frame).arrow("students")
    assert loaded.to_pylist() == [
        {"student_id": 7, "cohort_year": 2027},
        {"student_id": 8, "cohort_year": None},
    ]
    assert loaded.schema.field("cohort_year").type == pa.int64()
