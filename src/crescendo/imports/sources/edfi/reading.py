# ruff: noqa: E501 (SQL reads better in its own lines)
"""Bulk XML and JSON lines, as a stream, into one DuckDB table for each resource. Nothing is looked at twice in Python."""

import json
import re
from collections.abc import Iterator
from hashlib import md5
from itertools import count
from pathlib import Path
from typing import Any, cast
from xml.parsers import expat

import pyarrow as pa
from lxml import etree

from crescendo.imports.bench import Table, Workbench
from crescendo.imports.findings import ERROR, ROW
from crescendo.imports.json_reading import find_unfit

from .documents import Document, from_json, from_xml, local_name, school_year
from .keys import KEYS, key_in, key_of
from .package import Part

BATCH = 10_000
CHUNK_BYTES = 1 << 16
LONGEST_LINE = 16 << 20
KNOWN_STANDARDS = ("4.", "5.", "6.")
SCHEMA = pa.schema(
    [("rid", pa.int64()), ("resource", pa.string()), ("file", pa.string()), ("_row", pa.int64()), ("place", pa.int64()),
     ("operation", pa.string()), ("uuid", pa.string()), ("ref_id", pa.string()), ("version", pa.int64()), ("key", pa.string()),
     ("old_key", pa.string()), ("doc", pa.string())]
)  # fmt: skip


class Unreadable(Exception):
    """A file that cannot be used. Says why, where, and what to do."""

    def __init__(self, code: str, what_to_do: str, row: int | None = None) -> None:
        super().__init__(what_to_do)
        self.code, self.row = code, row


class Landing:
    """Collects records by resource and hands them to DuckDB (`came`) in batches, so that a resource lies together."""

    def __init__(self, bench: Workbench) -> None:
        self.bench, self.waiting = bench, cast(dict[str, list[tuple[Any, ...]]], {})
        self.resources, self._numbers = set[str](), count()
        bench.db.register("arriving", SCHEMA.empty_table())
        bench.db.execute("CREATE TABLE came AS SELECT * FROM arriving")
        bench.db.unregister("arriving")

    def add(self, resource: str, *row: Any) -> None:
        self.resources.add(resource)
        rows = self.waiting.setdefault(resource, [])
        rows.append((next(self._numbers), resource, *row))
        if len(rows) >= BATCH:
            self._send(self.waiting.pop(resource))

    def finish(self) -> None:
        self._send([row for rows in self.waiting.values() for row in rows])
        self.waiting.clear()

    def _send(self, rows: list[tuple[Any, ...]]) -> None:
        if not rows:
            return
        columns = [
            pa.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), SCHEMA, strict=True)
        ]
        self.bench.db.register("arriving", pa.Table.from_arrays(columns, schema=SCHEMA))
        self.bench.db.execute("INSERT INTO came SELECT * FROM arriving")
        self.bench.db.unregister("arriving")


def read_all(bench: Workbench, parts: list[Part]) -> set[str]:
    """Read every part; the names of the resources that came. A file that cannot be read is an error of the run."""
    landing = Landing(bench)
    for position, part in enumerate(parts):
        bench.progress(f"reading {part.raw.name}", position, len(parts))
        try:
            rows = _read_xml(bench, part, landing) if part.is_xml else _read_json(bench, part, landing)
        except Unreadable as error:
            bench.error(f"file.{error.code}", file=part.raw.name, row=error.row, what_to_do=str(error)[:300])
            rows = 0
        bench.tables[part.raw.name] = Table(part.raw.name, "", (), (), rows)
    landing.finish()
    return landing.resources


# -- XML ---------------------------------------------------------------------------------------------------------------


def refuse_document_types(path: Path) -> None:
    """No DTD, so no entities, no bombs and no files of others: Ed-Fi's XML has none. Looks no further than the root."""

    class _Root(Exception):
        pass

    def refuse(*_: object) -> None:
        raise Unreadable(
            "xml_with_dtd",
            "The XML declares a document type or entities, which Ed-Fi files never do. Do not trust this file.",
        )

    def stop(*_: object) -> None:
        raise _Root

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = stop
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                parser.Parse(chunk, False)
    except _Root:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        if (
            isinstance(error, expat.ExpatError)
            and error.code == expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]
        ):
            return  # lxml knows more encodings, and never opens an entity
        raise Unreadable(
            "not_xml", f"Not XML that can be read ({error}). Export it again.", getattr(error, "lineno", None)
        ) from None


def _read_xml(bench: Workbench, part: Part, landing: Landing) -> int:
    path = part.raw.path
    if path.stat().st_size == 0:
        raise Unreadable("empty", "The file is empty. Export it again.")
    refuse_document_types(path)
    number, row = 0, 0
    try:
        for element in _records(bench, part):
            # The line of the file; records that share a line are counted on from it, so that each has its own number.
            row = max(element.sourceline or 0, row + 1)
            document = from_xml(element)
            if "schoolYear" in document and isinstance(document["schoolYear"], str):
                document["schoolYear"] = school_year(document["schoolYear"])
            resource = local_name(element.tag)
            key = key_of(resource, document)
            text = json.dumps(document, ensure_ascii=False)
            if resource not in KEYS:
                key = md5(text.encode(), usedforsecurity=False).hexdigest()
            landing.add(
                resource,
                part.raw.name,
                row,
                part.place,
                "upsert",
                None,
                element.get("id"),
                None,
                key,
                None,
                text,
            )
            number += 1
    except etree.XMLSyntaxError as error:
        raise Unreadable(
            "damaged_xml", f"The XML is damaged or was cut off ({error.msg}). Export it again.", error.lineno
        ) from None
    return number


def _records(bench: Workbench, part: Part) -> Iterator[Any]:
    """The children of the root, one by one; each is forgotten before the next is read."""
    with part.raw.path.open("rb") as file:
        steps = etree.iterparse(
            file, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        depth, root = 0, None
        for event, element in steps:
            if event == "start":
                depth += 1
                if root is None:
                    root = element
                    _check_root(bench, part, root)
                continue
            depth -= 1
            if depth == 1:
                yield element
                element.clear()
                while element.getprevious() is not None:
                    del root[0]


def _check_root(bench: Workbench, part: Part, root: Any) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(
            "xml_with_dtd",
            "The XML declares a document type, which Ed-Fi files never do. Do not trust this file.",
        )
    if not local_name(root.tag).startswith("Interchange"):
        raise Unreadable(
            "not_edfi", "The root element is no Ed-Fi interchange. Send the XML files of an Ed-Fi export."
        )
    # Not lxml's QName: it refuses a namespace that is no address, which only means that it is not Ed-Fi's.
    version = root.tag.partition("}")[0].removeprefix("{") if "}" in root.tag else ""
    version = version.removeprefix("http://ed-fi.org/")
    if not version.startswith(KNOWN_STANDARDS):
        bench.notice("file.unknown_standard", file=part.raw.name, received=version or None, column="type",
                     expected="Data Standard 4, 5 or 6", what_to_do="Read by the names of its elements all the same. Look at the counts.")  # fmt: skip


# -- JSON lines --------------------------------------------------------------------------------------------------------


def _read_json(bench: Workbench, part: Part, landing: Landing) -> int:
    number, bad = 0, []
    for row, line in _lines(part):
        number += 1
        try:
            record = json.loads(line)
            if not isinstance(record, dict):
                raise TypeError
            if "\\u" in line and any(find_unfit(record)):  # only so can such a character be written
                raise UnicodeError
            about = _about(part, record)
        except (ValueError, TypeError, RecursionError) as error:
            bad.append((part.raw.name, row, "row.damaged_json", "", type(error).__name__))
            continue
        landing.add(part.resource, part.raw.name, row, part.place, part.operation, *about)
    if bad:
        bench.find("row.damaged_json", ERROR if bench.strict else ROW, file=part.raw.name, row=bad[0][1], count=len(bad),
                   expected="one JSON object", what_to_do="The line is no record. Fetch it again.")  # fmt: skip
        bench.db.executemany("INSERT INTO set_aside VALUES (?, ?, ?, ?, ?)", bad)
    return number


def _lines(part: Part) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; a file that is one JSON list gives its items, as an API answers."""
    try:
        with part.raw.path.open(encoding="utf-8-sig") as file:
            if file.read(1) == "[":
                file.seek(0)
                for row, record in enumerate(json.load(file), 1):
                    yield row, json.dumps(record)
                return
            file.seek(0)
            row = 0
            while line := file.readline(LONGEST_LINE):
                row += 1
                if len(line) == LONGEST_LINE:
                    raise Unreadable(
                        "line_too_long", "A line is longer than any record. Fetch the file again.", row
                    )
                if line.strip().strip("\ufeff"):
                    yield row, line.strip().strip("\ufeff")
    except UnicodeDecodeError:
        raise Unreadable(
            "wrong_encoding", "The file is not UTF-8, which Ed-Fi APIs send. Fetch it again."
        ) from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            "damaged_json",
            "The list is damaged or was cut off. Fetch the file again.",
            getattr(error, "lineno", None),
        ) from None


def _about(part: Part, record: Document) -> tuple[Any, ...]:
    """Its id without hyphens (deletes write them, records do not), its change version, its keys, and the record itself."""
    uuid = str(record.get("id") or record.get("Id") or "").replace("-", "").lower() or None
    version = str(record.get("changeVersion") or record.get("ChangeVersion") or "")
    document = from_json(record)
    document.pop("Id", None)
    text = json.dumps(document, ensure_ascii=False, allow_nan=False)  # no number, no JSON: ValueError
    key, old_key = None, None
    if part.operation == "upsert":
        known = part.resource in KEYS
        key = (
            key_of(part.resource, document)
            if known
            else uuid or md5(text.encode(), usedforsecurity=False).hexdigest()
        )
    elif part.operation == "delete":
        key = key_in(part.resource, document.get("keyValues"))
    else:
        key, old_key = (
            key_in(part.resource, document.get(name)) for name in ("newKeyValues", "oldKeyValues")
        )
    return uuid, None, int(version) if re.fullmatch(r"[0-9]{1,18}", version) else None, key, old_key, text
