"""Which counting rules an indicator is measured by, and which day of last year it is compared with.

Pure decisions; the site's own choice comes in as rows.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from crescendo.core import school_time

A_YEAR = timedelta(weeks=52)  # whole weeks, so that Mondays stand on Mondays

# What a new site begins with: the federal rules everywhere, and side by side where authorities differ most.
EVERY_INDICATOR = ("us-federal",)
SIDE_BY_SIDE = {
    "chronic_absence": ("us-federal", "edu-decimal", "england"),
    "severe_chronic_absence": ("us-federal", "edu-decimal", "england"),
}


def packs_of(indicator: str, chosen: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The counting rules for one indicator, the one shown first in front.

    `chosen` are the site's rows (indicator or '', rules), in the site's order. A row for the indicator wins over a
    row for every indicator; without either, what a new site begins with.
    """
    rows = list(chosen)
    own = tuple(pack for code, pack in rows if code == indicator)
    everywhere = tuple(pack for code, pack in rows if not code)
    return own or everywhere or SIDE_BY_SIDE.get(indicator, EVERY_INDICATOR)


def same_day_last_year(as_of: date, school_year: int) -> date | None:
    """The day 52 weeks before; None where last school year had not begun by then."""
    begins_on, ends_on = school_time.school_year_days(school_year - 1)
    day = min(as_of - A_YEAR, ends_on)
    return day if day >= begins_on else None
