"""The code after the password: fits once, from a phone or from the list of recovery codes; asked of whom it is asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client

from crescendo.accounts import second_factor
from crescendo.accounts.models import RecoveryCode, SecondFactor, Site, User

PASSWORD = "a quiet red boat"
NOON = datetime(2026, 3, 10, 12, 0, 5, tzinfo=UTC)


@pytest.fixture
def tess(cast: Any) -> User:
    user = cast.users["tess"]
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def codes(tess: User) -> list[str]:
    factor = second_factor.begin(user=tess, at=NOON)
    earlier = NOON - timedelta(minutes=5)
    return second_factor.confirm(
        user=tess, code=pyotp.TOTP(factor.secret).at(earlier), at=earlier, clock=earlier
    )


def now_on_the_phone(user: User, at: datetime = NOON) -> str:
    return pyotp.TOTP(SecondFactor.objects.get(pk=user.pk).secret).at(at)


def sign_in(client: Client, code: str = "", next: str = "") -> Any:
    answer = client.post("/sign-in/", {"username": "tess", "password": PASSWORD, "next": next})
    return client.post(answer.headers["Location"], {"code": code}) if code else answer


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_password_alone_does_not_sign_in(client: Client, tess: User, codes: list[str]) -> None:
    answer = sign_in(client)
    assert answer.headers["Location"] == "/sign-in/code/"
    assert not is_signed_in(client)
    assert client.get("/classes/").status_code == 302


def test_with_the_code_of_the_phone_one_is_where_one_wanted_to_be(
    client: Client, tess: User, codes: list[str]
) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = sign_in(client, now_on_the_phone(tess), next="/classes/")
        assert is_signed_in(client)
    assert answer.headers["Location"] == "/classes/"


def test_a_code_fits_once(client: Client, tess: User, codes: list[str]) -> None:
    with time_machine.travel(NOON, tick=False):
        code = now_on_the_phone(tess)
        sign_in(client, code)
        second = type(client)()
        sign_in(second, code)
    assert not is_signed_in(second)


def test_a_recovery_code_fits_once_and_is_kept_as_a_digest(
    client: Client, tess: User, codes: list[str]
) -> None:
    assert len(codes) == 8
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    sign_in(client, codes[0].lower())
    assert is_signed_in(client)
    second = type(client)()
    sign_in(second, codes[0])
    assert not is_signed_in(second)


def test_five_wrong_codes_wait(client: Client, tess: User, codes: list[str]) -> None:
    sign_in(client)
    for _ in range(5):
        client.post("/sign-in/code/", {"code": "000000"})
    assert client.post("/sign-in/code/", {"code": codes[0]}).status_code == 429
    assert not is_signed_in(client)


def test_half_a_sign_in_ends_after_ten_minutes(client: Client, tess: User, codes: list[str]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(minutes=11))
        assert client.post("/sign-in/code/", {"code": codes[0]}).headers["Location"] == "/sign-in/"


def test_the_page_shows_a_picture_that_needs_nobody_else(client: Client, tess: User) -> None:
    client.force_login(tess)
    page = client.get("/password/second/").content.decode()
    secret = SecondFactor.objects.get(pk=tess.pk).secret
    assert "<svg" in page
    assert secret in page
    assert "style=" not in page
    assert second_factor.find(tess) is None, "it counts once a first code has fitted"
    answer = client.post("/password/second/", {"code": pyotp.TOTP(secret).now()}).content.decode()
    assert answer.count("-") >= 8
    assert second_factor.find(tess) is not None


def test_going_back_to_the_password_alone_asks_for_it(client: Client, tess: User, codes: list[str]) -> None:
    client.force_login(tess)
    client.post("/password/second/", {"password": "wrong", "end": "yes"})
    assert second_factor.find(tess) is not None
    client.post("/password/second/", {"password": PASSWORD, "end": "yes"})
    assert second_factor.find(tess) is None


def test_a_page_cannot_read_another_s_secret(cast: Any, tess: User, codes: list[str]) -> None:
    with cast.looking_as("otto"):
        assert not SecondFactor.objects.exists()
        assert not RecoveryCode.objects.exists()
    with cast.looking_as("tess"):
        assert SecondFactor.objects.exists()


def test_where_the_site_says_so_powerful_roles_set_it_up_first(client: Client, cast: Any) -> None:
    Site.objects.update(needs_second_factor=True)
    client.force_login(cast.users["priya"])
    assert client.get("/students/").headers["Location"] == "/password/second/"
    assert client.get("/password/second/").status_code == 200
    other = type(client)()
    other.force_login(cast.users["tess"])
    assert other.get("/students/").status_code == 200
    secret = SecondFactor.objects.get(pk=cast.users["priya"].pk).secret
    client.post("/password/second/", {"code": pyotp.TOTP(secret).now()})
    assert client.get("/students/").status_code == 200
