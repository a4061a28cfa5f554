"""What a person finds in their inbox."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import translation

from crescendo.accounts.models import User

from . import registry
from .models import Delivery

MOST_SHOWN = 100


@dataclass(frozen=True)
class InboxItem:
    """One message as its reader sees it."""

    id: int
    title: str
    body: str
    path: str
    arrived_at: dt.datetime
    is_read: bool


def _delivered_to(viewer: User) -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        recipient=viewer, channel=Delivery.Channel.INBOX, state=Delivery.State.DELIVERED
    ).select_related("entry")


def list_inbox(*, viewer: User, on: dt.date) -> list[InboxItem]:
    """The newest messages first. What the viewer may no longer hear about is no longer there."""
    items = []
    with translation.override(translation.get_language() or viewer.language):
        for delivery in _delivered_to(viewer).order_by("-id")[:MOST_SHOWN]:
            kind = registry.find_kind(delivery.entry.kind)
            if kind is None or not registry.may_hear(viewer, delivery.entry, on):
                continue
            words = kind.words(delivery.entry, viewer)
            items.append(
                InboxItem(
                    id=delivery.pk,
                    title=words.title,
                    body=words.body,
                    path=words.path,
                    arrived_at=delivery.delivered_at or delivery.entry.created_at,
                    is_read=delivery.read_at is not None,
                )
            )
    return items


def count_unread(*, viewer: User) -> int:
    """How many messages wait; for the frame around every page, so one indexed count and no words."""
    return _delivered_to(viewer).filter(read_at__isnull=True).count()
