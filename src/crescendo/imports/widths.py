"""Whether a file is a table at all, told from its first bytes: a row of a million cells would hold up the worker for
an hour, and every other file behind it."""

import gzip
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from .findings import ERROR, Found

MOST_COLUMNS = 4_000  # the widest real table that we know, a state test with every item, has 2,135
LONGEST_HEADER = 1 << 20  # bytes
MOST_CELLS = 1 << 30  # of a Parquet file, in which a thousand million equal cells take a few bytes
MOST_FOR_A_PAGE = 256 << 20  # bytes unpacked: what a page reads whole while somebody waits
DELIMITERS = (b",", b"\t", b";", b"|")


def find_too_wide(path: Path, name: str) -> Found | None:
    """An error for a file that is wider or larger than any table; None for every other, also for a damaged one."""
    with path.open("rb") as file:
        start = file.read(LONGEST_HEADER)
    if start.startswith(b"PAR1"):
        return _of_parquet(path, name)
    if start.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(path, "rb") as file:
                start = file.read(LONGEST_HEADER)
        except (OSError, EOFError, zlib.error):
            return None  # the reader says what is wrong with it
    header = start.lstrip(b"\r\n").split(b"\n", 1)[0].split(b"\r", 1)[0]
    columns = 1 + max(header.count(mark) for mark in DELIMITERS)
    if len(header) < LONGEST_HEADER and columns <= MOST_COLUMNS:
        return None
    return _too_wide(name, f"{columns} columns" if columns > MOST_COLUMNS else "a longer row")


def is_too_large_for_a_page(path: Path) -> bool:
    """Whether the file, unpacked, is more than a page should read. Looks no further than it has to."""
    if path.stat().st_size > MOST_FOR_A_PAGE:
        return True
    left = MOST_FOR_A_PAGE
    try:
        with gzip.open(path, "rb") as file:
            while chunk := file.read(LONGEST_HEADER):
                left -= len(chunk)
                if left < 0:
                    return True
    except (OSError, EOFError, zlib.error):
        return False  # not packed, or damaged: then the reader says so
    return False


def _of_parquet(path: Path, name: str) -> Found | None:
    try:
        size = pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return None
    if size.num_columns > MOST_COLUMNS:
        return _too_wide(name, f"{size.num_columns} columns")
    if size.num_columns * size.num_rows > MOST_CELLS:
        return Found("file.too_large", ERROR, name, expected=f"at most {MOST_CELLS} cells", received=f"{size.num_rows} rows",
                     what_to_do="Split the file by school year.")  # fmt: skip
    return None


def _too_wide(name: str, received: str) -> Found:
    return Found("file.too_wide", ERROR, name, 1, expected=f"a first row of at most {MOST_COLUMNS} columns", received=received,
                 what_to_do="This is no table, or its rows are not divided. Export it again.")  # fmt: skip
