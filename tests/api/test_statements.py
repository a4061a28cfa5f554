"""The door of statements: kept at once, once for each id, and an activity within the second."""

import json
from typing import Any

import pytest
from callers_of import basic, make_client, token_of

from cast import AT, ON, YEAR
from crescendo.accounts.models import AuditEntry
from crescendo.api import forgetting, working
from crescendo.api.models import Batch
from crescendo.api.scopes import ACTIVITY, STATEMENTS
from crescendo.records.models import ActivityEvent, KeptRecord

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/xapi/statements"
ID = "00000000-0000-4000-8000-000000000001"


def played(number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-{number:012}",
        "actor": {"account": {"homePage": "https://lms.example.org", "name": "sis-sam"}},
        "verb": {"id": "https://w3id.org/xapi/video/verbs/played"},
        "object": {"id": "https://videos.example.org/7", "definition": {"name": {"de": "Brüche", "en": "Fractions"}}},
        "result": {"duration": "PT12M30S"},
        "timestamp": "2026-03-10T13:00:00Z",
    } | more  # fmt: skip


@pytest.fixture
def token(cast, client) -> str:
    return token_of(client, cast, STATEMENTS)


def done() -> list[str]:
    """The ids of statements that are activities."""
    mine = ActivityEvent.objects.filter(source="sis", source_key__startswith="0000").order_by("id")
    return list(mine.values_list("source_key", flat=True))


def work_off() -> None:
    working.work_off(clock=lambda: AT)


def ask(http, token: str, method: str = "post", sent: Any = None, *, version: str = "1.0.3", **query: str):
    body = sent if isinstance(sent, str | bytes) else json.dumps(sent)
    headers = {
        "authorization": token if " " in token else f"Bearer {token}",
        "x-experience-api-version": version,
    }
    if method == "get":
        return http.get(ADDRESS, query, headers=headers)
    return getattr(http, method)(
        ADDRESS, body, content_type="application/json", headers=headers, query_params=query
    )


def test_a_statement_is_kept_at_once_and_an_activity_when_it_is_worked_off(cast, client, token):
    answer = ask(client, token, sent=played())
    assert (answer.status_code, answer.json()) == (200, [ID])
    assert answer.headers["X-Experience-API-Version"] == "1.0.3"
    before = ask(client, token, "get", statementId=ID).json()
    work_off()
    event, kept = ActivityEvent.objects.get(source_key=ID), KeptRecord.objects.get(source_key=ID)
    assert event.is_on_platform
    assert (event.student_id, event.school_id, event.on, event.school_year) == (
        cast.sam.pk,
        cast.lincoln.pk,
        ON,
        YEAR,
    )
    assert (event.kind, event.title, event.minutes, event.source) == ("played", "Fractions", 12.5, "sis")
    assert (kept.student_id, kept.kind, kept.on) == (cast.sam.pk, "statement", ON)
    held = json.loads(kept.data)
    assert played().items() <= held.items()
    assert held.keys() - played().keys() == {"stored", "authority", "version"}
    assert before == held == ask(client, token, "get", statementId=ID.upper()).json()
    assert AuditEntry.objects.filter(verb="activity.sent", student_id=cast.sam.pk).exists()
    assert Batch.objects.get().body is None


def test_the_same_statement_again_is_one_and_another_under_its_id_is_refused(cast, client, token):
    ask(client, token, sent=played())
    for _time in range(2):  # while it waits, and when it is kept
        again = played(timestamp="2026-03-10T14:00:00+01:00", stored="2026-03-10T13:00:01Z")
        assert ask(client, token, sent=again).json() == [ID]
        other = ask(client, token, sent=[played(2), played(result={})])
        assert other.status_code == 409
        assert ID in other.json()["problem"]
        assert ask(client, token, "put", played(result={}), statementId=ID).status_code == 409
        work_off()
    Batch.objects.all().delete()  # after thirty days only the record knows it
    assert ask(client, token, sent=played()).status_code == 200
    assert ask(client, token, sent=played(result={})).status_code == 409
    assert (Batch.objects.count(), KeptRecord.objects.filter(source="sis").count()) == (0, 1)


def test_put_keeps_one_statement_under_the_id_of_its_address(cast, client, token):
    timeless = {name: value for name, value in played().items() if name not in ("id", "timestamp")}
    for _time in range(2):
        answer = ask(client, token, "put", timeless, version="2.0.0", statementId=ID)
        assert (answer.status_code, answer.content) == (204, b"")
        work_off()
    assert KeptRecord.objects.filter(source_key=ID).count() == 1
    assert ask(client, token, "put", played(2), statementId=ID).status_code == 400
    assert ask(client, token, "put", [played()], statementId=ID).status_code == 400
    assert ask(client, token, "put", played()).status_code == 400


def test_a_list_is_kept_whole_or_not_at_all_and_each_reason_is_said(cast, client, token):
    answer = ask(
        client, token,
        sent=[played(1), played(2, actor={}), played(3, result={"score": {"scaled": 2}}), played(1),
              played(5, timestamp="2026-03-12T09:00:00Z")],
    )  # fmt: skip
    assert answer.status_code == 400
    assert [(one["statement"], one["place"]) for one in answer.json()["problems"]] == [
        (1, "actor"), (2, "result.score.scaled"), (3, "id"), (4, "timestamp"),
    ]  # fmt: skip
    assert not Batch.objects.exists()
    assert len(ask(client, token, sent=[played(n) for n in range(1, 4)]).json()) == 3
    doubled = json.dumps(played(9)).replace('"verb"', '"verb": {"id": "a:b"}, "verb"')
    for bad in (doubled, "[", "[]", "7", "null", json.dumps([played(n) for n in range(1, 1002)])):
        assert ask(client, token, sent=bad).status_code == 400, bad[:20]


def test_what_is_voided_is_no_activity_any_more(cast, client, token):
    ask(client, token, sent=[played(1), played(2)])
    work_off()
    voiding = played(3, verb={"id": "http://adlnet.gov/expapi/verbs/voided"}, object={"objectType": "StatementRef", "id": ID})  # fmt: skip
    ask(client, token, sent=voiding)
    work_off()
    assert done() == [played(2)["id"]]
    assert ask(client, token, "get", statementId=ID).status_code == 404
    assert ask(client, token, "get", voidedStatementId=ID).json()["id"] == ID
    early = played(4, verb=voiding["verb"], object={"objectType": "StatementRef", "id": played(5)["id"]})
    for one in (early, played(5)):
        ask(client, token, sent=one)
        work_off()
    assert done() == [played(2)["id"]]


@pytest.mark.parametrize("name", ["nobody", "sis-yara"], ids=["on no roster", "not enrolled that day"])
def test_who_is_unknown_or_not_here_is_kept_and_not_counted(name: str, cast, client, token):
    ask(client, token, sent=played(actor={"account": {"homePage": "https://lms.example.org", "name": name}}))
    work_off()
    assert KeptRecord.objects.get(source_key=ID).school_id is None
    assert not done()


def test_a_client_of_one_school_names_nobody_of_another(cast, client):
    token = token_of(client, cast, STATEMENTS, where="monroe")
    ask(client, token, sent=played())
    work_off()
    assert KeptRecord.objects.get(source_key=ID).student_id is None
    assert not done()


def test_a_platform_shows_id_and_secret_and_reads_only_its_own(cast, client, token):
    shown = basic(*make_client(cast, STATEMENTS))
    assert ask(client, shown, sent=played()).status_code == 200
    work_off()
    assert ask(client, shown, "get", statementId=ID).status_code == 200
    assert ask(client, token, "get", statementId=ID).status_code == 404
    for wrong in (shown[:-4] + "AAA=", "Basic ??", "Basic", "Digest x y", f"Bearer {shown[6:]}"):
        assert ask(client, wrong, sent=played(2)).status_code == 401


def test_another_scope_version_or_way_is_refused(cast, client, token):
    assert ask(client, token_of(client, cast, ACTIVITY), sent=played()).status_code == 403
    for version in ("", "0.95", "3.0.0"):
        assert ask(client, token, sent=played(), version=version).status_code == 400
    for query in (
        {},
        {"statementId": "7"},
        {"statementId": ID, "voidedStatementId": ID},
        {"since": "2026-01-01"},
    ):
        assert ask(client, token, "get", **query).status_code == 400
    assert ask(client, token, "get", statementId=ID).status_code == 404
    assert ask(client, token, "delete", {}).status_code == 405


def test_about_says_the_versions_and_what_is_not_served(client):
    answer = client.get("/api/v1/xapi/about")
    assert answer.json()["version"] == ["1.0.3", "2.0.0"]
    assert "state" in next(iter(answer.json()["extensions"].values()))
    assert answer.headers["X-Experience-API-Version"] == "2.0.0"


def test_a_statement_that_could_not_be_worked_off_begins_anew_when_it_comes_again(cast, client, token):
    ask(client, token, sent=played())
    Batch.objects.update(state=Batch.State.FAILED, body=None)
    assert ask(client, token, sent=played()).status_code == 200
    work_off()
    assert done() == [ID]


def test_a_person_who_was_erased_stays_forgotten(cast, client, token):
    ask(client, token, sent=played())
    work_off()
    KeptRecord.objects.filter(source_key=ID).update(data="{}")  # as erasing does
    forgetting.forget_student(student_id=cast.sam.pk)
    assert ask(client, token, sent=played()).status_code == 200
    work_off()
    assert KeptRecord.objects.get(source_key=ID).data == "{}"
    assert ask(client, token, "get", statementId=ID).status_code == 404
