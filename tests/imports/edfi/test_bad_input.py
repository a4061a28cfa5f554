"""What bad Ed-Fi files get: a refusal with its reason, or a row set aside; never a guess, never a way in."""

import zipfile
from datetime import date
from pathlib import Path

import pytest

from crescendo.imports.bench import RawFile, Workbench
from crescendo.imports.findings import Refused
from crescendo.imports.sources.edfi import package, reading, resolving
from imports.edfi.deliveries import AT, lines, xml

HEAD = '<?xml version="1.0"?>'
OPEN = '<InterchangeStudent xmlns="http://ed-fi.org/5.2.0">'
STUDENT = "<Student><StudentUniqueId>{}</StudentUniqueId><Name><FirstName>{}</FirstName><LastSurname>Ode</LastSurname></Name></Student>"


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    work = tmp_path / "work"
    work.mkdir()
    return Workbench([], work, "ods", {}, False, date(2026, 11, 20), AT, lambda *_: None, lambda *_: 0)


def read(bench: Workbench, *paths: Path) -> list[str]:
    """The codes that reading the files found; what came is in `bench`."""
    bench.files = [RawFile(path.name, path) for path in paths]
    resources = reading.read_all(bench, package.open_delivery(bench))
    resolving.resolve_all(bench, resources)
    return [one.code for one in bench.found]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><InterchangeStudent>&b;</InterchangeStudent>',
            "file.xml_with_dtd"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><InterchangeStudent/>', "file.xml_with_dtd"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "http://thief.test/x">]><InterchangeStudent>&x;</InterchangeStudent>', "file.xml_with_dtd"),
        (OPEN + "<Student>", "file.damaged_xml"),
        (OPEN + "<Student></InterchangeStudent>", "file.damaged_xml"),
        ("<roster><Student/></roster>", "file.not_edfi"),
        ("studentUniqueId,firstName\n1,Sam\n", "file.not_xml"),
        (OPEN + "&undefined;</InterchangeStudent>", "file.damaged_xml"),
    ],
)  # fmt: skip
def test_xml_that_cannot_be_trusted_or_read_is_refused(
    bench: Workbench, tmp_path: Path, content: str, code: str
) -> None:
    path = tmp_path / "Student.xml"
    path.write_text(content if content.startswith("stud") else HEAD + content)
    assert read(bench, path) == [code]
    assert [one.severity for one in bench.found] == ["error"]


def test_an_empty_file_is_refused(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "Student.xml").touch()
    assert read(bench, tmp_path / "Student.xml") == ["file.empty"]


def test_deeply_nested_xml_is_refused_before_it_costs_anything(bench: Workbench, tmp_path: Path) -> None:
    path = tmp_path / "Student.xml"
    path.write_text(OPEN + "<a>" * 50_000 + "</a>" * 50_000 + "</InterchangeStudent>")
    assert read(bench, path) == ["file.damaged_xml"]


def test_the_row_of_a_record_is_its_line_and_records_on_one_line_are_counted_on(
    bench: Workbench, tmp_path: Path
) -> None:
    two = STUDENT.format(1, "Ann") + STUDENT.format(2, "Ben")
    assert read(bench, xml(tmp_path, "Student", two, STUDENT.format(3, "Cy"))) == []
    rows = bench.db.execute("SELECT _row, key FROM came ORDER BY _row").fetchall()
    assert rows == [(3, "1"), (4, "2"), (5, "3")]


def test_a_standard_that_is_not_known_is_read_by_its_names_and_said(bench: Workbench, tmp_path: Path) -> None:
    assert read(bench, xml(tmp_path, "Student", STUDENT.format(1, "Ann"), version="9.0.0")) == [
        "file.unknown_standard"
    ]
    assert bench.tables["Student.xml"].rows == 1


def test_p03_one_key_with_two_stories_is_set_aside_and_with_one_story_is_one(
    bench: Workbench, tmp_path: Path
) -> None:
    same, other = STUDENT.format(1, "Ann"), STUDENT.format(1, "Eve")
    assert read(
        bench, xml(tmp_path, "Student", same, other, STUDENT.format(2, "Ben"), STUDENT.format(2, "Ben"))
    ) == ["row.duplicate_id"]
    assert [row[0] for row in bench.db.execute("SELECT key FROM now_Student").fetchall()] == ["2"]
    assert bench.db.execute("SELECT count(*) FROM set_aside").fetchall() == [(2,)]


def test_p48_a_deletion_wins_over_older_copies_and_the_latest_copy_over_both(
    bench: Workbench, tmp_path: Path
) -> None:
    def of(run: str, what: str, *records: dict[str, object]) -> Path:
        return lines(tmp_path, f"students/{what}/rundate={run}/page.json", *records, bom=True)

    files = [
        of("2026-01-01", "upserts", *({"id": f"{n}" * 32, "studentUniqueId": str(n), "firstName": "Old"} for n in (1, 2, 3))),
        of("2026-01-02", "deletes", {"Id": "1" * 32, "ChangeVersion": "7"}, {"id": "22222222-2222-2222-2222-222222222222",
            "changeVersion": 8}),
        of("2026-01-03", "upserts", {"id": "4" * 32, "studentUniqueId": "2", "firstName": "New"}),
        of("2026-01-04", "deletes"),
    ]  # fmt: skip
    bench.files = [RawFile(path.relative_to(tmp_path).as_posix(), path) for path in files]
    resolving.resolve_all(bench, reading.read_all(bench, package.open_delivery(bench)))
    held = bench.db.execute("SELECT key, doc ->> '$.firstName' FROM now_Student ORDER BY key").fetchall()
    assert held == [("2", "New"), ("3", "Old")]


def test_lines_that_are_no_records_are_set_aside_and_the_others_read(
    bench: Workbench, tmp_path: Path
) -> None:
    path = tmp_path / "students.jsonl"
    path.write_text(
        '{"studentUniqueId": "1"}\n{"studentUniqueId": \n[1, 2]\n"text"\n{"firstName": "no id"}\n\n{"studentUniqueId": "2"}\n'
    )
    assert sorted(read(bench, path)) == ["row.damaged_json", "row.field_required"]
    assert [row[0] for row in bench.db.execute("SELECT key FROM now_Student ORDER BY 1").fetchall()] == [
        "1",
        "2",
    ]
    assert bench.tables["students.jsonl"].rows == 6
    assert bench.db.execute("SELECT count(*) FROM set_aside").fetchall() == [(4,)]


def test_a_file_whose_resource_nobody_can_tell_is_not_guessed(bench: Workbench, tmp_path: Path) -> None:
    known, unknown = (
        lines(tmp_path, "students.jsonl", {"studentUniqueId": "1"}),
        lines(tmp_path, "Export 3.json", {"a": 1}),
    )
    assert read(bench, known, unknown) == ["file.not_used"]


@pytest.mark.parametrize(
    ("name", "code"), [("../Student.xml", "package.unsafe_path"), ("/etc/Student.xml", "package.unsafe_path"), ("C:Student.xml",
        "package.unsafe_path")]
)  # fmt: skip
def test_an_archive_that_reaches_out_is_refused(
    bench: Workbench, tmp_path: Path, name: str, code: str
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(name, HEAD + "<InterchangeStudent/>")
    bench.files = [RawFile("a.zip", tmp_path / "a.zip")]
    with pytest.raises(Refused):
        package.open_delivery(bench)
    assert [one.code for one in bench.found] == [code]


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(bench: Workbench, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "Student.xml", HEAD + "<InterchangeStudent>" + " " * (20 << 20) + "</InterchangeStudent>"
        )
    bench.files = [RawFile("a.zip", tmp_path / "a.zip")]
    with pytest.raises(Refused):
        package.open_delivery(bench)
    assert [one.code for one in bench.found] == ["package.too_large"]


@pytest.mark.parametrize(
    "line",
    [
        '{"studentUniqueId": "1", "firstName": "\\ud800"}',
        '{"studentUniqueId": "1", "firstName": "\\u0000"}',
        '{"studentUniqueId": "1", "score": 1e999}',
        '{"studentUniqueId": "1", "score": NaN}',
        '{"studentUniqueId": "1", "score": ' + "9" * 5000 + "}",
        '{"studentUniqueId": "1", "a": ' + '{"a": ' * 990 + "1" + "}" * 991,
    ],
    ids=["half a character", "a NUL", "infinity", "no number", "too many digits", "too deep"],
)
def test_a_line_that_no_database_keeps_is_set_aside(bench: Workbench, tmp_path: Path, line: str) -> None:
    path = tmp_path / "students.jsonl"
    path.write_text(line + '\n{"studentUniqueId": "2"}\n')
    assert read(bench, path) == ["row.damaged_json"]
    assert bench.db.execute("SELECT _row FROM set_aside").fetchall() == [(1,)]
    assert bench.db.execute("SELECT key FROM now_Student").fetchall() == [("2",)]


@pytest.mark.parametrize("version", ['"\u00b2"', "99999999999999999999", '"7"'])
def test_a_change_version_that_is_none_counts_as_not_said(
    bench: Workbench, tmp_path: Path, version: str
) -> None:
    path = tmp_path / "students.jsonl"
    path.write_text('{"studentUniqueId": "2", "changeVersion": %s}\n' % version, encoding="utf-8")  # noqa: UP031
    assert read(bench, path) == []
    assert bench.db.execute("SELECT version FROM came").fetchall() == [(7,) if "7" in version else (None,)]


@pytest.mark.parametrize("inner", ["9" * 5000, "[" * 100_000])
def test_a_list_that_cannot_be_read_refuses_the_file(bench: Workbench, tmp_path: Path, inner: str) -> None:
    path = tmp_path / "students.json"
    path.write_text('[{"studentUniqueId": ' + inner)
    assert read(bench, path) == ["file.damaged_json"]
