"""Reading another system's service: three independent settings, and none of the ways in which services disappoint."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from peer import Peer, serving

from crescendo.imports.sources.oneroster_rest import fetching
from crescendo.imports.sources.oneroster_rest.calling import FetchFailed

NEEDED = {name: [] for name in fetching.NEEDED}


def users(number: int) -> list[dict[str, object]]:
    return [{"sourcedId": f"u{n}", "givenName": "Ä", "password": "hunter2"} for n in range(number)]


def fetch(peer: Peer, folder: Path, **settings: object) -> dict[str, int]:
    said = {"sign_in": "token", "page": 10} | settings
    with serving(peer) as base:
        return fetching.fetch(
            {"base": base, "client_id": "key"} | said, "s3cret", folder, sleep=lambda _seconds: None
        )


def lines(folder: Path, name: str = "users") -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("sign_in", ["token", "oauth1", "none"])
@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_base_version_and_sign_in_are_independent(tmp_path, sign_in, version):
    peer = Peer(NEEDED | {"users": users(25)}, sign_in=sign_in)
    assert fetch(peer, tmp_path, sign_in=sign_in, version=version)["users"] == 25
    assert [one["sourcedId"] for one in lines(tmp_path)] == [f"u{n}" for n in range(25)]
    assert {path.rpartition("/")[0] for path in peer.asked} == {"/odd/base/v9"}


@pytest.mark.parametrize("number", [0, 9, 10, 11, 20])
def test_a_collection_ends_on_a_short_page_without_any_count(tmp_path, number):
    assert fetch(Peer(NEEDED | {"users": users(number)}), tmp_path)["users"] == number


def test_smaller_pages_than_asked_for_are_followed_while_they_say_there_is_more(tmp_path):
    peer = Peer(NEEDED | {"users": users(23)})
    peer.largest_page = 4
    assert fetch(peer, tmp_path)["users"] == 23


def test_a_record_that_comes_on_two_pages_counts_once(tmp_path):
    assert fetch(Peer(NEEDED | {"users": users(12) + users(3)}), tmp_path)["users"] == 12


def test_passwords_and_unknown_fields_are_not_written_down(tmp_path):
    fetch(Peer(NEEDED | {"users": users(3)}), tmp_path)
    assert "hunter2" not in "".join(path.read_text() for path in tmp_path.iterdir())


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"", b'{"users": null}', b'{"users": {}}', b"<html>", b"[" * 50_000]
)
def test_an_answer_without_its_key_is_a_failure_and_not_an_empty_roster(tmp_path, body):
    peer = Peer(NEEDED | {"users": users(3)})
    peer.rudeness = lambda path, _offset: (200, {}, body) if path.endswith("users") else None
    with pytest.raises(FetchFailed, match="users"):
        fetch(peer, tmp_path)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_is_waited_for(tmp_path, status):
    left = [1]

    def busy(path: str, offset: int):
        return (
            (status, {"Retry-After": "3"}, b"")
            if path.endswith("users") and offset == 10 and left and left.pop()
            else None
        )

    peer = Peer(NEEDED | {"users": users(15)})
    peer.rudeness = busy
    assert fetch(peer, tmp_path)["users"] == 15


@pytest.mark.parametrize("status", [400, 401, 404, 500])
def test_a_failure_in_the_middle_ends_the_fetch(tmp_path, status):
    peer = Peer(NEEDED | {"users": users(15)})
    peer.rudeness = lambda path, offset: (status, {}, b"") if path.endswith("users") and offset else None
    with pytest.raises(FetchFailed, match=str(status)):
        fetch(peer, tmp_path)


def test_a_service_that_keeps_back_people_is_no_roster_and_one_without_demographics_is(tmp_path):
    peer = Peer({name: rows for name, rows in NEEDED.items() if name != "users"})
    with pytest.raises(FetchFailed, match="scope"):
        fetch(peer, tmp_path)
    assert "demographics" not in fetch(Peer(NEEDED), tmp_path)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"base": "ftp://x"},
        {"base": "http://x", "version": "2"},
        {"base": "http://x"},
        {"base": "http://x", "sign_in": "?"},
    ],
)
def test_settings_that_cannot_be_are_said(tmp_path, said):
    with pytest.raises(FetchFailed):
        fetching.fetch(said, "", tmp_path)
