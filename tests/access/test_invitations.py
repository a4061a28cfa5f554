"""The way in: a letter or a printed code lets its person in once, and nobody else."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from access.inviting import PASSWORD, choose, invite, link_in, send_letters
from cast import AT, Cast
from crescendo.access import actions
from crescendo.access.models import Invitation
from crescendo.accounts.models import AuditEntry, User

pytestmark = pytest.mark.usefixtures("letters")


def test_a_letter_brings_a_link_that_lets_its_person_in_once(cast: Cast, nia: Any, client: Client) -> None:
    assert invite(cast, nia).letters == 1
    send_letters()
    (letter,) = mail.outbox
    assert letter.to == ["nia@lincoln.example"]
    path = link_in(letter)
    assert client.get(path).headers["Location"] == "/welcome/password/"
    assert "Nia Newman" in client.get("/welcome/password/").content.decode()
    assert choose(client).headers["Location"] == "/"
    user = User.objects.get(username="nia@lincoln.example")
    nia.refresh_from_db()
    assert nia.user_id == user.pk
    assert user.check_password(PASSWORD)
    assert client.get("/students/").status_code == 200
    second = type(client)()
    assert second.get(path).status_code == 404
    assert choose(second).status_code == 404


def test_the_database_keeps_no_secret(cast: Cast, nia: Any, uma: Any) -> None:
    invite(cast, nia)
    (sheet,) = invite(cast, uma).sheets
    send_letters()
    secret = link_in(mail.outbox[0]).strip("/").split("-")[-1]
    code = sheet.code.split("-", 1)[1].replace("-", "")
    with connection.cursor() as cursor:
        for table in (
            "access_invitation",
            "comms_outboxentry",
            "comms_delivery",
            "accounts_auditentry",
            "procrastinate_jobs",
        ):
            cursor.execute(f"SELECT {table}::text FROM {table}")
            kept = " ".join(row[0] for row in cursor.fetchall())
            assert secret not in kept, table
            assert code not in kept, table


def test_a_printed_code_lets_in_somebody_without_an_e_mail(cast: Cast, uma: Any, client: Client) -> None:
    done = invite(cast, uma)
    (sheet,) = done.sheets
    assert (done.letters, sheet.username) == (0, "uma.nunez")
    assert (
        client.post("/welcome/", {"code": f" {sheet.code.lower().replace('-', ' ', 1)} "}).status_code == 302
    )
    choose(client)
    assert User.objects.get(username="uma.nunez").check_password(PASSWORD)
    assert client.get(f"/students/{cast.students['nora'].pk}/").status_code == 200


def test_five_wrong_codes_wait_and_twenty_end_the_invitation(cast: Cast, uma: Any, client: Client) -> None:
    (sheet,) = invite(cast, uma).sheets
    number = sheet.code.split("-")[0]
    wrong = {"code": f"{number}-AAAAA-22222"}
    for _ in range(5):
        assert "opens nothing" in client.post("/welcome/", wrong).content.decode()
    assert client.post("/welcome/", {"code": sheet.code}).status_code == 429
    for address in range(15):
        client.post("/welcome/", wrong, REMOTE_ADDR=f"10.0.0.{address}")
    assert Invitation.objects.get().withdrawn_at is not None
    assert client.post("/welcome/", {"code": sheet.code}, REMOTE_ADDR="10.0.9.9").status_code == 200


def test_an_unknown_number_and_a_wrong_code_are_answered_alike(cast: Cast, uma: Any, client: Client) -> None:
    (sheet,) = invite(cast, uma).sheets

    def answer(code: str, address: str) -> str:
        page = client.post("/welcome/", {"code": code}, REMOTE_ADDR=address).content.decode()
        return re.search(r"This code opens nothing[^<]*", page)[0]

    assert answer(f"{sheet.code.split('-')[0]}-AAAAA-22222", "10.0.0.1") == answer(
        "999999-AAAAA-22222", "10.0.0.2"
    )


def test_an_invitation_runs_out_after_fourteen_days(cast: Cast, uma: Any, client: Client) -> None:
    (sheet,) = invite(cast, uma).sheets
    Invitation.objects.update(expires_at=AT - timedelta(days=1))
    client.post("/welcome/", {"code": sheet.code})
    assert choose(client).status_code == 404
    assert not User.objects.filter(username="uma.nunez").exists()


def test_withdrawn_is_over_even_for_somebody_who_has_typed_the_code(
    cast: Cast, uma: Any, client: Client
) -> None:
    (sheet,) = invite(cast, uma).sheets
    client.post("/welcome/", {"code": sheet.code})
    with cast.looking_as("adam") as viewer:
        for _ in range(2):
            actions.withdraw_invitation(invitation_id=Invitation.objects.get().pk, by=viewer, at=AT)
    assert choose(client).status_code == 404
    assert AuditEntry.objects.filter(verb="invitation.withdrawn").count() == 1


def test_inviting_twice_invites_once_and_a_new_code_ends_the_old(
    cast: Cast, uma: Any, client: Client
) -> None:
    (first,) = invite(cast, uma).sheets
    assert invite(cast, uma) == actions.Invited(0, (), 1)
    (second,) = invite(cast, uma, way="code").sheets
    client.post("/welcome/", {"code": first.code})
    assert choose(client).status_code == 404
    client.post("/welcome/", {"code": second.code})
    assert choose(client).status_code == 302
