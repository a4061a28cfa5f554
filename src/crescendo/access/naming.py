"""The sign-in name that an invitation will give: the e-mail, or the person's names; never one that somebody has."""

import re
from itertools import count

from crescendo.accounts.models import User
from crescendo.core.names import fold
from crescendo.roster.models import FamilyMember, StaffMember, Student

from .models import OPEN, Invitation


def free_username(person: StaffMember | FamilyMember | Student) -> str:
    """Reserved by the invitation that carries it."""
    email = person.email.strip().lower()
    if "@" in email and not is_taken(email):
        return email
    given, family = (
        re.sub(r"[^a-z0-9]+", "", fold(name)) for name in (person.given_name, person.family_name)
    )
    stem = ".".join(part for part in (given, family) if part)[:100] or "reader"
    return next(name for n in count(1) if not is_taken(name := stem if n == 1 else f"{stem}{n}"))


def is_taken(username: str) -> bool:
    return (
        User.objects.filter(username__iexact=username).exists()
        or Invitation.objects.filter(OPEN, username__iexact=username).exists()
    )
