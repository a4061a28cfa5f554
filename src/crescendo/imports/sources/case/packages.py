"""A CASE package: one document with its items, associations, rubrics and definitions."""

from collections.abc import Iterator
from typing import Any

from crescendo.imports.bench import RawFile, Workbench, text
from crescendo.imports.json_reading import NotJson, find_unfit
from crescendo.imports.json_reading import read as read_json

from .records import DEFINITIONS, LISTS, LONGEST_ID, TYPES, Record, Unreadable, missing

LARGEST = 256 << 20


def read(bench: Workbench, raw: RawFile) -> tuple[list[Record], int]:
    """The records that can be used, and how many items, associations and rubrics came."""
    if raw.path.stat().st_size > LARGEST:
        raise Unreadable(f"The file has more than {LARGEST >> 20} MB. Send each framework as its own file")
    try:
        value = read_json(raw.path.read_bytes())
    except NotJson:
        raise Unreadable("The JSON is damaged or was cut off. Export it again") from None
    found: list[Record] = []
    bad: list[tuple[int, str, str]] = []
    row = 0
    for package in _packages(value):
        document = _document(package)
        name = str(document["identifier"]).lower()
        found.append(Record("CFDocument", raw.name, None, name, document))
        for plural, kind in DEFINITIONS.items():
            for data in _listed(package.get("CFDefinitions") or {}, plural):
                if not _problem(kind, data):
                    found.append(Record(kind, raw.name, None, name, data))
        for plural, kind in LISTS.items():
            for data in _listed(package, plural):
                row += 1
                if problem := _problem(kind, data):
                    bad.append((row, *problem))
                else:
                    found.append(Record(kind, raw.name, row, name, data | _of_document(data, document)))
    _set_aside(bench, raw.name, bad)
    _say_unknown_types(bench, raw.name, found)
    return found, row


def _packages(value: Any) -> Iterator[dict[str, Any]]:
    for one in value if isinstance(value, list) and value else [value]:
        package = one.get("CFPackage", one) if isinstance(one, dict) else None
        if not isinstance(package, dict) or not isinstance(package.get("CFDocument"), dict):
            raise Unreadable("It holds no CFDocument. Send the whole package (CFPackages/{id})")
        yield package


def _document(package: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = package["CFDocument"]
    if problem := _problem("CFDocument", document):
        raise Unreadable(f"CFDocument.{problem[1]} is missing or cannot be used")
    return document


def _listed(holder: Any, plural: str) -> list[Any]:
    value = holder.get(plural) if isinstance(holder, dict) else None
    if value is not None and not isinstance(value, list):
        raise Unreadable(f"'{plural}' is no list")
    return value or []


def _problem(kind: str, data: Any) -> tuple[str, str] | None:
    """What keeps a record from being used: a code, and the field."""
    if not isinstance(data, dict):
        return "row.damaged_json", ""
    for path, _what in find_unfit(data):
        return "row.damaged_json", path[:120]
    if name := missing(kind, data):
        return "row.field_required", name
    if len(data["identifier"]) > LONGEST_ID:
        return "row.too_long", "identifier"
    return None


def _of_document(data: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Inside a package a record need not say whose it is; kept alone it must."""
    if data.get("CFDocumentURI"):
        return {}
    return {
        "CFDocumentURI": {
            name: document[name] for name in ("title", "identifier", "uri") if document.get(name)
        }
    }


def _set_aside(bench: Workbench, file: str, bad: list[tuple[int, str, str]]) -> None:
    if bad:
        listed = ", ".join(f"({row}, {text(code)}, {text(column)})" for row, code, column in bad)
        bench.set_aside(
            f"""SELECT {text(file)} AS file, r AS row, code, c AS "column", NULL AS received FROM (VALUES {listed}) v(r, code, c)""",
            expected="a record as CASE 1.0 or 1.1 says", what_to_do="Correct the record in the framework and send the package again.",
        )  # fmt: skip


def _say_unknown_types(bench: Workbench, file: str, records: list[Record]) -> None:
    unknown = [
        one.row
        for one in records
        if one.kind == "CFAssociation"
        and one.data["associationType"] not in TYPES
        and not one.data["associationType"].startswith("ext:")
    ]
    if unknown:
        bench.notice("association.unknown_type", file=file, row=unknown[0], column="associationType", count=len(unknown),
                     expected="a type of CASE, or one that begins with ext:",
                     what_to_do="Kept as it came. It is no part of the tree.")  # fmt: skip
