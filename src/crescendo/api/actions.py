"""Every write at the doors: clients made and ended, batches kept."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crescendo.accounts import actions as accounts
from crescendo.core import live
from crescendo.core.errors import NotFound, Refused
from crescendo.roster import queries as roster
from crescendo.roster.models import Organisation
from crescendo.roster.viewer import Viewer

from . import permissions, secrets_of
from .callers import Caller
from .models import AccessToken, Batch, Client

CHANNEL = "crescendo_intake"
KEPT_DAYS = 30


@transaction.atomic
def make_client(
    *, title: str, source: str, scopes: Sequence[str], organisation_id: int, by: Viewer, at: datetime
) -> tuple[Client, str]:
    """A new client and its secret, which is shown once. Whoever makes it answers for what it does."""
    permissions.check_may_make_clients(by)
    where = Organisation.objects.filter(pk=organisation_id).first()
    reached = roster.list_subtree_ids([post.organisation_id for post in by.posts])
    if where is None or where.pk not in reached:
        raise Refused(_("Choose a school or district that your own post reaches."))
    if not scopes or not set(scopes) <= set(permissions.scopes_to_give(by)):
        raise Refused(_("Choose what it may do, out of what you may do yourself."))
    try:
        validate_slug(source)
    except ValidationError:
        raise Refused(_("The system's short name holds letters, digits, - and _ alone.")) from None
    secret = secrets_of.make_secret()
    client = Client.objects.create(
        client_id=secrets_of.make_client_id(), digest=secrets_of.digest_of(secret), title=title, source=source,
        scopes=list(scopes), organisation=where, made_by_id=by.user_id, made_at=at,
    )  # fmt: skip
    _audit("api_client.made", client, by, at, {"source": source, "organisation": where.pk})
    return client, secret


@transaction.atomic
def end_client(*, client_pk: int, by: Viewer, at: datetime) -> Client:
    """From now on neither its secret nor a token that it still holds opens anything. Twice is once."""
    permissions.check_may_make_clients(by)
    client = Client.objects.select_for_update().filter(pk=client_pk).first()
    if client is None:
        raise NotFound(_("There is no such connection."))
    if client.ended_at is None:
        client.ended_at = at
        client.save(update_fields=["ended_at"])
        AccessToken.objects.filter(client=client).update(expires_at=at)
        _audit("api_client.ended", client, by, at, {})
    return client


def _audit(verb: str, client: Client, by: Viewer, at: datetime, detail: dict[str, object]) -> None:
    accounts.record_audit(
        verb=verb, object_type="api.client", object_id=client.pk, by=by.user_id, at=at, detail=detail
    )


class OtherBody(Exception):
    """The idempotency key was used before, with another body."""


def accept_batch(
    *, body: bytes, received: int, idempotency_key: str, caller: Caller, at: datetime
) -> tuple[Batch, bool]:
    """Keep what was sent, before it is answered; True where it is new. The same key and body again is the same batch."""
    digest = secrets_of.digest_of(body.decode("latin-1"))
    try:
        with transaction.atomic():
            batch = Batch.objects.create(
                number=uuid.uuid4(), sender=caller.name, source=caller.source, scopes=sorted(caller.scopes),
                organisation_id=caller.organisation_id, by=caller.user, idempotency_key=idempotency_key,
                digest=digest, accepted_at=at, received=received, body=body,
            )  # fmt: skip
            live.notify(CHANNEL)
            return batch, True
    except IntegrityError:
        found = Batch.objects.defer("body").get(sender=caller.name, idempotency_key=idempotency_key)
    if found.digest != digest:
        raise OtherBody
    return found, False


def forget_old(*, at: datetime) -> int:
    """Answers are kept for thirty days, tokens until a day after their end."""
    AccessToken.objects.filter(expires_at__lt=at - timedelta(days=1)).delete()
    old = Batch.objects.exclude(state=Batch.State.ACCEPTED).filter(
        accepted_at__lt=at - timedelta(days=KEPT_DAYS)
    )
    return old.delete()[0]
