"""What a rule pack says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from ..indicator import Source

Counting = Literal["decimal", "full_day", "sessions"]
SessionKind = Literal["attended", "authorised", "unauthorised", "not_possible"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A share written as two whole numbers, and the side that owns the boundary.

    Whole numbers, because 18 of 180 days must be exactly ten per cent on every machine.

    Examples
    --------
    >>> Threshold(10, 100).reached(18, 180), Threshold(10, 100, "above").reached(18, 180)
    (True, False)
    """

    part: int
    whole: int
    boundary: Literal["at_or_above", "above"] = "at_or_above"

    def reached(self, numerator: int, denominator: int) -> bool:
        """Whether ``numerator / denominator`` reaches the threshold, in integer arithmetic."""
        left, right = numerator * self.whole, denominator * self.part
        return left >= right if self.boundary == "at_or_above" else left > right

    @property
    def operator(self) -> str:
        """The comparison in SQL."""
        return ">=" if self.boundary == "at_or_above" else ">"


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of attendance rates. It owns its lower boundary: from `lower_percent` up to the next band's."""

    name: str
    lower_percent: int


@dataclass(frozen=True, slots=True)
class RegisterCode:
    """What one mark in a register means for the statistics."""

    code: str
    meaning: str
    kind: SessionKind


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePack:
    """A named, versioned profile. What a site may change about a definition is here, as data.

    Parameters
    ----------
    counting : {"decimal", "full_day", "sessions"}
        ``decimal``: the share of the day missed. ``full_day``: a day is absent when less than half of it was
        attended, else present. ``sessions``: two half-days, each attended or not.
    minimum_days : int
        Fewer recorded days than this: not evaluated. The boundary is evaluated.
    chronic, severe : Threshold
        Shares of recorded time absent.
    absence_categories : tuple of str
        Event categories whose missed share counts as absence. A late arrival does not.
    days_without_submission : {"unknown", "recorded"}
        For a school that sent no attendance submissions at all: every day unknown (an empty file is not 100 %), or
        every calendar day recorded (for archives known to be complete).
    participation_floor : tuple of (int, int), optional
        The proficiency denominator is at least this share of the students who should have been tested.
    streak_days : int
        A run of this many absent days is flagged.
    mobility_grace_days : int
        Arriving within the first days of instruction is not a move.
    on_track_grades, credits_needed, core_failures_allowed
        The on-track rule: grades it applies to, credits by the year's end, failures in core courses it forgives.

    Examples
    --------
    >>> from edmeasures import rulepacks
    >>> archive = rulepacks.get("us-federal").adjusted("us-federal-archive", days_without_submission="recorded")
    >>> archive.name, archive.minimum_days
    ('us-federal-archive', 10)
    """

    name: str
    version: str
    title: str
    authority: str
    sources: tuple[Source, ...]
    reviewed_on: date
    counting: Counting
    minimum_days: int
    chronic: Threshold
    severe: Threshold
    bands: tuple[Band, ...] = ()
    absence_categories: tuple[str, ...] = ("excused", "unexcused", "other")
    days_without_submission: Literal["unknown", "recorded"] = "unknown"
    participation_floor: tuple[int, int] | None = None
    streak_days: int = 3
    mobility_grace_days: int = 10
    on_track_grades: tuple[str, ...] = ("09", "9")
    credits_needed: float = 5.0
    core_failures_allowed: int = 1
    register_codes: tuple[RegisterCode, ...] = ()

    def adjusted(self, name: str, **changes: Any) -> RulePack:
        """A site's own pack: this one under another name, with some parameters changed."""
        return replace(self, name=name, **changes)

    def band(self, attended: int, possible: int) -> str | None:
        """The name of the attendance band, or None below the minimum of days or where the pack has no bands."""
        if possible < max(self.minimum_days, 1):
            return None
        reached = [b for b in self.bands if attended * 100 >= b.lower_percent * possible]
        return max(reached, key=lambda b: b.lower_percent).name if reached else None
