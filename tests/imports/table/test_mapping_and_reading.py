"""Mappings say where they are wrong; dates are never guessed; text is read as it was written."""

import gzip
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from crescendo.imports.sources.table.fields import TARGETS, Field
from crescendo.imports.sources.table.guessing import guess_column, possible_date_formats
from crescendo.imports.sources.table.mapping import FileSpec, MappingError, Rule, parse_mapping
from crescendo.imports.sources.table.reader import Received, Unreadable, read_file
from crescendo.imports.sources.table.shapes import Layout
from crescendo.imports.sources.table.transforms import compile_field
from crescendo.imports.targets import TARGETS as STORED

HEAD = {"mapping": {"name": "m", "source": "m"}}


def document(**fields: object) -> dict[str, object]:
    needed = {"school": "s", "school_year": {"find": "on"}, "on": {"column": "d", "date": "iso"}}
    return HEAD | {"pass": [{"target": "attendance_submissions", "fields": needed | fields}]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"on": "d"}, "It is never guessed"),
        ({"on": {"column": "d", "dat": "iso"}}, "Did you mean 'date'?"),
        ({"school": {"column": "s", "constant": "x"}}, "exactly one of"),
        ({"day": "d"}, "'day' is not known"),
        ({"school_year": {"find": "day"}}, "names no date field"),
        ({"school": {"template": "{s"}}, "not closed"),
    ],
)
def test_a_wrong_mapping_says_where_and_what(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(MappingError, match=r"pass 1|Template") as caught:
        parse_mapping(document(**wrong))
    assert said in str(caught.value)


def test_an_exported_mapping_reads_back_as_the_same() -> None:
    import json  # noqa: PLC0415

    mapping = parse_mapping(document())
    again = parse_mapping(json.loads(mapping.export()))
    assert (again, again.digest) == (mapping, mapping.digest)


def test_every_field_that_can_be_mapped_is_a_column_that_can_be_stored() -> None:
    for target in TARGETS.values():
        stored = STORED[target.name]
        known = set(stored.columns) | {"external_id"}
        assert {one.name for one in target.fields} <= known, target.name
        assert {
            one.kind
            for one in target.fields
            if one.name in stored.columns and stored.columns[one.name].is_reference
        } <= {"id"}


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2026-03-04", "2026-11-30"], ["iso"]),
        (["03/04/2026", "05/06/2026"], ["%m/%d/%Y", "%d/%m/%Y"]),  # nobody can know: a person is asked
        (["03/04/2026", "31/03/2026"], ["%d/%m/%Y"]),
        (["03/31/26", "01/02/26"], ["%m/%d/%y"]),
        (["31.03.2026"], ["%d.%m.%Y"]),
        (["soon"], []),
    ],
)
def test_the_order_of_day_and_month_is_only_known_where_a_value_shows_it(
    values: list[str], formats: list[str]
) -> None:
    assert possible_date_formats(values) == formats


def test_columns_are_guessed_by_name_and_left_open_where_none_is_close() -> None:
    student = TARGETS["attendance_events"].field("student")
    assert student is not None
    assert guess_column(student, ["Date", "Student_ID", "Code"]) == "Student_ID"
    assert guess_column(student, ["Date", "Code"]) == ""


def value_of(kind: str, cell: str | None, **rule: object) -> object:
    """What a cell becomes, by the SQL that imports run."""
    compiled = compile_field(Field("f", kind, "f", choices=("excused", "tardy")), Rule(column="cell", **rule))  # type: ignore[arg-type]
    with duckdb.connect() as db:
        db.register("file", pa.table({"cell": pa.array([cell], pa.string())}))
        sql = f"SELECT {compiled.value} FROM (SELECT {compiled.text} AS t_f FROM file)"
        return db.execute(sql).fetchall()[0][0]


@pytest.mark.parametrize(
    ("kind", "cell", "rule", "value"),
    [
        ("number", "12.5", {}, 12.5),
        ("number", "12,5", {"number": "comma"}, 12.5),
        ("number", "12.5%", {}, None),  # a percent sign that nobody announced is no number
        ("share", "93.5 %", {"number": "percent"}, 0.935),
        ("number", "1_000", {}, None),
        ("number", "nan", {}, None),
        ("number", "", {}, None),
        ("integer", "3.0", {}, 3),
        ("integer", "3.5", {}, None),
        ("boolean", "Yes", {}, True),
        ("boolean", "maybe", {}, None),
        ("year", "2025-26", {}, 2026),
        ("year", "2025/2026", {}, 2026),
        ("year", "2025-27", {}, None),
        ("choice", "E", {"values": (("E", "excused"),)}, "excused"),
        ("choice", "e", {"values": (("E", "excused"),)}, None),  # codes differ by case in some countries
        ("id", "00107", {}, "00107"),
        ("id", "107.0", {"drop_zero_decimal": True}, "107"),
        ("text", "grade 07", {"pattern": r"(\d+)"}, "07"),
    ],
)
def test_a_cell_becomes_what_the_rule_says_or_nothing(
    kind: str, cell: str, rule: dict[str, object], value: object
) -> None:
    assert value_of(kind, cell, **rule) == value


def test_impossible_days_are_no_dates() -> None:
    assert str(value_of("date", "28/02/2026", date=("%d/%m/%Y",))) == "2026-02-28"
    assert value_of("date", "31/02/2026", date=("%d/%m/%Y",)) is None
    assert value_of("date", "02/28/2026", date=("%d/%m/%Y",)) is None
    assert str(value_of("date", "2026-02-28T08:00:00Z", date=("iso",))) == "2026-02-28"


def test_two_columns_of_one_name_stay_two(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(" Name ,Filler,filler,\na,b,c,d\n")
    received = read_file(path, FileSpec("main"), "file.csv")
    assert received.columns == ("Name", "Filler", "filler__2", "column 4")
    assert [flaw.code for flaw in received.flaws] == ["duplicate_header"]


def test_a_table_below_a_title_begins_at_its_header_row(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("Report of March,\nid,mark\n007,12\n")
    received = read_file(path, FileSpec("main", header_row=2), "file.csv")
    assert received.table.to_pydict() == {"_row": [3], "id": ["007"], "mark": ["12"]}


def test_a_number_of_days_that_no_calendar_has_is_no_day() -> None:
    compiled = compile_field(
        Field("f", "date", "f"), Rule(column="cell", days_from=Rule(constant="2026-01-01", date=("iso",)))
    )
    with duckdb.connect() as db:
        db.register("file", pa.table({"cell": ["31", "2147483647", "-99999999", "1e300"]}))
        sql = (
            f"SELECT {compiled.value} FROM (SELECT {compiled.start} AS s_f, {compiled.text} AS t_f FROM file)"
        )
        assert [row[0] and str(row[0]) for row in db.execute(sql).fetchall()] == [
            "2026-02-01",
            None,
            None,
            None,
        ]


def _received(tmp_path: Path, content: bytes, **how: object) -> Received:
    (tmp_path / "file").write_bytes(content)
    return read_file(tmp_path / "file", FileSpec("main", **how), "file")  # type: ignore[arg-type]


def test_names_that_stand_for_each_other_stay_apart(tmp_path: Path) -> None:
    assert _received(tmp_path, b"a,a,a__2,_row,_REST\n1,2,3,4,5\n").columns == ("a", "a__2", "a__2__2", "_row__2", "_REST__2")  # fmt: skip
    read = _received(tmp_path, b'{"id": 1, "ID": 2, "a": {"b": 3}, "a.b": 4, "_row": 5, "_row__2": 6}\n')
    assert read.table.to_pylist() == [
        {"_row": 1, "id": "1", "ID__2": "2", "a.b": "3", "a.b__2": "4", "_row__2": "5", "_row__2__2": "6"}
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (rb'{"id": "\ud800"}', "a character that no text may hold"),
        (rb'{"id": "x\u0000"}', "a character that no text may hold"),
        (b'{"id": 1, "id": 2}', "stands twice"),
        (b'{"id": ' + b"[" * 100_000, "is no JSON"),
    ],
)
def test_a_record_that_cannot_be_kept_is_set_aside_and_the_others_are_read(
    tmp_path: Path, line: bytes, said: str
) -> None:
    read = _received(tmp_path, b'{"id": 7}\n' + line + b'\n{"id": 8}\n')
    assert read.table["id"].to_pylist() == ["7", "8"]
    assert [(flaw.row, flaw.sets_aside) for flaw in read.flaws] == [(2, True)]
    assert said in read.flaws[0].message


def test_only_the_end_of_a_line_ends_a_record(tmp_path: Path) -> None:
    read = _received(tmp_path, '{"id": "a\u2028b\x85c"}\r\n{"id": "d"}\n'.encode())
    assert read.table.to_pydict() == {"_row": [1, 2], "id": ["a\u2028b\x85c", "d"]}
    layouts = (Layout("l", 4, (("id", 1, 2), ("mark", 3, 4))),)
    read = _received(tmp_path, b"01\x0c7\n02 8\n", layouts=layouts)
    assert read.table["_row"].to_pylist() == [1, 2]


def test_a_title_above_the_header_is_one_line_and_no_ragged_row(tmp_path: Path) -> None:
    read = _received(tmp_path, b"Report of March\nid,mark\n007,12\n", header_row=2)
    assert (read.table.to_pylist(), read.above, read.flaws) == (
        [{"_row": 3, "id": "007", "mark": "12"}], (1,), (),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "how", "code"),
    [
        (b"id,mark\n1,2\n", {"header_row": 5}, "no_header"),
        (b"\nid,mark\n1,2\n", {}, "no_header"),
        ("id,mark\n1,x\0\n".encode("utf-16"), {}, "not_text"),
        ("\n".encode("utf-16"), {}, "empty_file"),
        (b"\xff", {"encoding": "idna"}, "wrong_encoding"),
        (gzip.compress(b"1,2\n" * (5 << 20), mtime=0), {}, "too_large"),
    ],
    ids=[
        "no such row",
        "a blank first row",
        "a NUL in UTF-16",
        "nothing in UTF-16",
        "an encoding of names",
        "a packed bomb",
    ],
)
def test_what_is_no_table_is_refused_by_name(
    tmp_path: Path, content: bytes, how: dict[str, object], code: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        _received(tmp_path, content, **how)
    assert refused.value.code == code
