"""When a delivery should have come. Time counts on school days alone. No database, no clock."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median

GRACE = timedelta(hours=3)  # of what comes every so many days: a night's export is now and then slow
FURTHEST = 120  # days without a school day after which nothing is expected: a summer
FEWEST = 5  # deliveries from which a rhythm can be told
DAY = timedelta(days=1)

IsSchoolDay = Callable[[date], bool]


def due_at(last: datetime, every: timedelta, is_school_day: IsSchoolDay) -> datetime | None:
    """The instant at which `every` has passed since the last delivery, counting only time on school days.

    Friday 02:00 and a day: Monday 02:00. None: no school day is near enough.
    """
    left, at = every, last
    for _day in range(FURTHEST + every.days * 3):
        midnight = datetime.combine(at.date() + DAY, time(), tzinfo=at.tzinfo)
        if is_school_day(at.date()):
            if left <= midnight - at:
                return at + left
            left -= midnight - at
        at = midnight
    return None


def expected_by(last: datetime, every: int, unit: str, is_school_day: IsSchoolDay) -> datetime | None:
    """From when on a delivery that comes every so many school days, or hours of them, is late."""
    if unit == "hours":
        return due_at(last, timedelta(hours=every), is_school_day)
    due = due_at(last, timedelta(days=every), is_school_day)
    return due + GRACE if due else None


def propose(deliveries: Iterable[datetime], is_school_day: IsSchoolDay) -> tuple[int, str] | None:
    """Its own rhythm: the middle of the times between deliveries, on school days. None: too few to tell."""
    came = sorted(deliveries)
    if len(came) < FEWEST:
        return None
    hours = median(school_hours(one, other, is_school_day) for one, other in pairwise(came))
    if hours >= 18:  # nearer to a day than to an hour
        return max(1, round(hours / 24)), "days"
    return max(1, -int(-hours // 1)), "hours"


def school_hours(begin: datetime, end: datetime, is_school_day: IsSchoolDay) -> float:
    """Hours between two instants that lie on school days."""
    total, at = timedelta(), begin
    while at < end:
        until = min(end, datetime.combine(at.date() + DAY, time(), tzinfo=at.tzinfo))
        total += (until - at) if is_school_day(at.date()) else timedelta()
        at = until
    return total / timedelta(hours=1)
