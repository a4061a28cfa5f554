"""Ids as their sources had them, and back to ours."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def find_ids(kinds: Sequence[str], guid: str) -> list[tuple[str, int]]:
    """Our ids of what a source calls so: (kind, id). PostgreSQL keeps no NUL, and no id is that long."""
    if "\0" in guid or len(guid) > 600 or any("\ud800" <= c <= "\udfff" for c in guid):
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, object FROM oneroster_find(%s, %s) ORDER BY 1, 2", [list(kinds), guid])
        return cursor.fetchall()


def guids_of(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    pairs = sorted(set(wanted))
    if not pairs:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.kind, w.id, oneroster_guid(w.kind, w.id) FROM unnest(%s::text[], %s::bigint[]) AS w(kind, id)",
            [[kind for kind, _id in pairs], [id_ for _kind, id_ in pairs]],
        )
        return {(kind, id_): guid for kind, id_, guid in cursor.fetchall()}


def ref(type_: str, guid: str) -> dict[str, Any]:
    """The view completes `href`: only it knows at which address it is asked."""
    return {"href": "", "sourcedId": guid, "type": type_}
