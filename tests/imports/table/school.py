"""One small school that tables can be brought into, and the ids that its roster uses."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from crescendo.imports import actions, queries
from crescendo.imports.models import Finding, ImportRun
from crescendo.roster.models import Enrolment, ExternalId, Organisation, Student

AT = datetime(2026, 3, 10, 9, 30, tzinfo=ZoneInfo("America/New_York"))
ROSTER = "sis"
STUDENTS = ("00107", "00108", "00109", "00110")

ATTENDANCE = {
    "mapping": {"name": "attendance", "source": "attendance", "ids_of": ROSTER},
    "file": {"main": {"pattern": "*"}},
    "pass": [
        {
            "target": "attendance_events",
            "fields": {
                "student": "Student ID",
                "school": {"constant": "LIN"},
                "on": {"column": "Date", "date": "%m/%d/%Y"},
                "school_year": {"find": "on"},
                "category": {"column": "Code", "values": {"A": "unexcused", "E": "excused", "T": "tardy"}},
                "absent_share": {"column": "Missed", "number": "percent"},
                "code": "Code",
            },
        }
    ],
}
HEADER = "Student ID,Date,Code,Missed\n"
GOOD = HEADER + "00107,03/04/2026,A,100\n00108,03/04/2026,E,50 %\n00109,03/05/2026,T,0\n"


def make_school() -> dict[str, int]:
    """Lincoln, with four students whose ids begin with zeros."""
    school = Organisation.objects.create(kind="school", name="Lincoln")
    ExternalId.objects.create(source=ROSTER, entity="org", external_id="LIN", object_id=school.pk)
    ids = {"LIN": school.pk}
    for external_id in STUDENTS:
        student = Student.objects.create(given_name="Ann", family_name=external_id)
        ExternalId.objects.create(
            source=ROSTER, entity="student", external_id=external_id, object_id=student.pk
        )
        Enrolment.objects.create(student=student, school=school, school_year=2026, entry_on=date(2025, 8, 25))
        ids[external_id] = student.pk
    return ids


def bring_in(
    folder: Path, content: str | bytes, mapping: dict[str, Any] = ATTENDANCE, **more: Any
) -> ImportRun:
    """Write a file and import it by a mapping."""
    path = folder / more.pop("name", "attendance.csv")
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    source = queries.find_source("attendance") or actions.create_source(
        slug="attendance", title="Attendance", kind="table", settings={"mapping": mapping}, by=None, at=AT
    )
    options = {"mapping": mapping}
    return actions.start_import(
        source=source, path=path, by=None, on=AT.date(), at=AT, options=options, **more
    )


def finding(run: ImportRun, code: str) -> Finding:
    found = list(queries.list_findings(run).filter(code=code))
    assert len(found) == 1, [f"{one.code} {one.what_to_do}" for one in queries.list_findings(run)]
    return found[0]
