"""Facts have changed: whoever writes them says so here, whoever measures listens.

Many facts at once (an import) are measured again as a whole: `announce`. A few facts of one school (a register, a
score) are measured at once, at that school: `announce_marks`. The writer calls either inside its transaction. The
listener's own write is then part of that transaction: both happen or neither does.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction

from crescendo.core import live

Listener = Callable[[frozenset[int]], None]
_listeners: list[Listener] = []


@dataclass(frozen=True)
class Marks:
    """Some facts of one school were written: which of the measure library's tables they belong to."""

    school_year: int
    school_id: int
    tables: tuple[str, ...]


MarksListener = Callable[[Marks], None]
_marks_listeners: list[MarksListener] = []


def listen(listener: Listener) -> None:
    """Be told which school years changed. Called once, from `AppConfig.ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def listen_to_marks(listener: MarksListener) -> None:
    """Be told of each school whose facts somebody marked. Called once, from `AppConfig.ready()`."""
    if listener not in _marks_listeners:
        _marks_listeners.append(listener)


def announce(*, school_years: Iterable[int]) -> None:
    """Say that facts of these school years (or the people and calendars behind them) have changed."""
    years = frozenset(school_years)
    if not years:
        return
    with transaction.atomic():
        for listener in _listeners:
            listener(years)


def announce_marks(
    *, school_year: int, school_id: int, tables: Iterable[str], topics: Iterable[str] = ()
) -> None:
    """Say that somebody wrote a few facts of one school. `topics` are the open pages that show them."""
    with transaction.atomic():
        marks = Marks(school_year, school_id, tuple(sorted(set(tables))))
        for listener in _marks_listeners:
            listener(marks)
        live.announce(topics)
