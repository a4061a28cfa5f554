"""The letters: an invitation, a new password; and the line that tells somebody that a code was made for them."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.utils import formats, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from crescendo.accounts import queries as accounts
from crescendo.accounts.models import Site, User
from crescendo.comms.models import OutboxEntry
from crescendo.comms.registry import Letter, Words
from crescendo.core import school_time

from . import queries, secrets_of
from .models import Invitation


def invited(entry: OutboxEntry, at: datetime) -> Letter | None:
    """The link, as long as it opens something; asked again at sending, because a court may have spoken since."""
    invitation = Invitation.objects.filter(pk=entry.data["invitation"]).first()
    found = queries.find_invitation(entry.data["invitation"])
    if invitation is None or found is None or not found.is_open or found.expires_at <= at:
        return None
    person = invitation.staff or invitation.family_member or invitation.student
    if person is None or not queries.list_invitable_ids(people=[person], on=at.date()):
        return None
    site = accounts.get_site()
    secret = secrets_of.secret_of_letter(invitation.nonce)
    with _spoken(found.language or site.language, site) as language:
        words = {
            "name": found.person,
            "site": _named(site),
            "where": _address(f"/welcome/{invitation.pk}-{secret}/"),
            "day": formats.date_format(found.expires_at.astimezone(school_time.zone()), "DATE_FORMAT"),
        }
        body = _(
            "Hello %(name)s,\n\n%(site)s invites you to Crescendo. Choose a password here:\n\n%(where)s\n\n"
            "The link works once, until %(day)s. Do not pass it on: it opens what only you may see.\n"
        )
        return Letter(found.email, _("%(site)s invites you to Crescendo") % words, body % words, language)


def new_password(entry: OutboxEntry, at: datetime) -> Letter | None:
    """Django's own token: it ends with the password it would change, and after the time that the settings say."""
    user = User.objects.filter(pk=entry.data["user"], is_active=True, is_demo=False).first()
    if user is None or not user.email:
        return None
    site = accounts.get_site()
    with _spoken(user.language, site) as language:
        number = urlsafe_base64_encode(force_bytes(user.pk))
        token = default_token_generator.make_token(user)
        words = {
            "name": user.display_name,
            "username": user.username,
            "where": _address(f"/password/new/{number}/{token}/"),
        }
        body = _(
            "Hello %(name)s,\n\nSomebody, you we hope, asked for a new password for the sign-in '%(username)s'. "
            "Choose it here:\n\n%(where)s\n\nThe link works once, for a day. If it was not you, do nothing: your "
            "password stays as it is.\n"
        )
        return Letter(user.email, _("A new password for Crescendo"), body % words, language)


def new_way_in(entry: OutboxEntry, user: User) -> Words:
    """Whoever could take over a sign-in is seen doing it."""
    by = User.objects.filter(pk=entry.data["by"]).values_list("display_name", flat=True).first() or ""
    return Words(
        _("A one-time code for your sign-in was made."),
        _("%(name)s made it, for a lost password or phone. If you did not ask for it, tell your school.")
        % {"name": by},
    )


def _spoken(language: str, site: Site) -> "_Speaking":
    return _Speaking(accounts.language_spoken(language or "en", site))


class _Speaking(translation.override):
    """As `translation.override`, and says which language it is."""

    def __enter__(self) -> str:
        super().__enter__()
        return self.language


def _named(site: Site) -> str:
    return site.name or _("Your school")


def _address(path: str) -> str:
    return f"{settings.CRESCENDO_ADDRESS.rstrip('/')}{path}"
