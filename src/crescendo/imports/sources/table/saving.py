"""Keeping a mapping with its source: the newest counts, the earlier ones stay beside it."""

from datetime import datetime
from typing import Any

from django.db import transaction

from crescendo.accounts import actions as accounts
from crescendo.accounts.models import User
from crescendo.imports.models import Source

from .mapping import TableMapping, load_mapping, parse_mapping


@transaction.atomic
def save_mapping(source: Source, document: dict[str, Any], *, by: User | None, at: datetime) -> TableMapping:
    """Save a mapping that was checked, as the next version of the source's. Every earlier version is kept."""
    source = Source.objects.select_for_update().get(pk=source.pk)
    earlier = list(source.settings.get("earlier_mappings", []))
    version = 1
    if isinstance(before := source.settings.get("mapping"), dict):
        earlier.append(before)
        version = int(before["mapping"].get("version", 1)) + 1
    document = document | {"mapping": document["mapping"] | {"version": version}}
    mapping = parse_mapping(document)
    source.settings = source.settings | {"mapping": document, "earlier_mappings": earlier}
    source.save(update_fields=["settings"])
    accounts.record_audit(
        verb="mapping.saved",
        object_type="imports.Source",
        object_id=source.pk,
        by=by.pk if by else None,
        at=at,
        detail={"version": version, "digest": mapping.digest},
    )
    return mapping


def find_saved_mapping(source: Source) -> TableMapping | None:
    """The mapping that a source's files are read by, saved or shipped; None where nobody chose one."""
    given = source.settings.get("mapping")
    if isinstance(given, dict):
        return parse_mapping(given)
    return load_mapping(given) if given else None
