"""What a statement says in our words: its day, its kind, its title, its minutes. Pure: no database, no clock."""

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from .statements import DURATION, VOIDED, read_instant

LONGEST_KIND, LONGEST_TITLE = 60, 120
MOST_MINUTES = 1440.0
# What a receiver adds, or may: it makes no other statement of it (xAPI 1.0.3, part 2, 2.3.1).
NOT_COMPARED = ("id", "stored", "authority", "version")
STATEMENT, VOIDING = "statement", "voidingStatement"


def kind_of_record(statement: Mapping[str, Any]) -> str:
    return VOIDING if statement["verb"]["id"] == VOIDED else STATEMENT


def voids(statement: Mapping[str, Any]) -> str:
    """The id of the statement that this one takes back; empty: none."""
    return str(statement["object"]["id"]).lower() if kind_of_record(statement) == VOIDING else ""


def canonical(statement: Mapping[str, Any]) -> str:
    """Two statements say the same where this text is the same: whatever order, offset or receiver's additions they have."""
    said = {name: value for name, value in statement.items() if name not in NOT_COMPARED}
    if "timestamp" in said:
        said["timestamp"] = read_instant(said["timestamp"]).isoformat()
    return json.dumps(said, sort_keys=True, ensure_ascii=False)


def key_of(statement: Mapping[str, Any]) -> str:
    """Its id in small letters; of one that has none, an id made from what it says, so that it comes again as the same."""
    if "id" in statement:
        return str(statement["id"]).lower()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"xapi:{canonical(statement)}"))


def instant_of(statement: Mapping[str, Any]) -> datetime | None:
    """When it happened, or at least when the other system received it."""
    said = statement.get("timestamp", statement.get("stored"))
    return None if said is None else read_instant(said)


def day_of(statement: Mapping[str, Any], zone: ZoneInfo) -> date | None:
    """The school's day: half past midnight in Tokyo may be yesterday here."""
    instant = instant_of(statement)
    return None if instant is None else instant.astimezone(zone).date()


def verb_of(statement: Mapping[str, Any]) -> str:
    """The last part of the verb's address.

    >>> verb_of({"verb": {"id": "https://w3id.org/xapi/video/verbs/played"}})
    'played'
    """
    address = str(statement["verb"]["id"]).rstrip("/#")
    return address.replace("#", "/").rpartition("/")[2][:LONGEST_KIND] or address[:LONGEST_KIND]


def title_of(statement: Mapping[str, Any], language: str) -> str:
    """What the activity is called; its address where it has no name. Of a person or a statement: nothing."""
    thing = statement["object"]
    if thing.get("objectType", "Activity") != "Activity":
        return ""
    return (in_language(thing.get("definition", {}).get("name", {}), language) or thing["id"])[:LONGEST_TITLE]


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in this language, else in a dialect of it, else in any: the first by its tag.

    >>> in_language({"ja": "国語", "en-GB": "Reading"}, "en-us")
    'Reading'
    """
    wanted = language.lower()
    own = wanted.partition("-")[0]
    ranked = sorted(
        texts.items(),
        key=lambda item: (item[0].lower() != wanted, item[0].lower().partition("-")[0] != own, item[0].lower()),
    )  # fmt: skip
    return next((text.strip() for _tag, text in ranked if text.strip()), "")


def minutes_of(statement: Mapping[str, Any]) -> float | None:
    """How long it took. Months and years have no length, and more than a day is no part of one: neither is a number.

    >>> minutes_of({"result": {"duration": "PT4H35M20.00S"}})
    275.3333333333333
    """
    found = DURATION.fullmatch(str(statement.get("result", {}).get("duration", "")))
    if not found:
        return None
    weeks, years, months, days, hours, minutes, seconds = (
        float((one or "0").replace(",", ".")) for one in found.groups()
    )
    if years or months:
        return None
    total = (weeks * 7 + days) * 1440 + hours * 60 + minutes + seconds / 60
    return total if total <= MOST_MINUTES else None
