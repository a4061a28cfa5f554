"""What an Ed-Fi API answered, as JSON lines or lists: upserts, deletes, key changes, in any order and state."""

import json

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import edfi
from fuzz import promise

NAMES = (
    "students/upserts/a.jsonl",
    "students/deletes/b.jsonl",
    "students/keychanges/c.jsonl",
    "schools/a.json",
    "studentSchoolAssociations/a.jsonl",
    "studentSchoolAttendanceEvents/a.jsonl",
    "grades/a.jsonl",
)
STUDENT = {
    "id": "1" * 32,
    "studentUniqueId": "604821",
    "firstName": "Ann",
    "lastSurname": "Ode",
    "birthDate": "2012-03-01",
    "changeVersion": 7,
}
SCHOOL = {
    "id": "2" * 32,
    "schoolId": 255901001,
    "nameOfInstitution": "Elm",
    "gradeLevels": [{"gradeLevelDescriptor": "uri://x#Ninth grade"}],
}
ENROLMENT = {
    "studentReference": {"studentUniqueId": "604821"},
    "schoolReference": {"schoolId": 255901001},
    "entryDate": "2025-08-18",
    "schoolYearTypeReference": {"schoolYear": 2026},
    "entryGradeLevelDescriptor": "uri://x#Ninth grade",
}
EVENT = {
    "studentReference": {"studentUniqueId": "604821"},
    "schoolReference": {"schoolId": 255901001},
    "eventDate": "2026-02-10",
    "eventDuration": 0.5,
    "attendanceEventCategoryDescriptor": "uri://x#Unexcused Absence",
    "sessionReference": {"schoolYear": 2026, "sessionName": "Fall"},
}


def _lines(name: str, *records: object) -> str:
    return f"== {name}\n" + "".join(json.dumps(one) + "\n" for one in records)


def seeds() -> list[bytes]:
    whole = (
        _lines("students/upserts/a.jsonl", STUDENT)
        + _lines("schools/a.json", [SCHOOL])
        + _lines("studentSchoolAssociations/a.jsonl", ENROLMENT)
        + _lines("studentSchoolAttendanceEvents/a.jsonl", EVENT)
    )
    gone = _lines(
        "students/deletes/b.jsonl",
        {"Id": "1" * 32, "ChangeVersion": "8", "keyValues": {"studentUniqueId": "604821"}},
    )
    moved = _lines(
        "students/keychanges/c.jsonl",
        {"id": "x", "oldKeyValues": {"studentUniqueId": "1"}, "newKeyValues": {"studentUniqueId": "2"}},
    )
    return [
        whole.encode(),
        (whole + gone + moved).encode(),
        (gone + whole).encode("utf-8-sig"),
        _lines("students/upserts/a.jsonl", 1, "x", None, [], {}).encode(),
        b'== students/upserts/a.jsonl\n{"studentUniqueId": "\\ud800", "firstName": "\\u0000", "changeVersion": "\\u00b2"}\n{"studentUniqueId": NaN}\n',  # noqa: E501
        b'== students/upserts/a.jsonl\n{"studentUniqueId": 1e999, "changeVersion": 99999999999999999999}\n{"studentUniqueId": {"a": [1]}}\n',  # noqa: E501
        b'== schools/a.json\n[{"schoolId": 1}, 2, {"schoolId": ' + b"9" * 4400 + b"}]\n",
        b'== schools/a.json\n[{"schoolId": 1},\n',
        b"== schools/a.json\n" + b"[" * 2000,
        *(
            b'== schools/a.json\n[{"schoolId": 1, "a": ' + b'{"b":' * deep + b"1" + b"}" * deep + b"}]"
            for deep in (30, 300, 900)
        ),
        *(
            b'== students/upserts/a.jsonl\n{"studentUniqueId": 1, "a": ' + b"[" * deep + b"]" * deep + b"}"
            for deep in (30, 300, 900)
        ),
        _lines(
            "studentSchoolAssociations/a.jsonl",
            ENROLMENT | {"entryDate": "2026-02-31", "studentReference": 7, "exitWithdrawDate": []},
        ).encode(),
    ]


def _stage(bench: Workbench) -> None:
    edfi.stage(bench)


def try_one(data: bytes) -> None:
    if files := promise.parts_of(data, NAMES):
        promise.keep(_stage, files)
