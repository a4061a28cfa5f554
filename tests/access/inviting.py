"""What tests of invitations do again and again: invite, send the letters, follow the link, choose a password."""

import re
from typing import Any

from django.test import Client

from cast import AT, ON, Cast
from crescendo.access import actions
from crescendo.comms import actions as comms
from crescendo.roster import models as roster

PASSWORD = "three green paper boats"


def an_adult(cast: Cast, name: str, level: str) -> roster.FamilyMember:
    person = roster.FamilyMember.objects.create(
        given_name=name, family_name="Núñez", sort_key=f"nunez {name.lower()}"
    )
    nora = cast.students["nora"]
    roster.FamilyLink.objects.create(student=nora, family_member=person)
    if level:
        roster.FamilyRight.objects.create(student=nora, family_member=person, level=level, begins_on=ON)
    return person


def invite(cast: Cast, *people: Any, way: str = "", by: str = "adam", at: Any = AT) -> actions.Invited:
    with cast.looking_as(by) as viewer:
        return actions.invite_people(people=people, way=way, by=viewer, at=at)


def send_letters() -> None:
    while comms.address_next_entry(at=AT, on=ON):
        pass
    while comms.send_next_email(at=AT, on=ON):
        pass


def link_in(letter: Any) -> str:
    return re.search(r"https://school\.example(/\S+)", letter.body)[1]


def choose(client: Client, password: str = PASSWORD) -> Any:
    return client.post("/welcome/password/", {"password": password, "again": password})
