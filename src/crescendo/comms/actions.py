"""Writing to the outbox, and carrying what stands there to people.

A killed worker loses nothing (the row is still there) and doubles nothing a person sees: addressing is one
transaction with a unique key, the inbox is that same row, and an e-mail is sent while its row is locked, with a
Message-ID made from the row, so that a mail system which gets it twice shows it once.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import Q
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.translation import gettext as _

from crescendo.accounts import queries as accounts
from crescendo.accounts.models import User

from . import registry
from .models import Delivery, OutboxEntry

MOST_ATTEMPTS = 8
FIRST_WAIT = dt.timedelta(
    minutes=2
)  # doubles each time: the last of eight attempts comes after about four hours


def tell(
    *,
    kind: str,
    audience: str = "users",
    arguments: dict[str, Any] | None = None,
    about: tuple[str, int] | None = None,
    data: dict[str, Any] | None = None,
    by: User | None,
    at: dt.datetime,
) -> OutboxEntry:
    """Say that something happened. Call it inside the transaction of the event itself.

    `audience="users", arguments={"users": [ids]}` names people; any other audience is registered by an app.
    `about=("student", id)` lets the owner of the object decide, at sending, who may hear of it.
    """
    registry.get_kind(kind)
    registry.get_audience(audience)
    object_type, object_id = about or ("", None)
    with transaction.atomic():
        entry = OutboxEntry.objects.create(
            kind=kind,
            audience=audience,
            audience_arguments=arguments or {},
            object_type=object_type,
            object_id=object_id,
            data=data or {},
            by=by,
            created_at=at,
        )
        wake_the_worker()
    return entry


def wake_the_worker() -> None:
    """A job in the same transaction. One waiting job is enough, however many entries there are."""
    from procrastinate.exceptions import AlreadyEnqueued  # noqa: PLC0415  (with tasks: imported once apps are ready)

    from .tasks import send_outbox  # noqa: PLC0415

    try:
        with transaction.atomic():
            send_outbox.configure(queueing_lock="comms.send_outbox").defer()
    except AlreadyEnqueued:
        pass


def address_next_entry(*, at: dt.datetime, on: dt.date) -> bool:
    """Turn one entry's audience into deliveries. False when none is left that another worker does not hold."""
    with transaction.atomic():
        entry = (
            OutboxEntry.objects.select_for_update(skip_locked=True)
            .filter(addressed_at__isnull=True)
            .order_by("id")
            .first()
        )
        if entry is None:
            return False
        kind = registry.find_kind(entry.kind)
        if kind is not None and kind.letter is not None:
            Delivery.objects.create(entry=entry, channel=Delivery.Channel.EMAIL)
        elif kind is not None:
            ids = set(registry.get_audience(entry.audience)(entry.audience_arguments, on))
            _make_deliveries(entry, kind, ids, at=at, on=on)
        entry.addressed_at = at
        entry.save(update_fields=["addressed_at"])
    return True


def _make_deliveries(
    entry: OutboxEntry, kind: registry.Kind, ids: set[int], *, at: dt.datetime, on: dt.date
) -> None:
    rows = []
    for user in User.objects.filter(pk__in=ids).order_by("pk"):
        may = registry.may_hear(user, entry, on)
        rows.append(
            Delivery(
                entry=entry,
                recipient=user,
                channel=Delivery.Channel.INBOX,
                state=Delivery.State.DELIVERED if may else Delivery.State.WITHHELD,
                delivered_at=at if may else None,
                problem="" if may else "may not hear about it",
            )
        )
        if may and kind.by_email and user.email:
            rows.append(Delivery(entry=entry, recipient=user, channel=Delivery.Channel.EMAIL))
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def send_next_email(*, at: dt.datetime, on: dt.date) -> bool:
    """Send one waiting e-mail while holding its row. False when none is due."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(channel=Delivery.Channel.EMAIL, state=Delivery.State.WAITING)
            .filter(Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at))
            .select_related("entry", "recipient")
            .order_by("id")
            .first()
        )
        if delivery is None:
            return False
        kind = registry.find_kind(delivery.entry.kind)
        # Asked again: a court may have spoken since the entry was addressed.
        if kind is not None and kind.letter is not None:
            _send_letter(delivery, kind.letter(delivery.entry, at), at=at)
        elif kind is None or not registry.may_hear(delivery.recipient, delivery.entry, on):
            delivery.state, delivery.problem = Delivery.State.WITHHELD, "may not hear about it"
        else:
            _try_to_send(delivery, _message(delivery, kind), delivery.recipient.language, at=at)
        delivery.save()
    return True


def _send_letter(delivery: Delivery, letter: registry.Letter | None, *, at: dt.datetime) -> None:
    """A letter is written at the moment it goes; what it holds (a link that opens something) is kept nowhere."""
    if letter is None:
        delivery.state, delivery.problem = Delivery.State.WITHHELD, "there is nothing to send any more"
        return
    message = EmailMessage(
        subject=letter.subject,
        body=letter.body,
        to=[letter.address],
        headers=_known_by(delivery),
        connection=get_connection(),
    )
    _try_to_send(delivery, message, letter.language, at=at)


def _known_by(delivery: Delivery) -> dict[str, str]:
    return {"Message-ID": f"<delivery-{delivery.pk}@{settings.CRESCENDO_MAIL_DOMAIN}>"}


def _try_to_send(delivery: Delivery, message: EmailMessage, language: str, *, at: dt.datetime) -> None:
    delivery.attempts += 1
    try:
        message.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        late = delivery.attempts >= MOST_ATTEMPTS
        delivery.state = Delivery.State.FAILED if late else Delivery.State.WAITING
        delivery.next_attempt_at = None if late else at + FIRST_WAIT * 2 ** (delivery.attempts - 1)
        delivery.problem = type(error).__name__
    else:
        delivery.state, delivery.delivered_at, delivery.problem = Delivery.State.DELIVERED, at, ""
        delivery.language = language


def _message(delivery: Delivery, kind: registry.Kind) -> EmailMessage:
    """The e-mail, in the reader's language: that there is something to read, and where. The rest needs sign-in."""
    address = settings.CRESCENDO_ADDRESS.rstrip("/")
    with translation.override(accounts.language_spoken(delivery.recipient.language, accounts.get_site())):
        words = kind.words(delivery.entry, delivery.recipient)
        where = f"{address}{words.path or get_script_prefix()}"
        text = _("Hello %(name)s,\n\n%(title)s\n\nRead more after signing in: %(where)s\n") % {
            "name": delivery.recipient.display_name,
            "title": words.title,
            "where": where,
        }
        return EmailMessage(
            subject=words.title,
            body=text,
            to=[delivery.recipient.email],
            headers=_known_by(delivery),
            connection=get_connection(),
        )


def mark_read(*, delivery: int, by: User, at: dt.datetime) -> None:
    """The reader has read it. Only their own, only once."""
    Delivery.objects.filter(
        pk=delivery, recipient=by, channel=Delivery.Channel.INBOX, read_at__isnull=True
    ).update(read_at=at)


def mark_all_read(*, by: User, at: dt.datetime) -> int:
    """The reader has read everything that is there now. Returns how many were unread."""
    return Delivery.objects.filter(
        recipient=by, channel=Delivery.Channel.INBOX, read_at__isnull=True, delivered_at__lte=at
    ).update(read_at=at)
