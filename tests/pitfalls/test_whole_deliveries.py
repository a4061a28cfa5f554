"""Pitfalls of whole deliveries (`data-pitfalls.md`), each by its number: one roster comes night after night.

Elm and Oak have six students each. What a night changed is written down at once, so that every test reads its own night.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import TransactionTestCase

import packages
from crescendo.imports import actions, queries, tasks
from crescendo.imports.models import ImportRun
from crescendo.imports.progress import SourceBusy, Watch
from crescendo.quality import catalogue, checking
from crescendo.quality.models import Check
from crescendo.records.models import AttendanceEvent
from crescendo.roster.models import Enrolment, ExternalId, SchoolClass, Student
from pitfalls.deliveries import APPLIED, REFUSED, WAITING, mapping, said, student

pytestmark = pytest.mark.django_db  # reading what the module's fixture committed

PUPILS = {f"p{n:02}": "s1" if n <= 6 else "s2" for n in range(1, 13)}
NIGHT = packages.ON
ABSENCES = mapping(
    "attendance_events", student="ID", school="School", on={"column": "Day", "date": "iso"},
    school_year={"find": "on"}, category={"constant": "unexcused"}, absent_share={"constant": "1"},
)  # fmt: skip
DAYS = "ID,School,Day\np01,s1,2026-01-08\np02,s1,2026-01-09\n"
Leaving = tuple[date | None, list[tuple[date | None, date | None]]]


def roster(*, without: tuple[str, ...] = (), school: str = "") -> packages.Rows:
    """The district's whole file: everybody, less some, or only one school's rows."""
    rows = {name: packages.district()[name] for name in ("orgs", "academicSessions", "courses", "classes")}
    rows["classes"][1]["termSourcedIds"] = "t1,t2"
    pupils = {key: at for key, at in PUPILS.items() if key not in without and school in ("", at)}
    if school:
        rows["orgs"] = [one for one in rows["orgs"] if one["sourcedId"] in ("d", school)]
        rows["classes"] = [one for one in rows["classes"] if one["schoolSourcedId"] == school]
    rows["users"] = [
        {"sourcedId": key, "enabledUser": "true", "username": key, "givenName": "A", "familyName": key.upper(), "grades": "09"}
        for key in pupils
    ]  # fmt: skip
    rows["roles"] = [
        {
            "sourcedId": f"r{key}",
            "userSourcedId": key,
            "roleType": "primary",
            "role": "student",
            "orgSourcedId": at,
        }
        for key, at in pupils.items()
    ]
    rows["enrollments"] = [
        {"sourcedId": f"e{key}", "classSourcedId": f"c{at[1]}", "schoolSourcedId": at, "userSourcedId": key, "role": "student"}
        for key, at in pupils.items()
    ]  # fmt: skip
    return rows


def only(key: str, status: str = "tobedeleted") -> packages.Rows:
    """What a delta says of one student: every row of theirs is over."""
    rows = {name: [row for row in found if key in row.values()] for name, found in roster().items()}
    return {
        name: [row | {"status": status} for row in rows[name]] for name in ("users", "roles", "enrollments")
    }


@dataclass
class Nights:
    """Each night's run, and how one student stood after it; what was stored before and after those that changed nothing."""

    runs: dict[str, ImportRun] = field(default_factory=dict)
    leaving: dict[str, Leaving] = field(default_factory=dict)
    changed: dict[str, bool] = field(default_factory=dict)
    folder: Path = Path()

    def night(self, name: str, package: Path, of: str = "p02") -> ImportRun:
        before = packages.dump()
        run = self.runs[name] = packages.bring_in(package, on=NIGHT)
        self.changed[name] = packages.dump() != before
        found = Enrolment.objects.filter(student=student(of)).order_by("entry_on")
        self.leaving[name] = (student(of).ended_on, list(found.values_list("exit_on", "ended_on")))
        return run


@pytest.fixture(scope="module")
def nights(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("nights")
    nights = Nights(folder=folder)
    whole = packages.write(folder / "whole", roster())
    cut = folder / "cut.zip"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    empty = {name: rows if name == "orgs" else [] for name, rows in roster().items()}
    with django_db_blocker.unblock():
        nights.night("whole", whole)
        nights.night("absent", packages.write(folder / "absent", roster(without=("p02",))))
        nights.night("whole again", whole)
        nights.night("said", packages.write(folder / "said", only("p02"), mode="delta"))
        nights.night("back", packages.write(folder / "back", only("p02", "active"), mode="delta"))
        nights.night("delta of another", packages.write(folder / "other", only("p03"), mode="delta"))
        nights.night("truncated", cut)
        nights.night("empty", packages.write(folder / "empty", empty))
        nights.night("half the schools", packages.write(folder / "half", roster(school="s1")))
    yield nights
    with django_db_blocker.unblock():
        TransactionTestCase()._fixture_teardown()


def test_p11_who_is_absent_from_a_whole_file_left_as_who_is_said_to_have_left(nights: Nights) -> None:
    here, gone = nights.leaving["whole"], nights.leaving["absent"]
    assert here == (None, [(date(2026, 6, 5), None)])
    assert gone[0] == NIGHT
    assert [ended for _, ended in gone[1]] == [NIGHT]
    assert nights.leaving["whole again"] == here
    assert nights.leaving["said"] == gone
    assert nights.leaving["back"] == here
    assert nights.runs["absent"].state == nights.runs["said"].state == APPLIED


def test_p11_who_is_absent_from_a_file_of_changes_is_still_here(nights: Nights) -> None:
    assert nights.leaving["delta of another"] == nights.leaving["back"]
    assert student("p03").ended_on == NIGHT


def test_p45_the_same_bytes_again_after_newer_ones_are_said(nights: Nights) -> None:
    assert "package.delivered_before" not in said(nights.runs["whole"])
    assert "package.delivered_before" in said(nights.runs["whole again"])


def test_p45_a_truncated_file_is_refused_and_changes_nothing(nights: Nights) -> None:
    assert nights.runs["truncated"].state == REFUSED
    assert "package.not_a_zip" in said(nights.runs["truncated"])
    assert not nights.changed["truncated"]


@pytest.mark.parametrize(("name", "emptied"), [("empty", 2), ("half the schools", 1)])
def test_p45_what_would_empty_a_school_waits_for_a_person_and_changes_nothing(
    nights: Nights, name: str, emptied: int
) -> None:
    run = nights.runs[name]
    assert run.state == WAITING
    reasons = {(one["target"], one["code"]): one["schools"] for one in run.reasons}
    assert reasons["school_enrolments", "school_would_end"] == emptied
    assert not nights.changed[name]
    assert Student.objects.filter(ended_on__isnull=True).count() == len(PUPILS) - 1


@pytest.mark.django_db(transaction=True)
def test_p46_one_feed_that_fails_stops_no_other_and_says_so(tmp_path: Path) -> None:
    """Four feeds land in one night: a roster that is refused, one whose reader is gone, one that is busy, one in order."""
    packages.bring_in(packages.write(tmp_path / "roster", roster()))
    (tmp_path / "broken.zip").write_bytes(b"no archive")
    (tmp_path / "days.csv").write_text(DAYS)
    kinds = {"broken": "oneroster", "removed": "gone", "busy": "table", "in-order": "table"}
    files = {"broken": "broken.zip"}
    landed = {}
    for slug, kind in kinds.items():
        source = actions.create_source(slug=slug, title=slug, kind=kind, by=None, at=packages.AT)
        landed[slug] = actions.land_files(
            source=source, paths=[tmp_path / files.get(slug, "days.csv")], by=None, at=packages.AT, options={"mapping": ABSENCES},
        )  # fmt: skip
    tasks.run_import(landed["broken"].pk, always_ask=False)
    with pytest.raises(ValueError, match="no kind of source 'gone'"):
        tasks.run_import(landed["removed"].pk, always_ask=False)
    with Watch(landed["busy"].source_id, 0, None):  # another process works on a file of this feed
        with pytest.raises(SourceBusy):
            tasks.run_import(landed["busy"].pk, always_ask=False)
        tasks.run_import(landed["in-order"].pk, always_ask=False)
    states = {slug: ImportRun.objects.get(pk=run.pk).state for slug, run in landed.items()}
    assert states == {"broken": "refused", "removed": "failed", "busy": "landed", "in-order": "applied"}
    assert AttendanceEvent.objects.filter(source="in-order").count() == 2
    assert ImportRun.objects.get(pk=landed["removed"].pk).message == "ValueError at reading"
    assert [one.code for one in queries.list_findings(landed["broken"])] == ["package.not_a_zip"]
    tasks.run_import(landed["busy"].pk, always_ask=False)
    assert AttendanceEvent.objects.filter(source="busy").count() == 2


@pytest.mark.django_db(transaction=True)
def test_p47_a_section_belongs_to_the_year_of_its_terms_and_one_of_two_years_is_found(tmp_path: Path) -> None:
    """In August the new year's course already has last year's section, and one section spans both years."""
    rows = roster()
    year, fall = ({"sourcedId": key, "title": key, "type": kind, "startDate": "2026-08-17", "endDate": "2026-12-18",
                   "schoolYear": "2027"} for key, kind in (("y27", "schoolYear"), ("t3", "term")))  # fmt: skip
    rows["academicSessions"] += [year, fall | {"parentSourcedId": "y27"}]
    rows["courses"][0]["schoolYearSourcedId"] = "y27"
    rows["classes"] += [
        rows["classes"][0] | {"sourcedId": "c3", "title": "Rolled over", "termSourcedIds": "t3"},
        rows["classes"][0] | {"sourcedId": "c4", "title": "Both", "termSourcedIds": "t2,t3"},
    ]
    on = date(2026, 8, 20)
    run = packages.bring_in(packages.write(tmp_path, rows), on=on)
    assert run.state == APPLIED
    years = dict(SchoolClass.objects.values_list("title", "school_year"))
    assert years == {"Algebra 1": 2026, "Algebra 2": 2026, "Rolled over": 2027, "Both": 2027}
    assert set(Enrolment.objects.values_list("school_year", flat=True)) == {2026}
    values = {"school_year": 2027, "on": on, "at": packages.AT}
    values |= {"year_begins_on": date(2026, 7, 1), "year_ends_on": date(2027, 6, 30)}
    checking.check_rule(catalogue.BY_CODE["class_year_off"], values)
    found = Check.objects.get(rule="class_year_off")
    elm = ExternalId.objects.get(entity="org", external_id="s1").object_id
    assert (found.school_id, found.checked, found.failing) == (elm, 2, 1)
