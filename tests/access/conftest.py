"""Two people who cannot sign in yet, and letters that stay here."""

from typing import Any

import pytest

from access.inviting import an_adult
from cast import ON, Cast
from crescendo.roster import models as roster


@pytest.fixture
def letters(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CRESCENDO_ADDRESS = "https://school.example"


@pytest.fixture
def nia(cast: Cast) -> roster.StaffMember:
    """A new teacher at Lincoln, without a sign-in."""
    person = roster.StaffMember.objects.create(
        given_name="Nia", family_name="Newman", sort_key="newman nia", email="nia@lincoln.example"
    )
    roster.Post.objects.create(staff=person, organisation=cast.lincoln, role_id="teacher", begins_on=ON)
    return person


@pytest.fixture
def uma(cast: Cast) -> roster.FamilyMember:
    """Nora's mother: no e-mail, no sign-in, a right to see."""
    return an_adult(cast, "Uma", "see")
