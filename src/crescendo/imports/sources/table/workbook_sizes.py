"""How large a workbook becomes, told before anything reads it. A workbook is a ZIP of XML, and both may lie.

The reader makes room for the whole rectangle between a sheet's first and last filled cell: two cells in opposite corners
are 2 kB on disk and 550 GB in memory, and not an error but the end of the process (tafia/calamine, issue 693). So nothing is
handed to it before every member was unpacked here, its real bytes counted, and the places of its cells looked at.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.parsers import expat

from crescendo.imports.scrubbing import DAMAGED

from .received import Unreadable

LARGEST_UNPACKED = 1 << 30
MOST_RATIO = 200
RATIO_COUNTS_FROM = 8 << 20
MOST_CELLS = (
    20_000_000  # of a sheet's rectangle: 640 MB in the reader; ten thousand students with two thousand items
)
CHUNK_BYTES = 1 << 18
LONGEST_TAG = 1 << 16
OTHER_KINDS = ("xl/workbook.bin", "content.xml")  # the reader would try these, too; nobody here looks at them
SAVE_AS_CSV = "This is a ZIP or a damaged workbook, not a table. Save the sheet as CSV (UTF-8)."
_TOO_LARGE = "The workbook unpacks to far more than a table. Save the sheet as CSV."
_TOO_WIDE = "The filled cells of a sheet lie further apart than in any table. Delete what stands far away, or save it as CSV."
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]*)([0-9]*)["']""")
_CELL_OR_ROW = re.compile(rb"<(?:[^\s<>/!?]+:)?(?:c|row)(?=[\s/>])")
_ABOUT = rb"""(?:\s+[\w:.]+="[^"'<>]*")*"""
_PLAIN = re.compile(rb"<(?:\w+:)?(?:c|row)" + _ABOUT + rb"""\s+r="[A-Za-z]*[0-9]+\"""" + _ABOUT + rb"\s*/?>")
_HEADER_BYTES = 30  # of a member, before its name


def check(path: Path) -> None:
    """Raise `Unreadable` for what is no workbook, or would become far more than a table."""
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            names = archive.namelist()
            if "xl/workbook.xml" not in names or any(name in names for name in OTHER_KINDS):
                raise Unreadable("spreadsheet", SAVE_AS_CSV)
            left = max(RATIO_COUNTS_FROM, min(LARGEST_UNPACKED, MOST_RATIO * path.stat().st_size))
            for member in archive.infolist():
                left = _check_member(file, member, left)
    except Unreadable:
        raise
    except DAMAGED as error:
        raise Unreadable("spreadsheet", SAVE_AS_CSV) from error


def _check_member(file: IO[bytes], member: zipfile.ZipInfo, left: int) -> int:
    """How many bytes may still come after this member. Quick: most sheets say of each cell where it stands."""
    rows, columns, unplaced, rest = 0, 0, 0, b""
    for chunk in _unpacked(file, member):
        left -= len(chunk)
        if left < 0:
            raise Unreadable("too_large", _TOO_LARGE)
        whole, bracket, begun = (rest + chunk).rpartition(b"<")
        rest = bracket + begun if bracket else b""
        if len(rest) > LONGEST_TAG:  # a long text, or a tag as long as none is
            rest, unplaced = b"", unplaced + 1
        for letters, digits in _PLACE.findall(whole if bracket else begun):
            rows, columns = max(rows, _number(digits)), max(columns, _column(letters))
        unplaced += len(_CELL_OR_ROW.findall(whole)) - len(_PLAIN.findall(whole))
    if rows * columns > MOST_CELLS or unplaced or _CELL_OR_ROW.search(rest):
        _check_filled(file, member)
    return left


def _unpacked(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """What really comes out of a member: the sizes that an archive states of itself are not asked."""
    file.seek(member.header_offset)
    header = file.read(_HEADER_BYTES)
    if len(header) < _HEADER_BYTES or member.flag_bits & 1:
        raise Unreadable("spreadsheet", SAVE_AS_CSV)
    file.seek(int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little"), 1)
    left = member.compress_size
    unpacking = {zipfile.ZIP_STORED: None, zipfile.ZIP_DEFLATED: zlib.decompressobj(-zlib.MAX_WBITS)}
    one = unpacking[member.compress_type] if member.compress_type in unpacking else _no_workbook()
    while left > 0 and (packed := file.read(min(CHUNK_BYTES, left))):
        left -= len(packed)
        if one is None:
            yield packed
            continue
        while packed:
            yield one.decompress(packed, CHUNK_BYTES)
            packed = one.unconsumed_tail


def _no_workbook() -> None:
    raise Unreadable("spreadsheet", SAVE_AS_CSV)  # Excel packs in these two ways alone


def _number(digits: bytes) -> int:
    return int(digits[:12] or b"0")


def _column(letters: bytes) -> int:
    found = 0
    for letter in letters[:12].upper():
        found = found * 26 + letter - 64
    return found


class _Filled:
    """Where filled cells stand, as the reader counts: a place that is not said comes after the last."""

    def __init__(self) -> None:
        self.row, self.column, self.in_cell, self.cells = 0, 0, False, 0
        self.rows, self.columns = 0, 0

    def start(self, name: str, about: dict[str, str]) -> None:
        kind, place = name.rpartition(":")[2], _PLACE.fullmatch(f'r="{about.get("r", "")}"'.encode())
        letters, digits = place.groups() if place else (b"", b"")
        if kind == "row":
            self.row, self.column = _number(digits) or self.row + 1, 0
        elif kind == "c":
            self.row, self.column = _number(digits) or self.row, _column(letters) or self.column + 1
            self.in_cell = True

    def end(self, name: str) -> None:
        self.in_cell = self.in_cell and name.rpartition(":")[2] != "c"

    def text(self, said: str) -> None:
        if self.in_cell and said.strip():
            self.rows, self.columns, self.cells = (
                max(self.rows, self.row),
                max(self.columns, self.column),
                self.cells + 1,
            )
            if max(self.rows * self.columns, self.cells) > MOST_CELLS:
                raise Unreadable("too_wide", _TOO_WIDE)


def _check_filled(file: IO[bytes], member: zipfile.ZipInfo) -> None:
    """Cell by cell, with a parser: cells that only have a colour take no room."""
    seen, parser = _Filled(), expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = seen.start, seen.end
    parser.CharacterDataHandler = seen.text
    parser.StartDoctypeDeclHandler = lambda *_: _no_workbook()  # entities could hide cells
    try:
        for chunk in _unpacked(file, member):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as error:
        raise Unreadable("spreadsheet", SAVE_AS_CSV) from error
