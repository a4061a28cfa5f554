"""The district is believable, of any size, the same for the same seed, and in the library's own columns."""

import hashlib
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from edmeasures import catalog, synth
from edmeasures.synth.cast_members import BY_KEY, FIRST_HIGH_ID, FIRST_MIDDLE_ID
from edmeasures.synth.classes import ELA, MATHS
from edmeasures.tables import TABLES

ARROW_TYPES = {
    "id": pa.int64(),
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
}


@pytest.fixture(scope="module")
def demo() -> synth.District:
    return synth.demo_district(600)


@pytest.fixture(scope="module")
def whole_year() -> synth.District:
    return synth.generate(2500, seed=1)


def ask(question: str, **tables: pa.Table) -> list[tuple]:
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(question).fetchall()


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*.*"))
    }


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        synth.write(synth.demo_district(250, seed=5), tmp_path / name)
    assert digest(tmp_path / "first") == digest(tmp_path / "second")
    synth.write(synth.demo_district(250, seed=6), tmp_path / "other")
    other = digest(tmp_path / "other")
    assert other.keys() == digest(tmp_path / "first").keys()
    assert other["oneroster/results.csv"] != digest(tmp_path / "first")["oneroster/results.csv"]


@pytest.mark.parametrize("students", [199, 1_000_001])
def test_a_size_out_of_bounds_is_refused(students: int) -> None:
    with pytest.raises(ValueError, match=f"students is {students}"):
        synth.generate(students)


def test_a_day_before_the_year_is_refused() -> None:
    with pytest.raises(ValueError, match="as_of is 2025-08-01"):
        synth.generate(200, as_of=date(2025, 8, 1))


@pytest.mark.parametrize("students", [200, 333, 600])
def test_every_student_of_the_newest_year_is_enrolled_in_it(students: int) -> None:
    enrolments = synth.generate(students, seed=9).tables["enrolments"]
    assert len(set(enrolments["student_id"].to_pylist())) == students


def test_a_whole_year_has_the_proportions_of_the_benchmark(whole_year: synth.District) -> None:
    tables, n = whole_year.tables, whole_year.size
    absences = np.count_nonzero(tables["attendance_events"]["absent_share"].to_numpy() > 0)
    assert absences / n == pytest.approx(14.4, rel=0.04)
    assert tables["assessment_results"].num_rows / n == pytest.approx(20, rel=0.02)
    assert tables["coursework_results"].num_rows / n == pytest.approx(50, rel=0.02)
    days = tables["calendar_days"]
    taught = days.filter(days["is_instructional"]).group_by("school_id").aggregate([("on", "count")])
    assert set(taught["on_count"].to_pylist()) == {180}


def test_the_proportions_hold_for_another_size() -> None:
    district = synth.generate(700, seed=4)
    assert district.tables["coursework_results"].num_rows / 700 == pytest.approx(50, rel=0.03)
    assert district.tables["assessment_results"].num_rows / 700 == pytest.approx(20, rel=0.03)


def test_the_tables_have_the_columns_and_types_that_measures_read(demo: synth.District) -> None:
    read = {table for indicator in catalog.core() for table in indicator.tables}
    assert set(demo.tables) == read | {"students", "student_characteristics"}
    for name, table in demo.tables.items():
        declared = {column.name: column for column in TABLES[name].columns}
        assert table.schema.names == [column for column in declared if column in table.schema.names], name
        assert {column.name for column in declared.values() if column.required} <= set(table.schema.names), (
            name
        )
        for column in (declared[column] for column in table.schema.names):
            assert table.schema.field(column.name).type == ARROW_TYPES[column.type], f"{name}.{column.name}"
            assert not (column.required and table[column.name].null_count), f"{name}.{column.name}"


def test_nothing_is_known_after_today(demo: synth.District) -> None:
    today = synth.DEMO_TODAY
    for name, column in (
        ("attendance_events", "on"),
        ("attendance_submissions", "on"),
        ("assessment_results", "on"),
        ("coursework_results", "scored_on"),
        ("participation_checks", "on"),
        ("activity_events", "on"),
        ("behaviour_incidents", "on"),
        ("course_outcomes", "on"),
        ("enrolments", "entry_on"),
    ):
        assert max(demo.tables[name][column].to_pylist()) <= today, name
    assert max(day for day in demo.tables["enrolments"]["exit_on"].to_pylist() if day) <= today


def test_today_is_a_school_day_everywhere(demo: synth.District) -> None:
    days = demo.tables["calendar_days"].to_pylist()
    schools = {row["school_id"] for row in days if row["on"] == synth.DEMO_TODAY and row["is_instructional"]}
    assert schools == set(demo.schools.ids.tolist())


def test_no_student_is_at_two_schools_at_once(demo: synth.District, whole_year: synth.District) -> None:
    for district in (demo, whole_year):
        enrolments = district.tables["enrolments"]
        assert enrolments.num_rows > district.size
        assert ask(
            """SELECT count(*) FROM enrolments AS a JOIN enrolments AS b
               ON a.student_id = b.student_id AND a.entry_on < b.entry_on
               AND coalesce(a.exit_on, DATE '2099-01-01') >= b.entry_on""",
            enrolments=enrolments,
        ) == [(0,)]


def test_every_event_lies_in_an_enrolment_on_a_day_that_was_sent(demo: synth.District) -> None:
    tables = demo.tables
    assert ask(
        """SELECT count(*) FROM events AS v
           JOIN enrolments AS e ON e.student_id = v.student_id AND e.school_id = v.school_id
            AND v."on" BETWEEN e.entry_on AND coalesce(e.exit_on, DATE '2099-01-01')
           JOIN sent AS s ON s.school_id = v.school_id AND s."on" = v."on" """,
        events=tables["attendance_events"],
        enrolments=tables["enrolments"],
        sent=tables["attendance_submissions"],
    ) == [(tables["attendance_events"].num_rows,)]


def test_there_are_movers_late_entrants_leavers_and_returners(demo: synth.District) -> None:
    counted = ask(
        """WITH newest AS (SELECT * FROM enrolments WHERE school_year = 2026),
           each AS (SELECT student_id, count(DISTINCT school_id) AS schools, min(entry_on) AS begins, count(*) AS n,
                           bool_or(exit_on IS NULL) AS still FROM newest GROUP BY student_id)
           SELECT count(*) FILTER (WHERE schools > 1), count(*) FILTER (WHERE begins > DATE '2025-08-18'),
                  count(*) FILTER (WHERE NOT still), count(*) FILTER (WHERE n > 1 AND schools = 1) FROM each""",
        enrolments=demo.tables["enrolments"],
    )[0]
    assert all(2 <= count <= 0.06 * demo.size for count in counted), counted


def test_missing_is_not_zero(demo: synth.District) -> None:
    without = ask(
        """SELECT status, count(*), count(score) FROM marks
           WHERE status IN ('exempt', 'not submitted', 'submitted') GROUP BY status""",
        marks=demo.tables["coursework_results"],
    )
    assert {status for status, _, _ in without} == {"exempt", "not submitted", "submitted"}
    assert all(count > 0 and scored == 0 for _, count, scored in without)
    unscored = ask(
        "SELECT status, count(score) FROM results WHERE status <> 'scored' GROUP BY status",
        results=demo.tables["assessment_results"],
    )
    assert sorted(unscored) == [("absent", 0), ("exempt", 0), ("invalid", 0)]


def test_a_quarter_is_chronically_absent_and_half_is_proficient(whole_year: synth.District) -> None:
    """The level of recent years in the United States, so that pages look like a real district's."""
    chronic = ask(
        "SELECT count(*) FROM (SELECT student_id FROM events GROUP BY student_id HAVING sum(absent_share) >= 18)",
        events=whole_year.tables["attendance_events"],
    )[0][0]
    assert 0.18 < chronic / whole_year.size < 0.35
    proficient = ask(
        "SELECT avg(is_proficient::INT) FROM results", results=whole_year.tables["assessment_results"]
    )[0][0]
    assert 0.42 < proficient < 0.56


def test_the_cast_stands_where_it_should(demo: synth.District) -> None:
    newest = demo.years[-1]
    row = int(np.flatnonzero(newest.enrolments.student == 0)[0])
    mine = newest.classes.of_enrolment[row]
    assert (
        demo.schools.ids[newest.enrolments.school[row]] == FIRST_MIDDLE_ID == BY_KEY["priya"].organisation_id
    )
    assert newest.classes.teacher[mine[MATHS]] == BY_KEY["tess"].number
    assert newest.classes.teacher[mine[ELA]] == BY_KEY["max"].number
    ottos = newest.classes.teacher == BY_KEY["otto"].number
    assert ottos.any()
    assert set(demo.schools.ids[newest.classes.school[ottos]]) == {FIRST_HIGH_ID}
    assert np.count_nonzero(demo.households.speaks[0] == "es") == 1
    assert [member.key for member in synth.cast if member.entity == "staff"] == (
        ["dina", "priya", "tess", "otto", "cora", "ivo", "hana", "max", "mona", "ana", "gus"]
    )


def test_sams_family_is_fay_and_bryn_and_sam_has_no_siblings(demo: synth.District) -> None:
    assert np.flatnonzero(demo.students.household == 0).tolist() == [0]
    assert demo.adults.number[demo.adults.household == 0].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("entity", "number", "text"),
    [("student", 100001, "00100001"), ("organisation", 101, "0101"), ("class", 7, "c0000007")],
)
def test_an_id_in_the_tables_and_its_text_in_the_files_lead_to_each_other(
    entity: str, number: int, text: str
) -> None:
    assert synth.text_id(entity, number) == text
    assert synth.int_id(entity, text) == number
    assert synth.text_ids(entity, np.array([number])).to_pylist() == [text]


def test_a_text_that_is_no_id_is_refused() -> None:
    with pytest.raises(ValueError, match="'100001' is not an id of student"):
        synth.int_id("student", "100001")
