"""JSON that other systems sent: names that stand twice are seen, and text that PostgreSQL cannot keep is named."""

import json
import re
from collections.abc import Iterator
from typing import Any

BOM = b"\xef\xbb\xbf"
DEEPEST = 100  # levels; Python's own reader goes on to where its callers no longer can
UNFIT = re.compile("[\0\ud800-\udfff]")


class NotJson(Exception):
    """The bytes are no JSON, or nested deeper than anyone means."""


class Doubled(dict[str, Any]):
    """An object in which a name stands twice. JSON leaves open which one holds, so nobody may guess."""


def read(body: bytes) -> Any:
    """The value. Python's own reader lets the last of two equal names win; here they become a `Doubled`."""
    try:
        return json.loads(body.removeprefix(BOM), object_pairs_hook=_pairs)
    except (ValueError, RecursionError) as problem:
        raise NotJson(type(problem).__name__) from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(found)


def find_unfit(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Places that cannot be kept as they are: (path, `doubled` | `text` | `number` | `deep`)."""
    if depth > DEEPEST:
        yield path, "deep"
    elif isinstance(value, dict):
        if isinstance(value, Doubled):
            yield path, "doubled"
        for name, one in value.items():
            if not is_fit(name):
                yield path, "text"
            yield from find_unfit(one, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for place, one in enumerate(value):
            yield from find_unfit(one, f"{path}[{place}]", depth + 1)
    elif isinstance(value, str) and not is_fit(value):
        yield path, "text"
    elif isinstance(value, float) and not abs(value) < float("inf"):
        yield path, "number"


def is_fit(text: str) -> bool:
    """What PostgreSQL keeps as text: JSON also knows half characters, and the one that ends a text in C."""
    return (text.isascii() and "\0" not in text) or UNFIT.search(text) is None
