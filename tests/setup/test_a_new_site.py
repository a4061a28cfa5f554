"""The first page of a new site: behind a code, once, and gone afterwards."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client

from cast import Cast
from crescendo.accounts.models import AuditEntry, Site, User
from crescendo.roster.models import Organisation, Post
from crescendo.setup import code
from crescendo.setup.models import SetupProgress

SAID = {
    "name": "Northfield Public Schools",
    "kind": "district",
    "country": "us",
    "time_zone": "America/Chicago",
    "language": "",
    "person": "Ada Abbott",
    "email": "ada@northfield.example",
    "username": "",
    "password": "three green paper boats",
    "again": "three green paper boats",
}


@pytest.fixture
def known(db: None, settings: Any, tmp_path: Any) -> str:
    settings.DATA = tmp_path
    return code.read_or_make()


def begin(client: Client, **said: str) -> Any:
    return client.post("/setup/", SAID | said)


def test_the_first_page_of_a_new_site_leads_to_its_set_up(client: Client, known: str) -> None:
    assert client.get("/").headers["Location"] == "/setup/"
    page = client.get("/setup/")
    assert page.status_code == 200
    assert known not in page.content.decode()


def test_with_the_code_a_site_begins_and_its_first_person_is_signed_in(client: Client, known: str) -> None:
    answer = begin(client, code=known.lower().replace("-", " "))
    assert answer.headers["Location"] == "/setup/steps/"
    site, user, post = Site.objects.get(), User.objects.get(), Post.objects.get()
    assert (site.name, site.time_zone, site.term_pack) == (
        "Northfield Public Schools",
        "America/Chicago",
        "en-us",
    )
    assert user.username == "ada@northfield.example"
    assert user.check_password("three green paper boats")
    assert (post.role_id, post.organisation.name, post.staff.user_id) == ("administrator", site.name, user.pk)
    assert SetupProgress.objects.get().organisation_id == post.organisation_id
    assert client.get("/setup/steps/").status_code == 200
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"post.given"}


@time_machine.travel("2026-11-23T05:30:00Z", tick=True)
def test_a_site_that_begins_before_midnight_further_west_opens_at_once(client: Client, known: str) -> None:
    """In New York, where a site without a zone of its own is, the 23rd has begun; in this school's Chicago it is the 22nd."""
    begin(client, code=known)
    assert Post.objects.get().begins_on == date(2026, 11, 22)
    assert client.get("/setup/steps/").status_code == 200


def test_without_the_code_nothing_is_made(client: Client, known: str) -> None:
    for wrong in ("", "ABCD-EFGH-2345"):
        page = begin(client, code=wrong)
        assert "not the set-up code" in page.content.decode()
    assert not User.objects.exists()


def test_a_site_without_a_code_file_is_opened_by_nothing(client: Client, known: str) -> None:
    code.throw_away()
    begin(client, code="")
    begin(client, code=known)
    assert not User.objects.exists()


def test_after_five_wrong_codes_the_right_one_waits(client: Client, known: str) -> None:
    for _ in range(5):
        begin(client, code="ABCD-EFGH-2345")
    assert begin(client, code=known).status_code == 429
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"password": "short", "again": "short"}, "at least 12"),
        ({"again": "three green paper boots"}, "differ"),
        ({"email": "", "username": ""}, "Give a sign-in name"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
    ],
)
def test_each_mistake_has_its_answer_and_makes_nothing(
    client: Client, known: str, said: dict[str, str], answer: str
) -> None:
    assert answer in begin(client, code=known, **said).content.decode()
    assert not User.objects.exists()
    assert not Organisation.objects.exists()


def test_a_site_that_somebody_can_sign_in_to_has_no_such_page(client: Client, known: str) -> None:
    begin(client, code=known)
    stranger = type(client)()
    assert stranger.get("/setup/").status_code == 404
    assert begin(stranger, code=known).status_code == 404
    assert stranger.get("/").headers["Location"].startswith("/sign-in/")
    assert User.objects.count() == 1
    assert not code.path().exists()


def test_the_database_itself_begins_a_site_only_once(client: Client, known: str, cast: Cast) -> None:
    """Whatever the page forgot: the function makes nobody where there is somebody."""
    from django.db import connection  # noqa: PLC0415

    from cast import as_web_role  # noqa: PLC0415

    before = User.objects.count()
    with as_web_role(), connection.cursor() as cursor:
        cursor.execute("SELECT crescendo_begin_site('{}', '{}', '2026-01-01', now())")
        assert cursor.fetchone() == (None,)
    assert User.objects.count() == before


def test_the_code_lies_in_a_file_that_only_the_operator_reads(known: str) -> None:
    assert code.path().stat().st_mode & 0o777 == 0o600
    assert code.read_or_make() == known
