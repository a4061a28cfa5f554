"""Excel workbooks: days exactly as they are typed, ids never as 1.0, and a damaged id stays damaged."""

import zipfile
from pathlib import Path

import pytest

from crescendo.imports.models import ImportRun
from crescendo.imports.sources.table.reader import Unreadable, read_file
from crescendo.imports.sources.table.shapes import FileSpec
from crescendo.records.models import AttendanceEvent
from imports.table.school import bring_in, finding, make_school

TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACK = "http://schemas.openxmlformats.org/package/2006/relationships"
STYLES = f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'


def cell(value: object) -> str:
    """A text, a number, or a day given as ('day', its number since 1899-12-30)."""
    if isinstance(value, tuple):
        return f'<c s="1"><v>{value[1]}</v></c>'
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def write_workbook(path: Path, rows: list[list[object]]) -> Path:
    sheet = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACK}">'
        f'<Relationship Id="r1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">'
        f'<sheets><sheet name="Marks" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACK}">'
        f'<Relationship Id="r1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{REL}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


HEADER = ["Student ID", "Date", "Code", "Missed"]


def test_numbers_lose_no_digit_and_gain_no_decimal_and_days_are_days(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx", [HEADER, ["00107", ("day", 46085), "A", 100], [4711, ("day", 46086), "A", 12.5]]
    )
    received = read_file(path, FileSpec("main"), "a.xlsx")
    assert received.table.to_pydict() == {
        "_row": [2, 3],
        "Student ID": ["00107", "4711"],
        "Date": ["2026-03-04", "2026-03-05"],
        "Code": ["A", "A"],
        "Missed": ["100", "12.5"],
    }


@pytest.mark.django_db(transaction=True)
def test_a_workbook_is_brought_in_like_any_table_and_its_days_need_no_form(tmp_path: Path) -> None:
    make_school()
    path = write_workbook(tmp_path / "a.xlsx", [HEADER, ["00107", ("day", 46085), "A", 100]])
    run = bring_in(tmp_path, path.read_bytes(), name="attendance.xlsx")
    assert run.state == ImportRun.State.APPLIED
    assert AttendanceEvent.objects.get().on.isoformat() == "2026-03-04"


@pytest.mark.django_db(transaction=True)
def test_an_id_of_more_digits_than_a_workbook_keeps_refuses_the_file(tmp_path: Path) -> None:
    make_school()
    rows = [HEADER, ["00107", ("day", 46085), "A", 100], [1234567890123456789, ("day", 46085), "A", 100]]
    run = bring_in(tmp_path, write_workbook(tmp_path / "a.xlsx", rows).read_bytes(), name="attendance.xlsx")
    assert run.state == ImportRun.State.REFUSED
    assert finding(run, "row.damaged_id").row == 3


def test_a_workbook_that_would_unpack_to_far_more_than_a_table_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read_file(path, FileSpec("main"), "bomb.xlsx")


def write_sheet(path: Path, rows: str) -> Path:
    """A workbook whose sheet holds these rows, as XML."""
    write_workbook(path, [])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


FIRST = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row><row r="2"><c r="A2"><v>7</v></c></row>'
)


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        """<row r="1048576"><c x=' r="A1"' r='XFD1048576'><v>1</v></c></row>""",
        '<row r="9"><c r="ZZZZZ9"><v>1</v></c></row>',
        '<row r="1048576"><c r="A1048576"><v>1</v></c>' + "<c><v>1</v></c>" * 30 + "</row>",
    ],
    ids=["opposite corners", "hidden from a search", "beyond the last column", "places not said"],
)
def test_two_cells_far_apart_do_not_end_the_process_that_reads_them(tmp_path: Path, far: str) -> None:
    path = write_sheet(tmp_path / "far.xlsx", FIRST + far)
    with pytest.raises(Unreadable, match="further apart than in any table"):
        read_file(path, FileSpec("main"), "far.xlsx")


def test_cells_that_have_a_colour_and_nothing_else_are_no_part_of_the_table(tmp_path: Path) -> None:
    path = write_sheet(tmp_path / "c.xlsx", FIRST + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert read_file(path, FileSpec("main"), "c.xlsx").table.to_pydict() == {"_row": [2], "id": ["7"]}


@pytest.mark.parametrize("other", ["xl/workbook.bin", "content.xml"])
def test_another_kind_of_workbook_is_not_read_in_the_name_of_excel(tmp_path: Path, other: str) -> None:
    path = write_sheet(tmp_path / "o.xlsx", FIRST)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(other, "x")
    with pytest.raises(Unreadable, match="Save the sheet as CSV"):
        read_file(path, FileSpec("main"), "o.xlsx")
