"""A forgotten password: a letter to whoever it is, the same answer to whoever asks."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from cast import AT, ON, Cast
from crescendo.accounts.models import User
from crescendo.comms import actions as comms
from crescendo.comms.models import OutboxEntry

PASSWORD = "three green paper boats"


@pytest.fixture
def tess(cast: Cast, settings: Any) -> User:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CRESCENDO_ADDRESS = "https://school.example"
    user = cast.users["tess"]
    user.set_password("a quiet red boat")
    user.email, user.is_demo = "tess@lincoln.example", False
    user.save()
    return user


def ask(client: Client, said: str) -> Any:
    answer = client.post("/password/forgotten/", {"said": said})
    while comms.address_next_entry(at=AT, on=ON):
        pass
    while comms.send_next_email(at=AT, on=ON):
        pass
    return answer


def path_in(letter: Any) -> str:
    return re.search(r"https://school\.example(/\S+)", letter.body)[1]


@pytest.mark.parametrize("said", ["tess", "TESS", "Tess@Lincoln.example"])
def test_a_new_password_comes_by_letter_and_works_once(client: Client, tess: User, said: str) -> None:
    elsewhere = type(client)()
    elsewhere.force_login(tess)
    ask(client, said)
    (letter,) = mail.outbox
    path = path_in(letter)
    assert client.get(path).headers["Location"] == "/password/new/"
    done = client.post("/password/new/", {"password": PASSWORD, "again": PASSWORD})
    assert done.headers["Location"] == "/sign-in/"
    tess.refresh_from_db()
    assert tess.check_password(PASSWORD)
    assert elsewhere.get("/classes/").status_code == 302, "every other session is over"
    assert client.get(path).status_code == 404


def test_nobody_learns_who_has_a_sign_in(client: Client, tess: User) -> None:
    known, unknown = ask(client, "tess"), ask(client, "nobody at all")
    without_token = [
        re.sub(r'value="[^"]*"|X-CSRFToken[^}]*', "", page.content.decode()) for page in (known, unknown)
    ]
    assert without_token[0].replace("nonce", "") == without_token[1].replace("nonce", "")
    assert OutboxEntry.objects.filter(kind="access.new_password").count() == 2
    assert len(mail.outbox) == 1


def test_a_link_that_was_made_up_opens_nothing(client: Client, tess: User) -> None:
    for path in ("/password/new/MQ/c0ffee-00/", "/password/new/____/x/", "/password/new/"):
        assert client.get(path).status_code == 404


def test_asking_again_and_again_waits(client: Client, tess: User) -> None:
    answers = [ask(client, "tess").status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert len(mail.outbox) == 5


def test_a_demo_s_people_and_people_who_left_get_no_letter(client: Client, tess: User) -> None:
    User.objects.filter(pk=tess.pk).update(is_demo=True)
    ask(client, "tess")
    User.objects.filter(pk=tess.pk).update(is_demo=False, is_active=False)
    ask(client, "tess")
    assert mail.outbox == []


def test_a_short_password_is_refused_with_the_reason(client: Client, tess: User) -> None:
    ask(client, "tess")
    client.get(path_in(mail.outbox[0]))
    page = client.post("/password/new/", {"password": "short", "again": "short"}).content.decode()
    assert "at least 12" in page
