"""Marks that another system sends: a key opens the door, each mark gets its own answer, and none is written twice."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from cast import AT, ON, YEAR
from crescendo.records import actions
from crescendo.records.actions import sent
from crescendo.records.models import AttendanceEvent, CourseworkItem, CourseworkResult, SendingKey
from crescendo.roster import models as roster
from crescendo.roster import scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def secret(cast) -> str:
    return actions.make_sending_key(source="sis", by=cast.users["adam"], at=AT)


def send(client, secret: str, marks: object) -> tuple[int, object]:
    body = json.dumps({"marks": marks}) if not isinstance(marks, str) else marks
    answer = client.post(
        "/api/v1/marks", body, content_type="application/json", headers={"authorization": f"Bearer {secret}"}
    )
    return answer.status_code, answer.json()


def late(key: str = "a1", **values: object) -> dict[str, object]:
    return {
        "key": key,
        "kind": "attendance",
        "student": "sis-sam",
        "on": ON.isoformat(),
        "mark": "late",
    } | values


def statuses(found: dict) -> list[str]:
    return [answer["status"] for answer in found["answers"]]


def test_without_a_key_nobody_gets_in_whoever_is_signed_in(cast, client):
    client.force_login(cast.users["adam"])
    assert client.post("/api/v1/marks", "{}", content_type="application/json").status_code == 401
    assert send(client, "crescendo_wrong", [late()])[0] == 401


def test_only_a_digest_of_the_key_is_kept_and_an_ended_key_opens_nothing(cast, client, secret):
    key = SendingKey.objects.get()
    assert secret not in (key.digest, str(key))
    actions.end_sending_key(key_id=key.pk, at=AT)
    assert send(client, secret, [late()])[0] == 401


def test_a_key_dies_with_the_post_of_whoever_made_it(cast, client, secret):
    roster.Post.objects.filter(staff=cast.staff["adam"]).update(ends_on=ON - timedelta(days=1))
    assert send(client, secret, [late()])[0] == 403
    assert not AttendanceEvent.objects.filter(source_key="a1").exists()


def test_the_same_key_twice_is_one_mark_and_a_changed_one_changes_it(cast, client, secret):
    assert statuses(send(client, secret, [late()])[1]) == ["recorded"]
    assert statuses(send(client, secret, [late()])[1]) == ["unchanged"]
    assert statuses(send(client, secret, [late(mark="unexcused")])[1]) == ["recorded"]
    fact = AttendanceEvent.objects.get(source="sis", source_key="a1")
    assert (fact.category, fact.absent_share) == ("unexcused", 1.0)


def test_each_mark_is_answered_by_itself_and_a_bad_one_leaves_the_good_ones(cast, client, secret):
    found = send(
        client,
        secret,
        [
            late("ok"),
            late("future", on=(ON + timedelta(days=1)).isoformat()),
            late("who", student="sis-nobody"),
            late("day", on="31/02/2026"),
            late("word", mark="ill"),
            late("again"),
            {"kind": "attendance"},
            "nonsense",
        ],
    )[1]
    assert statuses(found) == [
        "recorded", "refused", "not_found", "refused", "refused", "refused", "refused", "refused",
    ]  # fmt: skip
    assert "under the key 'ok'" in found["answers"][5]["problem"]
    assert AttendanceEvent.objects.filter(source="sis", on=ON).count() == 1


def test_a_student_not_enrolled_that_day_gets_a_sentence(cast, client, secret):
    roster.Enrolment.objects.filter(student=cast.sam).update(exit_on=ON - timedelta(days=1))
    found = send(client, secret, [late()])[1]["answers"][0]
    assert found["status"] == "refused"
    assert "not enrolled" in found["problem"]


def test_a_score_is_written_once(cast, client, secret):
    item = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("-id").first()
    mark = {"key": "s1", "kind": "score", "item_id": item.pk, "student": "sis-nora", "score": 7}
    CourseworkResult.objects.filter(item_id=item.pk).delete()
    assert statuses(send(client, secret, [mark, mark])[1]) == ["recorded", "unchanged"]
    assert CourseworkResult.objects.get(source_key="s1").score == 7.0
    assert CourseworkResult.objects.get(source_key="s1").school_year == YEAR


@pytest.mark.parametrize(
    "values",
    [
        {"mark": []},
        {"mark": {}},
        {"key": "half \ud800"},
        {"student": "half \ud800"},
        {"student": None, "student_id": 10**30},
        {"on": ["2026-03-10"]},
    ],
)
def test_what_json_can_say_and_a_mark_cannot_be_is_answered_and_the_rest_is_written(
    cast, client, secret, values
):
    found = send(client, secret, [late("bad") | values, late("good", student="sis-nora")])
    assert found[0] == 200
    assert [status == "recorded" for status in statuses(found[1])] == [False, True]


@pytest.mark.parametrize(
    "score", ["NaN", "Infinity", "-Infinity", "-1", "1e400", "1" + "0" * 400, "true", '"7"']
)
def test_what_is_no_score_is_refused_and_changes_nothing(cast, client, secret, score):
    item = CourseworkItem.objects.filter(school_class=cast.classes["mathematics"]).order_by("id").first()
    before = list(CourseworkResult.objects.order_by("id").values_list("id", "score"))
    body = f'{{"marks": [{{"key": "s", "kind": "score", "item_id": {item.pk}, "student": "sis-sam", "score": {score}}}]}}'
    status, found = send(client, secret, body)
    assert (status, statuses(found)) == (200, ["refused"])
    assert list(CourseworkResult.objects.order_by("id").values_list("id", "score")) == before


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_at_the_same_moment_in_another_order_are_both_answered_and_nothing_doubles(cast):
    """Without one waiting for the other, each would hold what the other wants; and both would write the shared key."""
    marks = [late("one"), late("two", student="sis-nora"), late("shared", student="sis-omar")]
    other = [*reversed(marks[:2]), late("shared", student="sis-sam", on=(ON - timedelta(days=1)).isoformat())]
    together = threading.Barrier(2, timeout=60)

    def deliver(wanted: list[dict[str, object]]) -> list[str]:
        try:
            together.wait()
            with transaction.atomic(), scope.looking_as(cast.users["adam"].pk, ON):
                answers = sent.record_sent_marks(marks=wanted, source="sis", by=cast.viewer("adam"), at=AT)
            return [answer["status"] for answer in answers]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(deliver, (marks, other)))
    assert answers == [["recorded", "recorded", "recorded"], ["unchanged", "unchanged", "refused"]]
    assert AttendanceEvent.objects.filter(source_key__in=["one", "two", "shared"]).count() == 3


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"marks": 3}', "\x00", '{"marks": ' + "[" * 50_000])
def test_what_is_no_list_of_marks_is_refused_whole(cast, client, secret, body):
    assert send(client, secret, body)[0] == 400


def test_more_than_five_hundred_at_once_are_refused_whole(cast, client, secret):
    assert send(client, secret, [late(str(n)) for n in range(501)])[0] == 400
    assert not AttendanceEvent.objects.filter(on=ON).exists()
