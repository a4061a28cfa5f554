"""A framework as a table: a row for each item, with its parent and its other ties in columns.

The columns of OpenSALT and of compeito are known; capitals, spaces and underscores make no difference. Lines that begin with
# before the header describe the document; without them it is called after the file.
"""

import csv
import io
import uuid
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any

from crescendo.imports.bench import RawFile, Workbench, text
from crescendo.imports.json_reading import is_fit

from .records import LONGEST_ID, Record, Unreadable, link

LARGEST = 64 << 20
TEXTS = (
    "identifier", "fullStatement", "humanCodingScheme", "abbreviatedStatement", "alternativeLabel", "notes", "CFItemType",
    "language", "listEnumeration", "license",
)  # fmt: skip
LISTS = ("educationLevel", "conceptKeywords")
TIES = (
    "isPartOf", "replacedBy", "exemplar", "hasSkillLevel", "isRelatedTo", "isPeerOf", "exactMatchOf", "precedes",
)  # fmt: skip
PARENT = ("isChildOf", "parentIdentifier")
KNOWN = {name.lower(): name for name in (*TEXTS, *LISTS, *TIES, *PARENT, "sequenceNumber")}
DOCUMENT = {
    name.lower(): name
    for name in (
        "identifier", "title", "creator", "publisher", "description", "language", "adoptionStatus", "version", "subject",
        "statusStartDate", "statusEndDate", "frameworkType", "notes",
    )
}  # fmt: skip


def read(bench: Workbench, raw: RawFile) -> tuple[list[Record], int]:
    """Items and their associations; rows read are the items and the lines about the document."""
    lines = _lines(raw)
    about = list(takewhile(lambda line: line[1][0].lstrip().startswith("#"), lines))
    table = lines[len(about) :]
    if not table:
        raise Unreadable("The file has no header")
    document = _document(bench, raw, [cells for _row, cells in about])
    header = [KNOWN.get(_folded(cell), "") for cell in table[0][1]]
    if "identifier" not in header or "fullStatement" not in header:
        raise Unreadable("The header needs the columns identifier and fullStatement")
    for cell, name in zip(table[0][1], header, strict=True):
        if not name and cell.strip():
            bench.notice("file.unknown_column", file=raw.name, column=cell.strip()[:80], expected="a column of a framework",
                         what_to_do="The column was not read.")  # fmt: skip
    rows = [(row, _cells(header, cells)) for row, cells in table[1:] if any(cell.strip() for cell in cells)]
    name = str(document["identifier"]).lower()
    found = [Record("CFDocument", raw.name, about[0][0] if about else None, name, document)]
    if len(about) > 1:
        listed = ", ".join(f"({row})" for row, _cells in about[1:])
        bench.keep_only(raw.name, f"SELECT r AS _row FROM (VALUES {listed}) v(r)")
    found += _items(bench, raw.name, document, rows)
    found += _ties(document, [one for one in found if one.kind == "CFItem"], dict(rows))
    return found, len(rows) + len(about)


def _lines(raw: RawFile) -> list[tuple[int, list[str]]]:
    if raw.path.stat().st_size > LARGEST:
        raise Unreadable(f"The file has more than {LARGEST >> 20} MB")
    try:
        body = raw.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("The text is not UTF-8. Export it as UTF-8") from None
    if not is_fit(body):
        raise Unreadable("The file holds a character that no text may hold")
    try:
        reader = csv.reader(
            io.StringIO(body, newline=""), delimiter="\t" if raw.name.lower().endswith(".tsv") else ",", strict=True
        )  # fmt: skip
        lines = []
        for number, cells in enumerate(reader, start=1):
            if cells:
                lines.append((number, cells))
    except csv.Error:
        raise Unreadable("A quote is open or stands in the middle of a cell. Export it again") from None
    return lines


def _folded(cell: str) -> str:
    return cell.strip().lstrip("#").lower().replace(" ", "").replace("_", "")


def _document(bench: Workbench, raw: RawFile, about: list[list[str]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for name, *values in about:
        known, value = DOCUMENT.get(_folded(name)), ",".join(values).strip()
        if known and value:
            said[known] = [one.strip() for one in value.split(",")] if known == "subject" else value
    made_up = uuid.uuid5(uuid.NAMESPACE_URL, f"case:{bench.source}/{PurePosixPath(raw.name).name.lower()}")
    said.setdefault("identifier", str(made_up))
    said.setdefault("title", PurePosixPath(raw.name).stem)
    return said


def _cells(header: list[str], cells: list[str]) -> dict[str, str]:
    return {
        name: value for name, cell in zip(header, cells, strict=False) if name and (value := cell.strip())
    }


def _items(bench: Workbench, file: str, document: dict[str, Any], rows: list[tuple[int, dict[str, str]]]) -> list[Record]:  # fmt: skip
    found, bad = [], []
    for row, said in rows:
        lacking = next((name for name in ("identifier", "fullStatement") if name not in said), "")
        if lacking or len(said["identifier"]) > LONGEST_ID:
            bad.append(f"({row}, {text(lacking or 'identifier')})")
            continue
        data: dict[str, Any] = {name: said[name] for name in TEXTS if name in said}
        data |= {
            name: [one.strip() for one in said[name].split(",") if one.strip()]
            for name in LISTS
            if name in said
        }
        data["CFDocumentURI"] = link(document)
        found.append(Record("CFItem", file, row, str(document["identifier"]).lower(), data))
    if bad:
        bench.set_aside(
            f"""SELECT {text(file)} AS file, r AS row, 'row.field_required' AS code, c AS "column", NULL AS received
                FROM (VALUES {", ".join(bad)}) v(r, c)""",
            expected="an identifier and a full statement", what_to_do="Fill in the cell and send the file again.",
        )  # fmt: skip
    return found


def _ties(document: dict[str, Any], items: list[Record], rows: dict[int, dict[str, str]]) -> list[Record]:
    """Associations of the rows. A parent is named by identifier or by its code; one that is not here stays named as it is."""
    named: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        for name in {item.data["identifier"].lower(), item.data.get("humanCodingScheme", "").lower()} - {""}:
            named.setdefault(name, []).append(item.data)
    found = []
    for item in items:
        said = rows[item.row or 0]
        parent = said.get("isChildOf") or said.get("parentIdentifier")
        ties = [("isChildOf", parent or "")] + [(name, said[name]) for name in TIES if name in said]
        for kind, whom in ties:
            others = named.get(whom.lower(), [])
            end = link(document) if not whom else link(others[0]) if len(others) == 1 else _elsewhere(whom)
            found.append(_association(item, kind, end, document, said))
    return found


def _elsewhere(whom: str) -> dict[str, str]:
    return {"title": whom, "identifier": whom} | ({"uri": whom} if "://" in whom else {})


def _association(item: Record, kind: str, end: dict[str, str], document: dict[str, Any], said: dict[str, str]) -> Record:  # fmt: skip
    made_of = f"case:{document['identifier']}/{kind}/{item.data['identifier']}/{end['identifier']}".lower()
    data: dict[str, Any] = {
        "identifier": str(uuid.uuid5(uuid.NAMESPACE_URL, made_of)), "associationType": kind,
        "originNodeURI": link(item.data), "destinationNodeURI": end, "CFDocumentURI": link(document),
    }  # fmt: skip
    if kind == "isChildOf" and said.get("sequenceNumber", "").isdecimal():
        data["sequenceNumber"] = int(said["sequenceNumber"])
    return Record("CFAssociation", item.file, item.row, item.document, data)
