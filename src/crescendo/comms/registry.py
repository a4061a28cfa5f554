"""What the upper apps tell comms at start-up: their kinds of message, their audiences, and who may hear about what.

Register in `AppConfig.ready()`. comms imports none of the apps that register.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crescendo.accounts.models import User
    from crescendo.comms.models import OutboxEntry


@dataclass(frozen=True)
class Words:
    """What a person reads: one plain line, a little more, and the path of the page to go to.

    `title` also becomes the subject of an e-mail, which travels in the open: no names of students in it.
    """

    title: str
    body: str = ""
    path: str = ""


@dataclass(frozen=True)
class Letter:
    """An e-mail to somebody who may have no sign-in: an invitation, a new password. Made when it is sent, never kept."""

    address: str
    subject: str
    body: str
    language: str = ""


LetterFor = Callable[["OutboxEntry", dt.datetime], "Letter | None"]
WordsFor = Callable[["OutboxEntry", "User"], Words]
ListUsers = Callable[[Mapping[str, Any], dt.date], Iterable[int]]
MayHear = Callable[["User", int, dt.date], bool]


@dataclass(frozen=True)
class Kind:
    code: str
    words: WordsFor
    by_email: bool
    letter: LetterFor | None = None


_kinds: dict[str, Kind] = {}
_audiences: dict[str, ListUsers] = {}
_visibility: dict[str, MayHear] = {}


def register_kind(code: str, words: WordsFor, *, by_email: bool = False) -> None:
    """A kind of message, `app.event`. `words` is called in the reader's language, when it is read or sent."""
    _kinds[code] = Kind(code, words, by_email)


def register_letter(code: str, letter: LetterFor) -> None:
    """A kind of e-mail that stands in nobody's inbox. `letter` is called at sending; None: there is nothing to send
    any more (withdrawn, accepted, nobody of that name), and nobody can tell the difference from outside."""
    _kinds[code] = Kind(code, _no_words, by_email=False, letter=letter)


def _no_words(entry: OutboxEntry, user: User) -> Words:
    raise LookupError(f"'{entry.kind}' is a letter: it has no words for an inbox.")


def register_audience(code: str, list_users: ListUsers) -> None:
    """A named group of people: `list_users(arguments, on)` gives the ids of users, as of that day."""
    _audiences[code] = list_users


def register_visibility(object_type: str, may_hear: MayHear) -> None:
    """Whether a user may hear about an object of this type on this day. Asked at sending and at reading."""
    _visibility[object_type] = may_hear


def get_kind(code: str) -> Kind:
    """The kind, or an error that says what is known."""
    if code not in _kinds:
        raise LookupError(
            f"No app registered the message kind '{code}'. Known: {', '.join(sorted(_kinds)) or 'none'}."
        )
    return _kinds[code]


def find_kind(code: str) -> Kind | None:
    return _kinds.get(code)


def get_audience(code: str) -> ListUsers:
    """The audience, or an error that says what is known."""
    if code not in _audiences:
        raise LookupError(
            f"No app registered the audience '{code}'. Known: {', '.join(sorted(_audiences)) or 'none'}."
        )
    return _audiences[code]


def may_hear(user: User, entry: OutboxEntry, on: dt.date) -> bool:
    """Active, and allowed by the app that owns the object. An object that nobody answers for is told to nobody."""
    if not user.is_active:
        return False
    if not entry.object_type:
        return True
    answer = _visibility.get(entry.object_type)
    return answer is not None and entry.object_id is not None and answer(user, entry.object_id, on)
