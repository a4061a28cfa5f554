"""CASE frameworks, as packages (JSON) and as spreadsheets (CSV)."""

import json

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import case
from fuzz import promise

NAMES = ("framework.json", "framework.csv", "framework.tsv", "second.json")
ITEM = {
    "identifier": "6b1dd1d2-1b1f-4a0c-9d0e-2f4f6e1c7a11",
    "fullStatement": "Counts to ten",
    "lastChangeDateTime": "2025-01-01T00:00:00+00:00",
}
TIE = {
    "identifier": "a1",
    "associationType": "isChildOf",
    "originNodeURI": {"identifier": ITEM["identifier"]},
    "destinationNodeURI": {"uri": "x"},
}
PACKAGE = {
    "CFDocument": {"identifier": "d1", "title": "Maths", "creator": "North"},
    "CFItems": [ITEM],
    "CFAssociations": [TIE],
    "CFDefinitions": {"CFSubjects": [{"identifier": "s", "title": "Maths"}]},
    "CFRubrics": [{"identifier": "r"}],
}


def _named(name: str, value: object) -> str:
    return f"== {name}\n{value if isinstance(value, str) else json.dumps(value)}\n"


def seeds() -> list[bytes]:
    sheet = 'Identifier,Full Statement,Human Coding Scheme,Is Child Of,Sequence Number,odd\ni1,"Counts, to ten",M.1,,1,x\ni2,Adds,M.2,M.1,x,\n,None,,,,\n'  # noqa: E501
    return [
        _named("framework.json", PACKAGE).encode(),
        _named("framework.csv", sheet).encode(),
        _named("framework.tsv", sheet.replace(",", "\t")).encode(),
        _named("framework.csv", "#title,Maths\n#subject,a,b\n" + sheet).encode(),
        (
            _named("framework.json", PACKAGE)
            + _named("second.json", {"CFPackage": PACKAGE | {"CFItems": [ITEM | {"fullStatement": "Else"}]}})
        ).encode(),
        _named("framework.json", [PACKAGE, PACKAGE]).encode(),
        _named(
            "framework.json", PACKAGE | {"CFItems": [1, None, {}, ITEM | {"identifier": "x" * 300}]}
        ).encode(),
        _named("framework.json", {"CFDocument": {"identifier": "d", "title": "\ud800"}}).encode(),
        _named("framework.json", PACKAGE | {"CFItems": {"a": 1}}).encode(),
        _named(
            "framework.json",
            PACKAGE
            | {"CFItems": [ITEM | {"lastChangeDateTime": "2025-01-01", "sequenceNumber": 1e999}, ITEM]},
        ).encode(),
        *(
            b'== framework.json\n{"CFDocument": {"identifier": "d", "title": "t", "a": '
            + b"[" * deep
            + b"]" * deep
            + b"}}"
            for deep in (30, 300, 900)
        ),
        b"== framework.csv\n\xff\xfe",
        _named("framework.csv", '"open').encode(),
        _named("framework.csv", "#\n#\n").encode(),
    ]


def _stage(bench: Workbench) -> None:
    case.stage(bench)


def try_one(data: bytes) -> None:
    if files := promise.parts_of(data, NAMES):
        promise.keep(_stage, files)
