"""The school's clock. Read once in a view, task or command, and handed down as `on=` or `at=`.

A site says in which time zone its schools are; a demo's day stands still, so that its Monday stays a Monday.
`accounts` tells both, because it keeps the site's row and core knows no tables.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

FIRST_MONTH = 7  # a school year begins on 1 July, unless the calendar says more exactly


def _nothing_said() -> tuple[date | None, str]:
    return None, ""


_read_site: Callable[[], tuple[date | None, str]] = _nothing_said


def read_site_by(source: Callable[[], tuple[date | None, str]]) -> None:
    """Name the function that knows the site's frozen day (None: time goes on) and its time zone ('': the setting)."""
    global _read_site  # noqa: PLW0603  (one clock per process)
    _read_site = source


def zone() -> ZoneInfo:
    return _zone(_read_site()[1])


def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name or settings.TIME_ZONE)


def now() -> datetime:
    """This instant in the school's zone; in a demo, this time of its frozen day."""
    frozen, name = _read_site()
    instant = timezone.now().astimezone(_zone(name))
    return instant if frozen is None else datetime.combine(frozen, instant.time(), tzinfo=_zone(name))


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
