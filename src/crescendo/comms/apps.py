import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.utils.translation import gettext as _

from . import registry

if TYPE_CHECKING:
    from crescendo.accounts.models import User

    from .models import OutboxEntry


def _named_users(arguments: Mapping[str, Any], on: dt.date) -> Iterable[int]:
    return [int(pk) for pk in arguments["users"]]


def _greeting(entry: "OutboxEntry", user: "User") -> registry.Words:
    """Sent by `crescendo doctor --send-to`: proof that messages reach people."""
    return registry.Words(
        _("Messages from Crescendo reach you"), _("Nothing to do. Somebody tried out the post.")
    )


class CommsConfig(AppConfig):
    name = "crescendo.comms"

    def ready(self) -> None:
        registry.register_audience("users", _named_users)
        registry.register_kind("comms.greeting", _greeting, by_email=True)
