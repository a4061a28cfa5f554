"""Facts have changed: whoever writes them says so here, whoever measures listens.

The writer calls `announce` inside its transaction. The listener's own write (a queued job) is then part of
that transaction: both happen or neither does.
"""

from collections.abc import Callable, Iterable

from django.db import transaction

Listener = Callable[[frozenset[int]], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Be told which school years changed. Called once, from `AppConfig.ready()`."""
    if listener not in _listeners:
        _listeners.append(listener)


def announce(*, school_years: Iterable[int]) -> None:
    """Say that facts of these school years (or the people and calendars behind them) have changed."""
    years = frozenset(school_years)
    if not years:
        return
    with transaction.atomic():
        for listener in _listeners:
            listener(years)
