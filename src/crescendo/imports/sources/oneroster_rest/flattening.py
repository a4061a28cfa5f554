"""From the JSON of either version to the CSV files of 1.2. What the JSON may leave out and the CSV may not is filled in here,
and nowhere else; each filling is said."""

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from crescendo.imports.bench import RawFile, Workbench
from crescendo.imports.sources.oneroster.specification import BY_NAME, FILES

NOTE = "fetched.json"
Record = dict[str, Any]
Cells = dict[str, str]
COMMON = ("sourcedId", "status", "dateLastModified", "metadata")
FIELDS: dict[str, set[str]] = {
    "orgs": {"name", "type", "identifier", "parent"},
    "academicSessions": {"title", "startDate", "endDate", "type", "schoolYear", "parent"},
    "courses": {"title", "courseCode", "schoolYear", "grades", "subjects", "subjectCodes", "org"},
    "classes": {"title", "classCode", "classType", "location", "grades", "subjects", "subjectCodes", "periods", "course",
                "school", "terms"},
    "users": {"username", "enabledUser", "userIds", "givenName", "familyName", "middleName", "identifier", "email", "sms",
              "phone", "role", "roles", "orgs", "primaryOrg", "agents", "grades", "preferredFirstName",
              "preferredMiddleName", "preferredLastName", "pronouns", "userMasterIdentifier"},
    "enrollments": {"user", "class", "school", "role", "primary", "beginDate", "endDate"},
    "demographics": {column.name for column in BY_NAME["demographics.csv"].columns},
    "categories": {"title", "weight"},
    "scoreScales": {"title", "type", "org", "course", "class", "scoreScaleValue"},
    "lineItems": {"title", "description", "assignDate", "dueDate", "class", "school", "category", "gradingPeriod",
                  "academicSession", "resultValueMin", "resultValueMax"},
    "results": {"lineItem", "student", "class", "scoreStatus", "score", "textScore", "scoreDate", "comment", "inProgress",
                "incomplete", "late", "missing"},
}  # fmt: skip
for _fields in FIELDS.values():
    _fields.update(COMMON)
PLURAL = {"org": "orgs", "academicSession": "academicSessions", "course": "courses", "class": "classes", "user": "users",
          "enrollment": "enrollments", "demographics": "demographics", "category": "categories", "scoreScale": "scoreScales",
          "lineItem": "lineItems", "result": "results"}  # fmt: skip
ROLE_12 = {"administrator": "siteAdministrator"}  # 1.1's one word for everybody who leads


def flatten(bench: Workbench) -> list[RawFile]:
    """The CSV files and the manifest that say the same as the JSON files of this run."""
    records = _read(bench)
    bench.stop_on_errors()
    modes = {name: _mode(bench) for name in records}
    filled: dict[tuple[str, str], int] = defaultdict(int)
    known = _Known(records)
    tables: dict[str, list[Cells]] = {name: [] for name in records}
    for name, rows in records.items():
        for row in rows:
            tables[name].append(_cells(name, row, known, filled))
    if "users" in records:
        tables["roles"] = [cells for row in records["users"] for cells in _roles(row)]
        modes["roles"] = modes["users"]
    for (name, column), number in sorted(filled.items()):
        bench.notice("rest.filled_in", file=f"{name}.csv", column=column, count=number, expected="a value",
                     what_to_do="The service left it out. README of this kind says what was taken.")  # fmt: skip
    # A service says of every record that it is active; a whole delivery of files says so by having the row.
    for name, rows in tables.items():
        for cells in rows:
            if modes[name] == "bulk" and cells["status"] == "active":
                cells["status"] = ""
    return [_write(bench.folder, name, rows) for name, rows in tables.items()] + [
        _manifest(bench.folder, modes)
    ]


def _mode(bench: Workbench) -> str:
    """As the fetch noted it. Files that somebody put there by hand end nobody."""
    for raw in bench.files:
        if Path(raw.name).name == NOTE:
            try:
                noted = json.loads(raw.path.read_text(encoding="utf-8"))
            except (ValueError, RecursionError):
                break
            return "bulk" if isinstance(noted, dict) and noted.get("mode") == "bulk" else "delta"
    return "delta"


# -- reading -----------------------------------------------------------------------------------------------------------


def _read(bench: Workbench) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for raw in bench.files:
        name = Path(raw.name).name
        if name == NOTE:
            continue
        try:
            for collection, record in _records(raw.path, name.rpartition(".")[0]):
                found[collection].append(record)
        except (ValueError, RecursionError):
            bench.error("package.damaged", file=raw.name, expected="JSON as a OneRoster service answers it",
                        what_to_do="The file is no such JSON, or was cut off. Fetch it again.")  # fmt: skip
    return {name: found[name] for name in FIELDS if name in found}


def _records(path: Path, name: str) -> Iterator[tuple[str, Record]]:
    """A line for each record of a collection, or whole answers: `{"users": [...]}`, `{"user": {...}}`."""
    if path.suffix == ".jsonl" or name in FIELDS:
        with path.open(encoding="utf-8-sig") as file:
            for line in file:
                if line.strip():
                    record = json.loads(line)
                    yield name, record if isinstance(record, dict) else {}
        return
    whole = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(whole, dict):
        raise ValueError("no object")
    for key, value in whole.items():
        for record in value if isinstance(value, list) else [value]:
            if key in FIELDS or key in PLURAL:
                yield PLURAL.get(key, key), record if isinstance(record, dict) else {}


class _Known:
    """What the records say of each other: where a class is taught, and in which terms."""

    def __init__(self, records: dict[str, list[Record]]) -> None:
        self.classes = {_text(one.get("sourcedId")): one for one in records.get("classes", ())}
        self.school_of_course = {
            _ref(one, "course"): _ref(one, "school") for one in records.get("classes", ())
        }
        orgs = records.get("orgs", ())
        self.top = next((_text(one.get("sourcedId")) for one in orgs if not _ref(one, "parent")), "")

    def of_class(self, row: Record, name: str) -> str:
        return _ref(self.classes.get(_ref(row, "class"), {}), name)

    def first_term(self, row: Record) -> str:
        return (_refs(self.classes.get(_ref(row, "class"), {}), "terms") or [""])[0]


# -- one record --------------------------------------------------------------------------------------------------------


def _cells(name: str, row: Record, known: _Known, filled: dict[tuple[str, str], int]) -> Cells:
    cells = {key: _text(row.get(key)) for key in COMMON[:3]}
    for column in BY_NAME[f"{name}.csv"].columns_of("1.2"):
        if column.name not in COMMON:
            cells[column.name] = _cell(name, column.name, row)
    for column, fill in FILLED.get(name, {}).items():
        if not cells.get(column) and row and (value := fill(row, known)):
            cells[column] = value
            filled[name, column] += 1
    metadata = row.get("metadata")
    if isinstance(metadata, dict):
        cells |= {
            f"metadata.{_text(key)}": _text(value)
            for key, value in metadata.items()
            if "password" not in key.lower()
        }
    return cells


def _cell(name: str, column: str, row: Record) -> str:
    if column in RENAMED:
        return _text(row.get(RENAMED[column]))
    if column.endswith("SourcedIds"):
        return ",".join(_refs(row, {"agentSourcedIds": "agents", "termSourcedIds": "terms"}[column]))
    if column == "academicSessionSourcedId":
        return _ref(row, "academicSession") or _ref(row, "gradingPeriod")
    if column.endswith("SourcedId"):
        return _ref(row, column.removesuffix("SourcedId"))
    if column in {"userIds", "scoreScaleValue"}:
        return _pairs(row, column)
    value = _text(row.get(column))
    return value[:10] if column in DAYS else value


DAYS = ("assignDate", "dueDate", "scoreDate", "beginDate", "endDate", "birthDate")


def _pairs(row: Record, column: str) -> str:
    """`{left:right}`, as the CSV form writes pairs."""
    left, right = ("type", "identifier") if column == "userIds" else ("itemValueLHS", "itemValueRHS")
    found = row.get(column)
    pairs = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return ",".join(f"{{{_text(one.get(left))}:{_text(one.get(right))}}}" for one in pairs)


RENAMED = {"preferredGivenName": "preferredFirstName", "preferredFamilyName": "preferredLastName"}
Fill = Callable[[Record, _Known], str]
FILLED: dict[str, dict[str, Fill]] = {
    "courses": {
        "orgSourcedId": lambda row, known: (
            known.school_of_course.get(_text(row.get("sourcedId")), "") or known.top
        )
    },
    "classes": {"classType": lambda row, known: "scheduled"},
    "users": {
        "username": lambda row, known: _text(row.get("sourcedId")),
        "enabledUser": lambda row, known: "true",
    },
    "lineItems": {
        "academicSessionSourcedId": lambda row, known: known.first_term(row),
        "schoolSourcedId": lambda row, known: known.of_class(row, "school"),
    },
    "scoreScales": {
        "orgSourcedId": lambda row, known: known.of_class(row, "school"),
        "courseSourcedId": lambda row, known: known.of_class(row, "course"),
    },
}


def _roles(row: Record) -> Iterator[Cells]:
    """1.2: as they stand. 1.1: the one role at each organisation, the first of them the primary one."""
    person = _text(row.get("sourcedId"))
    base = {
        "userSourcedId": person,
        "status": _text(row.get("status")),
        "dateLastModified": _text(row.get("dateLastModified")),
    }
    roles = row.get("roles")
    if not isinstance(roles, list):
        word = _text(row.get("role"))
        roles = [
            {"role": ROLE_12.get(word, word), "roleType": "primary", "org": {"sourcedId": org}}
            for org in _refs(row, "orgs")
        ]
    for one in roles:
        if isinstance(one, dict):
            org, word = _ref(one, "org"), _text(one.get("role"))
            yield base | {
                "sourcedId": f"{person}|{org}|{word}"[:255], "roleType": _text(one.get("roleType")) or "secondary", "role": word,
                "beginDate": _text(one.get("beginDate"))[:10], "endDate": _text(one.get("endDate"))[:10], "orgSourcedId": org,
            }  # fmt: skip


def _ref(row: Record, name: str) -> str:
    found = row.get(name)
    return _text(found.get("sourcedId")) if isinstance(found, dict) else ""


def _refs(row: Record, name: str) -> list[str]:
    found = row.get(name)
    return [_ref({"it": one}, "it") for one in found] if isinstance(found, list) else []


def _text(value: Any) -> str:
    """A cell. Booleans come as booleans, texts or 0 and 1; a whole number keeps no point."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(_text(one).replace(",", " ") for one in value if not isinstance(one, list))
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return "".join(" " if c in "\r\n\0" else c for c in text if not "\ud800" <= c <= "\udfff")


# -- writing -----------------------------------------------------------------------------------------------------------


def _write(folder: Path, name: str, rows: list[Cells]) -> RawFile:
    columns = [column.name for column in BY_NAME[f"{name}.csv"].columns_of("1.2")]
    more = sorted({key for row in rows for key in row} - set(columns))
    path = folder / f"flat-{name}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(
            file, [*columns, *(key for key in more if key.startswith("metadata."))], extrasaction="ignore"
        )
        writer.writeheader()
        writer.writerows(rows)
    return RawFile(f"{name}.csv", path)


def _manifest(folder: Path, modes: dict[str, str]) -> RawFile:
    path = folder / "flat-manifest.csv"
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.2"]
    lines += [
        f"file.{one.name.removesuffix('.csv')},{modes.get(one.name.removesuffix('.csv'), 'absent')}"
        for one in FILES
    ]
    path.write_text("\n".join(lines) + "\n")
    return RawFile("manifest.csv", path)
