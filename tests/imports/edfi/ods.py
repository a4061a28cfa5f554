"""An Ed-Fi API for tests: discovery, tokens, pages, change versions, deletes and key changes, over httpx's own transport.

Bodies, headers and refusals are shaped as ODS/API 7 publishes them; records come from Data Standard 5.2.
"""

import base64
import copy
import json
from typing import Any
from urllib.parse import parse_qs

import httpx

BASE = "https://ods.test"
KEY, SECRET = "the-key", "the-secret-of-the-host"
Record = dict[str, Any]


class Ods:
    """Holds records with change versions and answers as a host does. `trouble` are answers to give first."""

    def __init__(self) -> None:
        self.version, self.token_number = 100, 0
        self.records: dict[str, list[tuple[int, Record]]] = {}
        self.deletes: dict[str, list[Record]] = {}
        self.key_changes: dict[str, list[Record]] = {}
        self.trouble: list[httpx.Response | Exception] = []
        self.refused: set[str] = set()
        self.asked: list[tuple[str, str, dict[str, list[str]]]] = []
        self.expire_after: int | None = None
        self.limit = 500

    # -- what happens at the host ----------------------------------------------------------------------------------

    def put(self, resource: str, *records: Record) -> None:
        for record in records:
            self.version += 1
            held = [(v, one) for v, one in self.records.get(resource, []) if one["id"] != record["id"]]
            self.records[resource] = [*held, (self.version, copy.deepcopy(record))]

    def delete(self, resource: str, uuid: str, keys: Record | None) -> None:
        self.version += 1
        self.records[resource] = [(v, one) for v, one in self.records[resource] if one["id"] != uuid]
        dashed = f"{uuid[:8]}-{uuid[8:12]}-{uuid[12:16]}-{uuid[16:20]}-{uuid[20:]}"
        gone = (
            {"id": dashed, "changeVersion": self.version, "keyValues": keys}
            if keys
            else {"Id": uuid, "ChangeVersion": str(self.version)}
        )
        self.deletes.setdefault(resource, []).append(gone)

    def rename(self, resource: str, uuid: str, old: Record, new: Record) -> None:
        self.version += 1
        self.key_changes.setdefault(resource, []).append(
            {"id": uuid, "changeVersion": self.version, "oldKeyValues": old, "newKeyValues": new}
        )

    # -- answering -------------------------------------------------------------------------------------------------

    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:  # noqa: PLR0911 (one return for each address)
        path, query = request.url.path.rstrip("/"), parse_qs(request.url.query.decode())
        self.asked.append((request.method, path, query))
        if not path:
            return httpx.Response(200, json={"version": "7.3", "urls": {
                "oauth": f"{BASE}/oauth/token", "dataManagementApi": f"{BASE}/data/v3/",
                "dependencies": f"{BASE}/metadata/data/v3/dependencies", "changeQueries": f"{BASE}/changeQueries/v1/"}})  # fmt: skip
        if path == "/oauth/token":
            return self._token(request)
        if self.trouble:
            first = self.trouble.pop(0)
            if isinstance(first, Exception):
                raise first
            return first
        if (
            self.expire_after == len(self.asked)
            or request.headers.get("Authorization") != f"Bearer token-{self.token_number}"
        ):
            self.expire_after = None
            self.token_number += 100
            return httpx.Response(
                401,
                json={"detail": "The token has expired.", "type": "urn:ed-fi:api:security:authentication"},
            )
        if path.endswith("/availableChangeVersions"):
            return httpx.Response(200, json={"oldestChangeVersion": 0, "newestChangeVersion": self.version})
        if path.endswith("/dependencies"):
            return httpx.Response(200, json=[{"resource": "/ed-fi/schools", "order": 1, "operations": ["Create"]},
                                             {"resource": "/ed-fi/students", "order": 2, "operations": ["Create"]}])  # fmt: skip
        return self._collection(path.removeprefix("/data/v3/ed-fi/"), query)

    def _token(self, request: httpx.Request) -> httpx.Response:
        wanted = "Basic " + base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
        if (
            request.headers.get("Authorization") != wanted
            or b"grant_type=client_credentials" not in request.content
        ):
            return httpx.Response(401, json={"error": "invalid_client"})
        self.token_number += 1
        return httpx.Response(
            200,
            json={"access_token": f"token-{self.token_number}", "expires_in": 1800, "token_type": "bearer"},
        )

    def _collection(self, path: str, query: dict[str, list[str]]) -> httpx.Response:
        resource, _, part = path.partition("/")
        if resource in self.refused:
            return httpx.Response(403, json={"detail": "Access could not be authorized.", "status": 403})
        low, high = (
            int(query[name][0]) if name in query else None
            for name in ("minChangeVersion", "maxChangeVersion")
        )
        rows = (
            {"deletes": self.deletes, "keyChanges": self.key_changes}[part].get(resource, []) if part else []
        )
        versions = [int(one.get("changeVersion") or one["ChangeVersion"]) for one in rows]
        if not part:
            held = self.records.get(resource, [])
            versions, rows = [version for version, _ in held], [one for _, one in held]
        found = [row for version, row in zip(versions, rows, strict=True)
                 if (low is None or version >= low) and (high is None or version <= high)]  # fmt: skip
        if int(query["limit"][0]) > self.limit:
            return httpx.Response(
                400, json={"detail": f"Limit must be omitted or set to a value between 0 and {self.limit}."}
            )
        start = int(query["offset"][0])
        headers = {"Total-Count": str(len(found))} if query.get("totalCount") == ["true"] else {}
        return httpx.Response(
            200,
            content=json.dumps(found[start : start + int(query["limit"][0])]),
            headers=headers | {"Content-Type": "application/json"},
        )


# -- records -----------------------------------------------------------------------------------------------------------


def uuid(number: int) -> str:
    return f"{number:032x}"


def school(number: int = 1, name: str = "Elm School") -> Record:
    return {
        "id": uuid(number),
        "schoolId": 255901000 + number,
        "nameOfInstitution": name,
        "gradeLevels": [],
        "_etag": "1",
    }


def student(number: int, name: str = "Sam", unique_id: str = "") -> Record:
    return {"id": uuid(1000 + number), "studentUniqueId": unique_id or f"00{number}", "firstName": name, "lastSurname": "Núñez",
            "birthDate": "2011-03-04", "_etag": "1", "_lastModifiedDate": "2026-01-01T00:00:00Z"}  # fmt: skip


def enrolment(number: int, entry: str = "2026-08-24", **more: Any) -> Record:
    return {"id": uuid(2000 + number), "studentReference": {"studentUniqueId": f"00{number}", "link": {"rel": "Student", "href": "/x"}},
            "schoolReference": {"schoolId": 255901001}, "entryDate": entry,
            "entryGradeLevelDescriptor": "uri://ed-fi.org/GradeLevelDescriptor#Ninth grade"} | more  # fmt: skip


def absence(number: int, day: str, category: str = "Unexcused Absence") -> Record:
    return {"id": uuid(3000 + number), "studentReference": {"studentUniqueId": f"00{number}"}, "schoolReference": {"schoolId": 255901001},
            "sessionReference": {"schoolId": 255901001, "schoolYear": 2027, "sessionName": "Fall"}, "eventDate": day,
            "attendanceEventCategoryDescriptor": f"uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}"}  # fmt: skip


def absence_keys(number: int, day: str, category: str = "Unexcused Absence") -> Record:
    return {"studentUniqueId": f"00{number}", "schoolId": 255901001, "schoolYear": 2027, "sessionName": "Fall", "eventDate": day,
            "attendanceEventCategoryDescriptor": f"uri://ed-fi.org/AttendanceEventCategoryDescriptor#{category}"}  # fmt: skip
