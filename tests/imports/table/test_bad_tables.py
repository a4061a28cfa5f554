"""What bad tables get: a finding with file, row, column, what came (masked) and what to do; and nothing changed."""

import copy
import gzip
from pathlib import Path

import pytest

from crescendo.imports import queries
from crescendo.imports.models import ImportRun
from crescendo.records.models import AttendanceEvent
from imports.table.school import ATTENDANCE, GOOD, HEADER, bring_in, finding, make_school

pytestmark = pytest.mark.django_db(transaction=True)
APPLIED, REFUSED = ImportRun.State.APPLIED, ImportRun.State.REFUSED


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    file = run.counts["attendance.csv"]
    return file["read"], file["applied"], file["unchanged"], file["set_aside"]


def test_a_good_table_is_applied_and_the_same_table_again_changes_nothing(tmp_path: Path) -> None:
    ids = make_school()
    run = bring_in(tmp_path, GOOD)
    assert (run.state, counts(run)) == (APPLIED, (3, 3, 0, 0))
    half = AttendanceEvent.objects.get(student_id=ids["00108"])
    assert (half.category, half.absent_share, half.code, half.school_year) == ("excused", 0.5, "E", 2026)
    assert (half.on.isoformat(), half.school_id) == ("2026-03-04", ids["LIN"])
    assert counts(bring_in(tmp_path, GOOD)) == (3, 0, 3, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file.empty_file"),
        (b"\n \n", "file.empty_file"),
        (HEADER.encode(), "file.no_rows"),
        (gzip.compress(GOOD.encode(), mtime=0)[:-12], "file.truncated_file"),
        (b"PK\x03\x04rest", "file.spreadsheet"),
        (GOOD.encode() + b"\x00\x01", "file.not_text"),
        (b"PAR1 and no more", "file.truncated_file"),
        (HEADER.encode() + b'00107,03/04/2026,"A,100\n', "file.truncated_file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_says_what_to_do(
    tmp_path: Path, content: bytes, code: str
) -> None:
    make_school()
    run = bring_in(tmp_path, content)
    assert run.state == REFUSED
    assert finding(run, code).what_to_do
    assert finding(run, code).file == "attendance.csv"
    assert AttendanceEvent.objects.count() == 0


def test_a_missing_column_refuses_the_file_and_names_the_nearest(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD.replace("Student ID", "StudentID"))
    assert run.state == REFUSED
    found = finding(run, "file.missing_column")
    assert (found.column, found.row) == ("Student ID", 1)
    assert "'StudentID'" in found.what_to_do


def test_an_unmapped_code_is_set_aside_and_named(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "00110,03/05/2026,Q,100\n00107,03/05/2026,Q,100\n")
    assert (run.state, counts(run)) == (APPLIED, (5, 3, 0, 2))
    found = finding(run, "row.unknown_value")
    assert (found.row, found.column, found.count, found.severity) == (5, "Code", 2, "row")
    assert found.what_to_do.startswith("Not mapped: Q (2 rows).")


def test_what_a_column_of_a_name_or_an_id_held_is_never_shown(tmp_path: Path) -> None:
    """Neither by listing values that nothing was said about, nor because the column is called Status or Value."""
    make_school()
    mapping = copy.deepcopy(ATTENDANCE)
    fields = mapping["pass"][0]["fields"]
    fields["student"] = {"column": "Value", "values": {"7": "00107"}}
    fields["absent_share"] = {"column": "Status", "number": "percent"}
    content = "Value,Date,Code,Status\nAnn,03/04/2026,A,100\n7,03/04/2026,A,Zoe\n"
    run = bring_in(tmp_path, content, mapping)
    shown = [
        text
        for one in [*queries.list_findings(run), *queries.list_set_aside(run)]
        for text in (one.received_masked, getattr(one, "what_to_do", ""), getattr(one, "expected", ""))
    ]
    assert {"xxx"} <= set(shown)
    assert not any("Ann" in text or "Zoe" in text for text in shown), shown
    assert finding(run, "row.unknown_value").column == "Value"


def test_ids_that_a_spreadsheet_turned_into_numbers_refuse_the_file(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "1.23E+15,03/05/2026,A,100\n")
    assert run.state == REFUSED
    found = finding(run, "row.damaged_id")
    assert (found.row, found.column, found.received_masked) == (5, "Student ID", "9.99x+99")
    assert AttendanceEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("00110,31/02/2026,A,100", "row.bad_date", "Date"),
        ("00110,03/05/2026,A,lots", "row.bad_number", "Missed"),
        ("00110,03/05/2026,A,101", "row.out_of_range", "Missed"),
        ("00110,,A,100", "row.missing", "Date"),
        ("00110,03/05/2026,A", "row.ragged_row", ""),
        ("00110,03/05/2026,A,100,surplus", "row.ragged_row", ""),
    ],
)
def test_a_bad_row_is_set_aside_with_its_place_and_the_others_are_used(
    tmp_path: Path, row: str, code: str, column: str
) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + row + "\n")
    assert (run.state, counts(run)) == (APPLIED, (4, 3, 0, 1))
    found = finding(run, code)
    assert (found.file, found.row, found.column) == ("attendance.csv", 5, column)
    assert found.what_to_do
    assert "00110" not in found.received_masked
    aside = queries.list_set_aside(run).get()
    assert (aside.row, aside.code) == (5, code)


def test_an_unmapped_or_bad_row_refuses_the_whole_file_in_strict_mode(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "00110,03/05/2026,Q,100\n", strict=True)
    assert run.state == REFUSED
    assert AttendanceEvent.objects.count() == 0


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    make_school()
    content = HEADER + "00107,03/04/2026,A,100\n\n\n00108,03/04/2026,Q,50\n"
    assert finding(bring_in(tmp_path, content), "row.unknown_value").row == 5


def test_a_line_break_inside_a_quoted_cell_is_one_row(tmp_path: Path) -> None:
    make_school()
    content = 'Note,Student ID,Date,Code,Missed\n"a\nb",00107,03/04/2026,A,100\nc,00108,03/04/2026,Q,50\n'
    run = bring_in(tmp_path, content)
    assert counts(run) == (2, 1, 0, 1)
    assert finding(run, "row.unknown_value").row == 3


def test_surplus_cells_that_are_empty_do_no_harm(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD.replace("100\n", "100,,\n"))
    assert (run.state, counts(run)) == (APPLIED, (3, 3, 0, 0))


def test_the_same_row_twice_counts_once_and_contradicting_rows_are_all_set_aside(tmp_path: Path) -> None:
    make_school()
    same = bring_in(tmp_path, GOOD + "00107,03/04/2026,A,100\n")
    assert (same.state, AttendanceEvent.objects.count()) == (APPLIED, 3)
    contradicting = GOOD.replace(
        "00107,03/04/2026,A,100\n", "00110,03/04/2026,A,100\n00110,03/04/2026,A,50\n"
    )
    run = bring_in(tmp_path, contradicting)
    assert counts(run) == (4, 0, 2, 2)
    assert finding(run, "row.duplicate_id").count == 2


def test_unknown_students_are_set_aside_and_their_share_is_shown(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD + "77777,03/05/2026,A,100\n")
    assert (run.state, counts(run)) == (APPLIED, (4, 3, 0, 1))
    assert "1 of 4 students in the file (25.0%) are unknown" in finding(run, "ids.matched").what_to_do
    assert finding(run, "reference.missing_target_record").row == 5


def test_a_matching_share_of_nothing_unknown_is_shown_too(tmp_path: Path) -> None:
    make_school()
    assert "0 of 3 students" in finding(bring_in(tmp_path, GOOD), "ids.matched").what_to_do


def test_a_table_of_somebody_elses_ids_is_refused(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD.replace("0010", "9910"))
    assert run.state == REFUSED
    assert "3 of 3 students" in finding(run, "ids.mostly_unmatched").what_to_do


def test_leading_zeros_are_part_of_an_id(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD.replace("00109", "109"))
    assert counts(run) == (3, 2, 0, 1)


def test_windows_letters_are_read_and_said(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, b"Note," + GOOD.encode().replace(b"\n", b"\ncaf\xe9,", 3))
    assert run.state == APPLIED
    assert finding(run, "file.encoding_assumed").row == 2


def test_tabs_semicolons_and_utf_16_are_found_out(tmp_path: Path) -> None:
    make_school()
    for content in (GOOD.replace(",", "\t").encode(), GOOD.replace(",", ";").encode(), GOOD.encode("utf-16")):
        run = bring_in(tmp_path, content)
        assert run.state == APPLIED, [one.what_to_do for one in queries.list_findings(run)]
        assert sum(counts(run)[1:3]) == 3
    assert AttendanceEvent.objects.count() == 3


def test_a_dry_run_changes_nothing_and_counts_the_same(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD, dry_run=True)
    assert (run.state, counts(run)) == (ImportRun.State.CHECKED, (3, 3, 0, 0))
    assert AttendanceEvent.objects.count() == 0


def test_a_wrong_mapping_refuses_the_delivery(tmp_path: Path) -> None:
    make_school()
    run = bring_in(tmp_path, GOOD, {"mapping": ATTENDANCE["mapping"], "pass": [{"target": "attendance"}]})
    assert run.state == REFUSED
    assert "target 'attendance' is not known" in finding(run, "mapping.invalid").what_to_do
