"""Pitfalls that come in through a table (`data-pitfalls.md`): each by its number."""

import copy
from pathlib import Path
from typing import Any

import pytest

from crescendo.imports import queries
from crescendo.imports.models import ImportRun
from crescendo.imports.sources.table.guessing import possible_date_formats
from crescendo.imports.sources.table.mapping import FileSpec, load_mapping
from crescendo.imports.sources.table.reader import Unreadable, read_file
from crescendo.records.models import AssessmentResult, AttendanceEvent
from imports.table.school import ATTENDANCE, GOOD, bring_in, finding, make_school
from imports.table.test_mapping_and_reading import value_of

APPLIED, REFUSED = ImportRun.State.APPLIED, ImportRun.State.REFUSED
in_the_database = pytest.mark.django_db(transaction=True)


def mapping_with(**fields: Any) -> dict[str, Any]:
    mapping = copy.deepcopy(ATTENDANCE)
    mapping["pass"][0]["fields"] |= fields
    return mapping


@in_the_database
def test_p04_of_several_columns_of_ids_the_one_that_knows_most_students_is_taken_and_said(
    tmp_path: Path,
) -> None:
    make_school()
    content = "Vendor,Local,Date,Code,Missed\n901,00107,03/04/2026,A,100\n902,00108,03/04/2026,A,100\n"
    run = bring_in(tmp_path, content, mapping_with(student={"any_of": ["Vendor", "Local"]}))
    assert run.state == APPLIED
    said = finding(run, "ids.column_chosen")
    assert (said.column, said.what_to_do) == (
        "Local",
        "Students known by each column of ids: Vendor: 0 of 2; Local: 2 of 2.",
    )
    assert AttendanceEvent.objects.count() == 2


@in_the_database
def test_p04_below_the_floor_no_column_is_good_enough(tmp_path: Path) -> None:
    make_school()
    content = "Vendor,Local,Date,Code,Missed\n901,801,03/04/2026,A,100\n902,802,03/04/2026,A,100\n"
    run = bring_in(tmp_path, content, mapping_with(student={"any_of": ["Vendor", "Local"]}))
    assert run.state == REFUSED
    assert finding(run, "ids.mostly_unmatched").count == 2


def test_p05_an_id_keeps_its_zeros_and_loses_a_decimal_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    assert value_of("id", "00107") == "00107"
    assert value_of("id", "107.0", drop_zero_decimal=True) == "107"
    assert value_of("id", "8400-00107", pattern=r"^8400-(.+)$") == "00107"
    path = tmp_path / "records.json"
    path.write_text(
        '\ufeff{"id": 100000000000000000001, "who": {"id": "007"}, "score": 1.50}\n', encoding="utf-8"
    )
    received = read_file(path, FileSpec("main"), "records.json")
    assert received.table.to_pylist() == [
        {"_row": 1, "id": "100000000000000000001", "who.id": "007", "score": "1.50"}
    ]


@in_the_database
def test_p08_a_student_on_no_roster_is_set_aside_and_counted(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "77777,03/05/2026,A,100\n")
    assert run.counts["attendance.csv"] == {"read": 4, "applied": 3, "unchanged": 0, "set_aside": 1}
    assert [(row.row, row.code) for row in queries.list_set_aside(run)] == [
        (5, "reference.missing_target_record")
    ]


@in_the_database
def test_p10_a_school_that_nobody_knows_is_loud(tmp_path: Path) -> None:
    make_school()
    content = (
        GOOD.replace("\n", ",LIN\n").replace("Missed,LIN", "Missed,School")
        + "00110,03/05/2026,A,100,Linkoln\n"
    )
    run = bring_in(tmp_path, content, mapping_with(school="School"))
    assert (run.state, run.counts["attendance.csv"]["set_aside"]) == (APPLIED, 1)
    assert finding(run, "reference.missing_target_record").column == "School"


RESULTS = {
    "mapping": {"name": "marks", "source": "attendance", "ids_of": "sis"},
    "file": {"main": {"also_called": {"RIT": ["TestRITScore"]}}},
    "pass": [
        {
            "target": "assessments",
            "distinct": True,
            "fields": {
                "external_id": {"constant": "t"},
                "code": {"constant": "t"},
                "title": {"constant": "T"},
            },
        },
        {
            "target": "assessment_results",
            "fields": {
                "student": "ID",
                "school": {"find": "enrolment"},
                "school_year": {"find": "on"},
                "assessment": {"constant": "t"},
                "on": {"column": "Day", "date": "iso"},
                "score": "RIT",
                "score_text": "RIT",
            },
        },
    ],
}


def results_with(**fields: Any) -> dict[str, Any]:
    mapping = copy.deepcopy(RESULTS)
    mapping["pass"][1]["fields"] |= fields
    return mapping


@in_the_database
def test_p31_two_different_scores_of_one_test_and_day_are_both_set_aside_and_two_equal_ones_are_one(
    tmp_path: Path,
) -> None:
    make_school()
    twice = (
        "ID,Day,RIT\n00107,2026-01-12,200\n00107,2026-01-12,200\n00108,2026-01-12,210\n00108,2026-01-12,190\n"
    )
    run = bring_in(tmp_path, twice, RESULTS)
    assert [one.score for one in AssessmentResult.objects.all()] == [200.0]
    assert run.counts["attendance.csv"] == {"read": 4, "applied": 1, "unchanged": 1, "set_aside": 2}
    assert finding(run, "row.duplicate_id").column == ""  # a key of four columns is in none of them


@in_the_database
def test_a_row_whose_two_scores_cannot_be_used_is_one_row(tmp_path: Path) -> None:
    make_school()
    content = "ID,Day,Reading,Maths\n00107,2026-01-12,200,210\n77777,2026-01-12,205,215\n"
    mapping = results_with(score="points", score_text="points", assessment="test")
    mapping["unpivot"] = {
        "tests": {"name": "test", "columns": ["points"], "labels": ["Reading", "Maths"], "cells": ["{}"]}
    }
    mapping["pass"][0]["unpivot"] = mapping["pass"][1]["unpivot"] = "tests"
    mapping["pass"][0]["fields"] = {"external_id": "test", "code": "test", "title": "test"}
    mapping["file"] = {"main": {}}
    run = bring_in(tmp_path, content, mapping)
    assert run.counts["attendance.csv"] == {"read": 2, "applied": 1, "unchanged": 0, "set_aside": 1}
    unknown = finding(run, "reference.missing_target_record")
    assert (unknown.count, unknown.row, unknown.column) == (1, 3, "ID")
    assert [(row.row, row.column) for row in queries.list_set_aside(run)] == [(3, "ID")]


@in_the_database
def test_p31_a_zero_is_a_score_unless_the_mapping_says_that_it_stands_for_nothing(tmp_path: Path) -> None:
    ids = make_school()
    content = "ID,Day,RIT\n00107,2026-01-12,0\n"
    bring_in(tmp_path, content, RESULTS)
    assert AssessmentResult.objects.get(student_id=ids["00107"]).score == 0
    nothing = {"column": "RIT", "values": {"0": ""}, "otherwise": "keep"}
    bring_in(
        tmp_path, content, results_with(score=nothing, status={"column": "RIT", "values": {"0": "absent"}})
    )
    assert AssessmentResult.objects.get(student_id=ids["00107"]).score is None


@in_the_database
def test_p32_a_column_is_found_under_its_newer_name(tmp_path: Path) -> None:
    ids = make_school()
    bring_in(tmp_path, "ID,Day, testritscore \n00107,2026-01-12,200\n", RESULTS)
    assert AssessmentResult.objects.get(student_id=ids["00107"]).score == 200


def test_p32_a_new_scale_under_the_old_name_is_another_assessment() -> None:
    old, new = load_mapping("wida-alternate-access"), load_mapping("wida-alternate-access-2024")
    assert old.passes[0].fields["external_id"] != new.passes[0].fields["external_id"]
    assert set(old.recognised_by) != set(new.recognised_by)


@in_the_database
def test_p33_the_school_year_of_a_test_comes_from_the_day_on_which_the_year_begins(tmp_path: Path) -> None:
    ids = make_school()
    august = results_with(school_year={"find": "on", "begins": "08-01"})
    bring_in(tmp_path, "ID,Day,RIT\n00107,2025-07-15,200\n00108,2025-09-02,200\n", august)
    years = dict(AssessmentResult.objects.values_list("student_id", "school_year"))
    assert years.get(ids["00108"]) == 2026
    assert 2026 not in [year for student, year in years.items() if student == ids["00107"]]


def test_p36_the_layout_of_a_fixed_width_file_is_data_and_the_lines_length_says_which_year(
    tmp_path: Path,
) -> None:
    from crescendo.imports.sources.table.mapping import parse_mapping  # noqa: PLC0415

    layouts = {
        "2025": {"line_length": 12, "columns": {"ID": [1, 5], "RIT": [6, 8]}},
        "2026": {"line_length": 14, "columns": {"ID": [3, 7], "RIT": [10, 12]}},
    }
    spec = parse_mapping(RESULTS | {"file": {"main": {"layouts": layouts}}}).files["main"]
    path = tmp_path / "state.txt"
    path.write_text("  00107  200  \n  00108  211  \n")
    assert read_file(path, spec, "state.txt").table.to_pydict()["RIT"] == ["200", "211"]
    path.write_text("00107200    \n")
    assert read_file(path, spec, "state.txt").table.to_pydict()["ID"] == ["00107"]
    path.write_text("x" * 20 + "\n")
    with pytest.raises(Unreadable, match="Add this year's to the mapping"):
        read_file(path, spec, "state.txt")


@in_the_database
def test_p38_windows_letters_and_a_byte_order_mark_are_read_and_what_was_replaced_is_counted(
    tmp_path: Path,
) -> None:
    make_school()
    run = bring_in(tmp_path, b"Note," + GOOD.encode().replace(b"\n", b"\ncaf\xe9,", 3))
    assert "(3 characters)" in finding(run, "file.encoding_assumed").what_to_do
    assert bring_in(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).state == APPLIED


@in_the_database
def test_p39_null_as_text_is_nothing_and_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    make_school()
    content = "Extra,Missed,Code,Date,Student ID\nx,100,A,03/04/2026,00107\nNULL,100,A,NULL,00108\n"
    run = bring_in(tmp_path, content)
    assert run.counts["attendance.csv"] == {"read": 2, "applied": 1, "unchanged": 0, "set_aside": 1}
    assert finding(run, "row.missing").row == 3


def test_p40_day_or_month_first_is_asked_and_impossible_days_are_no_days() -> None:
    assert possible_date_formats(["03/04/2026"]) == ["%m/%d/%Y", "%d/%m/%Y"]
    assert value_of("date", "30/02/2026", date=("%d/%m/%Y",)) is None
    assert str(value_of("date", "120108", date=("%m%d%y",))) == "2008-12-01"
    assert str(value_of("date", "2015-10-12", date=("%m/%d/%Y", "iso"))) == "2015-10-12"


@in_the_database
@pytest.mark.parametrize(("day", "code"), [("2026-04-01", "row.future_date"), ("1970-01-12", "row.long_ago")])
def test_p40_a_test_of_tomorrow_or_of_another_age_is_set_aside(tmp_path: Path, day: str, code: str) -> None:
    make_school()
    run = bring_in(tmp_path, f"ID,Day,RIT\n00107,{day},200\n00108,2026-01-12,210\n", RESULTS)
    assert (run.state, finding(run, code).row) == (APPLIED, 2)


def test_p41_a_moment_gives_the_day_as_written_and_no_clock_of_ours_moves_it() -> None:
    assert str(value_of("date", "2026-03-08T23:30:00.123456-05:00", date=("iso",))) == "2026-03-08"
    assert load_mapping("star-reading").passes[1].fields["on"].column == "CompletedDateLocal"


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("1", True), ("TRUE", True), ("Y", True), ("0", False), ("no", False), ("", None), ("x", None)],
)
def test_p42_truth_is_told_in_many_ways_and_a_blank_is_neither(cell: str, meant: bool | None) -> None:
    assert value_of("boolean", cell) is meant


@in_the_database
def test_p44_a_typing_error_in_a_field_that_may_be_empty_costs_the_field_and_not_the_row(
    tmp_path: Path,
) -> None:
    ids = make_school()
    level = {"column": "Level", "values": {"Low": 1, "High": 2}, "if_wrong": "empty"}
    run = bring_in(
        tmp_path, "ID,Day,RIT,Level\n00107,2026-01-12,200,Hihg\n", results_with(level_sequence=level)
    )
    assert run.counts["attendance.csv"]["applied"] == 1
    assert AssessmentResult.objects.get(student_id=ids["00107"]).level_sequence is None
    said = finding(run, "row.unknown_value")
    assert (said.severity, said.what_to_do.startswith("The cell was left empty.")) == ("notice", True)


def test_p43_last_name_first_is_cut_by_the_mapping() -> None:
    assert value_of("text", "O'Neil, Ann Marie", pattern=r"^([^,]+),") == "O'Neil"
    assert value_of("text", "O'Neil, Ann Marie", pattern=r",\s*(\S+)") == "Ann"


@in_the_database
def test_p07_a_row_without_an_id_is_set_aside_and_never_attached_by_its_name(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, "Name," + GOOD.replace("\n0", "\nAnn,0") + "Ann 00110,,03/05/2026,A,100\n")
    assert (run.counts["attendance.csv"]["set_aside"], finding(run, "row.missing").row) == (1, 5)


def test_a_row_of_ten_million_columns_is_refused_before_it_is_read(tmp_path: Path) -> None:
    from crescendo.imports.widths import find_too_wide  # noqa: PLC0415

    path = tmp_path / "wide.csv"
    path.write_bytes(b"," * 10_000_000)
    found = find_too_wide(path, "wide.csv")
    assert found is not None
    assert found.code == "file.too_wide"
