"""Passwords are taken out of raw files on arrival, before their bytes are kept: they are never stored.

Arrival happens while somebody's page waits, so nothing here trusts a size that a file claims: it reads line by line,
and what unpacks to far more than it is stays packed. The package rules refuse it later; nothing of it is read.
"""

import csv
import io
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from lzma import LZMAError
from pathlib import Path, PurePosixPath
from typing import IO

MAY_HOLD = ("users.csv", "userprofiles.csv")
MOST_BYTES = 8 << 30  # unpacked, of all members together
MOST_RATIO = 200
RATIO_COUNTS_FROM = 8 << 20
LONGEST_LINE = 1 << 20
CHUNK_BYTES = 1 << 20
# What Python's own reader says of an archive that is none: a name of no letters is an IndexError, a torn member the packer's own.
DAMAGED = (
    zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError, LookupError, struct.error, zlib.error, LZMAError,
)  # fmt: skip


class _NotToBeOpened(Exception):
    """The package unpacks to more than it may."""


class _Budget:
    """How many bytes may still come out of an archive."""

    def __init__(self, packed: int) -> None:
        self.left = min(MOST_BYTES, max(RATIO_COUNTS_FROM, MOST_RATIO * packed))

    def spend(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise _NotToBeOpened


def scrub(path: Path, name: str, folder: Path) -> Path:
    """The same file without the values of password columns; the very same path where there are none."""
    # Four bytes anywhere in a text make Python take it for an archive: what was left alone is looked at as a text, too.
    if is_zip(path) and (scrubbed := _scrub_zip(path, folder)):
        return scrubbed
    if PurePosixPath(name).name.lower() not in MAY_HOLD:
        return path
    with path.open("rb") as file:
        if not _has_passwords(file):
            return path
    scrubbed = folder / f"scrubbed-{path.name}"  # in the place of what was begun of an archive
    with path.open("rb") as origin, scrubbed.open("wb") as copy:
        _copy_without_passwords(origin, copy)
    return scrubbed


def is_zip(path: Path) -> bool:
    """Whether the bytes are a ZIP archive's, also of one that nobody can open: one of several disks is an exception to Python."""
    try:
        return zipfile.is_zipfile(path)
    except DAMAGED:
        return True


def _scrub_zip(path: Path, folder: Path) -> Path | None:
    """The archive without passwords; none where none of its members holds any, or it cannot be read as an archive."""
    scrubbed = folder / f"scrubbed-{path.name}"
    try:
        with zipfile.ZipFile(path) as archive:
            packed = path.stat().st_size
            suspects = {
                one.filename for one in archive.infolist() if _is_suspect(archive, one, _Budget(packed))
            }
            if not suspects:
                return None
            budget = _Budget(packed)
            with zipfile.ZipFile(scrubbed, "w", zipfile.ZIP_DEFLATED) as copy:
                for member in archive.infolist():
                    with (
                        archive.open(member) as origin,
                        copy.open(member.filename, "w", force_zip64=True) as to,
                    ):
                        counted = _Counted(origin, budget)
                        if member.filename in suspects:
                            _copy_without_passwords(counted, to)
                        else:
                            shutil.copyfileobj(counted, to, CHUNK_BYTES)
            return scrubbed
    except _NotToBeOpened:
        return path
    except DAMAGED:
        return None  # a damaged archive is refused by the package rules; nothing of it is read


def _is_suspect(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> bool:
    if PurePosixPath(member.filename).name.lower() not in MAY_HOLD or member.flag_bits & 0x1:
        return False
    with archive.open(member) as file:
        return _has_passwords(_Counted(file, budget))


class _Counted(io.RawIOBase):
    """A member that counts what really comes out of it."""

    def __init__(self, origin: IO[bytes], budget: _Budget) -> None:
        self.origin, self.budget = origin, budget

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.origin.read(CHUNK_BYTES if size < 0 else min(size, CHUNK_BYTES))
        self.budget.spend(len(data))
        return data


def _rows(file: IO[bytes], encoding: str) -> Iterator[list[str]]:
    """The rows of a CSV file; csv.Error at a line longer than any row, or a cell longer than any value."""
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")

    def lines() -> Iterator[str]:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                raise csv.Error("a line longer than any row")
            yield line

    return csv.reader(lines())


def _encoding_of(start: bytes) -> str:
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16-le" if start[0] == 0xFF else "utf-16-be"
    return "latin-1"  # UTF-8 and Windows-1252 go out byte for byte as they came in


def _password_columns(header: list[str]) -> list[int]:
    return [position for position, cell in enumerate(header) if "password" in cell.lower()]


def _has_passwords(file: IO[bytes]) -> bool:
    """Whether a password stands in any row; also where that cannot be told."""
    encoding = _encoding_of(start := file.read(2))
    try:
        rows = _rows(_After(start, file), encoding)
        columns = _password_columns(next(rows, []))
        return bool(columns) and any(row[at] for row in rows for at in columns if at < len(row))
    except csv.Error:
        return True


def _copy_without_passwords(origin: IO[bytes], copy: IO[bytes]) -> None:
    """The CSV with empty password cells, row by row."""
    encoding = _encoding_of(start := origin.read(2))
    out = io.StringIO(newline="")
    # Both signs in its line ends, so that a cell that holds either is put in quotes; what goes out has one.
    writer = csv.writer(out, lineterminator="\r\n")
    columns: list[int] | None = None
    try:
        for row in _rows(_After(start, origin), encoding):
            if columns is None:
                columns = _password_columns(row)
            else:
                for at in columns:
                    row[at : at + 1] = [""] * (at < len(row))
            writer.writerow(row)
            copy.write((out.getvalue()[:-2] + "\n").encode(encoding, errors="replace"))
            out.seek(0)
            out.truncate()
    except csv.Error:
        # No CSV from here on, so what may be a password cannot be told: the rest is left out. The open quote says so
        # to whoever reads the file, which is then refused.
        copy.write('"'.encode(encoding))


class _After(io.RawIOBase):
    """A file whose first bytes have been looked at already."""

    def __init__(self, start: bytes, file: IO[bytes]) -> None:
        self.start, self.file = start, file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        data = self.start or self.file.read(len(buffer))
        self.start = b""
        buffer[: len(data)] = data
        return len(data)
