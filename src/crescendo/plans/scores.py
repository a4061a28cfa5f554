"""The same students' scores, before and after. Pure: results in, sittings out.

A class's or a school's average moves when a strong student joins or a weak one is away. So a later sitting is compared with what the
very same students had at the start, and what they gained is added to the baseline. Who has no result is left out and
counted, never taken as zero.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol, TypeVar

A_SITTING = timedelta(days=28)  # results within four weeks of the first belong to one sitting of a test
OLDEST_BASELINE = timedelta(days=365)
ENOUGH = (
    0.5  # a sitting says something about the goal when at least half of the students of the baseline took it
)


@dataclass(frozen=True)
class Score:
    """One student's score on a day. `scale` says what it may be compared with."""

    student_id: int
    on: date
    value: float
    scale: tuple[object, ...]
    n: int = 1


@dataclass(frozen=True)
class TestDay:
    """How many students took tests of one scale on a day: all that is known of a school before its averages."""

    on: date
    scale: tuple[object, ...]
    n: int


class Taken(Protocol):
    """What falls into sittings: a score, or a school's day of testing."""

    @property
    def on(self) -> date: ...
    @property
    def scale(self) -> tuple[object, ...]: ...
    @property
    def n(self) -> int: ...


AnyTaken = TypeVar("AnyTaken", bound=Taken)


@dataclass(frozen=True)
class Sitting:
    """One sitting: the last day of it, and each student's latest score in it."""

    on: date
    scores: dict[int, float]

    @property
    def mean(self) -> float:
        return sum(self.scores.values()) / len(self.scores)


@dataclass(frozen=True)
class Compared:
    """A later sitting beside the start, of the same students. `value` is the baseline plus what they gained."""

    on: date
    value: float | None
    gain: float | None
    n: int
    counts: bool


def first_group(taken: Iterable[AnyTaken], begins_on: date) -> list[AnyTaken]:
    """The latest sitting on or before the start, within a year of it, on the scale that most of its scores have."""
    before = [one for one in taken if begins_on - OLDEST_BASELINE <= one.on <= begins_on]
    if not before:
        return []
    last = max(one.on for one in before)
    latest = [one for one in before if last - one.on <= A_SITTING]
    counts: Counter[tuple[object, ...]] = Counter()
    for one in latest:
        counts[one.scale] += one.n
    scale = counts.most_common(1)[0][0]
    return [one for one in latest if one.scale == scale]


def later_groups(
    taken: Iterable[AnyTaken], after: date, scale: tuple[object, ...] | None
) -> list[list[AnyTaken]]:
    """The sittings after a day, oldest first. Without a scale, the first later score's is taken."""
    later = sorted((one for one in taken if one.on > after), key=lambda one: one.on)
    if scale is None and later:
        scale = later[0].scale
    found: list[list[AnyTaken]] = []
    for one in (one for one in later if one.scale == scale):
        if found and one.on - found[-1][0].on <= A_SITTING:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def baseline_sitting(
    scores: Iterable[Score], begins_on: date
) -> tuple[Sitting | None, tuple[object, ...] | None]:
    """The sitting that a goal starts from, and the scale that later ones are compared on."""
    first = first_group(scores, begins_on)
    return (_sitting(first), first[0].scale) if first else (None, None)


def later_sittings(scores: Iterable[Score], after: date, scale: tuple[object, ...] | None) -> list[Sitting]:
    """The sittings since, of the same scale."""
    ordered = sorted(scores, key=lambda score: (score.on, score.student_id))
    return [_sitting(group) for group in later_groups(ordered, after, scale)]


def _sitting(scores: Sequence[Score]) -> Sitting:
    ordered = sorted(scores, key=lambda s: s.on)
    return Sitting(ordered[-1].on, {s.student_id: s.value for s in ordered})


def compare(start: Sitting, later: Sitting, baseline: float) -> Compared:
    """What the students of both sittings gained, on top of the baseline."""
    both = [(start.scores[pk], later.scores[pk]) for pk in later.scores if pk in start.scores]
    gain = sum(after - before for before, after in both) / len(both) if both else None
    return gained(later.on, baseline, gain, len(both), len(start.scores))


def gained(on: date, baseline: float, gain: float | None, n_both: int, n_start: int) -> Compared:
    """The gain of those who took both sittings on top of the baseline; it counts when they are half of the start's."""
    if gain is None:
        return Compared(on, None, None, n_both, counts=False)
    return Compared(on, baseline + gain, gain, n_both, counts=n_both >= ENOUGH * n_start)
