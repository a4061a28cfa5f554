"""Any file as a table of text: CSV, TSV, gzip, JSON, Parquet, workbook. Each line of it is a row, a blank, or set aside."""

import gzip
import io

import pyarrow as pa
import pyarrow.parquet as pq

from crescendo.imports.sources.table import reader
from crescendo.imports.sources.table.received import ROW, Unreadable
from crescendo.imports.sources.table.shapes import FileSpec
from crescendo.imports.widths import find_too_wide, is_too_large_for_a_page
from fuzz import promise
from fuzz.targets import json_lines, tables

HEADER_ROWS = (1, 2, 5)


def _parquet(columns: dict[str, list[object]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def seeds() -> list[bytes]:
    text = b"a,b\n1,2\n\n3\n4,5,\n6,7,8\n"
    files = [one[1:] for one in tables.seeds()] + json_lines.seeds()
    files += [
        text,
        text.replace(b",", b"\t"),
        text.replace(b",", b"|"),
        gzip.compress(b"a,b\n" * 9, mtime=0),
        b'a,b\n"1,2\n',
        b'a;b\n"x;y";"2\n3"\n',
    ]
    files += [
        _parquet({"a": [1, None], "_row": ["x", "y"]}),
        _parquet({"a": [[1]]}),
        _parquet({"a": [b"\xff"]}),
        b"Titles\n\na,b\n1,2\n",
        b"a\rb\r",
    ]
    return [bytes([n % 3]) + one for n, one in enumerate(files)] + [b"\x01" + text, b"\x02" + text]


def try_one(data: bytes) -> None:
    spec = FileSpec("main", header_row=HEADER_ROWS[data[0] % 3] if data else 1)
    with promise.place() as (came, _run):
        path = promise.put(came, {"x": data[1:]})[0].path
        is_too_large_for_a_page(path)
        if find_too_wide(path, "x"):
            return
        try:
            found = reader.read_file(path, spec, "x")
        except Unreadable as problem:
            if not str(problem):
                raise promise.Lost("refused without a word of what to do") from None
            return
        if found.table.column_names != [ROW, *found.columns] or len(
            {one.lower() for one in found.columns}
        ) < len(found.columns):
            raise promise.Lost("columns and their names do not agree")
        rows = found.table[ROW].to_pylist()
        aside = [flaw.row for flaw in found.flaws if flaw.sets_aside] + list(found.above)
        if len(set(rows + aside)) < len(rows) + len(aside) or rows != sorted(rows):
            raise promise.Lost("two rows have one number")
