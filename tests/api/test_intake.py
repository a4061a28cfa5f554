"""Live intake: a batch is kept before it is answered, worked off once, and every mark that was not written says why."""

import json
from datetime import timedelta

import pytest
from callers_of import send, status, token_of
from django.db import transaction

from cast import AT, ON, YEAR
from crescendo.accounts.models import AuditEntry
from crescendo.api import actions, forgetting, working
from crescendo.api.models import Batch, Client
from crescendo.api.scopes import ACTIVITY, ATTENDANCE, SCORES
from crescendo.records import actions as records
from crescendo.records.models import ActivityEvent, AttendanceEvent, CourseworkItem, CourseworkResult
from crescendo.roster import models as roster
from crescendo.roster import scope

pytestmark = pytest.mark.django_db
ALL = (ATTENDANCE, SCORES, ACTIVITY)


@pytest.fixture
def token(cast, client) -> str:
    return token_of(client, cast, *ALL)


def late(key: str = "a1", **values: object) -> dict[str, object]:
    return {
        "key": key,
        "kind": "attendance",
        "student": "sis-sam",
        "on": ON.isoformat(),
        "mark": "late",
    } | values


def club(key: str = "c1", **values: object) -> dict[str, object]:
    said = {"kind": "activity", "activity": "club", "title": "Chess", "minutes": 45}
    return {"key": key, "student": "sis-sam", "on": ON.isoformat()} | said | values


def statuses(found: dict) -> dict[str, str]:
    return {one["key"]: one["status"] for one in found["findings"]}


def test_a_batch_is_answered_at_once_and_its_marks_are_facts_when_it_is_worked_off(cast, client, token):
    item = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("id").last()
    CourseworkResult.objects.filter(item_id=item.pk).delete()
    score = {"key": "s1", "kind": "score", "student": "sis-nora", "item_id": item.pk, "score": 7}
    answer = send(client, token, [late(), club(), score])
    assert (answer.status_code, answer.json()["status"], answer.json()["received"]) == (202, "accepted", 3)
    assert not AttendanceEvent.objects.filter(source_key="a1").exists()
    found = status(client, token, answer)
    assert (found["status"], found["counts"], found["findings"]) == ("done", {"recorded": 3}, [])
    fact = AttendanceEvent.objects.get(source="sis", source_key="a1")
    assert (fact.student_id, fact.school_id, fact.category) == (cast.sam.pk, cast.lincoln.pk, "tardy")
    assert CourseworkResult.objects.get(source_key="s1").score == 7.0
    activity = ActivityEvent.objects.get(source_key="c1")
    assert not activity.is_on_platform
    assert (activity.kind, activity.title, activity.minutes, activity.school_year) == (
        "club",
        "Chess",
        45.0,
        YEAR,
    )
    assert Batch.objects.get().body is None
    trail = AuditEntry.objects.filter(by=cast.users["adam"], student_id=cast.sam.pk)
    assert set(trail.order_by().values_list("verb", flat=True)) == {"attendance.sent", "activity.sent"}


def test_the_same_key_with_the_same_body_is_one_batch_and_with_another_body_is_refused(cast, client, token):
    first, again = send(client, token, [late()]), send(client, token, [late()])
    assert again.json()["number"] == first.json()["number"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert send(client, token, [late(mark="excused")]).status_code == 409
    assert Batch.objects.count() == 1


def test_a_mark_sent_twice_in_one_batch_behaves_as_if_it_came_one_by_one(cast, client, token):
    found = status(client, token, send(client, token, [late(), late(), late(mark="unexcused"), late("a2")]))
    assert found["counts"] == {"recorded": 2, "unchanged": 1, "refused": 1}
    assert found["findings"][0]["row"] == 3
    assert AttendanceEvent.objects.get(source_key="a1").category == "unexcused"


def test_a_stored_mark_is_changed_and_not_doubled(cast, client, token):
    status(client, token, send(client, token, [late(), club()]))
    found = status(client, token, send(client, token, [late(mark="excused"), club(minutes=None)], "b2"))
    assert found["counts"] == {"recorded": 2}
    assert AttendanceEvent.objects.get(source_key="a1").absent_share == 1.0
    assert ActivityEvent.objects.get(source_key="c1").minutes is None


def test_one_bad_mark_leaves_the_others_and_says_its_row(cast, client, token):
    marks = [
        late("ok"),
        late("who", student="sis-nobody"),
        late("word", mark="ill"),
        "nonsense",
        club("good"),
    ]
    found = status(client, token, send(client, token, marks))
    assert [one["row"] for one in found["findings"]] == [1, 2, 3]
    assert [one["status"] for one in found["findings"]] == ["not_found", "refused", "refused"]
    assert found["counts"]["recorded"] == 2


def test_a_client_of_one_school_writes_nothing_at_another(cast, client):
    token = token_of(client, cast, ATTENDANCE, where="lincoln")
    found = status(client, token, send(client, token, [late(), late("o", student="sis-omar")]))
    assert found["counts"] == {"recorded": 1, "not_found": 1}
    assert not AttendanceEvent.objects.filter(source_key="o").exists()


def test_a_mark_of_a_kind_that_the_token_does_not_carry_is_refused(cast, client):
    token = token_of(client, cast, ACTIVITY)
    found = status(client, token, send(client, token, [late(), club()]))
    assert statuses(found) == {"a1": "refused"}
    assert "intake.attendance" in found["findings"][0]["problem"]


def test_another_client_cannot_read_a_batch(cast, client, token):
    answer = send(client, token, [late()])
    other = token_of(client, cast, *ALL)
    asked = client.get(answer.json()["status_url"], headers={"authorization": f"Bearer {other}"})
    assert asked.status_code == 404


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", 415), (b"\xff\xfe", 400), (b'{"marks": ' + b"[" * 100_000, 400), (b'{"marks": []}', 400), (b"[1]", 400),
        (b'{"marks": 5}', 400), (b'{"marks":[' + b"0," * 10_000 + b"0]}", 400), (b'"' + b"x" * (4 << 20) + b'"', 413),
    ],
)  # fmt: skip
def test_a_body_that_is_no_list_of_marks_is_refused_and_nothing_is_kept(cast, client, token, body, expected):
    answer = send(client, token, body)
    assert (answer.status_code, bool(answer.json()["problem"])) == (expected, True)
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "values",
    [
        {"key": "nul \0"}, {"key": "half \ud800"}, {"student": "half \ud800"}, {"student": None, "student_id": 10**30},
        {"student": None, "student_id": -1}, {"on": "0000-00-00"}, {"mark": {}}, {"on": "\0"}, {"mark": "\0"},
        {"kind": "score", "score": 10**400, "item_id": 1}, {"kind": "score", "score": 1, "item_id": 10**30},
        {"kind": "activity", "activity": "\0"}, {"kind": "activity", "activity": "club", "minutes": 1e308},
    ],
)  # fmt: skip
def test_what_json_can_say_and_a_mark_cannot_be_is_a_finding_and_the_rest_is_written(
    cast, client, token, values
):
    found = status(
        client, token, send(client, token, [late("bad") | values, late("good", student="sis-nora")])
    )
    assert (found["status"], found["problems"], found["counts"]["recorded"]) == ("done", 1, 1)


@pytest.mark.parametrize("key", ["", "x" * 256, "ä"])
def test_an_idempotency_key_is_asked_for(cast, client, token, key):
    assert send(client, token, [late()], key.encode().decode("latin-1")).status_code == 400


def test_a_batch_that_fails_three_times_says_so_and_lets_the_others_pass(cast, client, token, monkeypatch):
    bad = send(client, token, [late("bad")], "1")
    good = send(client, token, [late("good")], "2")
    real = working.record_marks

    def break_on_bad(*, marks, **rest):
        if any(mark["key"] == "bad" for mark in marks):
            raise RuntimeError("broken")
        return real(marks=marks, **rest)

    monkeypatch.setattr(working, "record_marks", break_on_bad)
    assert status(client, token, bad)["status"] == "failed"
    assert status(client, token, good)["counts"] == {"recorded": 1}


def test_answers_are_forgotten_after_thirty_days_and_a_waiting_batch_never(cast, client, token):
    status(client, token, send(client, token, [late()]))
    send(client, token, [late()], "waits")
    actions.forget_old(at=AT + timedelta(days=31))
    assert [batch.idempotency_key for batch in Batch.objects.all()] == ["waits"]


def test_an_erased_students_answers_go(cast, client, token):
    marks = [late(on="2026-03-08"), late("n", student="sis-nora", on="2026-03-08")]
    found = status(client, token, send(client, token, marks))
    assert statuses(found) == {"a1": "refused", "n": "refused"}
    forgetting.forget_student(student_id=cast.sam.pk)
    assert [one[1] for one in Batch.objects.get().findings] == ["n"]


def test_many_marks_at_once_are_written_and_answered_as_one_by_one(cast):
    """The set-based writer and the action for one mark are two ways to the same facts: every status and every sentence."""
    item = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("id").first()
    roster.ExternalId.objects.create(source="sis", entity="line_item", external_id="LI-1", object_id=item.pk)
    item.score_max = 10
    item.save()
    day = (ON - timedelta(days=1)).isoformat()
    marks = [
        late(), late(), late(mark="half_excused"), late("a2"), late("a3", student="sis-nora", on=day), late("a1", on=day),
        late("a4", on="2026-03-08"), late("a5", on="2027-01-01"), late("a6", on="soon"), late("a7", student="sis-none"),
        late("a8", student=None, student_id=cast.students["pavel"].pk), late("a9", student=None, student_id=999_999),
        late("b1", student=None, student_id=cast.students["lena"].pk), late("b2", student=None),
        {"key": "s1", "kind": "score", "student": "sis-nora", "item": "LI-1", "score": 11},
        {"key": "s2", "kind": "score", "student": "sis-omar", "item": "LI-1", "score": 1},
        {"key": "s3", "kind": "score", "student": "sis-nora", "item": "LI-1", "score": 9},
        {"key": "s3", "kind": "score", "student": "sis-nora", "item": "LI-1", "score": 9},
        {"key": "s3", "kind": "score", "student": "sis-nora", "item": "LI-1", "score": None},
        {"key": "s4", "kind": "score", "student": "sis-nora", "item": "LI-1", "score": 3},
        {"key": "s5", "kind": "score", "student": "sis-nora", "item": "LI-2", "score": 3},
        {"key": "s6", "kind": "score", "student": "sis-nora", "item_id": 999_999, "score": 3}, {"kind": "score"}, 7,
    ]  # fmt: skip
    CourseworkResult.objects.filter(student_id=cast.students["nora"].pk).delete()
    by_one = _facts_after(cast, marks, one_by_one=True)
    assert _facts_after(cast, marks, one_by_one=False) == by_one
    assert len({status for status, _problem in by_one[0]}) == 4


def _facts_after(cast, marks: list, *, one_by_one: bool) -> tuple[list, list, list]:
    before = transaction.savepoint()
    with scope.looking_as(cast.users["adam"].pk, ON):
        viewer = cast.viewer("adam")
        if one_by_one:
            found = records.record_sent_marks(marks=marks, source="sis", by=viewer, at=AT)
            answers = [(one["status"], one.get("problem", "")) for one in found]
        else:
            rows = working.record_marks(marks=marks, source="sis", by=viewer, at=AT, allowed=frozenset(ALL))
            answers = [(status, problem) for _row, _key, status, problem, _student in rows]
        facts = AttendanceEvent.objects.order_by("source_key").values_list(
            "source_key", "student_id", "school_id", "on", "category", "absent_share", "code"
        )
        scores = CourseworkResult.objects.order_by("source_key").values_list(
            "source_key", "student_id", "school_id", "class_id", "item_id", "status", "score", "scored_on", "is_missing",
            "is_late", "score_text", "comment",
        )  # fmt: skip
        trail = AuditEntry.objects.order_by("verb", "object_id").values_list(
            "verb", "object_id", "student_id", "detail"
        )
        said = (answers, list(facts), [*scores, *(json.dumps(one, default=str) for one in trail)])
    transaction.savepoint_rollback(before)
    return said


def test_a_client_dies_with_the_post_of_whoever_made_it(cast, client, token):
    roster.Post.objects.filter(staff=cast.staff["adam"]).update(ends_on=ON - timedelta(days=1))
    assert send(client, token, [late()]).status_code == 403


def test_a_waiting_batch_of_a_maker_who_has_left_writes_nothing(cast, client, token):
    answer = send(client, token, [late()])
    roster.Post.objects.filter(staff=cast.staff["adam"]).update(ends_on=ON - timedelta(days=1))
    working.work_off(clock=lambda: AT)
    assert Batch.objects.get(number=answer.json()["number"]).counts == {"not_found": 1}
    assert not AttendanceEvent.objects.filter(source_key="a1").exists()


def test_the_marks_that_wait_are_told(cast, client, token):
    assert working.count_waiting() == 0
    send(client, token, [late(), late(key="a2")], "one")
    send(client, token, [late(key="a3")], "two")
    assert working.count_waiting() == 3
    working.work_off(clock=lambda: AT)
    assert working.count_waiting() == 0


def test_too_many_requests_are_turned_away_with_a_time_to_wait(cast, client):
    token = token_of(client, cast, ACTIVITY)
    Client.objects.update(per_minute=2)
    answers = [send(client, token, [club()], str(n)) for n in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 60
