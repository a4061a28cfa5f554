"""A link pressed in two tabs at once lets in one person once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from cast import AT, ON, Cast
from crescendo.access import actions, queries
from crescendo.accounts.models import AuditEntry, User
from crescendo.core.errors import Refused
from crescendo.roster import models as roster


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_one_code_at_once_one_gets_in(cast: Cast) -> None:
    person = roster.StaffMember.objects.create(given_name="Nia", family_name="Newman", sort_key="newman nia")
    roster.Post.objects.create(staff=person, organisation=cast.lincoln, role_id="teacher", begins_on=ON)
    with cast.looking_as("adam") as viewer:
        (sheet,) = actions.invite_people(people=[person], by=viewer, at=AT).sheets
    number, code = sheet.code.split("-", 1)
    together = threading.Barrier(2, timeout=60)

    def accept(password: str) -> str:
        try:
            together.wait()
            actions.accept_invitation(
                invitation_id=queries.find_printed(int(number)),
                secret=code.replace("-", ""),
                password=password,
                language="en-us",
                on=ON,
                at=AT,
            )
        except Refused:
            return "told"
        finally:
            connection.close()
        return password

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(accept, ("a first long phrase", "a second long phrase")))
    assert answers.count("told") == 1
    winner = next(answer for answer in answers if answer != "told")
    assert User.objects.get(username="nia.newman").check_password(winner)
    assert AuditEntry.objects.filter(verb="invitation.accepted").count() == 1
