"""What a OneRoster service answered: lines of JSON for each collection, or whole answers, of either version and in any state."""

import json

from crescendo.imports.sources import oneroster_rest
from fuzz import promise

NAMES = (
    "fetched.json",
    "orgs.jsonl",
    "academicSessions.jsonl",
    "courses.jsonl",
    "classes.jsonl",
    "users.jsonl",
    "enrollments.jsonl",
    "lineItems.jsonl",
    "results.jsonl",
    "page.json",
)
ORGS = ({"sourcedId": "d", "status": "active", "name": "North", "type": "district"},
        {"sourcedId": "s", "status": "active", "name": "Elm", "type": "school", "parent": {"sourcedId": "d"}})  # fmt: skip
YEAR = {"sourcedId": "y", "title": "Year", "type": "schoolYear", "startDate": "2026-08-10", "endDate": "2027-06-11",
        "schoolYear": "2027"}  # fmt: skip
COURSE = {"sourcedId": "c", "title": "Maths"}
CLASS = {"sourcedId": "k", "title": "Maths 1", "course": {"sourcedId": "c"}, "school": {"sourcedId": "s"},
         "terms": [{"sourcedId": "y"}]}  # fmt: skip
OLD = {"sourcedId": "u", "givenName": "Ann", "familyName": "Ode", "role": "student", "orgs": [{"sourcedId": "s"}],
       "userIds": [{"type": "sis", "identifier": "1"}], "grades": ["09"], "metadata": {"house": "red"}}  # fmt: skip
NEW = OLD | {"role": None, "roles": [{"role": "student", "roleType": "primary", "org": {"sourcedId": "s"},
                                      "beginDate": "2026-08-10"}]}  # fmt: skip
SEAT = {"sourcedId": "e", "user": {"sourcedId": "u"}, "class": {"sourcedId": "k"}, "school": {"sourcedId": "s"},
        "role": "student"}  # fmt: skip
ITEM = {"sourcedId": "l", "title": "Quiz", "class": {"sourcedId": "k"}, "resultValueMax": 10.0}
RESULT = {"sourcedId": "r", "lineItem": {"sourcedId": "l"}, "student": {"sourcedId": "u"}, "score": 7.5,
          "scoreStatus": "fully graded", "scoreDate": "2026-10-01T00:00:00Z"}  # fmt: skip


def _lines(name: str, *records: object) -> str:
    return f"== {name}.jsonl\n" + "".join(json.dumps(one) + "\n" for one in records)


def _whole(user: object, mode: str) -> str:
    return (
        f'== fetched.json\n{{"mode": "{mode}"}}\n' + _lines("orgs", *ORGS) + _lines("academicSessions", YEAR)
        + _lines("courses", COURSE) + _lines("classes", CLASS) + _lines("users", user) + _lines("enrollments", SEAT)
        + _lines("lineItems", ITEM) + _lines("results", RESULT)
    )  # fmt: skip


def seeds() -> list[bytes]:
    whole = _whole(NEW, "bulk")
    page = {"users": [NEW], "org": ORGS[1], "odd": 1}
    return [
        whole.encode(),
        _whole(OLD, "delta").encode("utf-8-sig"),
        whole.replace("Ann", "\\ud800").encode(),
        whole.replace('"house"', '"\\ud800"').encode(),
        whole.replace('"sourcedId": "k", "title"', '"sourcedId": ["k", {}], "title"').encode(),
        whole.replace('"sourcedId": "c", "title"', '"sourcedId": {"a": 1}, "title"').encode(),
        whole.replace('{"mode": "bulk"}', "[]").encode(),
        whole.replace('{"mode": "bulk"}', "{").encode(),
        f"== page.json\n{json.dumps(page)}\n".encode(),
        _lines(
            "users", 1, None, [], "x", {}, NEW | {"roles": [1, {}], "orgs": 7, "userIds": [None]}
        ).encode(),
        _lines("results", RESULT | {"score": 1e999}, RESULT | {"score": [[1, [2]]]}).encode(),
        *(
            b'== users.jsonl\n{"sourcedId": "u", "grades": ' + b"[" * deep + b"]" * deep + b"}\n"
            for deep in (30, 300, 900)
        ),
        whole[:-40].encode(),
        b"== orgs.jsonl\n\xff\xfe",
    ]


def try_one(data: bytes) -> None:
    if files := promise.parts_of(data, NAMES):
        promise.keep(oneroster_rest.stage, files)
