"""What one mark must look like: pure decisions, no database, no clock. The sentences are those of `records`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

from django.utils.translation import gettext as _

from crescendo.core.errors import Refused
from crescendo.imports.sources.xapi import meaning
from crescendo.imports.sources.xapi.statements import check
from crescendo.imports.sources.xapi.words import Invalid
from crescendo.records import rules as records

from . import scopes

LARGEST = 1e9
LONGEST_KEY = 255
MOST_MINUTES = 1440
PLATFORM = "platform"  # the activity that is measured apart from clubs and teams
SCOPE_OF = {
    "attendance": scopes.ATTENDANCE, "score": scopes.SCORES, "activity": scopes.ACTIVITY,
    "statement": scopes.STATEMENTS,  # made by the door of statements, not by senders of marks
}  # fmt: skip
BIGGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Ref:
    """What a mark names: by the sender's own id, or by ours."""

    theirs: str = ""
    ours: int | None = None


@dataclass(frozen=True)
class Mark:
    """A mark that has its shape. What it names is looked up later."""

    row: int
    key: str
    kind: str
    student: Ref
    on: date | None = None
    mark: str = ""
    item: Ref = Ref()
    score: float | None = None
    activity: str = ""
    title: str = ""
    minutes: float | None = None
    statement: Mapping[str, Any] | None = None


def is_text(value: Any) -> TypeGuard[str]:
    """What PostgreSQL can keep as text: JSON also knows half characters, and the one that ends a text in C."""
    return isinstance(value, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)


def read_mark(row: int, sent: Any, *, today: date, allowed: frozenset[str]) -> Mark:
    """The mark, or `Refused` with the sentence that says what to change."""
    key = sent.get("key") if isinstance(sent, Mapping) else None
    if not is_text(key) or not 0 < len(key) <= LONGEST_KEY:
        raise Refused(_("A mark needs a 'key': a text of your own, at most 255 characters."))
    kind = str(sent.get("kind"))
    if kind not in SCOPE_OF:
        raise Refused(_("'kind' is 'attendance', 'score' or 'activity'."))
    if SCOPE_OF[kind] not in allowed:
        raise Refused(_("This token does not carry the scope %(scope)s.") % {"scope": SCOPE_OF[kind]})
    readers = {"attendance": _attendance, "score": _score, "activity": _activity, "statement": _statement}
    return readers[kind](row, key, sent, today)


def _attendance(row: int, key: str, sent: Mapping[str, Any], today: date) -> Mark:
    on, student, said = _day(sent, today), _ref(sent, "student"), sent.get("mark")
    if not isinstance(said, str) or said not in records.MARKS:
        raise Refused(
            _("'%(mark)s' is not a mark. Use one of: %(marks)s.")
            % {"mark": str(said)[:40], "marks": ", ".join(records.MARKS)}
        )
    return Mark(row, key, "attendance", student, on=on, mark=said)


def _score(row: int, key: str, sent: Mapping[str, Any], today: date) -> Mark:
    score = sent.get("score")
    if score is not None and (isinstance(score, bool) or not isinstance(score, int | float)):
        raise Refused(_("'score' is a number, or null for work that was not handed in."))
    if score is not None and not abs(score) <= LARGEST:
        raise Refused(_("'score' is no number that a piece of work can have."))
    item = _ref(sent, "item")
    return Mark(
        row, key, "score", _ref(sent, "student"), item=item, score=None if score is None else float(score)
    )


def _activity(row: int, key: str, sent: Mapping[str, Any], today: date) -> Mark:
    on, student = _day(sent, today), _ref(sent, "student")
    what, title, minutes = sent.get("activity"), sent.get("title", ""), sent.get("minutes")
    if not is_text(what) or not 0 < len(what) <= 60:
        raise Refused(
            _("'activity' says what kind it is, such as 'club' or 'platform', in at most 60 characters.")
        )
    if not is_text(title) or len(title) > 120:
        raise Refused(_("'title' is a text of at most 120 characters."))
    if minutes is not None and (isinstance(minutes, bool) or not isinstance(minutes, int | float)):
        raise Refused(_("'minutes' is a number, or null where it is not known."))
    if minutes is not None and not 0 <= minutes <= MOST_MINUTES:
        raise Refused(_("'minutes' lies between 0 and 1440."))
    return Mark(
        row, key, "activity", student, on=on, activity=what, title=title,
        minutes=None if minutes is None else float(minutes),
    )  # fmt: skip


def _statement(row: int, key: str, sent: Mapping[str, Any], today: date) -> Mark:
    """Checked at its door; whom it is about, its actor says."""
    said = sent.get("statement")
    try:
        check(said)
    except Invalid as problem:
        raise Refused(str(problem)) from None
    if not isinstance(said, Mapping) or meaning.key_of(said) != key:
        raise Refused(_("The key of a statement is its id."))
    return Mark(row, key, "statement", Ref(ours=0), statement=said)


def _day(sent: Mapping[str, Any], today: date) -> date:
    try:
        on = date.fromisoformat(str(sent.get("on")))
    except ValueError:
        raise Refused(
            _("'on' is '%(on)s'. Write the day as YYYY-MM-DD.") % {"on": str(sent.get("on"))[:40]}
        ) from None
    if on > today:
        raise Refused(_("That day has not come yet. Record attendance on its day, or after it."))
    return on


def _ref(sent: Mapping[str, Any], name: str) -> Ref:
    ours, theirs = sent.get(f"{name}_id"), sent.get(name)
    if isinstance(ours, int) and not isinstance(ours, bool):
        return Ref(ours=ours if 0 < ours <= BIGGEST_ID else 0)
    if is_text(theirs):
        return Ref(theirs=theirs)
    raise Refused(_("Say which: '%(name)s' with your own id, or '%(name)s_id' with ours.") % {"name": name})
