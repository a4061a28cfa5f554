"""Records that have no table of their own are kept whole: counted, compared, undone, forgotten, and read by few."""

import json
from pathlib import Path

import pytest
from django.db import connection

import packages
from cast import AT
from crescendo.imports import actions, working
from crescendo.imports.bench import Workbench
from crescendo.records.models import KeptRecord
from crescendo.roster import actions as roster

HEADER = "id,student,answer\n"


def stage(bench: Workbench) -> None:
    """The answers of a survey, as a source would hand them over."""
    for file in bench.files:
        table = bench.read_csv(file.path, file.name)
        bench.matches["student"] = {"source": "sis", "by": "external_id"}
        bench.hand_over(
            "kept_records",
            f"""SELECT _row, 2026 AS school_year, 'surveyResponse' AS kind, 'surveyResponse:' || id AS source_key, student,
                       CAST(json_object('answer', answer) AS VARCHAR) AS data FROM {table.relation}""",
            file=file.name,
        )


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Deliver answers; the roster with the student u1 is there already."""
    packages.bring_in(packages.write(tmp_path, packages.district()))
    monkeypatch.setattr(working, "get_stage", lambda _kind: stage)
    source = actions.create_source(slug="survey", title="Survey", kind="table", by=None, at=packages.AT)

    def deliver(rows: str):
        path = tmp_path / "answers.csv"
        path.write_text(HEADER + rows)
        return actions.start_import(source=source, path=path, by=None, on=packages.ON, at=packages.AT)

    return deliver


@pytest.mark.django_db(transaction=True)
def test_a_record_without_a_table_is_kept_compared_and_undone(survey) -> None:
    student = packages.district()["users"][0]["sourcedId"]
    assert survey(f"1,{student},often\n2,nobody,never\n").state == "applied"
    kept = {row.source_key: row for row in KeptRecord.objects.all()}
    assert json.loads(kept["surveyResponse:1"].data) == {"answer": "often"}
    assert kept["surveyResponse:1"].student_id
    assert kept["surveyResponse:2"].student_id is None  # not on the roster: kept, with a notice
    again = survey(f"1,{student},often\n2,nobody,never\n")
    assert again.counts["answers.csv"] == {"read": 2, "applied": 0, "unchanged": 2, "set_aside": 0}
    changed = survey(f"1,{student},seldom\n")
    assert changed.counts["answers.csv"]["applied"] == 1
    actions.undo(changed, by=None, at=packages.AT)
    assert json.loads(KeptRecord.objects.get(source_key="surveyResponse:1").data) == {"answer": "often"}


def keep(student_id: int | None, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_ensure_school_year(2026)")
        cursor.execute(
            """INSERT INTO records_keptrecord (school_year, source, source_key, kind, student_id, data)
               VALUES (2026, 'survey', %s, 'surveyResponse', %s, '{"answer": "Sam said so"}')""",
            [key, student_id],
        )


def test_only_those_who_bring_files_in_read_them_and_an_erasure_empties_them(cast) -> None:
    keep(cast.sam.pk, "one")
    keep(None, "two")
    seen = {}
    for name in ("adam", "dina", "ana", "tess", "fay", "sam", "cora", "priya"):
        with cast.looking_as(name):
            seen[name] = set(KeptRecord.objects.values_list("source_key", flat=True))
    assert seen["dina"] == {"one"}  # what names no student may be about a member of staff: no page reads it
    assert [seen[name] for name in ("tess", "fay", "sam", "cora")] == [set()] * 4
    with cast.looking_as("adam") as adam:
        roster.erase_student(student_id=cast.sam.pk, reason="Request 12", by=adam, at=AT)
    forgotten = KeptRecord.objects.get(student_id=cast.sam.pk)
    assert forgotten.data == "{}"
    assert forgotten.source_key.startswith("erased:")
