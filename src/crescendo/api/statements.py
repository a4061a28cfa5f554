"""Statements (xAPI) at the door: kept before they are answered, once for each id, and read back by who sent them."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from crescendo.core import live
from crescendo.imports.sources.xapi import meaning
from crescendo.records.models import KeptRecord

from . import secrets_of
from .actions import CHANNEL
from .callers import Caller
from .models import Batch

KEY = "xapi:{}"
HOME = "https://crescendo.invalid/connections"  # whose accounts our clients' names are: of this installation, whatever its address


class OtherStatement(Exception):
    """A statement of this id came before, and said something else. Holds the id."""


@dataclass(frozen=True)
class Arriving:
    """A statement on its way in: as it is kept, and the digest of what was sent."""

    id: str
    kept: dict[str, Any]
    digest: str
    has_time: bool


def accept(
    *, statements: Sequence[Mapping[str, Any]], version: str, caller: Caller, at: datetime
) -> list[str]:
    """Keep all of them or none; their ids, in order. What came before says the same, or `OtherStatement` is raised."""
    arriving = [_complete(one, version, caller, at) for one in statements]
    try:
        return _keep(arriving, caller, at)
    except IntegrityError:  # the same id came at the same moment: now it is there to compare with
        return _keep(arriving, caller, at)


def _complete(sent: Mapping[str, Any], version: str, caller: Caller, at: datetime) -> Arriving:
    """What a receiver adds: an id, the instants, who vouches for it, the version (xAPI 1.0.3, part 2, 2.4)."""
    id_ = str(sent.get("id") or uuid.uuid4()).lower()
    stored = at.isoformat()
    kept = dict(sent) | {
        "id": id_,
        "stored": stored,
        "timestamp": sent.get("timestamp", stored),
        "version": sent.get("version", version),
        "authority": {"objectType": "Agent", "account": {"homePage": HOME, "name": caller.name}},
    }
    return Arriving(id_, kept, secrets_of.digest_of(meaning.canonical(sent)), has_time="timestamp" in sent)


def _keep(arriving: Sequence[Arriving], caller: Caller, at: datetime) -> list[str]:
    waiting = {
        key: (digest, state)
        for key, digest, state in Batch.objects.filter(
            sender=caller.name, idempotency_key__in=[KEY.format(one.id) for one in arriving]
        ).values_list("idempotency_key", "digest", "state")
    }
    held = _held(caller.source, [one.id for one in arriving])
    new, failed = [], []
    for one in arriving:
        digest, state = waiting.get(KEY.format(one.id), ("", ""))
        if (digest and digest != one.digest) or (one.id in held and not _says_same(one, held[one.id])):
            raise OtherStatement(one.id)
        if state == Batch.State.FAILED:
            failed.append(one)
        elif not digest and one.id not in held:
            new.append(one)
    with transaction.atomic():
        Batch.objects.bulk_create([_batch(one, caller, at) for one in new])
        for one in failed:
            _begin_anew(one, caller)
        if new or failed:
            live.notify(CHANNEL)
    return [one.id for one in arriving]


def _begin_anew(one: Arriving, caller: Caller) -> None:
    """What could not be worked off waits again: a statement has no other key under which it could come."""
    Batch.objects.filter(
        sender=caller.name, state=Batch.State.FAILED, idempotency_key=KEY.format(one.id)
    ).update(state=Batch.State.ACCEPTED, attempts=0, finished_at=None, body=_body(one))


def _body(one: Arriving) -> bytes:
    mark = {"key": one.id, "kind": "statement", "statement": one.kept}
    return json.dumps({"marks": [mark]}, ensure_ascii=False).encode()


def _batch(one: Arriving, caller: Caller, at: datetime) -> Batch:
    return Batch(
        number=uuid.uuid4(), sender=caller.name, source=caller.source, scopes=sorted(caller.scopes),
        organisation_id=caller.organisation_id, by=caller.user, idempotency_key=KEY.format(one.id), digest=one.digest,
        accepted_at=at, received=1, body=_body(one),
    )  # fmt: skip


def _held(source: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    found = KeptRecord.objects.filter(
        source=source, source_key__in=ids, kind__in=(meaning.STATEMENT, meaning.VOIDING)
    )
    return {key: json.loads(data) for key, data in found.values_list("source_key", "data")}


def _says_same(one: Arriving, held: dict[str, Any]) -> bool:
    if held == {}:
        return True  # its person was erased: it stays forgotten, and the sender hears no difference
    if one.has_time:
        return meaning.canonical(one.kept) == meaning.canonical(held)
    timeless = {"timestamp": one.kept["timestamp"]}  # ours, not the sender's
    return meaning.canonical(one.kept | timeless) == meaning.canonical(held | timeless)


def find(*, id_: str, caller: Caller, voided: bool) -> dict[str, Any] | None:
    """A statement that this caller sent. One that was voided is found only where `voided` asks for it."""
    body = (
        Batch.objects.filter(sender=caller.name, idempotency_key=KEY.format(id_), state=Batch.State.ACCEPTED)
        .values_list("body", flat=True)
        .first()
    )
    found = json.loads(bytes(body))["marks"][0]["statement"] if body else _held(caller.source, [id_]).get(id_)
    if not found or found.get("authority", {}).get("account") != {"homePage": HOME, "name": caller.name}:
        return None
    return found if _is_voided(caller, id_) == voided else None


def _is_voided(caller: Caller, id_: str) -> bool:
    voiding = KeptRecord.objects.filter(
        source=caller.source, kind=meaning.VOIDING, data__icontains=id_
    ).values_list("data", flat=True)
    return any(meaning.voids(json.loads(data)) == id_ for data in voiding)
