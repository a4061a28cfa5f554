"""Decisions about records: no database, no clock."""

from collections.abc import Iterable
from datetime import date

from crescendo.core import school_time

# How much of a day each kind of mark takes. "present" takes none, or it would be an absence.
TAKES_NOTHING = {"present", "tardy"}


def ordinary_until(on: date) -> date:
    """Behaviour leaves the ordinary view when its school year ends."""
    return school_time.school_year_days(school_time.school_year_of(on))[1]


def renewal_ends_on(on: date) -> date:
    """A renewal lasts to the end of the school year in which somebody renewed: nobody renews for ever."""
    return ordinary_until(on)


def why_not_a_mark(category: str, absent_share: float) -> str:
    """Why this cannot stand as an attendance mark; empty where it can."""
    if not 0 <= absent_share <= 1:
        return f"The share of the day missed is {absent_share}. It lies between 0 and 1."
    if category == "present" and absent_share > 0:
        return (
            f"'present' cannot miss {absent_share} of a day. Write 'excused' or 'unexcused', or a share of 0."
        )
    if category not in TAKES_NOTHING and absent_share == 0:
        return f"'{category}' misses some of the day. Write the share, or 'present'."
    return ""


# What somebody can mark on a register: the category that is stored and the share of the day missed.
MARKS: dict[str, tuple[str, float]] = {
    "present": ("present", 0.0),
    "late": ("tardy", 0.0),
    "excused": ("excused", 1.0),
    "unexcused": ("unexcused", 1.0),
    "half_excused": ("excused", 0.5),
    "half_unexcused": ("unexcused", 0.5),
}
AS_SENT = "as_sent"  # what another system sent and no mark of ours says


def mark_of(events: Iterable[tuple[str, float]]) -> str:
    """The mark of one day from its events (category, share missed): shares add up, at most to the day.

    No event is "present". The category that took the most of the day speaks for it.

    >>> mark_of([]), mark_of([("tardy", 0.0)]), mark_of([("excused", 0.5)]), mark_of([("other", 1.0)])
    ('present', 'late', 'half_excused', 'as_sent')
    """
    rows = sorted(events, key=lambda event: (event[1], event[0]))
    if not rows:
        return "present"
    missed = (rows[-1][0], min(1.0, sum(share for _category, share in rows)))
    if missed[1] == 0:
        return "late" if any(category == "tardy" for category, _share in rows) else "present"
    return next((mark for mark, means in MARKS.items() if means == missed), AS_SENT)
