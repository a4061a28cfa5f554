"""The small parts of which statements are made: names, IRIs, language tags, texts, numbers."""

import re
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`]+")
# RFC 5646, section 2.1: language, script, region, variants, extensions, private use; or private use alone.
LANGUAGE = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-[a-z]{4})?(?:-(?:[a-z]{2}|\d{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+|i-[a-z]{2,8}",
    re.IGNORECASE | re.ASCII,
)


class Invalid(Exception):
    """A statement that is none: where, and what to change."""

    def __init__(self, path: str, words: str) -> None:
        super().__init__(f"{path}: {words}" if path else words)
        self.path, self.words = path, words


def check_object(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(path, _("it is an object"))


def check_names(value: dict[str, Any], allowed: frozenset[str], path: str) -> None:
    """The standard has receivers refuse what it does not name: a name in the wrong case would be lost silently."""
    if value.keys() - allowed:
        raise Invalid(path, _("it holds a name that the standard does not know"))


def check_text(value: Any, path: str) -> None:
    if not isinstance(value, str) or not value:
        raise Invalid(path, _("it is a text"))


def check_iri(value: Any, path: str) -> None:
    if not isinstance(value, str) or not IRI.fullmatch(value):
        raise Invalid(path, _("it is an address (IRI) with its scheme"))


def check_language_map(value: Any, path: str) -> None:
    if not isinstance(value, dict):
        raise Invalid(path, _("it is a map from languages to texts"))
    for language, text in value.items():
        if not LANGUAGE.fullmatch(language):
            raise Invalid(path, _("a language is written as RFC 5646 says, such as en-US"))
        if not isinstance(text, str):
            raise Invalid(path, _("each language has a text"))


def is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
