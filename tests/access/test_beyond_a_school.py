"""What the holder of a code could reach: no other school's child, and nobody else's invitation by counting."""

import re

import pytest
from django.test import Client

from cast import AT, ON, Cast
from crescendo.access import actions, secrets_of
from crescendo.access.models import Invitation
from crescendo.accounts.models import SignInFailure
from crescendo.core.errors import NotAllowed
from crescendo.roster import models as roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def priya_invites(cast: Cast) -> None:
    """At this site principals invite the people of their own school."""
    from crescendo.accounts.models import Role  # noqa: PLC0415

    Role.objects.get(code="principal").permissions.add("people.invite")


@pytest.fixture
def uma(cast: Cast) -> roster.FamilyMember:
    """Nora's mother."""
    person = roster.FamilyMember.objects.create(given_name="Uma", family_name="Núñez", sort_key="nunez uma")
    _adult_of(person, cast.students["nora"])
    return person


def _adult_of(person: roster.FamilyMember, student: roster.Student) -> None:
    roster.FamilyLink.objects.create(student=student, family_member=person)
    roster.FamilyRight.objects.create(student=student, family_member=person, level="see", begins_on=ON)


def _invite(cast: Cast, person: roster.FamilyMember, name: str, way: str = "code") -> actions.Invited:
    with cast.looking_as(name) as viewer:
        return actions.invite_people(people=[person], way=way, by=viewer, at=AT)


def test_no_code_is_printed_by_one_school_for_an_adult_with_a_child_at_another(
    cast: Cast, uma: roster.FamilyMember, priya_invites: None
) -> None:
    assert len(_invite(cast, uma, "priya").sheets) == 1
    _adult_of(uma, cast.students["omar"])
    invited = _invite(cast, uma, "priya")
    assert (len(invited.sheets), invited.left_out) == (0, 1)
    assert len(_invite(cast, uma, "adam").sheets) == 1, "who invites for both schools may"


def test_nor_does_it_renew_the_way_in_of_such_an_adult(cast: Cast, priya_invites: None) -> None:
    fay = cast.family["fay"]
    with cast.looking_as("priya") as priya:
        actions.renew_way_in(person=fay, by=priya, at=AT)
    _adult_of(fay, cast.students["omar"])
    with cast.looking_as("priya") as priya, pytest.raises(NotAllowed, match="a child elsewhere as well"):
        actions.renew_way_in(person=fay, by=priya, at=AT)
    with cast.looking_as("adam") as adam:
        assert actions.renew_way_in(person=fay, by=adam, at=AT).code


def test_a_child_who_left_long_ago_stands_in_nobodys_way(
    cast: Cast, uma: roster.FamilyMember, priya_invites: None
) -> None:
    _adult_of(uma, cast.students["pavel"])
    assert len(_invite(cast, uma, "priya").sheets) == 1


def test_counting_upwards_burns_no_invitation(cast: Cast, uma: roster.FamilyMember, client: Client) -> None:
    (sheet,) = _invite(cast, uma, "adam").sheets
    invitation = Invitation.objects.get()
    number = int(re.match(r"\d+", sheet.code)[0])
    assert number == invitation.number >= secrets_of.FIRST_NUMBER
    assert number != invitation.pk
    for guess in range(invitation.pk - 3, invitation.pk + 40):
        client.post("/welcome/", {"code": f"{max(guess, 1)}-AAAAA-AAAAA"})
        SignInFailure.objects.all().delete()
    invitation.refresh_from_db()
    assert (invitation.wrong_codes, invitation.withdrawn_at) == (0, None)
    assert client.post("/welcome/", {"code": sheet.code}).status_code == 302


def test_twenty_wrong_codes_after_the_printed_number_still_end_it(
    cast: Cast, uma: roster.FamilyMember, client: Client
) -> None:
    (sheet,) = _invite(cast, uma, "adam").sheets
    number = sheet.code.split("-")[0]
    for _ in range(20):
        client.post("/welcome/", {"code": f"{number}-AAAAA-AAAAA"})
        SignInFailure.objects.all().delete()
    assert Invitation.objects.get().withdrawn_at is not None
