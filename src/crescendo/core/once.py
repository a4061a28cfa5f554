"""What a page asks from several corners is asked once: which run is shown, by which rules, whose numbers are open.

Answers are kept while one request that only reads is answered, and then forgotten: a request has one reader, so nothing
goes from one person to another, and all parts of a page rest on the same answer. A form that is saved, a task, a command
and a test ask anew each time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("crescendo_kept", default=None)


@contextmanager
def keeping_answers() -> Iterator[None]:
    """While one page is read: the second time, a question is answered from memory."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once_a_page(ask: Callable[P, R]) -> Callable[P, R]:
    """For a small question whose answer nobody changes: asked again with the same arguments, it gives the same answer.

    A question whose answer depends on the reader takes the reader as an argument.
    """

    @wraps(ask)
    def answer(*args: P.args, **kwargs: P.kwargs) -> R:
        kept = _kept.get()
        if kept is None:
            return ask(*args, **kwargs)
        key = (ask, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            kept[key] = ask(*args, **kwargs)
        return kept[key]

    return answer
