"""The school's clock. Read once in a view, task or command, and handed down as `on=` or `at=`.

A demo's day stands still, so that its Monday stays a Monday; `accounts` says which day, because it keeps the site's
row and core knows no tables.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

FIRST_MONTH = 7  # a school year begins on 1 July, unless the calendar says more exactly


def _never() -> date | None:
    return None


_frozen_day: Callable[[], date | None] = _never


def freeze_by(source: Callable[[], date | None]) -> None:
    """Name the function that knows the site's frozen day (None: time goes on)."""
    global _frozen_day  # noqa: PLW0603  (one clock per process)
    _frozen_day = source


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def now() -> datetime:
    """This instant in the school's zone; in a demo, this time of its frozen day."""
    instant = timezone.now().astimezone(zone())
    frozen = _frozen_day()
    return instant if frozen is None else datetime.combine(frozen, instant.time(), tzinfo=zone())


def today() -> date:
    """The school's day."""
    return now().date()


def school_year_of(on: date, *, first_month: int = FIRST_MONTH) -> int:
    """The year in which the school year of that day ends: 1 September 2025 lies in 2026."""
    return on.year + 1 if 1 < first_month <= on.month else on.year


def school_year_days(school_year: int, *, first_month: int = FIRST_MONTH) -> tuple[date, date]:
    """The first and the last day of a school year."""
    begins_on = date(school_year if first_month == 1 else school_year - 1, first_month, 1)
    return begins_on, date(begins_on.year + 1, first_month, 1) - timedelta(days=1)


def school_year_name(school_year: int) -> str:
    """2026 -> '2025–26'."""
    return f"{school_year - 1}–{school_year % 100:02d}"
