"""Every vendor's, information system's and learning platform's file that we have, by the mapping that comes with us.

One small district whose students carry the files' ids; each file is brought in once. What was stored is compared with
records of theirs (`vendor_records.py`), and every row is accounted for.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import TransactionTestCase

from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun
from crescendo.records.models import ActivityEvent, Assessment, AssessmentResult, AttendanceEvent, KeptRecord
from crescendo.roster.models import Enrolment, ExternalId, Organisation, Student
from imports.table.vendor_records import RECORDS, SET_ASIDE
from imports.table.vendors import FILES, IDS, VendorFile, expected_rows

AT = datetime(2026, 11, 22, 9, 30, tzinfo=ZoneInfo("America/New_York"))
pytestmark = [pytest.mark.samples, pytest.mark.django_db]
# One of each form (thirty exams a row, headers in the third line, a question, a ragged row, fixed width, several files,
# JSON lines) at every change; all of them at night.
SOME = [FILES[at] for at in (5, 9, 22, 25, 26, 38, 41)]
BY_PATH = pytest.mark.parametrize(
    "file",
    [pytest.param(file, marks=[] if file in SOME else [pytest.mark.long]) for file in FILES],
    ids=lambda file: file.path.removeprefix("interop/"),
)


@dataclass
class District:
    """A district whose roster is there, and the imports of the vendors' files. They are done before the tests, which look."""

    samples: Path
    runs: dict[str, ImportRun] = field(default_factory=dict)
    sent_again: dict[str, ImportRun] = field(default_factory=dict)

    def bring_in(self, file: VendorFile) -> ImportRun:
        return self.runs[file.path]

    def send(self, file: VendorFile) -> ImportRun:
        source = queries.find_source(file.mapping) or actions.create_source(
            slug=file.mapping,
            title=file.mapping,
            kind="table",
            settings={"mapping": file.mapping},
            by=None,
            at=AT,
        )
        return actions.start_import(
            source=source,
            path=self.samples / file.path,
            by=None,
            on=AT.date(),
            at=AT,
            options={"answers": file.answers},
        )


@pytest.fixture(scope="module")
def district(
    samples: Path, django_db_setup: None, django_db_blocker: Any, request: pytest.FixtureRequest
) -> Iterator[District]:
    """The roster is made once for all files; everything is emptied after the last."""
    with django_db_blocker.unblock():
        school = Organisation.objects.create(kind="school", name="Lincoln")
        students = Student.objects.bulk_create(Student(given_name="Ann", family_name=one) for one in IDS)
        ExternalId.objects.bulk_create(
            ExternalId(source="sis", entity="student", external_id=one, object_id=student.pk)
            for one, student in zip(IDS, students, strict=True)
        )
        Enrolment.objects.bulk_create(
            Enrolment(student=student, school=school, school_year=2026, entry_on=date(1970, 7, 1))
            for student in students
        )
        made = District(samples)
        asked = {
            one.callspec.params["file"].path
            for one in request.session.items
            if one.path == request.path and hasattr(one, "callspec")
        }
        for file in FILES:
            if file.path in asked:
                made.runs[file.path] = made.send(file)
                # At once: Contoso's first day, sent again behind its second, would be a day of the past.
                made.sent_again[file.path] = made.send(file)
    yield made
    with django_db_blocker.unblock():
        TransactionTestCase()._fixture_teardown()


@BY_PATH
def test_every_row_is_read_and_accounted_for(district: District, file: VendorFile) -> None:
    run = district.bring_in(file)
    assert run.state == ImportRun.State.APPLIED, [one.what_to_do for one in queries.list_findings(run)]
    expected = expected_rows(district.samples)
    for name, counts in run.counts.items():
        path = (
            file.path.removeprefix("interop/")
            if file.alone
            else f"{file.path.removeprefix('interop/')}/{name}"
        )
        # The publisher's list gives the bytes of Missouri's file, not its rows: eight below the header.
        assert counts["read"] == (expected[path] or 8)
        assert counts["read"] == counts["applied"] + counts["unchanged"] + counts["set_aside"]
    aside = {(row.row, row.code) for row in queries.list_set_aside(run)}
    assert aside == SET_ASIDE.get(file.path, set())


@BY_PATH
def test_three_records_of_each_file_are_stored_field_by_field(district: District, file: VendorFile) -> None:
    run = district.bring_in(file)
    stored = {_shown(one) for one in _stored_by(run)}
    expected = RECORDS[file.path]
    assert len(expected) >= 3 or file.path.endswith("metadata.csv")
    for record in expected:
        if isinstance(record[-1], dict):
            *who, cells = record
            assert any(
                [*one[:-1]] == who and cells.items() <= json.loads(one[-1]).items() for one in stored
            ), record
        else:
            assert record in stored


@BY_PATH
def test_a_file_sent_again_changes_nothing(district: District, file: VendorFile) -> None:
    assert_nothing_new(district.sent_again[file.path])


def assert_nothing_new(run: ImportRun) -> None:
    assert run.state == ImportRun.State.APPLIED
    assert all(counts["applied"] == 0 for counts in run.counts.values()), run.counts


def _stored_by(run: ImportRun) -> list[Any]:
    own = {"source": run.source.slug}
    return [
        one
        for model in (AssessmentResult, KeptRecord, AttendanceEvent, ActivityEvent)
        for one in model.objects.filter(**own).order_by()
    ]


def _shown(one: Any) -> tuple[Any, ...]:
    """A record with the ids of the files instead of ours."""
    student = ExternalId.objects.filter(entity="student", object_id=one.student_id).values_list(
        "external_id", flat=True
    )
    who = (
        min(student, default=None) if one.student_id else None
    )  # Contoso's first student is st1 in its own words
    on = one.on.isoformat() if one.on else None
    if isinstance(one, AssessmentResult):
        code = _codes()[one.assessment_id]
        return (who, code, on, one.school_year, one.grade_level, one.status, one.score, one.score_text,
                one.standard_error, one.level_sequence, one.is_proficient)  # fmt: skip
    if isinstance(one, KeptRecord):
        return (who, one.kind, on, one.school_year, one.data)
    if isinstance(one, AttendanceEvent):
        return (who, one.source_key, on, one.school_year, one.category, one.absent_share)
    return (who, one.source_key, on, one.school_year, one.kind, one.title)


def _codes() -> dict[int, str]:
    return dict(Assessment.objects.values_list("pk", "code"))
