"""Whether a weekly number moved more than the usual ups and downs. Pure: no Django, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

from crescendo.indicators.numbers import Point
from edmeasures.methods.run_chart import run_chart
from edmeasures.methods.xmr import xmr_limits

FEWEST_WEEKS = 12  # fewer do not show what is usual
SCHOOL_WEEK = timedelta(days=4)  # Monday to Friday
ONE_WEEK, LEVEL = "one_week", "level"


@dataclass(frozen=True)
class Moved:
    """How a number left its usual range: for one week, or to another level that has lasted `weeks`.

    `now` is the last week's value, or the ratio over the weeks at the new level; `usual` the level before; `lower` and
    `upper` the usual range of single weeks.
    """

    how: str
    is_up: bool
    weeks: int
    now: float
    usual: float
    lower: float
    upper: float
    begins_on: date


def usable(points: Sequence[Point], as_of: date) -> list[Point]:
    """Whole weeks with a value. A week with less than half of the usual days (holidays) is no week to compare."""
    whole = [
        p for p in points if p.value is not None and p.denominator and p.begins_on + SCHOOL_WEEK <= as_of
    ]
    if not whole:
        return []
    middle = float(np.median([p.denominator for p in whole]))
    return [p for p in whole if (p.denominator or 0) >= middle / 2]


def judge(points: Sequence[Point], as_of: date) -> Moved | None:
    """Anhoej's rule for the run that is still going on, then the last week against limits from the weeks before it."""
    return _judged(tuple(points), as_of)


@lru_cache(
    maxsize=4096
)  # a district's page asks for each of its schools every time; these are numbers of schools
def _judged(points: tuple[Point, ...], as_of: date) -> Moved | None:
    weeks = usable(points, as_of)
    if len(weeks) < FEWEST_WEEKS:
        return None
    return _level(weeks) or _last_week(weeks)


def _level(weeks: Sequence[Point]) -> Moved | None:
    values = np.array([p.value for p in weeks])
    runs = run_chart(values)
    if not runs.last_run_is_too_long:
        return None
    first = _begins(values, runs.centre, runs.last_run)
    before, after = weeks[:first], weeks[first:]
    is_up = runs.last_run > 0
    # Before may hold weeks so far out that its level lies beyond: then there is no new level to speak of.
    if not before or (_ratio(after) > _ratio(before)) != is_up:
        return None
    limits = xmr_limits(values[:first] if first > 1 else values, screened=True)
    return Moved(
        LEVEL,
        is_up,
        abs(runs.last_run),
        _ratio(after),
        _ratio(before),
        limits.lower,
        limits.upper,
        after[0].begins_on,
    )


def _begins(values: np.ndarray, centre: float, last_run: int) -> int:
    """The place of the first week of the last run; weeks on the line neither break nor extend it."""
    left, place = abs(last_run), len(values)
    while left:
        place -= 1
        left -= values[place] != centre
    return place


def _last_week(weeks: Sequence[Point]) -> Moved | None:
    values = np.array([p.value for p in weeks])
    limits = xmr_limits(values[:-1], screened=True)
    last = weeks[-1]
    if last.value is None or limits.lower <= last.value <= limits.upper:
        return None
    if limits.upper - limits.lower < 1e-9:  # a number that never moves has no ups and downs to leave
        return None
    return Moved(
        ONE_WEEK,
        last.value > limits.centre,
        1,
        last.value,
        limits.centre,
        limits.lower,
        limits.upper,
        last.begins_on,
    )


def _ratio(weeks: Sequence[Point]) -> float:
    """Sums over sums, never a mean of weeks."""
    return sum(p.numerator or 0 for p in weeks) / sum(p.denominator or 0 for p in weeks)
