"""The edmeasures command: files in, files out, and one sentence with exit code 2 for whatever cannot be measured."""

import csv
import gzip
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from edmeasures import synth
from edmeasures.cli import app

Table = pa.Table
NEEDED = (
    "organisations",
    "enrolments",
    "calendar_days",
    "attendance_submissions",
    "attendance_events",
    "student_characteristics",
)
ATTENDANCE = ["-i", "chronic_absence"]


@pytest.fixture(scope="module")
def tables() -> dict[str, Table]:
    return synth.generate(students=300, seed=3).tables


def write(tables: dict[str, Table], folder: Path, **changed: Table | None) -> Path:
    """A folder of tables: one CSV, one gzipped, the rest Parquet."""
    folder.mkdir(exist_ok=True)
    for name, table in {**{n: tables[n] for n in NEEDED}, **changed}.items():
        if table is None:
            continue
        if name == "enrolments":
            pacsv.write_csv(table, folder / "enrolments.csv")
        elif name == "attendance_events":
            with pa.CompressedOutputStream(str(folder / "attendance_events.csv.gz"), "gzip") as out:
                pacsv.write_csv(table, out)
        else:
            pq.write_table(table, folder / f"{name}.parquet")
    return folder


def ask(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def refused(*arguments: object) -> str:
    """The one sentence of a refusal."""
    done = ask(*arguments)
    assert done.exit_code == 2, done.output
    assert isinstance(done.exception, SystemExit)
    lines = [line for line in done.stderr.splitlines() if line.startswith("edmeasures: ")]
    assert len(lines) == 1
    return lines[0]


def rows_of(path: Path) -> list[dict[str, str]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return list(csv.DictReader(text.splitlines()))


@pytest.fixture(scope="module")
def folder(tables: dict[str, Table], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tables, tmp_path_factory.mktemp("cli") / "tables")


def test_a_rate_by_school_and_grade_is_written_with_its_interval(
    tables: dict[str, Table], folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "result.csv"
    done = ask(
        "evaluate", folder, "--indicator", "chronic_absence", "--rulepack", "us-federal",
        "--by", "school,grade", "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "School year 2026, up to 2026-06-02." in done.stderr
    rows = rows_of(out)
    assert {row["characteristic"] for row in rows} == {"grade_level"}
    schools = {str(s) for s in tables["enrolments"].column("school_id").to_pylist()}
    assert {row["organisation_id"] for row in rows} == schools
    some = next(row for row in rows if float(row["n_flagged"]) > 0)
    assert float(some["lower"]) < float(some["value"]) < float(some["upper"])


def test_csv_gzip_and_parquet_hold_the_same_rows(folder: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "a.csv.gz", "a.parquet"):
        done = ask("evaluate", folder, *ATTENDANCE, "--by", "school", "--threads", 1, "-o", tmp_path / name)
        assert done.exit_code == 0
    plain, zipped = rows_of(tmp_path / "a.csv"), rows_of(tmp_path / "a.csv.gz")
    stored = pq.read_table(tmp_path / "a.parquet").to_pylist()
    assert plain == zipped
    assert [float(row["value"]) for row in plain] == [row["value"] for row in stored]


def test_rule_packs_answer_side_by_side(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "packs.csv"
    ask("evaluate", folder, *ATTENDANCE, "-r", "us-federal,edu-decimal", "--by", "district", "-o", out)
    assert [row["rule_pack"] for row in rows_of(out)] == ["edu-decimal", "us-federal"]


def test_students_and_weeks_are_rows_too(folder: Path, tmp_path: Path) -> None:
    students, weeks = tmp_path / "s.csv", tmp_path / "w.csv"
    assert ask("evaluate", folder, *ATTENDANCE, "--by", "student", "-o", students).exit_code == 0
    assert ask("evaluate", folder, "-i", "attendance_rate", "--by", "school,week", "-o", weeks).exit_code == 0
    assert "student_id" in rows_of(students)[0]
    assert rows_of(weeks)[0]["begins_on"].startswith("2025-")


def test_without_a_tree_of_organisations_one_stands_above_all_schools(
    tables: dict[str, Table], folder: Path, tmp_path: Path
) -> None:
    bare = write(tables, tmp_path / "bare", organisations=None)
    out, whole = tmp_path / "all.csv", tmp_path / "district.csv"
    assert ask("evaluate", bare, *ATTENDANCE, "--by", "all", "-o", out).exit_code == 0
    assert ask("evaluate", folder, *ATTENDANCE, "--by", "district", "-o", whole).exit_code == 0
    assert [r["value"] for r in rows_of(out)] == [r["value"] for r in rows_of(whole)]


def test_validate_says_what_is_there_and_what_can_be_answered(folder: Path) -> None:
    done = ask("validate", folder)
    assert done.exit_code == 0
    assert "attendance_events" in done.output
    assert "Nothing is wrong." in done.output
    assert "Not there: " in done.output


def test_the_catalogue_is_listed(tmp_path: Path) -> None:
    assert "chronic_absence" in ask("indicators").output
    assert ask("indicators", "--subject", "attendance", "-o", tmp_path / "i.csv").exit_code == 0
    assert all(row["source"] and row["caution"] for row in rows_of(tmp_path / "i.csv"))
    assert "There are: attendance" in refused("indicators", "--subject", "sums")


def changed(table: Table, column: str, row: int, value: object, kind: pa.DataType | None = None) -> Table:
    """The table with one cell changed."""
    values = table.column(column).to_pylist()
    if kind is not None and pa.types.is_string(kind):
        values = [None if v is None else str(v) for v in values]
    values[row] = value
    at = table.column_names.index(column)
    return table.set_column(at, column, pa.array(values, kind or table.schema.field(column).type))


BROKEN: dict[str, tuple[str, Callable[[Table], Table], str]] = {
    "a date in words": (
        "enrolments",
        lambda t: changed(t, "entry_on", 13, "31/02/2025", pa.string()),
        "Table enrolments, column 'entry_on': 1 row does not hold a date: row 14 has '31/02/2025'. Write it as YYYY-MM-DD.",
    ),
    "a day no calendar has": (
        "attendance_submissions",
        lambda t: changed(t, "on", 2, "2026-02-30", pa.string()),
        "column 'on': 1 row does not hold a date: row 3 has '2026-02-30'",
    ),
    "a day of another century": (
        "attendance_submissions",
        lambda t: changed(t, "on", 4, pc.strptime(pa.scalar("1026-02-03"), "%Y-%m-%d", "s").as_py().date()),
        "column 'on': 1 rows hold '1026-02-03' (row 5). No day of the school year 2026",
    ),
    "a missing column": (
        "attendance_events",
        lambda t: t.drop_columns(["absent_share"]),
        "column 'absent_share' is missing. Received student_id",
    ),
    "a share in per cent": (
        "attendance_events",
        lambda t: changed(t, "absent_share", 7, 50.0),
        "Table attendance_events, column 'absent_share': 1 rows hold '50.0' (row 8). A share runs from 0 to 1.",
    ),
    "an unknown code": (
        "attendance_events",
        lambda t: changed(t, "category", 0, "sick"),
        "column 'category': 1 rows hold 'sick' (row 1). Map it to one of excused",
    ),
    "a year with a point": (
        "enrolments",
        lambda t: changed(t, "school_year", 1, "2026.5", pa.string()),
        "column 'school_year': 1 row does not hold a whole number: row 2 has '2026.5'",
    ),
    "a key with two rows": (
        "organisations",
        lambda t: pa.concat_tables([t, t.slice(2, 1)]),
        "Table organisations: 1 keys have several rows, such as organisation_id 102 (row 3, 6).",
    ),
    "an empty cell where a value must stand": (
        "attendance_submissions",
        lambda t: changed(t, "school_id", 9, None),
        "1 rows have no 'school_id', which every row must have (row 10).",
    ),
    "an infinite number": (
        "enrolments",
        lambda t: t.append_column("membership_share", pa.array(["1"] * 5 + ["1e999"] + ["1"] * (len(t) - 6))),
        "column 'membership_share'",
    ),
    "a table with no row of the year": (
        "enrolments",
        lambda t: t.slice(0, 0),
        "Table enrolments has no row of the school year",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_bad_tables_are_refused_with_table_column_and_row(
    case: str, tables: dict[str, Table], tmp_path: Path
) -> None:
    name, breaking, sentence = BROKEN[case]
    given = tables[name]
    if name == "enrolments" and "membership_share" in given.column_names:
        given = given.drop_columns(["membership_share"])
    broken = write(tables, tmp_path / "broken", **{name: breaking(given)})
    assert sentence in refused("evaluate", broken, *ATTENDANCE)
    assert sentence in refused("validate", broken)


QUESTIONS = {
    "an indicator that does not exist": (
        ["-i", "chronic_abscence"],
        "No indicator is called 'chronic_abscence'",
    ),
    "a rule pack that does not exist": ([*ATTENDANCE, "-r", "federal"], "No rule pack is called 'federal'"),
    "a group that does not exist": (
        [*ATTENDANCE, "--by", "shoe_size"],
        "--by shoe_size: nothing is called so",
    ),
    "a year nobody was enrolled in": ([*ATTENDANCE, "--year", "2019"], "it has those of 2026"),
    "students by grade": ([*ATTENDANCE, "--by", "student,grade"], "not broken down further"),
    "an engine that does not exist": ([*ATTENDANCE, "--backend", "abacus"], "No backend is called 'abacus'"),
    "a group without a row": (["-i", "data_freshness", "--by", "grade"], "There is no row for grade"),
    "a file without a format": ([*ATTENDANCE, "-o", "result.xls"], "result.xls does not say its format"),
}


@pytest.mark.parametrize("case", QUESTIONS)
def test_questions_nobody_can_answer_are_refused_with_what_there_is(case: str, folder: Path) -> None:
    asked, sentence = QUESTIONS[case]
    assert sentence in refused("evaluate", folder, *asked)


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    assert "holds no table" in refused("validate", tmp_path)
    assert "is not a folder" in refused("validate", tmp_path / "nowhere")
    (tmp_path / "enrolments.csv").write_text("student_id,school_id\n1,2,3\n")
    assert "Table enrolments" in refused("validate", tmp_path)
    (tmp_path / "enrolments.csv").write_text("")
    assert "Table enrolments: enrolments.csv cannot be read." in refused("validate", tmp_path)
    (tmp_path / "enrolments.csv").rename(tmp_path / "enrolments.parquet")
    assert "the Parquet files cannot be read" in refused("validate", tmp_path)


def test_growth_percentiles_are_a_command_that_costs_nothing_until_it_is_asked_for(tmp_path: Path) -> None:
    assert "sgp" in ask("--help").output
    assert (
        ask("sgp", tmp_path / "none.csv", "--year", "2025", "--grades", "4,5", "--out", "o.csv").exit_code
        == 2
    )
    code = "import sys, edmeasures.cli; print('edmeasures.growth' in sys.modules, 'scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"]


def test_what_cannot_be_written_is_refused_before_anything_is_computed(folder: Path, tmp_path: Path) -> None:
    asked = ["evaluate", folder, *ATTENDANCE, "--by", "school"]
    assert "does not say its format" in refused(*asked, "--out", tmp_path / "result.xlsx")
    nowhere = tmp_path / "nowhere" / "result.csv"
    assert f"There is no folder {nowhere.parent}" in refused(*asked, "--out", nowhere)
    assert "School year" not in ask(*asked, "--out", nowhere).stderr


def test_a_code_with_a_slip_names_the_one_that_was_meant(folder: Path) -> None:
    said = refused("evaluate", folder, "-i", "chronic_absense")
    assert "Did you mean chronic_absence" in said


def test_a_library_that_is_not_installed_is_named_with_what_installs_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    monkeypatch.delitem(sys.modules, "edmeasures.backends.dialect", raising=False)
    monkeypatch.delitem(sys.modules, "edmeasures.backends.spark", raising=False)
    said = refused("evaluate", folder, *ATTENDANCE, "--backend", "spark")
    assert "sqlglot" in said
    assert "pip install 'edmeasures[spark]'" in said


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("scores") / "scores.parquet"
    pq.write_table(synth.score_panel(students=300, seed=2), path)
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--grades", "5,6,7", "--out", "sgp.xlsx"], "sgp.xlsx does not say its format"),
        (["--grades", "5,6,7", "--out", "nowhere/sgp.csv"], "There is no folder nowhere"),
        (["--grades", "5-7", "--out", "sgp.csv"], "name each grade of the progression"),
        (["--grades", "3,4,5", "--out", "sgp.csv"], "Nobody has a score in READING, grade 5, of 2025"),
        (["--grades", "5,6,7", "--out", "sgp.csv", "--knots", "gone.json"], "--knots gone.json: there is no such file"),
        (["--grades", "5,6,7", "--out", "sgp.csv", "--knots", "odd.json"], "does not hold knots by grade"),
        (["--grades", "5,6,7", "--out", "sgp.csv", "--knots", "odd.csv"], "the columns item, i and value are needed"),
        (["--grades", "5,6,7", "--out", "sgp.csv", "--coefficients", "odd.json"], "is not a file of coefficients"),
    ],
)  # fmt: skip
def test_growth_percentiles_that_cannot_be_had_are_refused_with_what_to_do(
    scores: Path, words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.json").write_text('{"format": "another"}')
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    done = ask("sgp", scores, "--year", "2025", "--subject", "READING", "--quiet", *words)
    assert done.exit_code == 2
    assert said in done.stderr
    assert not list(tmp_path.glob("sgp*"))


def test_the_wide_layout_and_the_long_give_the_same_percentiles(tmp_path: Path) -> None:
    for layout, name in (("long", "long.parquet"), ("wide", "wide.csv.gz")):
        table = synth.score_panel(students=300, seed=2, layout=layout)
        if name.endswith("gz"):
            with pa.CompressedOutputStream(str(tmp_path / name), "gzip") as out:
                pacsv.write_csv(table, out)
        else:
            pq.write_table(table, tmp_path / name)
        out_name = tmp_path / f"{layout}.csv"
        asked = ["--year", "2025", "--subject", "READING", "--grades", "5,6,7", "--out", out_name, "--quiet"]
        assert ask("sgp", tmp_path / name, *asked).exit_code == 0
    long, wide = ({row["ID"]: row for row in rows_of(tmp_path / f"{n}.csv")} for n in ("long", "wide"))
    assert long == wide
    assert len(long) > 250


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("semicolons.csv", b'ID;"GRADE_2025";"SS_2025"\n1;7;500\n', "its cells stand between semicolons"),
        ("empty.csv", b"", "empty.csv cannot be read as CSV"),
        ("latin.csv", "ID,GRADE_2025,SS_2025\nZoë,7,500\n".encode("latin-1"), "latin.csv cannot be read as CSV in UTF-8"),
    ],
)  # fmt: skip
def test_a_file_of_scores_that_a_spreadsheet_wrote_otherwise_is_refused_by_its_name(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    out = tmp_path / "out.csv"
    done = ask("sgp", tmp_path / name, "--year", "2025", "--grades", "6,7", "--out", out, "--quiet")
    assert done.exit_code == 2
    assert said in done.stderr


def test_tables_with_semicolons_are_refused(tables: dict[str, Table], tmp_path: Path) -> None:
    folder = write(tables, tmp_path / "semicolons")
    text = (folder / "enrolments.csv").read_text()
    (folder / "enrolments.csv").write_text(text.replace(",", ";"))
    assert "its cells stand between semicolons. Write it with commas." in refused("validate", folder)


def test_a_number_that_speaks_of_whole_organisations_is_not_asked_by_grade(tmp_path: Path) -> None:
    everything = synth.generate(students=200, seed=3, everything=True).tables
    folder = tmp_path / "tables"
    folder.mkdir()
    for name in ("organisations", "enrolments", "calendar_days", "staff_assignments", "growth_percentiles"):
        pq.write_table(everything[name], folder / f"{name}.parquet")
    for code in ("median_growth_percentile", "staff_retention"):
        said = refused("evaluate", folder, "-i", code, "--by", "school,grade")
        assert f"{code} answers for whole organisations, without school, grade within them" in said
        assert ask("evaluate", folder, "-i", code, "--by", "school").exit_code == 0
