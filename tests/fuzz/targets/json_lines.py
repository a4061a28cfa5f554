"""JSON as a table: a record a line, or a list of records; names that collide, texts that cannot be kept."""

import json

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import table
from fuzz import promise
from fuzz.targets.tables import HEADER, MAPPING, ROWS


def seeds() -> list[bytes]:
    records = [
        dict(zip(HEADER.split(","), row.replace('"1.234,5"', "210").split(","), strict=True)) for row in ROWS
    ]
    lines = "\n".join(json.dumps(one) for one in records)
    return [
        lines.encode(),
        json.dumps(records, ensure_ascii=False).encode(),
        lines.encode("utf-16"),
        (lines + '\n[1]\n"x"\n{"a":\n').encode(),
        b'{"student": 7, "school": {"id": {"x": 1}}, "a.b": 1, "a": {"b": 2}, "_row": 3, "_row__2": 4}\n',
        b'{"student": "\\ud800", "school": "\\u0000", "name": null, "score": 1e999, "day": NaN, "ok": true, "test": [1, {"a": "\\udfff"}]}\n',  # noqa: E501
        '{"student": "x\u2028y", "school": "\x85"}\n'.encode(),
        b"[]",
        b"[{}]",
        b"[" * 2000,
        *(b'{"a": ' * deep + b"1" + b"}" * deep for deep in (30, 300, 900)),
        b'{"count": ' + b"9" * 5000 + b"}",
    ]


def _stage(bench: Workbench) -> None:
    table.stage(bench)


def try_one(data: bytes) -> None:
    promise.keep(_stage, {"scores.jsonl": data}, options={"mapping": MAPPING})
