"""ZIP archives of strangers: opened with care, refused for a named reason. Every kind of source opens them here."""

import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

from .bench import RawFile, Workbench
from .scrubbing import DAMAGED, is_zip

MOST_BYTES = 8 << 30  # unpacked, of all members together, measured while reading
MOST_RATIO = (
    200  # text of a real roster packs about tenfold; results and XML, whose rows look alike, up to fiftyfold
)
RATIO_COUNTS_FROM = 8 << 20  # bytes unpacked below which a high ratio harms nobody
CHUNK_BYTES = 1 << 20
LINK = 0xA  # the kind of file, in the upper bits of what Unix writes
JUNK = (".DS_Store", "Thumbs.db")
DO_NOT_TRUST = "Do not trust this file."


def is_archive(raw: RawFile) -> bool:
    return is_zip(raw.path)


def is_junk(name: str) -> bool:
    """What a computer adds to an archive for itself."""
    return name.startswith("__MACOSX/") or "/__MACOSX/" in name or PurePosixPath(name).name in JUNK


def unpack(bench: Workbench, packed: RawFile, *, most_members: int, what: str) -> list[RawFile]:
    """The members, unpacked under names of our own. None, and an error of the run, where the archive is not to be opened.

    `what` names the files that belong into such an archive, for the person who sent it.
    """
    try:
        with zipfile.ZipFile(packed.path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not is_junk(one.filename)]
            if len(members) > most_members:
                bench.error("package.too_many_files", file=packed.name, expected=f"at most {most_members} files",
                            received=str(len(members)), what_to_do=f"Send the {what} alone.")  # fmt: skip
                return []
            if not _are_safe(bench, packed, members):
                return []
            return _extract(bench, packed, archive, members, what)
    except DAMAGED as error:
        bench.error("package.damaged", file=packed.name, expected="a whole ZIP archive", received=type(error).__name__,
                    what_to_do="The archive is damaged or was cut off. Export it again.")  # fmt: skip
        return []


def _are_safe(bench: Workbench, packed: RawFile, members: Sequence[zipfile.ZipInfo]) -> bool:
    before, seen = len(bench.found), set[str]()
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            bench.error("package.unsafe_path", file=packed.name, expected="file names without a path",
                        received=member.filename, what_to_do=f"A name leads out of the archive. {DO_NOT_TRUST}")  # fmt: skip
        if member.external_attr >> 28 == LINK:
            bench.error("package.unsafe_path", file=packed.name, expected="files", received="a symbolic link",
                        what_to_do=f"A member is a link. {DO_NOT_TRUST}")  # fmt: skip
        if member.flag_bits & 0x1:
            bench.error("package.encrypted", file=packed.name, expected="an archive without a password",
                        what_to_do="Export the archive without a password.")  # fmt: skip
            return False
        if member.filename.lower() in seen:
            bench.error("package.duplicate_file", file=packed.name, expected="each file once",
                        received=member.filename, what_to_do="Send each file once.")  # fmt: skip
        seen.add(member.filename.lower())
        if member.file_size > max(RATIO_COUNTS_FROM, MOST_RATIO * member.compress_size):
            _refuse_as_bomb(bench, packed)
            return False
    return len(bench.found) == before


def _extract(
    bench: Workbench, packed: RawFile, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], what: str
) -> list[RawFile]:
    """Unpack, counting what really comes out: what the archive says of itself may be a lie."""
    files: list[RawFile] = []
    most = min(MOST_BYTES, max(RATIO_COUNTS_FROM, MOST_RATIO * packed.path.stat().st_size))
    for position, member in enumerate(members):
        target = bench.folder / f"{packed.path.name[:16]}-member-{position}"
        bench.progress(f"unpacking {member.filename}", position, len(members))
        with archive.open(member) as origin, target.open("wb") as copy:
            while chunk := origin.read(CHUNK_BYTES):
                most -= len(chunk)
                if most < 0:
                    _refuse_as_bomb(bench, packed)
                    return []
                copy.write(chunk)
        if is_zip(target):
            bench.error("package.nested_archive", file=packed.name, expected=what, received=member.filename,
                        what_to_do="An archive lies inside the archive. Send the files themselves.")  # fmt: skip
            return []
        files.append(RawFile(member.filename, target))
    return files


def _refuse_as_bomb(bench: Workbench, packed: RawFile) -> None:
    bench.error("package.too_large", file=packed.name,
                expected=f"at most {MOST_BYTES >> 30} GB and {MOST_RATIO} times the packed size",
                what_to_do=f"The archive unpacks to far more than it is. {DO_NOT_TRUST}")  # fmt: skip
