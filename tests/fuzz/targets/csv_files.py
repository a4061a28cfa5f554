"""One CSV file as text: encodings, quotes, ragged rows. The fast way and the careful way say the same of any bytes."""

from pathlib import Path

import pyarrow.parquet as pq

from crescendo.imports import csv_reading
from crescendo.imports.findings import ERROR
from fuzz import promise

_fast = csv_reading._copy_plain_rows


def seeds() -> list[bytes]:
    plain = "sourcedId,name,grades\n007,Sam Núñez,09\n008,Sol,10\n"
    return [
        b"\x00" + plain.encode(),
        b"\x01" + plain.encode(),
        b"\x00\xef\xbb\xbf" + plain.encode(),
        b"\x00" + plain.encode("utf-16"),
        b"\x00" + plain.encode("cp1252"),
        b"\x00" + plain.encode() + "Ö".encode("cp1252") + b",\xc3\xa9\n",
        b'\x00a,b\n"x ""y"" z","1,2"\n"two\nlines",3\n',
        b'\x00a,b\n"open,1\n2,3\n',
        b'\x00a,b\n"x"y,1\n',
        b"\x00a,b\n\n1\n1,2,\n1,2,3\n",
        b"\x00a,a,a_2,_row,dropped 0,password,,\n1,2,3,4,5,6,7,8\n",
        b"\x00a\n1\n2\n",
        b"\x00a,b\r\n1,2\r\n 3 ,\t4\r\n",
        b"\x00a,b\r1,2\r3,4\r",
        b"\x00\n\n a , b \n1\xc2\xa0,2\n",
        b"\x00a,b\n1,2",
        b"\x00",
    ]


def _read(came: Path, into: Path, *, strict: bool) -> csv_reading.CsvFile:
    return csv_reading.read(came, "x.csv", into, strict=strict, on_rows=lambda _rows: None)


def try_one(data: bytes) -> None:
    strict, body = bool(data[:1] and data[0] & 1), data[1:]
    with promise.place() as (came, run):
        path = promise.put(came, {"x.csv": body})[0].path
        fast = _read(path, run / "fast.parquet", strict=strict)
        csv_reading._copy_plain_rows = lambda *_, **__: False
        try:
            careful = _read(path, run / "careful.parquet", strict=strict)
        finally:
            csv_reading._copy_plain_rows = _fast
        if any(one.severity == ERROR for one in fast.found + careful.found):
            said = {one.code for one in fast.found if one.severity == ERROR}
            if said != {one.code for one in careful.found if one.severity == ERROR}:
                raise promise.Lost("the two ways refuse for different reasons")
            return
        one, other = pq.read_table(fast.path), pq.read_table(careful.path)
        if len(set(one.column_names)) < len(one.column_names):
            raise promise.Lost("two columns of one name")
        if (fast.rows, fast.found, fast.set_aside) != (
            careful.rows,
            careful.found,
            careful.set_aside,
        ) or not one.equals(other):
            raise promise.Lost("the two ways say different things")
        numbers = one["_row"].to_pylist()
        if len(numbers) != fast.rows or sorted(set(numbers)) != numbers:
            raise promise.Lost("rows and their numbers do not agree")
        if not {row for row, _code, _column in fast.set_aside} <= set(numbers):
            raise promise.Lost("a row was set aside that was not read")
