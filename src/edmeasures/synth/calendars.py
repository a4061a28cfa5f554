"""School years: 180 instructional days, holidays, weather days that differ by school, sessions."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from .streams import stream

DAYS = 180
Days = np.ndarray  # datetime64[D]


@dataclass(frozen=True)
class Session:
    """A school year, semester or grading period. Both days belong to it."""

    sourced_id: str
    kind: str
    title: str
    begins_on: date
    ends_on: date
    parent: str | None
    school_year: int


@dataclass(frozen=True)
class YearCalendar:
    """One school year's days: one row per school, each with exactly 180 instructional days in order."""

    school_year: int
    instructional: Days  # schools x 180
    closed: tuple[tuple[np.ndarray, list[str]], ...]  # per school: weekdays without lessons, and why
    sessions: tuple[Session, ...]

    def days_until(self, school: int, as_of: np.datetime64) -> int:
        """How many instructional days a school has had by `as_of`, that day included."""
        return int(np.searchsorted(self.instructional[school], as_of, side="right"))


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th Monday (0) .. Sunday (6) of a month."""
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def first_day(school_year: int) -> date:
    """Lessons begin on the third Monday of August."""
    return nth_weekday(school_year - 1, 8, 0, 3)


def holidays(school_year: int) -> dict[date, str]:
    """Weekdays on which no school of the district has lessons, and why."""
    autumn, spring = school_year - 1, school_year
    thanksgiving = nth_weekday(autumn, 11, 3, 4)
    last_monday_of_may = max(
        nth_weekday(spring, 5, 0, n) for n in (4, 5) if nth_weekday(spring, 5, 0, n).month == 5
    )
    closed = {
        nth_weekday(autumn, 9, 0, 1): "holiday",
        nth_weekday(autumn, 10, 0, 2): "teacher-only day",
        date(autumn, 11, 11): "holiday",
        thanksgiving - timedelta(days=1): "break",
        thanksgiving: "holiday",
        thanksgiving + timedelta(days=1): "break",
        nth_weekday(spring, 1, 0, 3): "holiday",
        nth_weekday(spring, 2, 0, 3): "holiday",
        last_monday_of_may: "holiday",
    }
    winter = nth_weekday(autumn, 12, 0, 3) + timedelta(days=7)
    spring_break = nth_weekday(spring, 3, 0, 3)
    closed |= {winter + timedelta(days=i): "break" for i in range(12)}
    closed |= {spring_break + timedelta(days=i): "break" for i in range(5)}
    return {day: why for day, why in closed.items() if day.weekday() < 5}


def sessions(school_year: int) -> tuple[Session, ...]:
    """The year, two semesters and four grading periods; together they leave no day out."""
    begins, ends = first_day(school_year), date(school_year, 6, 30)
    middle = nth_weekday(school_year, 1, 0, 3) - timedelta(days=3)
    quarter_1 = nth_weekday(school_year - 1, 10, 4, 4)
    quarter_3 = nth_weekday(school_year, 3, 4, 4)
    label = f"{school_year - 1}-{school_year % 100:02d}"
    day = timedelta(days=1)
    year, first, second = (f"{school_year}-{part}" for part in ("year", "s1", "s2"))
    rows = (
        (year, "schoolYear", label, begins, ends, None),
        (first, "semester", f"Semester 1 {label}", begins, middle, year),
        (second, "semester", f"Semester 2 {label}", middle + day, ends, year),
        (f"{school_year}-q1", "gradingPeriod", f"Quarter 1 {label}", begins, quarter_1, first),
        (f"{school_year}-q2", "gradingPeriod", f"Quarter 2 {label}", quarter_1 + day, middle, first),
        (f"{school_year}-q3", "gradingPeriod", f"Quarter 3 {label}", middle + day, quarter_3, second),
        (f"{school_year}-q4", "gradingPeriod", f"Quarter 4 {label}", quarter_3 + day, ends, second),
    )
    return tuple(Session(i, kind, title, a, b, parent, school_year) for i, kind, title, a, b, parent in rows)


def make_calendar(seed: int, school_year: int, schools: int) -> YearCalendar:
    """Every school's calendar: one weather day for all, up to two more of its own, each made up for in June."""
    rng = stream(seed, f"calendar {school_year}")
    begins, closed = first_day(school_year), holidays(school_year)
    weekdays = [begins + timedelta(days=i) for i in range(340) if (begins + timedelta(days=i)).weekday() < 5]
    open_days = np.array([d for d in weekdays if d not in closed], "datetime64[D]")
    winter = np.flatnonzero(
        (open_days >= np.datetime64(f"{school_year}-01-06"))
        & (open_days <= np.datetime64(f"{school_year}-02-27"))
    )
    common = rng.choice(winter)
    holiday_days = np.array(sorted(closed), "datetime64[D]")
    rows, shut = [], []
    for _ in range(schools):
        lost = np.union1d([common], rng.choice(winter, size=rng.integers(0, 3), replace=False))
        taught = np.delete(open_days, lost)[:DAYS]
        rows.append(taught)
        within = holiday_days[holiday_days <= taught[-1]]
        days = np.concatenate([within, open_days[lost]])
        reasons = [closed[d] for d in within.astype(object)] + ["weather day"] * len(lost)
        shut.append((days, reasons))
    return YearCalendar(school_year, np.array(rows, "datetime64[D]"), tuple(shut), sessions(school_year))
