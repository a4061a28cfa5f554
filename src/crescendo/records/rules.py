"""Decisions about records: no database, no clock."""

from datetime import date

from crescendo.core import school_time

# How much of a day each kind of mark takes. "present" takes none, or it would be an absence.
TAKES_NOTHING = {"present", "tardy"}


def ordinary_until(on: date) -> date:
    """Behaviour leaves the ordinary view when its school year ends."""
    return school_time.school_year_days(school_time.school_year_of(on))[1]


def is_in_ordinary_view(ordinary_until_on: date, on: date) -> bool:
    """Whether an incident is still shown to everybody who may see behaviour. The last day counts."""
    return on <= ordinary_until_on


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
