"""Statements from files: every one is kept, students' become activities, and nothing is counted twice."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from crescendo.imports import actions, queries
from crescendo.records.models import ActivityEvent, KeptRecord
from crescendo.roster.models import Enrolment, ExternalId, Organisation, StaffMember, Student
from imports.xapi.statement_files import AT, SOURCE, bring_in, codes, played, write

pytestmark = pytest.mark.django_db(transaction=True)
LATE = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = played()["id"]


def pupil(given: str, *, entry_on: date = date(2019, 8, 26), **more: object) -> Student:
    school, _new = Organisation.objects.get_or_create(kind="school", name="Field School")
    student = Student.objects.create(given_name=given, family_name="Field", **more)
    Enrolment.objects.create(
        student=student, school=school, entry_on=entry_on, school_year=2026, is_primary=True
    )
    return student


@pytest.fixture
def sam() -> Student:
    return pupil("Sam", email="Sam@Example.org", username="sam7")


def _check_counts(run, samples: Path, name: str) -> None:
    expected = json.loads((samples / "interop/expectations.json").read_text())[f"xapi/{name}"]["items"]
    counts = run.counts[name]
    assert run.state == "applied", codes(run)
    assert counts["read"] == expected == counts["applied"] + counts["unchanged"] + counts["set_aside"]


@pytest.mark.samples
def test_a_simulated_course_is_kept_whole_and_counted_for_the_one_on_the_roster(samples: Path) -> None:
    alice, name = pupil("Alice", email="Alice@Example.org"), "datasim_tccc_statements.json"
    path = samples / "interop/xapi" / name
    run = bring_in(path, at=LATE)
    _check_counts(run, samples, name)
    assert run.counts[name]["set_aside"] == 0
    assert codes(run) == {"actor.unknown": 2814 - 487}
    assert (KeptRecord.objects.count(), ActivityEvent.objects.count()) == (2814, 487)
    assert KeptRecord.objects.filter(student_id=alice.pk).count() == 487
    sent = {one["id"]: one for one in json.loads(path.read_text())}
    named = {
        "7c0d4775-9927-48b2-98ba-f27564c8254e": ("completed", "CAT Self (routed)", 8 * 60 + 37 + 56 / 60, date(2020, 2, 13)),
        "f61b0c34-6158-42ce-879a-578fa34e1fa7": ("submit", "Question 1", None, date(2020, 2, 10)),
        "4dc893a0-9b78-4ba7-ab28-e3bf1ecaec85": ("completed", "SOFT-T Self (routed)", 19 * 60 + 58 + 46 / 60, date(2020, 2, 14)),
    }  # fmt: skip
    for key, said in named.items():
        event, kept = ActivityEvent.objects.get(source_key=key), KeptRecord.objects.get(source_key=key)
        assert (event.kind, event.title, event.minutes, event.on) == said
        assert (event.student_id, event.school_id) == (alice.pk, Organisation.objects.get().pk)
        assert (event.school_year, kept.school_year, kept.student_id, kept.on) == (
            2020,
            2020,
            alice.pk,
            said[3],
        )
        assert json.loads(kept.data) == sent[key]
    steve = KeptRecord.objects.get(source_key="2557db94-bd34-46d7-9684-d928c824963a")
    assert (steve.student_id, json.loads(steve.data)) == (None, sent[steve.source_key])
    again = bring_in(path, at=LATE)
    assert queries.preview(again).changes_nothing
    assert again.counts[name] == {"read": 2814, "applied": 0, "unchanged": 2814, "set_aside": 0}


@pytest.mark.samples
def test_a_vendors_statement_without_an_id_is_the_same_statement_when_it_comes_again(samples: Path) -> None:
    sam, name = pupil("Sam"), "japan_vendor_b_20230307.json"
    # The account's name is a UUID: whoever gave it to the student, it names no other.
    ids = {"external_id": "c2ea034d-9bf1-465f-8193-542b67f3a665", "object_id": sam.pk}
    ExternalId.objects.create(source="sis", entity="student", **ids)
    path = samples / "interop/xapi" / name
    run = bring_in(path, at=LATE)
    _check_counts(run, samples, name)
    event, kept = ActivityEvent.objects.get(), KeptRecord.objects.get()
    assert event.is_on_platform
    assert (event.student_id, event.kind, event.title, event.minutes) == (
        sam.pk, "progressed", "ジュニア１", 4 * 60 + 35 + 20 / 60,
    )  # fmt: skip
    assert (event.on, event.school_year, event.source_key) == (date(2023, 2, 27), 2023, kept.source_key)
    assert json.loads(kept.data) == json.loads(path.read_text())[0]
    again = bring_in(path, at=LATE)
    assert again.counts[name] == {"read": 1, "applied": 0, "unchanged": 1, "set_aside": 0}


@pytest.mark.samples
def test_the_invalid_statements_of_the_conformance_suite_are_set_aside_and_the_others_kept(
    samples: Path, tmp_path: Path
) -> None:
    files = sorted((samples / "interop/xapi/adl-templates-1.0.3/statements").glob("*.json"))
    path = tmp_path / "all.json"
    path.write_text("[" + ",".join(file.read_text() for file in files) + "]")
    run = bring_in(path)
    assert run.counts["all.json"] == {"read": 22, "applied": 11, "unchanged": 0, "set_aside": 11}, codes(run)
    reasons = Counter[str]()
    for one in queries.list_findings(run):
        if one.code == "statement.invalid":
            reasons[one.column] += one.count
    assert reasons == {
        "": 1, "actor": 2, "authority": 1, "object": 2, "object.actor": 1, "object.id": 2, "verb": 1, "verb.id": 1,
    }  # fmt: skip
    assert KeptRecord.objects.filter(kind="voidingStatement").count() == 1


def test_what_is_voided_is_no_activity_any_more_and_stays_kept(sam: Student, tmp_path: Path) -> None:
    path = write(tmp_path, played())
    bring_in(path)
    assert ActivityEvent.objects.get().student_id == sam.pk
    voiding = played(2, verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
                     object={"objectType": "StatementRef", "id": KEY.upper()})  # fmt: skip
    run = bring_in(write(tmp_path, voiding, name="voiding.json"))
    assert run.counts["voiding.json"] == {"read": 1, "applied": 1, "unchanged": 0, "set_aside": 0}
    assert not ActivityEvent.objects.exists()
    assert KeptRecord.objects.count() == 2
    again = bring_in(path)
    assert queries.preview(again).changes_nothing  # the old file does not bring it back
    actions.undo(again, by=None, at=AT)
    actions.undo(run, by=None, at=AT)
    assert ActivityEvent.objects.get().minutes == 12.5


def test_a_voiding_that_comes_before_its_statement_still_takes_it_back(sam: Student, tmp_path: Path) -> None:
    voiding = played(2, verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
                     object={"objectType": "StatementRef", "id": KEY})  # fmt: skip
    bring_in(write(tmp_path, voiding, played(3)))
    bring_in(write(tmp_path, played(), name="later.json"))
    assert [one.source_key for one in ActivityEvent.objects.all()] == [played(3)["id"]]
    assert KeptRecord.objects.count() == 3


def test_a_statement_never_changes(sam: Student, tmp_path: Path) -> None:
    bring_in(write(tmp_path, played()))
    same = played(timestamp="2026-03-10T11:00:00-04:00", stored="2026-03-10T15:00:01Z")
    assert bring_in(write(tmp_path, same)).counts["statements.json"]["unchanged"] == 1
    other = played(result={"duration": "PT59M"})
    run = bring_in(write(tmp_path, other, played(4), played(4, result={})))
    assert codes(run)["statement.other_content"] == 3
    assert run.counts["statements.json"]["set_aside"] == 3
    assert (ActivityEvent.objects.get().minutes, KeptRecord.objects.count()) == (12.5, 1)


@pytest.mark.parametrize(
    "actor",
    [
        {"mbox": "mailto:SAM@example.org"},
        {
            "mbox_sha1sum": "dfc0b3ac5b2ee4a1ba7ac8b0d5d8e2a9a1d1b4b0"
        },  # replaced below: the digest of mailto:sam@example.org
        {"account": {"homePage": "https://lms.example.org", "name": "SAM7"}},
        {"account": {"homePage": "https://lms.example.org", "name": "sam@example.org"}},
        {"account": {"homePage": "https://lms.example.org", "name": "lms-1"}},
    ],
    ids=["mailbox", "digest", "user name", "e-mail as name", "id of the source"],
)
def test_a_student_is_known_by_each_way_in_which_platforms_name_people(
    actor: dict[str, object], sam: Student, tmp_path: Path
) -> None:
    from hashlib import sha1  # noqa: PLC0415

    if "mbox_sha1sum" in actor:
        actor = {"mbox_sha1sum": sha1(b"mailto:sam@example.org", usedforsecurity=False).hexdigest()}
    ExternalId.objects.create(source=SOURCE, entity="student", external_id="lms-1", object_id=sam.pk)
    bring_in(write(tmp_path, played(actor=actor)))
    assert ActivityEvent.objects.get().student_id == sam.pk


def test_nobody_is_guessed(sam: Student, tmp_path: Path) -> None:
    """Another system's number, two people with one name, a displayed name, a group: kept, and nobody's."""
    ExternalId.objects.create(source="sis", entity="student", external_id="4711", object_id=sam.pk)
    pupil("Twin", username="twin")
    pupil("Other", username="TWIN")
    account = {"homePage": "https://lms.example.org"}
    run = bring_in(
        write(
            tmp_path, played(1, actor={"account": account | {"name": "4711"}}), played(2, actor={"account": account | {"name": "twin"}}),
            played(3, actor={"name": "Sam Field", "mbox": "mailto:who@example.org"}),
            played(4, actor={"objectType": "Group", "member": [{"mbox": "mailto:sam@example.org"}]}),
        )
    )  # fmt: skip
    assert codes(run) == {"actor.unknown": 3, "actor.ambiguous": 1}
    assert (KeptRecord.objects.filter(student_id=None).count(), ActivityEvent.objects.count()) == (4, 0)


def test_a_statement_of_staff_of_another_day_or_without_a_time_is_kept_and_not_counted(sam: Student, tmp_path: Path) -> None:  # fmt: skip
    tess = StaffMember.objects.create(given_name="Tess", family_name="Tanaka", email="tess@example.org")
    timeless = {name: value for name, value in played(3).items() if name != "timestamp"}
    run = bring_in(
        write(
            tmp_path, played(1, actor={"mbox": "mailto:tess@example.org"}), played(2, timestamp="2018-03-10T15:00:00Z"), timeless,
            played(4, timestamp="2026-03-12T15:00:00Z"), played(5, timestamp="0001-01-01T00:00:00Z"),
        )
    )  # fmt: skip
    assert codes(run) == {"activity.not_enrolled": 1, "statement.no_time": 1, "statement.invalid": 2}
    assert run.counts["statements.json"] == {"read": 5, "applied": 3, "unchanged": 0, "set_aside": 2}
    assert KeptRecord.objects.get(source_key=played(1)["id"]).staff_id == tess.pk
    assert KeptRecord.objects.filter(student_id=sam.pk).count() == 2
    assert not ActivityEvent.objects.exists()
    later = bring_in(write(tmp_path, timeless), at=AT + timedelta(days=300))  # another school year
    assert queries.preview(later).changes_nothing


def test_a_statement_that_stands_in_two_files_counts_once(sam: Student, tmp_path: Path) -> None:
    write(tmp_path, played(), played(), name="a.json")
    write(tmp_path, played(), name="b.json")
    run = bring_in(tmp_path)
    assert [one["applied"] for one in run.counts.values()] == [1, 0]
    assert (KeptRecord.objects.count(), ActivityEvent.objects.count()) == (1, 1)


def test_lines_and_a_receivers_answer_are_read_and_damaged_ones_said(sam: Student, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join([json.dumps(played(1)), '{"id": ', "", json.dumps(played(2))]))
    run = bring_in(path)
    assert run.counts["log.jsonl"] == {"read": 3, "applied": 2, "unchanged": 0, "set_aside": 1}
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"statements": [played(3)], "more": ""}))
    assert bring_in(answer).counts["answer.json"]["applied"] == 1
    for bad in ("", "[", "[" * 100_000, '[{"id":'):
        answer.write_text(bad)
        run = bring_in(answer)
        assert (run.state, codes(run)) == ("refused", {"file.damaged_json": 1}), bad[:10]
