"""Signing in: with a password, a few times wrong, and with one click in a demo alone."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from crescendo.accounts import attempts
from crescendo.accounts.models import AuditEntry, SignInFailure, Site, User

PASSWORD = "a quiet red boat"


@pytest.fixture
def tess(cast: Any) -> User:
    user = cast.users["tess"]
    user.set_password(PASSWORD)
    user.save()
    return user


def try_password(client: Client, username: str, password: str, **extra: str) -> Any:
    return client.post("/sign-in/", {"username": username, "password": password, **extra})


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in_whatever_the_case_of_the_name(client: Client, tess: User) -> None:
    response = try_password(client, "TESS", PASSWORD, next="/classes/")
    assert (response.status_code, response.headers["Location"]) == (302, "/classes/")
    assert is_signed_in(client)
    assert [(e.verb, e.object_id, e.reason) for e in AuditEntry.objects.filter(by=tess)] == [
        ("session.begun", tess.pk, "password")
    ]


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(client: Client, tess: User, elsewhere: str) -> None:
    assert try_password(client, "tess", PASSWORD, next=elsewhere).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(client: Client, tess: User) -> None:
    wrong = try_password(client, "tess", "a loud red boat")
    unknown = try_password(client, "nobody", "a loud red boat")
    sentence = "This name and this password do not belong together."
    assert sentence in wrong.content.decode()
    assert sentence in unknown.content.decode()
    assert not is_signed_in(client)


def test_somebody_who_left_cannot_sign_in(client: Client, tess: User) -> None:
    User.objects.filter(pk=tess.pk).update(is_active=False)
    try_password(client, "tess", PASSWORD)
    assert not is_signed_in(client)


def test_after_five_wrong_passwords_even_the_right_one_waits(client: Client, tess: User) -> None:
    with time_machine.travel("2026-03-10 09:00:00+00:00", tick=False) as clock:
        for _ in range(attempts.MOST_BY_PAIR):
            assert try_password(client, "tess", "wrong").status_code == 200
        refused = try_password(client, "tess", PASSWORD)
        assert refused.status_code == 429
        assert "Wait 15 minutes" in refused.content.decode()
        assert not is_signed_in(client)
        clock.shift(timedelta(minutes=16))
        try_password(client, "tess", PASSWORD)
        assert is_signed_in(client)


def test_one_persons_mistakes_do_not_lock_out_another(client: Client, tess: User) -> None:
    for _ in range(attempts.MOST_BY_PAIR + 1):
        try_password(client, "otto", "wrong")
    try_password(client, "tess", PASSWORD)
    assert is_signed_in(client)


def test_a_name_cannot_be_guessed_at_from_many_addresses(client: Client, tess: User) -> None:
    for number in range(attempts.MOST_BY_NAME):
        client.post("/sign-in/", {"username": "tess", "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{number}")
    answer = client.post("/sign-in/", {"username": "tess", "password": PASSWORD}, REMOTE_ADDR="10.0.1.1")
    assert answer.status_code == 429
    assert not is_signed_in(client)


def test_failures_hold_no_name_and_no_address_and_go_after_a_day(client: Client, tess: User) -> None:
    with time_machine.travel("2026-03-10 09:00:00+00:00", tick=False) as clock:
        try_password(client, "tess", "wrong")
        row = SignInFailure.objects.values().get()
        assert "tess" not in str(row)
        assert "127.0.0.1" not in str(row)
        clock.shift(timedelta(days=1, minutes=1))
        try_password(client, "otto", "wrong")
    assert SignInFailure.objects.count() == 1


def test_one_click_sign_in_works_in_a_demo(client: Client, tess: User) -> None:
    Site.objects.update_or_create(pk=1, defaults={"made_by_demo": True})
    User.objects.filter(pk=tess.pk).update(is_demo=True)
    assert 'value="tess"' in client.get("/sign-in/").content.decode()
    client.post("/sign-in/as/", {"username": "tess"})
    assert is_signed_in(client)
    assert AuditEntry.objects.get(verb="session.begun").reason == "demo"


def test_one_click_sign_in_is_refused_where_the_demo_did_not_make_the_database(
    client: Client, tess: User
) -> None:
    Site.objects.update_or_create(pk=1, defaults={"made_by_demo": False})
    User.objects.filter(pk=tess.pk).update(is_demo=True)
    assert 'value="tess"' not in client.get("/sign-in/").content.decode()
    assert client.post("/sign-in/as/", {"username": "tess"}).status_code == 403
    assert not is_signed_in(client)


def test_one_click_sign_in_is_refused_where_nobody_described_the_database(client: Client, tess: User) -> None:
    Site.objects.all().delete()
    User.objects.filter(pk=tess.pk).update(is_demo=True)
    assert client.post("/sign-in/as/", {"username": "tess"}).status_code == 403
    assert not is_signed_in(client)


def test_one_click_sign_in_is_refused_for_somebody_the_demo_did_not_make(client: Client, tess: User) -> None:
    Site.objects.update_or_create(pk=1, defaults={"made_by_demo": True})
    User.objects.filter(pk=tess.pk).update(is_demo=False)
    assert client.post("/sign-in/as/", {"username": "tess"}).status_code == 404
    assert not is_signed_in(client)


def test_the_web_role_cannot_make_a_database_a_demo(cast: Any) -> None:
    from django.db import ProgrammingError, transaction  # noqa: PLC0415

    from cast import as_web_role  # noqa: PLC0415

    Site.objects.update_or_create(pk=1, defaults={"made_by_demo": False})
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), as_web_role():
        Site.objects.update(made_by_demo=True)


def test_signing_out_ends_the_session_and_needs_a_form(client: Client, tess: User) -> None:
    client.force_login(tess)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert not is_signed_in(client)


def test_a_person_is_met_in_their_language(client: Client, cast: Any) -> None:
    fay = cast.users["fay"]
    fay.language = "es"
    fay.set_password(PASSWORD)
    fay.save()
    response = try_password(client, fay.username, PASSWORD)
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "es"
    assert '<html lang="es"' in client.get("/password/").content.decode()


def test_choosing_a_language_is_remembered_for_messages_too(client: Client, tess: User) -> None:
    client.force_login(tess)
    response = client.post("/language/", {"language": "es", "next": "/password/"})
    assert response.headers["Location"] == "/password/"
    assert User.objects.get(pk=tess.pk).language == "es"
    client.post("/language/", {"language": "tlh"})
    assert User.objects.get(pk=tess.pk).language == "es"


def test_light_or_dark_is_kept_on_the_device_without_a_script(client: Client) -> None:
    assert "data-theme" not in client.get("/sign-in/").content.decode()
    client.post("/gallery/display/", {"theme": "dark", "next": "/sign-in/"})
    assert '<html lang="en-us" data-theme="dark">' in client.get("/sign-in/").content.decode()
    client.post("/gallery/display/", {"theme": "sepia"})
    assert 'data-theme="dark"' in client.get("/sign-in/").content.decode()


def test_a_new_password_has_to_be_long_and_keeps_this_device_signed_in(client: Client, tess: User) -> None:
    client.force_login(tess)
    new = "three green paper boats"

    def change(old: str, first: str, second: str) -> Any:
        return client.post(
            "/password/", {"old_password": old, "new_password1": first, "new_password2": second}
        )

    assert "at least 12" in change(PASSWORD, "short", "short").content.decode()
    assert "not your present password" in change("wrong", new, new).content.decode()
    assert "differ" in change(PASSWORD, new, new + "s").content.decode()
    assert change(PASSWORD, new, new).status_code == 302
    assert is_signed_in(client)
    assert User.objects.get(pk=tess.pk).check_password(new)
    assert AuditEntry.objects.filter(by=tess, verb="password.changed").count() == 1
