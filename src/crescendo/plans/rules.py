"""How far a goal has come. Pure arithmetic: no Django, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# A plan is called behind when it lags its time by this share, and back on track only when it lags by less than half of
# it: a value that wavers around one border does not change the word every week.
BEHIND_FROM = 0.15
ON_TRACK_BELOW = 0.075
# A gap of exactly the border, less what binary fractions add to it, is not beyond it.
A_HAIR = 1e-9

NOT_MEASURED = "not_measured"
NOT_BEGUN = "not_begun"
ON_TRACK = "on_track"
BEHIND = "behind"
REACHED = "reached"


@dataclass(frozen=True)
class Aim:
    """Where a goal begins, where it should end, and by when. `margin` belongs to goals that hold a value; `least` and
    `most` are the ends of what is measured, where it has ends: a share lies between 0 and 1."""

    baseline: float | None
    target: float | None
    direction: str
    begins_on: date
    due_on: date
    margin: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def is_held(self) -> bool:
        return self.direction == "hold"


def progress_share(aim: Aim, current: float | None) -> float | None:
    """How much of the way is done: 0 at the baseline, 1 at the target, raw (below 0: it went the other way).

    A goal that holds a value has no way to go: None. Without baseline, target or present value: None.
    """
    if aim.is_held or current is None or aim.baseline is None or aim.target is None:
        return None
    if aim.target == aim.baseline:
        raise ValueError("Baseline and target are the same: there is no way between them.")
    return (current - aim.baseline) / (aim.target - aim.baseline)


def for_bar(share: float | None) -> float | None:
    """The share as a bar can show it: never under 0 nor over 1."""
    return None if share is None else min(max(share, 0.0), 1.0)


def expected_share(aim: Aim, on: date) -> float:
    """The share of the goal's time that is over: 0 before it begins, 1 from the day it is due."""
    days = (aim.due_on - aim.begins_on).days
    return min(max((on - aim.begins_on).days / days, 0.0), 1.0)


def expected_value(aim: Aim, on: date) -> float | None:
    """Where the measure would stand on the day if it went in a straight line."""
    if aim.baseline is None or aim.target is None:
        return None
    if aim.is_held:
        return aim.target
    return aim.baseline + expected_share(aim, on) * (aim.target - aim.baseline)


def status(aim: Aim, points: Sequence[tuple[date, float]], on: date) -> str:
    """not_begun, not_measured, on_track, behind or reached, from the values known on the day.

    The share done is compared with the share of time that is over at the latest value, so that a test that is given
    twice a year does not make a plan late on the days between.
    """
    if on < aim.begins_on:
        return NOT_BEGUN
    known = sorted((point for point in points if aim.begins_on <= point[0] <= on), key=lambda point: point[0])
    if not known or aim.target is None:
        return NOT_MEASURED
    if aim.is_held:
        return ON_TRACK if abs(known[-1][1] - aim.target) <= (aim.margin or 0.0) else BEHIND
    if aim.baseline is None:
        return NOT_MEASURED
    found = ON_TRACK
    for day, value in known:
        gap = expected_share(aim, day) - (progress_share(aim, value) or 0.0)
        if gap > BEHIND_FROM + A_HAIR:
            found = BEHIND
        elif gap < ON_TRACK_BELOW:
            found = ON_TRACK
    share = progress_share(aim, known[-1][1])
    return REACHED if share is not None and share >= 1 else found


def target_from_percent(baseline: float, percent_change: float, direction: str) -> float:
    """'Up by 10 %' of a baseline of 200 is 220; 'down by 10 %' is 180."""
    change = abs(baseline) * percent_change / 100
    return baseline - change if direction == "down" else baseline + change


def is_possible(aim: Aim) -> bool:
    """Whether what is measured can stand at the target: 181% of days attended is no goal."""
    if aim.target is None:
        return True
    return (aim.least is None or aim.target >= aim.least) and (aim.most is None or aim.target <= aim.most)


def why_not(aim: Aim) -> str:
    """What is wrong with the aim as it stands, as a code; '' where nothing is."""
    if aim.due_on <= aim.begins_on:
        return "due_before_start"
    if not is_possible(aim):
        return "out_of_reach"
    if aim.is_held:
        return (
            ""
            if aim.target is not None and aim.margin is not None and aim.margin >= 0
            else "hold_needs_margin"
        )
    if aim.baseline is None or aim.target is None:
        return ""
    if aim.baseline == aim.target:
        return "no_way_to_go"
    return "" if (aim.target > aim.baseline) == (aim.direction == "up") else "wrong_direction"
