"""Decisions about support: how much was planned, who has waited long, what may be said about before and after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from statistics import median

from crescendo.core import numbers

DAYS_OF_A_WEEK = 5  # a plan says "3 a week" of an ordinary week of five school days
QUIET_SCHOOL_DAYS = 10  # two weeks of school
FEWEST_POINTS = 3


def planned_sessions(rhythms: Sequence[tuple[date, int]], school_days: Iterable[date]) -> int:
    """How many sessions the plan foresees for these school days: 3 a week over 12 days are 7.

    A rhythm holds from its day on, until the next one. Holidays and the days before the first rhythm foresee none, so
    nobody is behind because of a holiday.
    """
    foreseen = Fraction(0)
    for day in school_days:
        begun = [(begins_on, a_week) for begins_on, a_week in rhythms if begins_on <= day]
        if begun:
            foreseen += Fraction(max(begun)[1], DAYS_OF_A_WEEK)
    return int(numbers.half_up(foreseen))


def is_quiet(school_days_without: int) -> bool:
    """Two weeks of school without a session: somebody should ask why."""
    return school_days_without >= QUIET_SCHOOL_DAYS


def why_not_a_delivery(on: date, *, begins_on: date, today: date) -> str:
    """Why a session cannot be logged on that day: a code, empty where it can."""
    if on > today:
        return "future"
    return "too_early" if on < begins_on else ""


@dataclass(frozen=True)
class Point:
    """The measure on a day, or of the week that begins on it. A week's share knows its part and its whole.

    `is_start` is the value the plan began with: taken on its first day, and known before it.
    """

    on: date
    value: float | None
    part: float | None = None
    whole: float | None = None
    is_start: bool = False


@dataclass(frozen=True)
class Side:
    """The measure on one side of the plan's first day: one value for all points, and between which they lie."""

    n: int
    value: float | None = None
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True)
class BeforeAfter:
    """The measure before the plan began beside the measure since; `is_enough` when both sides have three points."""

    before: Side
    after: Side

    @property
    def is_enough(self) -> bool:
        return min(self.before.n, self.after.n) >= FEWEST_POINTS

    @property
    def difference(self) -> float | None:
        """Between the two sides; None where there are too few points to say."""
        return self.after.value - self.before.value if self.is_enough else None


def is_since(point: Point, *, begins_on: date, ended_on: date | None = None) -> bool:
    """Whether a known point belongs to the time of the plan: from its first day to the day it was closed."""
    if point.value is None or point.is_start:
        return False
    return begins_on <= point.on and (ended_on is None or point.on <= ended_on)


def before_and_after(
    points: Sequence[Point], *, begins_on: date, ended_on: date | None = None, days: int = 1
) -> BeforeAfter:
    """Split the known points at the day the plan began; that day counts as after, but for the value it began with.

    What is missing counts nowhere.

    `days` is how many days a point stands for: the week in which a plan begins on a Wednesday belongs to neither side.
    It describes and tests nothing: one student's change has many possible causes.
    """
    known = [point for point in points if point.value is not None]
    last = timedelta(days=days - 1)
    return BeforeAfter(
        _side([point for point in known if point.is_start or point.on + last < begins_on]),
        _side([point for point in known if is_since(point, begins_on=begins_on, ended_on=ended_on)]),
    )


def _side(points: Sequence[Point]) -> Side:
    """Shares are pooled, part by whole, so that a week of two days weighs less than one of five.

    Of scores the median stands for all, because one bad day should not.
    """
    if not points:
        return Side(0)
    values = [point.value for point in points]
    if all(point.whole for point in points):
        value = sum(point.part for point in points) / sum(point.whole for point in points)
    else:
        value = median(values)
    return Side(len(points), value, min(values), max(values))
