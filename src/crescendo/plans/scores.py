"""The same students' scores, before and after. Pure: results in, sittings out.

A class's average moves when a strong student joins or a weak one is away. So a later sitting is compared with what the
very same students had at the start, and what they gained is added to the baseline. Who has no result is left out and
counted, never taken as zero.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

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


def baseline_sitting(
    scores: Iterable[Score], begins_on: date
) -> tuple[Sitting | None, tuple[object, ...] | None]:
    """The latest sitting on or before the start, within a year of it, on the scale that most of its scores have."""
    before = [s for s in scores if begins_on - OLDEST_BASELINE <= s.on <= begins_on]
    if not before:
        return None, None
    last = max(s.on for s in before)
    latest = [s for s in before if last - s.on <= A_SITTING]
    scale = Counter(s.scale for s in latest).most_common(1)[0][0]
    return _sitting([s for s in latest if s.scale == scale]), scale


def later_sittings(scores: Iterable[Score], after: date, scale: tuple[object, ...] | None) -> list[Sitting]:
    """The sittings after a day, oldest first. Without a scale, the first later score's is taken."""
    later = sorted((s for s in scores if s.on > after), key=lambda s: (s.on, s.student_id))
    if scale is None and later:
        scale = later[0].scale
    found: list[list[Score]] = []
    for score in (s for s in later if s.scale == scale):
        if found and score.on - found[-1][0].on <= A_SITTING:
            found[-1].append(score)
        else:
            found.append([score])
    return [_sitting(group) for group in found]


def _sitting(scores: Sequence[Score]) -> Sitting:
    ordered = sorted(scores, key=lambda s: s.on)
    return Sitting(ordered[-1].on, {s.student_id: s.value for s in ordered})


def compare(start: Sitting, later: Sitting, baseline: float) -> Compared:
    """What the students of both sittings gained, on top of the baseline."""
    both = [(start.scores[pk], later.scores[pk]) for pk in later.scores if pk in start.scores]
    if not both:
        return Compared(later.on, None, None, 0, counts=False)
    gain = sum(after - before for before, after in both) / len(both)
    enough = len(both) >= ENOUGH * len(start.scores)
    return Compared(later.on, baseline + gain, gain, len(both), counts=enough)
