"""Long and wide layouts, and what broken ones are told."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hard_cohorts import cohort
from typer.testing import CliRunner

from edmeasures.growth import PanelError, cohort_percentiles, panel_of, read_table
from edmeasures.growth.cohorts import year_before
from edmeasures.growth.panels import write_table

N = 120


def long_table(**change: list[object]) -> pa.Table:
    """Grades 4 and 5 of 2024 and 2025, 120 students."""
    score, priors = cohort(N, priors=1, seed=8)
    columns: dict[str, list[object]] = {
        "VALID_CASE": ["VALID_CASE"] * 2 * N,
        "CONTENT_AREA": ["READING"] * 2 * N,
        "YEAR": ["2024"] * N + ["2025"] * N,
        "ID": [f"{i:04d}" for i in range(N)] * 2,
        "GRADE": ["4"] * N + ["5"] * N,
        "SCALE_SCORE": [*priors[:, 0].tolist(), *score.tolist()],
    }
    return pa.table(columns | change)


def wide_table() -> pa.Table:
    score, priors = cohort(N, priors=1, seed=8)
    return pa.table(
        {
            "ID": [f"{i:04d}" for i in range(N)],
            "GRADE_2024": [4.0] * N,
            "GRADE_2025": [5.0] * N,
            "SS_2024": priors[:, 0],
            "SS_2025": score,
        }
    )


def test_long_and_wide_give_the_same_percentiles() -> None:
    long = cohort_percentiles(panel_of(long_table(), "READING"), "2025", ["4", "5"])
    wide = cohort_percentiles(panel_of(wide_table(), "READING"), "2025", ["4", "5"])
    assert long.ids.tolist() == wide.ids.tolist()
    assert np.array_equal(long.value, wide.value)
    assert long.n == N
    assert set(long.norm_group) == {"2024/READING_4; 2025/READING_5"}


@pytest.mark.parametrize("name", ["scores.parquet", "scores.csv", "scores.csv.gz"])
def test_each_kind_of_file_reads_back(name: str, tmp_path: Path) -> None:
    write_table(tmp_path / name, long_table())
    found = panel_of(read_table(tmp_path / name), "READING")
    assert found.ids[7] == "0007"  # an identifier is text
    assert found.scores["2025"].tolist() == panel_of(long_table(), "READING").scores["2025"].tolist()


def test_invalid_cases_are_left_out() -> None:
    valid = ["VALID_CASE"] * (2 * N - 1) + ["INVALID_CASE"]
    found = panel_of(long_table(VALID_CASE=valid), "READING")
    assert np.isnan(found.scores["2025"][-1])


def test_a_repeated_student_is_refused_by_row_or_keeps_the_highest_score() -> None:
    table = long_table()
    again = pa.concat_tables([table, table.slice(3, 1).set_column(5, "SCALE_SCORE", pa.array([999.0]))])
    with pytest.raises(PanelError, match=r"rows \[3, 240\]"):
        panel_of(again, "READING")
    assert panel_of(again, "READING", duplicates="highest").scores["2024"][3] == 999


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"SCALE_SCORE": [float("inf"), *[500.0] * (2 * N - 1)]},
            r"SCALE_SCORE: 1 values are infinite \(rows 0\)",
        ),
        ({"SCALE_SCORE": ["high"] * 2 * N}, "SCALE_SCORE: not all values are numbers"),
        ({"ID": [None, *["x"] * (2 * N - 1)]}, "ID: 1 rows are empty, the first is row 0"),
        ({"CONTENT_AREA": ["MATHEMATICS"] * 2 * N}, "no row holds 'READING'. There are: MATHEMATICS"),
    ],
)
def test_broken_columns_are_named(change: dict[str, list[object]], said: str) -> None:
    with pytest.raises(PanelError, match=said):
        panel_of(long_table(**change), "READING")


def test_missing_columns_are_named() -> None:
    with pytest.raises(PanelError, match="Columns GRADE are missing"):
        panel_of(long_table().drop_columns("GRADE"), "READING")
    with pytest.raises(PanelError, match="Column SS_2024 is missing"):
        panel_of(wide_table().drop_columns("SS_2024"), "READING")


def test_years_count_backwards_in_either_writing() -> None:
    assert year_before("2024_2025") == "2023_2024"
    with pytest.raises(ValueError, match="holds no number"):
        year_before("last")


def command(*words: object) -> object:
    import typer  # noqa: PLC0415

    from edmeasures.growth.command import sgp  # noqa: PLC0415

    app = typer.Typer()
    app.command()(sgp)
    return CliRunner().invoke(app, [str(w) for w in words])


def test_the_command_writes_percentiles_cuts_norm_group_and_stored_norms(tmp_path: Path) -> None:
    write_table(tmp_path / "scores.csv.gz", long_table())
    asked = [tmp_path / "scores.csv.gz", "--year", 2025, "--subject", "READING", "--grades", "4,5"]
    kept = ["--coefficients-out", tmp_path / "norms.json", "--knots-out", tmp_path / "knots.json"]
    done = command(*asked, "--out", tmp_path / "a.parquet", *kept)
    assert done.exit_code == 0, done.output
    assert "READING grade 5, 1 priors: 120 students" in done.output
    first = read_table(tmp_path / "a.parquet")
    assert first.column_names[:4] == ["ID", "SGP", "SGP_NORM_GROUP", "SGP_ORDER"]
    assert (
        command(*asked, "--out", tmp_path / "b.parquet", "--coefficients", tmp_path / "norms.json").exit_code
        == 0
    )
    assert read_table(tmp_path / "b.parquet").equals(first)
    again = command(
        *asked, "--out", tmp_path / "c.parquet", "--knots", tmp_path / "knots.json", "--exact-progression"
    )
    assert again.exit_code == 0
    assert read_table(tmp_path / "c.parquet").equals(first)


def test_the_command_says_what_is_wrong_and_ends_with_2(tmp_path: Path) -> None:
    write_table(tmp_path / "scores.csv", long_table())
    done = command(tmp_path / "scores.csv", "--year", 2031, "--grades", "4,5", "--out", tmp_path / "a.csv")
    assert done.exit_code == 2
    assert "no scores of 2031; there are of 2024, 2025" in done.output
    assert not (tmp_path / "a.csv").exists()
