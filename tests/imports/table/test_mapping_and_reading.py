"""Mappings say where they are wrong; dates are never guessed; text is read as it was written."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from crescendo.imports.sources.table.fields import TARGETS, Field
from crescendo.imports.sources.table.guessing import guess_column, possible_date_formats
from crescendo.imports.sources.table.mapping import FileSpec, MappingError, Rule, parse_mapping
from crescendo.imports.sources.table.reader import read_file
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
