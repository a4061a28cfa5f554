"""An administrator made by command: the first of a new site, or another when nobody can sign in any more.

`crescendo setup` and the pages of a new site do the same and go on from there; everybody after that is invited.
"""

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import Site, User
from crescendo.core.names import sort_key
from crescendo.roster.models import Organisation, Post, StaffMember
from crescendo.setup import code
from crescendo.setup.models import SetupProgress


class CannotAppoint(Exception):
    """Why there is no new administrator, and what to do."""


@transaction.atomic
def appoint(
    *, username: str, name: str, email: str, password: str, organisation: str, on: dt.date, at: dt.datetime
) -> Post:
    """A sign-in, a member of staff and the post of administrator at the top of the site's organisations."""
    if Site.objects.filter(made_by_demo=True).exists():
        raise CannotAppoint("This database is a demo. Use CRESCENDO_DATA or DATABASE_URL to name a new one.")
    is_first = not User.objects.exists()
    if User.objects.filter(username__iexact=username).exists():
        raise CannotAppoint(f"There is already a user '{username}'. Choose another name.")
    user = User(username=username, display_name=name, email=email, created_at=at)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CannotAppoint(" ".join(error.messages)) from None
    user.set_password(password)
    user.save()
    given, _, family = name.rpartition(" ")
    staff = StaffMember.objects.create(
        given_name=given, family_name=family, sort_key=sort_key(family, given), user=user, email=email
    )
    post = Post.objects.create(
        staff=staff, organisation=_top(organisation), role_id="administrator", begins_on=on
    )
    Site.objects.get_or_create(pk=1)
    if is_first:
        # The set-up in the browser goes on from here; its code is for sites without anybody.
        SetupProgress.objects.get_or_create(
            pk=1, defaults={"organisation": post.organisation, "began_at": at}
        )
        code.throw_away()
    accounts.record_audit(
        verb="post.given", object_type="roster.Post", object_id=post.pk, by=None, at=at, reason="first"
    )
    return post


def _top(name: str) -> Organisation:
    """The organisation at the top; made here on a site that holds none yet."""
    tops = list(Organisation.objects.filter(parent=None, ended_on=None).order_by("name", "id")[:2])
    if name:
        found = Organisation.objects.filter(name__iexact=name).first()
        return found or Organisation.objects.create(kind=Organisation.Kind.DISTRICT, name=name)
    if len(tops) != 1:
        raise CannotAppoint("Say which organisation: --organisation 'Northfield Public Schools'.")
    return tops[0]
