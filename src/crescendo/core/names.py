"""Names in the order people look for them, and found without the accents."""

import re
import unicodedata
from functools import lru_cache

# Letters that do not fall apart into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"}
)


@lru_cache(maxsize=1 << 15)  # a district's names repeat: an import folds each once
def fold(text: str) -> str:
    """Lower case, no accents, one space between words: 'Núñez-O’Brien' -> 'nunez obrien'."""
    compatible = unicodedata.normalize("NFKD", text)  # first: a bold '𝐀' is an 'A', which then becomes small
    plain = unicodedata.normalize("NFKD", compatible.casefold().translate(_LETTERS))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w\s-]", "", letters).replace("-", " ").split())


def sort_key(family_name: str, given_name: str) -> str:
    """What lists are ordered by and search looks in: 'nunez maria'."""
    return f"{fold(family_name)} {fold(given_name)}".strip()[:520]
