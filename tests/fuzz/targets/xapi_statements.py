"""xAPI statements out of files: one, a list, a receiver's answer, or a line for each."""

import json

from crescendo.imports.bench import Workbench
from crescendo.imports.sources import xapi
from fuzz import promise

WHO = {"mbox": "mailto:ann@example.org"}
DONE = {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"en-US": "completed"}}
WHAT = {
    "id": "https://example.org/lesson/1",
    "definition": {"name": {"en": "Lesson"}, "interactionType": "choice", "choices": [{"id": "a"}]},
}
ONE = {
    "id": "6b1dd1d2-1b1f-4a0c-9d0e-2f4f6e1c7a11",
    "actor": WHO,
    "verb": DONE,
    "object": WHAT,
    "timestamp": "2026-03-10T09:30:00Z",
    "result": {
        "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
        "duration": "PT1H2M3.5S",
        "success": True,
    },
    "context": {
        "registration": "6b1dd1d2-1b1f-4a0c-9d0e-2f4f6e1c7a12",
        "contextActivities": {"parent": [WHAT]},
        "language": "en",
    },
}
VOID = {
    "actor": {"account": {"homePage": "https://sis.test", "name": "ann"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
    "object": {"objectType": "StatementRef", "id": ONE["id"]},
    "stored": "2026-03-10T09:30:00+01:00",
}


def seeds() -> list[bytes]:
    group = ONE | {
        "id": "6b1dd1d2-1b1f-4a0c-9d0e-2f4f6e1c7a13",
        "actor": {"objectType": "Group", "member": [WHO]},
    }
    inner = {"objectType": "SubStatement", "actor": WHO, "verb": DONE, "object": WHAT}
    return [
        json.dumps(ONE).encode(),
        json.dumps([ONE, VOID, group]).encode(),
        json.dumps({"statements": [ONE], "more": ""}).encode(),
        "\n".join(json.dumps(one) for one in (ONE, VOID, group, 1, None)).encode(),
        json.dumps([ONE, ONE | {"actor": VOID["actor"]}]).encode(),
        json.dumps(ONE | {"object": inner}).encode(),
        json.dumps(ONE | {"timestamp": "0001-01-01T00:00:00+23:59"}).encode(),
        json.dumps(ONE | {"result": {"score": {"raw": 10**400}, "duration": "P" + "9" * 400 + "D"}}).encode(),
        b'{"a": 1, "a": 2}',
        json.dumps(
            ONE | {"result": {"extensions": {"http://x.test": {"a": {"b": ["\ud800", None, 1e300]}}}}}
        ).encode(),
        *(
            json.dumps(ONE).encode()[:-1] + b', "a": ' + b"[" * deep + b"]" * deep + b"}"
            for deep in (30, 300, 900)
        ),
        b"[]",
        b" ",
        json.dumps(ONE | {"object": ["x"], "context": [], "version": 7}).encode(),
        json.dumps(ONE | {"attachments": [{"usageType": "x:y"}]}).encode(),
        *(
            json.dumps(ONE | {"result": {"extensions": {"http://x.test": 7}}})
            .replace("7}}", '{"a":' * deep + "7" + "}" * deep + "}}")
            .encode()
            for deep in (30, 300, 900)
        ),
    ]


def _stage(bench: Workbench) -> None:
    xapi.stage(bench)


def try_one(data: bytes) -> None:
    promise.keep(_stage, {"statements.json": data})
