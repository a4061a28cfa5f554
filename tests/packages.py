"""OneRoster packages made row by row for tests, and a dump of what is stored to compare before with after."""

import copy
import csv
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun
from crescendo.imports.sources.oneroster.specification import BY_NAME, FILES

ON = date(2026, 1, 15)
AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
Rows = dict[str, list[dict[str, str]]]

DISTRICT: Rows = {
    "orgs": [
        {"sourcedId": "d", "name": "Northfield", "type": "district"},
        {"sourcedId": "s1", "name": "Elm School", "type": "school", "parentSourcedId": "d"},
        {"sourcedId": "s2", "name": "Oak School", "type": "school", "parentSourcedId": "d"},
    ],
    "academicSessions": [
        {"sourcedId": "y", "title": "2025-26", "type": "schoolYear", "startDate": "2025-08-18",
            "endDate": "2026-06-05", "schoolYear": "2026"},
        {"sourcedId": "t1", "title": "Fall", "type": "term", "startDate": "2025-08-18", "endDate": "2025-12-19",
            "parentSourcedId": "y", "schoolYear": "2026"},
        {"sourcedId": "t2", "title": "Spring", "type": "term", "startDate": "2026-01-05", "endDate": "2026-06-05",
            "parentSourcedId": "y", "schoolYear": "2026"},
    ],
    "courses": [{"sourcedId": "0301", "title": "Algebra", "orgSourcedId": "d", "subjects": "Mathematics",
        "subjectCodes": "02052", "schoolYearSourcedId": "y"}],
    "classes": [
        {"sourcedId": "c1", "title": "Algebra 1", "courseSourcedId": "0301", "classType": "scheduled",
            "schoolSourcedId": "s1", "termSourcedIds": "t1,t2", "grades": "09"},
        {"sourcedId": "c2", "title": "Algebra 2", "courseSourcedId": "0301", "classType": "scheduled",
            "schoolSourcedId": "s2", "termSourcedIds": "t2"},
    ],
    "users": [
        {"sourcedId": "007", "enabledUser": "true", "username": "sam", "givenName": "Sam", "familyName": "Núñez",
            "grades": "09", "agentSourcedIds": "fay", "email": "sam@example.org"},
        {"sourcedId": "008", "enabledUser": "true", "username": "sol", "givenName": "Sol", "familyName": "Ash", "grades": "09"},
        {"sourcedId": "009", "enabledUser": "true", "username": "sky", "givenName": "Sky", "familyName": "Berg", "grades": "10"},
        {"sourcedId": "fay", "enabledUser": "true", "username": "fay", "givenName": "Fay", "familyName": "Núñez", "agentSourcedIds": "007"},
        {"sourcedId": "tess", "enabledUser": "true", "username": "tess", "givenName": "Tess", "familyName": "Ode"},
        {"sourcedId": "priya", "enabledUser": "true", "username": "priya", "givenName": "Priya", "familyName": "Rao"},
    ],
    "roles": [
        {"sourcedId": "r1", "userSourcedId": "007", "roleType": "primary", "role": "student", "orgSourcedId": "s1"},
        {"sourcedId": "r2", "userSourcedId": "008", "roleType": "primary", "role": "student", "orgSourcedId": "s1"},
        {"sourcedId": "r3", "userSourcedId": "009", "roleType": "primary", "role": "student", "orgSourcedId": "s2"},
        {"sourcedId": "r4", "userSourcedId": "fay", "roleType": "primary", "role": "parent", "orgSourcedId": "s1"},
        {"sourcedId": "r5", "userSourcedId": "tess", "roleType": "primary", "role": "teacher", "orgSourcedId": "s1"},
        {"sourcedId": "r6", "userSourcedId": "priya", "roleType": "primary", "role": "principal", "orgSourcedId": "s1"},
    ],
    "enrollments": [
        {"sourcedId": "e1", "classSourcedId": "c1", "schoolSourcedId": "s1", "userSourcedId": "007", "role": "student"},
        {"sourcedId": "e2", "classSourcedId": "c1", "schoolSourcedId": "s1", "userSourcedId": "008",
            "role": "student", "beginDate": "2025-09-01", "endDate": "2025-12-19"},
        {"sourcedId": "e3", "classSourcedId": "c2", "schoolSourcedId": "s2", "userSourcedId": "008", "role": "student"},
        {"sourcedId": "e4", "classSourcedId": "c1", "schoolSourcedId": "s1", "userSourcedId": "tess", "role": "teacher", "primary": "true"},
    ],
    "demographics": [
        {"sourcedId": "007", "birthDate": "2011-03-04", "sex": "male", "hispanicOrLatinoEthnicity": "true"},
        {"sourcedId": "008", "birthDate": "2011-07-01", "sex": "female", "asian": "true"},
    ],
    "categories": [{"sourcedId": "k1", "title": "Homework", "weight": "40"}],
    "lineItems": [
        {"sourcedId": "l1", "title": "Quiz", "assignDate": "2025-09-08", "dueDate": "2025-09-12",
            "classSourcedId": "c1", "categorySourcedId": "k1",
         "academicSessionSourcedId": "t1", "resultValueMin": "0", "resultValueMax": "20", "schoolSourcedId": "s1"},
    ],
    "results": [
        {"sourcedId": "x1", "lineItemSourcedId": "l1", "studentSourcedId": "007", "scoreStatus": "fully graded",
            "score": "17.5", "scoreDate": "2025-09-12"},
        {"sourcedId": "x2", "lineItemSourcedId": "l1", "studentSourcedId": "008", "scoreStatus": "exempt",
            "scoreDate": "2025-09-12", "late": "true"},
    ],
}  # fmt: skip


def district() -> Rows:
    """A fresh copy to spoil."""
    return copy.deepcopy(DISTRICT)


def to_csv(name: str, rows: list[dict[str, str]], version: str = "1.2") -> str:
    """A file of the standard with every column of the version; unknown keys become further columns."""
    header = [column.name for column in BY_NAME[f"{name}.csv"].columns_of(version)]
    header += sorted({key for row in rows for key in row} - set(header))
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def manifest(rows: Rows, mode: str = "bulk", version: str = "1.2") -> str:
    lines = ["propertyName,value", "manifest.version,1.0", f"oneroster.version,{version}"]
    for file in FILES:
        if file.v11 or version == "1.2":
            name = file.name[:-4]
            lines.append(f"file.{name},{mode if name in rows else 'absent'}")
    return "\n".join(lines) + "\n"


def write(folder: Path, rows: Rows, *, mode: str = "bulk", name: str = "roster.zip") -> Path:
    """A package as a ZIP."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.csv", manifest(rows, mode))
        for file, content in rows.items():
            archive.writestr(f"{file}.csv", to_csv(file, content))
    return path


def bring_in(path: Path, *, slug: str = "sis", on: date = ON, **options: Any) -> ImportRun:
    """Import a package from a source of that name."""
    source = queries.find_source(slug) or actions.create_source(
        slug=slug, title=slug, kind="oneroster", by=None, at=AT
    )
    return actions.start_import(source=source, path=path, by=None, on=on, at=AT, **options)


def dump() -> dict[str, list[str]]:
    """Every row of the roster and the records, as text. What an import may touch, to the last column."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
               AND c.relnamespace = 'public'::regnamespace
               AND (c.relname LIKE 'roster\\_%' OR c.relname LIKE 'records\\_%') AND c.relname <> 'roster_characteristic'
               ORDER BY 1"""
        )
        tables = [row[0] for row in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")
            if rows := [row[0] for row in cursor.fetchall()]:
                found[table] = rows
        return found


def codes(run: ImportRun) -> set[str]:
    return {finding.code for finding in queries.list_findings(run)}


def totals(run: ImportRun) -> dict[str, tuple[int, int, int, int]]:
    """Per file: read, applied, unchanged, set aside."""
    words = ("read", "applied", "unchanged", "set_aside")
    return {name: tuple(counts[word] for word in words) for name, counts in run.counts.items()}  # type: ignore[misc]
