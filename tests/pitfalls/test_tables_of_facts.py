"""Pitfalls of facts that come in tables (`data-pitfalls.md`), each by its number: one roster, and a file for each."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import TransactionTestCase

import packages
from crescendo.imports import actions, queries, working
from crescendo.imports.bench import Workbench
from crescendo.imports.models import ImportRun
from crescendo.records.models import AttendanceEvent
from pitfalls.deliveries import APPLIED, REFUSED, mapping, said, send, student

pytestmark = pytest.mark.django_db  # reading what the module's fixture committed

#: Two boxes, absent and late, and a third for the excuse: a pass for the excused rows and one for all the others.
BOXES = "{Absence}-{Tardy}"


def _boxes(condition: dict[str, Any], absent: str) -> dict[str, Any]:
    return {
        "target": "attendance_events",
        "where": [{"column": "Excused"} | condition],
        "fields": {
            "student": "ID", "school": "School", "on": {"column": "Day", "date": "iso"}, "school_year": {"find": "on"},
            "category": {"template": BOXES, "values": {"1-0": absent, "0-1": "tardy", "0-0": "other"}},
            "absent_share": {"template": BOXES, "values": {"1-0": "1", "0-1": "0", "0-0": "0"}},
            "code": "Dismissed",
        },
    }  # fmt: skip


ATTENDANCE = mapping("attendance_events")
ATTENDANCE["pass"] = [_boxes({"is_in": ["1"]}, "excused"), _boxes({"is_not_in": ["1"]}, "unexcused")]
ROWS = """ID,School,Day,Absence,Tardy,Excused,Dismissed
007,s1,2025-09-08,1,0,1,
007,s1,2025-09-09,1,0,,
007,s1,2025-09-10,0,1,0,
007,s1,2025-09-11,0,0,,1
007,s1,2025-09-12,1,1,0,
"""
SCORES = mapping(
    "assessment_results", student="ID", school={"find": "enrolment"}, school_year={"find": "on"},
    assessment={"constant": "map"}, on={"column": "Day", "date": "iso"}, score="Score",
)  # fmt: skip
SCORES["pass"].insert(0, {"target": "assessments", "distinct": True,
    "fields": {"external_id": {"constant": "map"}, "code": {"constant": "map"}, "title": {"constant": "MAP"}}})  # fmt: skip
KNOWN = "ID,Day,Score\n007,2025-09-15,201\n008,2025-09-15,190\n009,2026-01-12,210\n"
UNKNOWN = {
    "all known": "",
    "one unknown": "999,2026-01-12,205\n",
    "most unknown": "".join(f"{n},2026-01-12,1\n" for n in range(900, 905)),
}
WINDOW = date(2025, 10, 1), date(2025, 12, 31)


def stage_a_window(bench: Workbench) -> None:
    """Ninety days of absences, as a source that sends so many would hand them over."""
    for file in bench.files:
        table = bench.read_csv(file.path, file.name)
        bench.match("student", source="sis")
        bench.match("org", source="sis")
        bench.hand_over(
            "attendance_events",
            f"""SELECT _row, "ID" AS student, "School" AS school, 2026 AS school_year, "ID" || "Day" AS source_key,
                       CAST("Day" AS DATE) AS "on", 'unexcused' AS category, 1.0 AS absent_share FROM {table.relation}""",
            file=file.name, mode="full", window=WINDOW,
        )  # fmt: skip


@pytest.fixture(scope="module")
def runs(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, ImportRun]]:
    folder, runs = tmp_path_factory.mktemp("tables"), {}
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        packages.bring_in(packages.write(folder / "roster", packages.district()))
        runs["boxes"] = send(folder / "boxes", ROWS, ATTENDANCE)
        for name, more in UNKNOWN.items():
            runs[name] = send(folder / name, KNOWN + more, SCORES)
        patch.setattr(working, "get_stage", lambda _kind: stage_a_window)
        source = actions.create_source(
            slug="ninety-days", title="Ninety days", kind="table", by=None, at=packages.AT
        )
        for name, rows in NIGHTS.items():
            path = folder / f"{name}.csv"
            path.write_text("ID,School,Day\n" + "".join(f"{row}\n" for row in rows))
            runs[name] = actions.start_import(
                source=source, path=path, by=None, on=packages.ON, at=packages.AT
            )
    yield runs
    with django_db_blocker.unblock():
        TransactionTestCase()._fixture_teardown()


#: The second night covers October to December, of Elm alone: one absence is gone from it, one is new.
NIGHTS = {
    "first": ["007,s1,2025-09-22", "007,s1,2025-10-06", "008,s1,2025-11-03", "009,s2,2025-11-04", "009,s2,2026-01-06"],
    "second": ["008,s1,2025-11-03", "007,s1,2025-12-01"],
}  # fmt: skip


def test_p25_neither_absent_nor_late_is_no_absence_and_a_blank_excuse_is_none(
    runs: dict[str, ImportRun],
) -> None:
    found = AttendanceEvent.objects.filter(source="attendance-events").order_by("on")
    assert [(one.on.day, one.category, one.absent_share, one.code) for one in found] == [
        (8, "excused", 1.0, ""), (9, "unexcused", 1.0, ""), (10, "tardy", 0.0, ""), (11, "other", 0.0, "1"),
    ]  # fmt: skip


def test_p25_both_absent_and_late_is_set_aside_and_named(runs: dict[str, ImportRun]) -> None:
    run = runs["boxes"]
    assert run.counts["rows.csv"] == {"read": 5, "applied": 4, "unchanged": 0, "set_aside": 1}
    assert {(row.row, row.code) for row in queries.list_set_aside(run)} == {(6, "row.unknown_value")}
    assert any("1-1 (1 row)" in one for one in said(run)["row.unknown_value"])


def test_p30_a_file_of_ninety_days_takes_back_only_within_its_days_and_schools(
    runs: dict[str, ImportRun],
) -> None:
    assert runs["first"].state == runs["second"].state == APPLIED
    kept = AttendanceEvent.objects.filter(source="ninety-days").order_by("on", "student_id")
    pupils = {student(key).pk: key for key in ("007", "008", "009")}
    assert [(pupils[one.student_id], one.on.isoformat()) for one in kept] == [
        ("007", "2025-09-22"),  # before the window
        ("008", "2025-11-03"),
        ("009", "2025-11-04"),  # within it, at a school of which the file says nothing
        ("007", "2025-12-01"),
        ("009", "2026-01-06"),  # after it
    ]
    assert runs["second"].preview["attendance_events"]["retracted"] == 1
    # What another feed said of the same days stays its own.
    assert AttendanceEvent.objects.filter(source="attendance-events").count() == 4


@pytest.mark.parametrize(
    ("name", "state", "code", "sentence"),
    [
        ("all known", APPLIED, "ids.matched", "0 of 3 students in the file (0.0%) are unknown"),
        ("one unknown", APPLIED, "ids.matched", "1 of 4 students in the file (25.0%) are unknown"),
        ("most unknown", REFUSED, "ids.mostly_unmatched", "5 of 8 students in the file (62.5%) are unknown"),
    ],
)
def test_p35_the_share_that_nobody_knows_is_always_published_and_too_large_a_one_refuses(
    runs: dict[str, ImportRun], name: str, state: str, code: str, sentence: str
) -> None:
    run = runs[name]
    assert run.state == state
    (published,) = said(run)[code]
    assert published.startswith(sentence)
