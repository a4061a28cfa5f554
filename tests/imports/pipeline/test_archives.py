"""Archives whose directory is torn: whatever Python's own reader says of them, the person hears that the file is damaged."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crescendo.imports import archives
from crescendo.imports.bench import RawFile, Workbench
from crescendo.imports.scrubbing import scrub


def _packed(how: int) -> bytearray:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        archive.writestr("users.csv", b"sourcedId,password\n1,secret\n" * 40)
    return bytearray(out.getvalue())


def _without_a_name() -> bytes:
    archive = _packed(zipfile.ZIP_STORED)
    at = archive.find(b"PK\x01\x02")
    archive[at + 28 : at + 30] = b"\0\0"  # how long the name is
    del archive[at + 46 : at + 46 + len("users.csv")]
    end = archive.find(b"PK\x05\x06")
    archive[end + 12 : end + 16] = (end - at).to_bytes(4, "little")
    return bytes(archive)


def _torn(how: int) -> bytes:
    archive = _packed(how)
    archive[45:60] = b"\xff" * 15
    return bytes(archive)


def _of_several_disks() -> bytes:
    archive = _packed(zipfile.ZIP_STORED)
    end = archive.find(b"PK\x05\x06")
    archive[end:end] = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 2)
    return bytes(archive)


MADE: dict[str, Callable[[], bytes]] = {
    "a member without a name": _without_a_name,
    "one of several disks": _of_several_disks,
    "torn deflate": lambda: _torn(zipfile.ZIP_DEFLATED),
    "torn bzip2": lambda: _torn(zipfile.ZIP_BZIP2),
    "torn lzma": lambda: _torn(zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("what", MADE)
def test_a_torn_archive_is_refused_and_leaves_nothing_behind(what: str, tmp_path: Path) -> None:
    path, run = tmp_path / "x.zip", tmp_path / "run"
    path.write_bytes(MADE[what]())
    run.mkdir()
    assert scrub(path, "x.zip", tmp_path).name in {"x.zip", "scrubbed-x.zip"}
    at = datetime(2026, 11, 20, tzinfo=UTC)
    bench = Workbench([], run, "sis", {}, False, date(2026, 11, 20), at, lambda *_: None, lambda *_: 0)
    assert archives.unpack(bench, RawFile("x.zip", path), most_members=9, what="files") == []
    assert [one.code for one in bench.found] == ["package.damaged"]
    bench.close()
