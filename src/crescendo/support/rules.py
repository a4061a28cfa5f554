"""Decisions about support: how much was planned, who has waited long, what may be said about before and after."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
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
class Side:
    """The measure on one side of the plan's first day."""

    n: int
    middle: float | None
    lowest: float | None
    highest: float | None


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
        """Between the two middles; None where there are too few points to say."""
        return self.after.middle - self.before.middle if self.is_enough else None


def before_and_after(points: Sequence[tuple[date, float | None]], *, begins_on: date) -> BeforeAfter:
    """Split the known points at the day the plan began (that day counts as after). Missing points count nowhere.

    The middle is the median, because one bad week should not speak for all. It describes; it tests nothing: one
    student's change has many possible causes.
    """
    known = [(on, value) for on, value in points if value is not None]
    return BeforeAfter(
        _side([value for on, value in known if on < begins_on]),
        _side([value for on, value in known if on >= begins_on]),
    )


def _side(values: list[float]) -> Side:
    if not values:
        return Side(0, None, None, None)
    return Side(len(values), median(values), min(values), max(values))
