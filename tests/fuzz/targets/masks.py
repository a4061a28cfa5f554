"""What is shown of a cell that was not understood: its shape, never its letters or digits; and never much of it."""

import re

from crescendo.imports.findings import OPEN_COLUMNS, mask
from fuzz import promise


def seeds() -> list[bytes]:
    return [
        one.encode()
        for one in (
            "31/02/2012",
            "Ann O'Neil",
            "Núñez",
            "李明",
            "e\u0301",
            "١٢٣",
            "ⅷ",
            "x" * 200,
            "a\n\tb",
            "ß",
            "ﬁ",
            "𝐀𝟏",
            "swordfish",
        )
    ]


def try_one(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    shown = mask(text, "givenName")
    if len(shown) > 40 or re.search(r"[\r\n\t]", shown):
        raise promise.Lost("more is shown than a cell's shape")
    if any((char.isalpha() and char != "x") or (char.isnumeric() and char != "9") for char in shown):
        raise promise.Lost("a letter or a number is shown")
    if mask(text, "myPassword") != "(not shown)" or len(mask(text, next(iter(OPEN_COLUMNS)))) > 40:
        raise promise.Lost("a password, or too much, is shown")
