# ruff: noqa: E501 (SQL reads better in its own lines)
"""What arrived: a ZIP, a folder or loose files of Ed-Fi XML or JSON lines. Opened with care, and sorted by what they hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from crescendo.imports import archives
from crescendo.imports.bench import RawFile, Workbench

from .documents import singular

MOST_MEMBERS = 5_000  # an API's first load has a file for each resource and page
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
        if archives.is_junk(raw.name):
            continue
        if archives.is_archive(raw):
            files += archives.unpack(bench, raw, most_members=MOST_MEMBERS, what="Ed-Fi files")
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
