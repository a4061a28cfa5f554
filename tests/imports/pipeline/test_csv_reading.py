"""Both ways of reading a CSV file say the same; row numbers are a spreadsheet's."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crescendo.imports import csv_reading
from thorough import few_or_all

cell = st.text(alphabet='ab ,"\n\té', max_size=5)


def _read(path: Path, into: Path) -> csv_reading.CsvFile:
    return csv_reading.read(path, "x.csv", into, strict=False, on_rows=lambda rows: None)


@pytest.mark.thorough
@settings(
    max_examples=few_or_all(50, 600),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=st.lists(st.lists(cell, min_size=1, max_size=4), max_size=6), quoted=st.booleans())
def test_the_fast_way_says_what_the_careful_way_says(
    rows: list[list[str]], quoted: bool, tmp_path: Path
) -> None:
    lines = [
        ",".join('"' + c.replace('"', '""') + '"' if quoted else c for c in row)
        for row in [["p", "q", "r"], *rows]
    ]
    path = tmp_path / "x.csv"
    path.write_text("\n".join(lines), newline="")
    fast = _read(path, tmp_path / "fast.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_reading, "_copy_plain_rows", lambda *_, **__: False)
        careful = _read(path, tmp_path / "careful.parquet")
    assert (fast.rows, fast.found, fast.set_aside) == (careful.rows, careful.found, careful.set_aside)
    if not any(found.severity == "error" for found in fast.found):
        assert pq.read_table(fast.path).equals(pq.read_table(careful.path))


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,b\n1,"two\nlines"\n\n3,4\n5\n6,7,\n8,9,10\n')
    read = _read(path, tmp_path / "x.parquet")
    table = pq.read_table(read.path).to_pylist()
    assert [(row["_row"], row["a"], row["b"]) for row in table] == [
        (2, "1", "two lines"), (4, "3", "4"), (5, "5", ""), (6, "6", "7"), (7, "8", "9"),
    ]  # fmt: skip
    assert read.set_aside == [(7, "row.too_many_cells", "")]
    assert {(one.code, one.row) for one in read.found} == {
        ("row.line_break_in_cell", 2), ("row.too_few_cells", 5), ("row.too_many_cells", 6),
    }  # fmt: skip


def test_a_second_column_of_one_name_never_takes_the_name_of_a_third(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,a,a_2,_row,dropped0,password\n1,2,3,4,5,secret\n")
    read = _read(path, tmp_path / "x.parquet")
    assert read.columns == ["a", "a_2", "a_2_2", "_row_2", "dropped0", ""]
    assert pq.read_table(read.path).to_pylist() == [
        {"_row": 2, "a": "1", "a_2": "2", "a_2_2": "3", "_row_2": "4", "dropped0": "5"}
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a,b\r1,2\r\r3,4\r", [2, 4]),  # lines of an old Macintosh
        ("\n , \na,b\n1,2\n", [4]),  # blank lines above the header count, as a spreadsheet counts them
        ("\ra,b\n1,2\n", [3]),
    ],
)
def test_odd_line_ends_and_blank_lines_above_the_header_leave_every_row_its_number(
    tmp_path: Path, text: str, numbers: list[int]
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode())
    read = _read(path, tmp_path / "x.parquet")
    assert (read.header, pq.read_table(read.path)["_row"].to_pylist()) == (["a", "b"], numbers)


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,x\0y\n".encode("utf-16"),
        b"\xef\xbb\xbfa,b\n1,x\0y\n",
        b"a,b\n1,\xe9\n" + b"2,3\n" * (300 << 10) + b"4,x\0y\n",
    ],
    ids=["UTF-16", "with a mark", "behind a megabyte that is not UTF-8"],
)
def test_a_text_that_no_database_keeps_is_refused_wherever_it_stands(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    read = _read(tmp_path / "x.csv", tmp_path / "x.parquet")
    assert [(one.code, one.severity) for one in read.found] == [("file.encoding", "error")]


def test_the_fast_way_knows_every_blank_that_is_trimmed() -> None:
    """Found by fuzzing: a cell that ended in an information separator kept it the fast way, and lost it the careful one."""
    letters = [chr(code) for code in range(1, 0x110000) if not 0xD800 <= code <= 0xDFFF]
    trimmed = pc.utf8_trim_whitespace(pa.array(letters)).to_pylist()
    blank = {letter for letter, left in zip(letters, trimmed, strict=True) if not left} - {"\n", "\r"}
    assert len(blank) > 20
    for letter in blank:
        assert csv_reading.may_have_blanks(f"\nId,Name\n007{letter},Ann\n".encode()), hex(ord(letter))
