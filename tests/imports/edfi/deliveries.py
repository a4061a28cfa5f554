"""Ed-Fi deliveries for tests: bring one in, find a row by Ed-Fi's own key, and small interchanges made by hand."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps

from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun
from crescendo.records.models import KeptRecord
from crescendo.roster.models import ExternalId

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SOURCE = "ods"
MODELS = {
    "org": "roster.Organisation", "session": "roster.AcademicSession", "calendar": "roster.Calendar", "course": "roster.Course",
    "class": "roster.SchoolClass", "student": "roster.Student", "staff": "roster.StaffMember", "family": "roster.FamilyMember",
    "post": "roster.Post", "class_staff": "roster.ClassStaff", "enrollment": "roster.ClassEnrolment",
    "school_enrolment": "roster.Enrolment", "family_link": "roster.FamilyLink", "assessment": "records.Assessment",
    "category": "records.CourseworkCategory", "line_item": "records.CourseworkItem",
}  # fmt: skip


def bring_in(
    path: Path, *, slug: str = SOURCE, on: datetime = AT, settings: dict[str, Any] | None = None, **more: Any
) -> ImportRun:
    """Import a file or folder as Ed-Fi."""
    source = queries.find_source(slug) or actions.create_source(
        slug=slug, title=slug, kind="edfi", by=None, at=on
    )
    if settings is not None:
        source.settings = settings
        source.save()
    return actions.start_import(source=source, path=path, by=None, on=on.date(), at=on, **more)


def find(entity: str, key: str, slug: str = SOURCE) -> Any:
    """The row that the source calls so."""
    link = ExternalId.objects.get(source=slug, entity=entity, external_id=key)
    return apps.get_model(MODELS[entity]).objects.get(pk=link.object_id)


def kept(kind: str, key: str, slug: str = SOURCE) -> tuple[KeptRecord, dict[str, Any]]:
    """A kept record and what it says."""
    record = KeptRecord.objects.get(source=slug, kind=kind, source_key=f"{kind}:{key}")
    return record, json.loads(record.data)


def codes(run: ImportRun) -> dict[str, int]:
    """How often each finding was made."""
    found: dict[str, int] = {}
    for one in queries.list_findings(run):
        found[one.code] = found.get(one.code, 0) + one.count
    return found


def uri(descriptor: str, value: str, owner: str = "ed-fi.org") -> str:
    return f"uri://{owner}/{descriptor}Descriptor#{value}"


def xml(folder: Path, interchange: str, *records: str, version: str = "5.2.0") -> Path:
    """An interchange of records written as XML."""
    path = folder / f"{interchange}.xml"
    path.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<Interchange{interchange} xmlns="http://ed-fi.org/{version}">\n'
        + "\n".join(records) + f"\n</Interchange{interchange}>\n"
    )  # fmt: skip
    return path


def lines(folder: Path, name: str, *records: dict[str, Any], bom: bool = False) -> Path:
    """A file of JSON lines under the name that says which resource it holds, such as `students/deletes/a.jsonl`."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "".join(json.dumps(one) + "\n" for one in records), encoding="utf-8-sig" if bom else "utf-8"
    )
    return path


def day(value: str) -> date:
    return date.fromisoformat(value)
