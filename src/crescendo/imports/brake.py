"""When a delivery waits for a person's OK: it would end much of what is stored. Pure rules; no database."""

from dataclasses import dataclass

LEAST_ROWS = 25
LEAST_SHARE = 0.10


@dataclass(frozen=True)
class Reason:
    """Why a delivery waits: `code` is `many_would_end` or `school_would_end`."""

    code: str
    target: str
    ending: int
    live: int
    schools: int = 0


def would_end_too_many(*, ending: int, live: int) -> bool:
    """More rows would end than both 25 and a tenth of what is live.

    >>> would_end_too_many(ending=25, live=30), would_end_too_many(ending=26, live=30)
    (False, True)
    >>> would_end_too_many(ending=100, live=1000), would_end_too_many(ending=101, live=1000)
    (False, True)
    """
    return ending > max(LEAST_ROWS, LEAST_SHARE * live)


def list_reasons(*, target: str, ending: int, live: int, emptied_schools: int) -> list[Reason]:
    """Every reason to wait that one target gives."""
    reasons = []
    if would_end_too_many(ending=ending, live=live):
        reasons.append(Reason("many_would_end", target, ending, live))
    if emptied_schools:
        reasons.append(Reason("school_would_end", target, ending, live, emptied_schools))
    return reasons
