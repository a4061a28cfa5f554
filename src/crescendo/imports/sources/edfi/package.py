# ruff: noqa: E501 (SQL reads better in its own lines)
"""What arrived: a ZIP, a folder or loose files of Ed-Fi XML or JSON lines. Opened with care, and sorted by what they hold."""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from crescendo.imports.bench import RawFile, Workbench

from .documents import singular

MOST_MEMBERS = 5_000  # an API's first load has a file for each resource and page
MOST_BYTES = 8 << 30
MOST_RATIO = 200  # Ed-Fi's XML, whose rows look alike, packs thirtyfold
RATIO_COUNTS_FROM = 8 << 20
CHUNK_BYTES = 1 << 20
JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db")
ORDER = (
    "key",
    "upsert",
    "delete",
)  # within one run: keys are renamed, records come, and then what is gone is taken away
PER_RUN = 1_000_000  # more files than any run has
UNORDERED = -1  # bulk files have no order among them
OPERATIONS = {"deletes": "delete", "keychanges": "key", "key_changes": "key", "upserts": "upsert"}


@dataclass(frozen=True)
class Part:
    """A file to read: what it holds, and its place in the order in which the source changed."""

    raw: RawFile
    is_xml: bool
    resource: str = ""  # of JSON lines; an XML file names its records itself
    operation: str = "upsert"
    when: str = ""  # the run's date where the folder says one
    place: int = 0


def open_delivery(bench: Workbench) -> list[Part]:
    """The parts of the delivery in the order in which they hold: what stands later wins."""
    files: list[RawFile] = []
    for raw in bench.files:
        if _is_junk(raw.name):
            continue
        if zipfile.is_zipfile(raw.path):
            files += _open_zip(bench, raw)
        else:
            files.append(raw)
    bench.stop_on_errors()
    parts = [part for raw in files if (part := _sort(bench, raw))]
    if not parts:
        bench.error("file.unknown", file=bench.files[0].name if bench.files else "", expected="Ed-Fi bulk XML, or JSON lines of an Ed-Fi API",
                    what_to_do="Send the XML interchanges, or files in folders called as the API calls its resources.")  # fmt: skip
    bench.stop_on_errors()
    parts.sort(key=lambda part: (part.when, ORDER.index(part.operation), part.raw.name))
    runs = sorted({part.when for part in parts})
    return [
        replace(part, place=UNORDERED if part.is_xml else runs.index(part.when) * PER_RUN + position)
        for position, part in enumerate(parts)
    ]


def _sort(bench: Workbench, raw: RawFile) -> Part | None:
    path = PurePosixPath(raw.name)
    if path.suffix.lower() == ".xml":
        return Part(raw, is_xml=True)
    if path.suffix.lower() in {".json", ".jsonl", ".ndjson"}:
        return _json_part(bench, raw, [*path.parts[:-1], path.name.split(".")[0]])
    if not path.name.startswith(".") and path.suffix.lower() not in {".md", ".txt", ".xsd"}:
        bench.notice("file.not_used", file=raw.name, expected="a file that ends in .xml, .json or .jsonl",
                     what_to_do="The file was not read. Check its name.")  # fmt: skip
    return None


def _json_part(bench: Workbench, raw: RawFile, words: Sequence[str]) -> Part | None:
    """`students/deletes/rundate=2026-01-31/page.json`: the resource, what happened to it, and when."""
    operation, when, resource = "upsert", "", ""
    for word in words:
        dated = re.fullmatch(r"(?i)run_?date=(\d{4}-\d{2}-\d{2})(.*)", word)
        if dated:
            when = dated[1] + dated[2]
        elif word.lower() in OPERATIONS:
            operation = OPERATIONS[word.lower()]
        elif not resource and re.fullmatch(r"[a-z][A-Za-z0-9]*s|people|staffs", word):
            resource = singular(word)
    if not resource:
        bench.notice("file.not_used", file=raw.name, expected="a folder or file called as the API calls the resource",
                     what_to_do="Which resource the file holds is not said: it was not read.")  # fmt: skip
        return None
    return Part(raw, is_xml=False, resource=resource, operation=operation, when=when)


def _is_junk(name: str) -> bool:
    return name.startswith("__MACOSX/") or "/__MACOSX/" in name or PurePosixPath(name).name in JUNK


def _open_zip(bench: Workbench, packed: RawFile) -> list[RawFile]:
    try:
        with zipfile.ZipFile(packed.path) as archive:
            members = [one for one in archive.infolist() if not one.is_dir() and not _is_junk(one.filename)]
            return _extract(bench, packed, archive, members) if _is_safe(bench, packed, members) else []
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        bench.error("package.damaged", file=packed.name, expected="a whole ZIP archive", received=type(error).__name__,
                    what_to_do="The archive is damaged or was cut off. Export it again.")  # fmt: skip
        return []


def _is_safe(bench: Workbench, packed: RawFile, members: Sequence[zipfile.ZipInfo]) -> bool:
    wrong, advice, received = "", "", ""
    if len(members) > MOST_MEMBERS:
        wrong, advice = (
            "too_many_files",
            f"At most {MOST_MEMBERS} files are opened. Send the Ed-Fi files alone.",
        )
    elif len({one.filename.lower() for one in members}) < len(members):
        wrong, advice = "duplicate_file", "A name stands twice in the archive. Send each file once."
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            wrong, received = "unsafe_path", member.filename
            advice = "A name leads out of the archive. Do not trust this file."
        elif member.external_attr >> 28 == 0xA:
            wrong, received = "unsafe_path", "a symbolic link"
            advice = "A member is a link. Do not trust this file."
        elif member.flag_bits & 0x1:
            wrong, advice = "encrypted", "Export the archive without a password."
        elif member.file_size > max(RATIO_COUNTS_FROM, MOST_RATIO * max(member.compress_size, 1)):
            wrong, advice = "too_large", "The archive unpacks to far more than it is. Do not trust this file."
    if wrong:
        bench.error(f"package.{wrong}", file=packed.name, received=received or None, what_to_do=advice)
    return not wrong


def _extract(
    bench: Workbench, packed: RawFile, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]
) -> list[RawFile]:
    """Unpack under names of our own, counting what really comes out: what the archive says of itself may be a lie."""
    files: list[RawFile] = []
    most = min(MOST_BYTES, max(RATIO_COUNTS_FROM, MOST_RATIO * packed.path.stat().st_size))
    for position, member in enumerate(members):
        target = bench.folder / f"edfi-member-{len(bench.tables)}-{position}"
        bench.progress(f"unpacking {member.filename}", position, len(members))
        with archive.open(member) as origin, target.open("wb") as copy:
            while chunk := origin.read(CHUNK_BYTES):
                most -= len(chunk)
                if most < 0:
                    bench.error("package.too_large", file=packed.name,
                                what_to_do="The archive unpacks to far more than it is. Do not trust this file.")  # fmt: skip
                    return []
                copy.write(chunk)
        if zipfile.is_zipfile(target):
            bench.error("package.nested_archive", file=packed.name, received=member.filename,
                        what_to_do="An archive lies inside the archive. Send the files themselves.")  # fmt: skip
            return []
        files.append(RawFile(member.filename, target))
    return files
