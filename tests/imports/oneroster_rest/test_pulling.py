"""From a service to the database: the official shapes, and our own service read back."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "api"))
sys.path.insert(0, str(Path(__file__).parents[2] / "oneroster"))

from callers_of import make_client
from district import READING, make_district
from peer import Peer, serving

from cast import AT, ON, make_cast
from crescendo.api import rate
from crescendo.api.scopes import DEMOGRAPHICS
from crescendo.core import school_time
from crescendo.imports import actions, cli, queries
from crescendo.imports.models import SetAsideRow
from crescendo.imports.sources.oneroster_rest.flattening import PLURAL
from crescendo.imports.sources.oneroster_rest.pulling import pull
from crescendo.records.models import CourseworkItem, CourseworkResult, KeptRecord
from crescendo.roster.models import (
    AcademicSession,
    ClassEnrolment,
    Course,
    ExternalId,
    Organisation,
    Post,
    SchoolClass,
    StaffMember,
    Student,
)

pytestmark = pytest.mark.django_db(transaction=True)


def find(model: type, entity: str, external_id: str, source: str = "other") -> object:
    link = ExternalId.objects.get(source=source, entity=entity, external_id=external_id)
    return model.objects.get(pk=link.object_id)


def make_source(**settings: object):
    return actions.create_source(
        slug="other", title="Other", kind="oneroster_rest", settings=settings, by=None, at=AT
    )


def accounted(run) -> dict[str, tuple[int, int]]:
    for counts in run.counts.values():
        assert counts["read"] == counts["applied"] + counts["unchanged"] + counts["set_aside"]
    return {file: (counts["read"], counts["set_aside"]) for file, counts in run.counts.items()}


@pytest.mark.samples
def test_the_official_shapes_are_stored_field_by_field(samples, monkeypatch):
    folder = samples / "interop/oneroster/rest-1.2-entities"
    expected = json.loads((samples / "interop/expectations.json").read_text())
    collections: dict[str, list[object]] = {}
    for file in ("rostering", "gradebook"):
        entities = json.loads((folder / f"{file}.json").read_text())
        keys = expected[f"oneroster/rest-1.2-entities/{file}.json"]["keys"]
        assert {name: len(entity) for name, entity in entities.items()} == keys
        collections |= {PLURAL[name]: [entity] for name, entity in entities.items()}
    monkeypatch.setenv("CRESCENDO_SECRET_OTHER", "s3cret")
    with serving(Peer(collections)) as base:
        source = make_source(base=base, gradebook_base=base, sign_in="token")
        run = pull(source, by=None, on=ON, at=AT)
        again = pull(source, by=None, on=ON, at=AT)
    assert (run.state, queries.preview(again).changes_nothing) == ("applied", True)
    read = accounted(run)
    assert {name: one[0] for name, one in read.items() if name not in ("roles.csv", "manifest.csv")} == {
        f"{name}.csv": 1 for name in collections
    }
    # The example's demographics belong to nobody of the example; everything else is used.
    aside = list(SetAsideRow.objects.filter(run=run).values_list("file", flat=True))
    assert aside == ["demographics.csv"], list(SetAsideRow.objects.filter(run=run).values())
    session = find(AcademicSession, "session", "session-example")
    assert (session.title, session.kind, str(session.begins_on), str(session.ends_on), session.school_year) == (
        "Example Term", "term", "2025-01-01", "2025-06-30", 2025,
    )  # fmt: skip
    school = find(Organisation, "org", "school-example")
    assert (school.name, school.kind, school.identifier) == ("Example School", "school", "SCHOOL-EXAMPLE")
    course, taught = find(Course, "course", "course-example"), find(SchoolClass, "class", "class-example")
    assert (course.title, course.code, course.organisation_id) == (
        "Example Course",
        "COURSE-EXAMPLE",
        school.pk,
    )
    assert (taught.title, taught.course_id, taught.school_id) == ("Example Class", course.pk, school.pk)
    assert list(taught.sessions.all()) == [session]
    student = find(Student, "student", "user-example")
    assert (student.given_name, student.family_name) == ("Example", "Learner")
    enrolment = find(ClassEnrolment, "enrollment", "enrollment-example")
    assert (enrolment.student_id, enrolment.school_class_id) == (student.pk, taught.pk)
    item = find(CourseworkItem, "line_item", "line-item-example")
    assert (item.title, str(item.assigned_on), str(item.due_on), item.score_min, item.score_max, item.school_class_id) == (
        "Example Assignment", "2025-01-01", "2025-01-15", 0.0, 100.0, taught.pk,
    )  # fmt: skip
    assert (item.category.title, item.category.weight) == ("Example Category", 1.0)
    sent = json.loads((folder / "gradebook.json").read_text())["result"]
    result = CourseworkResult.objects.get(source="other", source_key="result-example")
    assert (result.student_id, result.item_id, result.class_id, result.status, str(result.scored_on), result.score) == (
        student.pk, item.pk, taught.pk, "fully graded", "2025-01-15", sent.get("score"),
    )  # fmt: skip
    assert KeptRecord.objects.filter(source="other").exists() or "scoreScales.csv" in read


@pytest.mark.parametrize("version", [pytest.param("1.1", marks=pytest.mark.long), "1.2"])
def test_our_own_service_read_back_says_the_same(live_server, monkeypatch, version):
    rate.forget()
    monkeypatch.setattr(school_time, "now", lambda: AT)
    cast = make_district(make_cast())
    client, secret = make_client(cast, *READING, DEMOGRAPHICS, by="dina")
    monkeypatch.setenv("CRESCENDO_SECRET_OTHER", secret)
    site = f"{live_server.url}/ims/oneroster"
    base, grades = ("/v1p1", "/v1p1") if version == "1.1" else ("/rostering/v1p2", "/gradebook/v1p2")
    source = make_source(
        base=site + base, gradebook_base=site + grades, version=version, token_url=f"{live_server.url}/oauth/token",
        client_id=client.client_id, page=7,
    )  # fmt: skip
    run = pull(source, by=None, on=ON, at=AT)
    assert run.state == "applied", (run.message, [(f.code, f.file, f.column) for f in run.findings.all()])
    read = accounted(run)
    assert (read["orgs.csv"], read["classes.csv"], read["results.csv"]) == ((3, 0), (2, 0), (3, 0))
    here, there = cast.classes["mathematics"], find(SchoolClass, "class", "C-mathematics")
    assert (there.title, there.kind, there.school.name, there.course.title) == (
        here.title, here.kind, "Lincoln School", here.course.title,
    )  # fmt: skip
    sam = find(Student, "student", "sis-sam")
    assert (sam.pk != cast.sam.pk, sam.given_name, sam.family_name, sam.identifier, sam.born_on) == (
        True, "Sam", "Soto", "S-sam", cast.sam.born_on,
    )  # fmt: skip
    tess = find(StaffMember, "staff", "T-tess")
    assert Post.objects.filter(staff=tess, role_id="teacher", organisation__name="Lincoln School").exists()
    item = find(CourseworkItem, "line_item", "LI-0")
    assert (item.title, item.score_max, item.category.title) == ("Worksheet", 10.0, "Homework")
    scores = (
        CourseworkResult.objects.filter(source="other").order_by("source_key").values_list("score", "status")
    )
    assert list(scores) == [(8.0, "fully graded")] * 3


def test_a_record_that_cannot_be_used_is_set_aside_and_accounted_for(monkeypatch):
    monkeypatch.setenv("CRESCENDO_SECRET_OTHER", "s3cret")
    collections: dict[str, list[object]] = {
        "orgs": [{"sourcedId": "s", "name": "School", "type": "school"}, {"name": "no id"}, 7],
        "academicSessions": [], "classes": [], "users": [], "enrollments": [],
    }  # fmt: skip
    with serving(Peer(collections)) as base:
        run = pull(make_source(base=base, sign_in="token"), by=None, on=ON, at=AT)
    assert (run.state, accounted(run)["orgs.csv"]) == ("applied", (3, 2))


SMALL = {
    "orgs": [{"sourcedId": "s", "status": "active", "name": "Elm", "type": "school"}],
    "academicSessions": [
        {"sourcedId": "y", "status": "active", "title": "Y", "type": "schoolYear", "schoolYear": "2026",
         "startDate": "2025-08-18", "endDate": "2026-06-05"}
    ],
    "classes": [], "users": [], "enrollments": [],
}  # fmt: skip


def test_a_service_is_named_once_on_the_command_line_and_asked_again_by_its_name(monkeypatch):
    def call(*words: str):
        return CliRunner().invoke(cli.app, ["pull", *words])

    with serving(Peer(SMALL, sign_in="token")) as base:
        assert (call("other").exit_code, "with --base" in call("other").output) == (2, True)
        assert call("other", "--base", base, "--version", "3").exit_code == 1
        assert "CRESCENDO_SECRET_OTHER" in call("other", "--base", base, "--sign-in", "token").output
        assert not queries.find_source("other")  # what is wrong leaves nothing behind
        monkeypatch.setenv("CRESCENDO_SECRET_OTHER", "s3cret")
        first = call("other", "--base", base, "--sign-in", "token")
        again = call("other")
        named = CliRunner().invoke(cli.app, ["xapi", __file__, "--source", "other"])
    assert (first.exit_code, again.exit_code, named.exit_code) == (0, 0, 2), first.output + again.output
    assert "other: applied" in first.output
    assert "field_not_allowed_in_bulk" not in first.output  # that a record is active is no news of a service
    assert "s3cret" not in str(queries.find_source("other").settings)
