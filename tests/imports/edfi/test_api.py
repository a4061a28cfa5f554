"""An Ed-Fi API read over HTTP: all of it, then what changed; deletes, renamed keys, busy hosts and refused secrets."""

import logging
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from crescendo.imports import actions, queries
from crescendo.imports.models import ImportRun, Source
from crescendo.imports.sources.edfi import live
from crescendo.imports.sources.edfi.client import ApiError, Client, Connection
from crescendo.records.models import AttendanceEvent
from crescendo.roster.models import Enrolment, Student
from imports.edfi import ods
from imports.edfi.deliveries import AT, codes, find
from imports.edfi.ods import Ods

pytestmark = pytest.mark.django_db(transaction=True)
READ = ("schools", "students", "studentSchoolAssociations", "studentSchoolAttendanceEvents")


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Ods:
    monkeypatch.setenv("ODS_KEY", ods.KEY)
    monkeypatch.setenv("ODS_SECRET", ods.SECRET)
    host = Ods()
    host.put("schools", ods.school())
    host.put("students", *(ods.student(n) for n in range(1, 6)))
    host.put("studentSchoolAssociations", *(ods.enrolment(n) for n in range(1, 6)))
    host.put("studentSchoolAttendanceEvents", ods.absence(1, "2026-09-01"), ods.absence(2, "2026-09-02"))
    return host


def settings(**more: Any) -> dict[str, Any]:
    return {
        "base_url": ods.BASE,
        "key_variable": "ODS_KEY",
        "secret_variable": "ODS_SECRET",
        "resources": list(READ),
    } | more


def read(host: Ods, days: int = 0, **more: Any) -> ImportRun:
    at = AT + timedelta(days=days)
    source = queries.find_source("ods") or actions.create_source(
        slug="ods", title="ODS", kind="edfi", by=None, at=at, settings=settings()
    )
    more = {"transport": host.transport(), "sleep": lambda _: None, "page": 2} | more
    return live.bring_in(source, by=None, on=at.date(), at=at, **more)


def test_the_first_reading_takes_everything_page_by_page(host: Ods) -> None:
    run = read(host)
    assert run.state == "applied", codes(run)
    assert run.options["edfi_window"] == {
        "after": None, "newest": host.version, "not_granted": [], "everything": False,
        "counts": {"schools": 1, "students": 5, "studentSchoolAssociations": 5, "studentSchoolAttendanceEvents": 2},
    }  # fmt: skip
    offsets = [query["offset"] for _, path, query in host.asked if path.endswith("/ed-fi/students")]
    assert offsets == [["0"], ["2"], ["4"]]
    assert Student.objects.count() == 5
    assert Enrolment.objects.get(student=find("student", "003")).grade_level == "09"
    # The API's names and the XML's are one record: the next reading of the same changes nothing.
    again = read(host, everything=True)
    assert queries.preview(again).changes_nothing


def test_later_readings_take_what_changed_and_deletes_win(host: Ods) -> None:
    first = read(host)
    host.put("students", ods.student(1, "Samuel"))
    host.delete("studentSchoolAttendanceEvents", ods.uuid(3002), ods.absence_keys(2, "2026-09-02"))
    host.put("studentSchoolAttendanceEvents", ods.absence(3, "2026-09-03"))
    host.delete("studentSchoolAssociations", ods.uuid(2005), None)  # an old host: its own id alone
    host.asked.clear()
    run = read(host, days=1)
    assert run.state == "applied", codes(run)
    window = run.options["edfi_window"]
    assert (window["after"], window["newest"]) == (first.options["edfi_window"]["newest"], host.version)
    asked = [query for _, path, query in host.asked if path.endswith("/ed-fi/students")]
    assert asked[0]["minChangeVersion"] == [str(window["after"] + 1)]
    assert asked[0]["maxChangeVersion"] == [str(host.version)]
    assert window["counts"]["students"] == 1
    assert window["counts"]["studentSchoolAttendanceEvents/deletes"] == 1
    order = [path for _, path, _ in host.asked if path.endswith("/deletes")]
    assert order == [
        f"/data/v3/ed-fi/{name}/deletes" for name in reversed(READ)
    ]  # what points at others goes first
    assert find("student", "001").given_name == "Samuel"
    events = AttendanceEvent.objects.order_by("on").values_list("student_id", flat=True)
    assert list(events) == [find("student", "001").pk, find("student", "003").pk]
    assert Enrolment.objects.get(student=find("student", "005")).ended_on is not None
    assert Enrolment.objects.filter(ended_on=None).count() == 4
    # Nothing new at the host: nothing is read but the version, and nothing changes.
    quiet = read(host, days=2)
    assert queries.preview(quiet).changes_nothing
    assert sum(quiet.options["edfi_window"]["counts"].values()) == 0


def test_a_record_deleted_and_made_again_in_one_window_stays(host: Ods) -> None:
    read(host)
    host.delete("studentSchoolAttendanceEvents", ods.uuid(3001), ods.absence_keys(1, "2026-09-01"))
    host.put("studentSchoolAttendanceEvents", ods.absence(1, "2026-09-01") | {"id": ods.uuid(4001)})
    read(host, days=1)
    assert AttendanceEvent.objects.filter(student_id=find("student", "001").pk).count() == 1


def test_a_renamed_key_keeps_the_person_and_their_history(host: Ods) -> None:
    read(host)
    before = find("student", "004").pk
    host.rename("students", ods.uuid(1004), {"studentUniqueId": "004"}, {"studentUniqueId": "S-4"})
    host.put("students", ods.student(4, "Sky", unique_id="S-4"))
    run = read(host, days=1)
    assert run.state == "applied", codes(run)
    assert find("student", "S-4").pk == before
    assert find("student", "S-4").given_name == "Sky"
    assert Student.objects.count() == 5
    actions.undo(run, by=None, at=AT)
    assert find("student", "004").given_name == "Sam"
    assert Student.objects.count() == 5


def test_a_deletion_of_an_old_host_that_cannot_be_found_is_set_aside_and_a_whole_reading_finds_it(
    host: Ods,
) -> None:
    read(host)
    host.delete("studentSchoolAttendanceEvents", ods.uuid(3002), None)
    run = read(host, days=1)
    assert codes(run)["delete.cannot_be_found"] == 1
    assert AttendanceEvent.objects.count() == 2
    assert run.counts["studentSchoolAttendanceEvents/deletes.jsonl"]["set_aside"] == 1
    whole = read(host, days=2, everything=True)
    assert whole.state == "applied"
    assert AttendanceEvent.objects.count() == 1


def test_a_busy_host_is_asked_again_and_a_stale_token_is_renewed(host: Ods) -> None:
    waits: list[float] = []
    host.trouble = [
        httpx.Response(429, headers={"Retry-After": "7"}),
        httpx.Response(503),
        httpx.ConnectTimeout("slow"),
    ]
    host.expire_after = 12
    run = read(host, sleep=waits.append)
    assert run.state == "applied"
    assert Student.objects.count() == 5
    assert waits[:3] == [7.0, 2.0, 4.0]
    assert [path for _, path, _ in host.asked].count("/oauth/token") >= 2


def test_a_host_that_stays_away_changes_nothing_and_the_next_reading_begins_where_the_last_ended(
    host: Ods,
) -> None:
    first = read(host)
    host.put("students", ods.student(1, "Samuel"))
    host.trouble = [httpx.Response(500)] * 6
    with pytest.raises(ApiError, match="did not answer after 6 tries"):
        read(host, days=1)
    assert ImportRun.objects.count() == 1
    assert live.last_version(Source.objects.get(slug="ods")) == first.options["edfi_window"]["newest"]
    read(host, days=1)
    assert find("student", "001").given_name == "Samuel"


def test_what_is_not_granted_is_said_and_is_not_taken_for_empty(host: Ods) -> None:
    read(host)
    host.refused = {"studentSchoolAttendanceEvents"}
    run = read(host, days=1, everything=True)
    assert run.options["edfi_window"]["not_granted"] == ["studentSchoolAttendanceEvents"]
    assert codes(run)["resource.not_granted"] == 1
    assert AttendanceEvent.objects.count() == 2


def test_a_host_that_was_rebuilt_is_not_read_from_the_middle(host: Ods) -> None:
    read(host)
    host.version = 50
    with pytest.raises(ApiError, match="rebuilt"):
        read(host, days=1)


def test_a_waiting_import_comes_first(host: Ods) -> None:
    run = read(host)
    ImportRun.objects.filter(pk=run.pk).update(state="waiting")
    with pytest.raises(ApiError, match="waits for an OK"):
        read(host, days=1)


def test_a_wrong_secret_is_refused_and_neither_logged_nor_kept(
    host: Ods, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    read(host)
    monkeypatch.setenv("ODS_SECRET", "a-wrong-secret")
    with pytest.raises(ApiError) as refused:
        read(host, days=1)
    said = (
        caplog.text
        + str(refused.value)
        + str(Source.objects.get(slug="ods").settings)
        + repr(Connection.from_settings(settings()))
    )
    assert ods.SECRET not in said
    assert "a-wrong-secret" not in said
    assert "token-1" not in said
    assert "refused the key or the secret" in str(refused.value)


def test_key_and_secret_are_never_in_the_settings_and_a_file_is_its_owners_alone(
    tmp_path: Path, host: Ods
) -> None:
    with pytest.raises(ApiError, match="in plain"):
        Connection.from_settings(settings(secret="x"))
    path = tmp_path / "credentials"
    path.write_text(f"{ods.KEY}\n{ods.SECRET}\n")
    os.chmod(path, 0o644)
    with pytest.raises(ApiError, match="chmod 600"):
        Connection.from_settings(settings(credentials_file=str(path)))
    os.chmod(path, 0o600)
    with Client(
        Connection.from_settings(settings(credentials_file=str(path))), transport=host.transport()
    ) as client:
        assert client.find_newest() == host.version


def test_a_host_may_not_send_the_secret_elsewhere(host: Ods) -> None:
    def elsewhere(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200,
            json={"urls": {"oauth": "https://thief.test/token", "dataManagementApi": f"{ods.BASE}/data/v3"}},
        )

    with pytest.raises(ApiError, match=r"thief\.test"):
        Client(Connection.from_settings(settings()), transport=httpx.MockTransport(elsewhere))
