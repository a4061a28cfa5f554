"""What coaching tells people. An e-mail travels in the open: its title says neither who nor what."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crescendo.accounts.models import User
from crescendo.comms.models import OutboxEntry
from crescendo.comms.registry import Words, WordsFor

from .models import Agreement


def list_pair(arguments: Mapping[str, Any], on: date) -> Iterable[int]:
    """The users of the two people, without the one who caused the message."""
    pair = Agreement.objects.filter(pk=arguments["agreement"]).values_list(
        "coach__user_id", "coachee__user_id"
    )
    return [user for both in pair for user in both if user and user != arguments.get("except")]


def may_hear(user: User, agreement_id: int, on: date) -> bool:
    """The two people, and nobody else: not even somebody whom a message names by mistake."""
    either = Q(coach__user_id=user.pk) | Q(coachee__user_id=user.pk)
    return Agreement.objects.filter(either, pk=agreement_id).exists()


# What the inbox adds once its reader has signed in. `{name}` is the other of the two.
BODIES: dict[str, str | Promise] = {
    "coaching.invited": gettext_lazy("%(name)s invites you to coaching or mentoring. You may say yes or no."),
    "coaching.agreed": gettext_lazy("%(name)s has agreed. You can plan the first session."),
    "coaching.declined": gettext_lazy("%(name)s has not taken up your invitation."),
    "coaching.changed": gettext_lazy("%(name)s has written something for the two of you."),
    "coaching.ended": gettext_lazy(
        "Coaching with %(name)s has ended. What was written stays with the two of you."
    ),
    "coaching.quiet": gettext_lazy("You and %(name)s have not met for two weeks. When would suit you both?"),
}

# An e-mail for what waits for an answer; what was written is found in the inbox.
BY_EMAIL = frozenset({"coaching.invited", "coaching.agreed", "coaching.ended", "coaching.quiet"})


def _words_of(code: str) -> WordsFor:
    def words(entry: OutboxEntry, user: User) -> Words:
        title = (
            _("A colleague has something for you")
            if code != "coaching.quiet"
            else _("Something waits for you")
        )
        agreement = Agreement.objects.filter(pk=entry.object_id).select_related("coach", "coachee").first()
        if agreement is None:
            return Words(title)
        other = agreement.coachee if agreement.coach.user_id == user.pk else agreement.coach
        path = reverse("coaching:agreement_page", args=[agreement.pk])
        return Words(title, str(BODIES[code]) % {"name": other.name}, path)

    return words


KINDS: dict[str, WordsFor] = {code: _words_of(code) for code in BODIES}
