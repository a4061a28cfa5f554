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
    """A named range of attendance rates, from `lower_percent` up to the next band's; `boundary` says whether it owns it."""

    name: str
    lower_percent: int
    boundary: Literal["at_or_above", "above"] = "at_or_above"

    def reached(self, attended: int, possible: int) -> bool:
        """Whether so much attendance reaches the band."""
        if not self.lower_percent:
            return True
        return Threshold(self.lower_percent, 100, self.boundary).reached(attended, possible)


@dataclass(frozen=True, slots=True)
class RegisterCode:
    """What one mark in a register means for the statistics."""

    code: str
    meaning: str
    kind: SessionKind
    reason: Literal["", "late", "illness", "part_time"] = ""


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
    exit_day : {"last_day", "day_after"}
        Whether the day of exit is the last day of membership, or the first day out.
    minimum_share : tuple of (int, int)
        Enrolled for less than this share of the days taught so far: not evaluated.
    attended_once : bool
        Whether students who were never in school are left out.
    leavers : {"counted", "left_out"}
        Whether students who left before the day of the run count towards shares of students.
    grain : {"pooled", "per_school"}
        A student of two schools is one student with all their days, or counts at each school.
    truancy_days : int
        So many full days of unexcused absence are truancy.
    recent_days, early_days, early_absences : int
        Recorded days that are recent; the first of the year; and absences among these that are early trouble.
    silent_days : int
        So many calendar days without a trace on the learning platform are silence.
    index_weights : tuple of (str, int)
        Weights of the parts of the engagement index. A part that is not known gives its weight to the others.
    survey_minimum : tuple of (int, int)
        A scale score needs answers to at least this share of the scale's items.
    mastery : Threshold
        Share of the points from which a standard counts as mastered.
    level_weights : tuple of (int, int)
        Performance level and its points in the performance index.
    proficient_level : int
        The lowest level that is proficient.
    norm_margin : int
        So many points below the norm's median are a need.
    even_median : {"mean", "lower"}
        Of an even count: the mean of the two middle values, or the lower of them.
    dif_group : tuple of (str, str)
        Characteristic, and its value, whose members are the focal group of differential item functioning.
    target_years, target_minimum : int
        The gap to the goal closes in so many years; groups smaller than the minimum have no target.
    attendance_levels, conduct_levels : tuple of (int, int)
        Early warning after attendance in per cent (at risk below the first, warning below the second) and after
        incidents (warning from the first, at risk from the second).
    ks4_version : str
        Version of the definition of Attainment 8 (`edmeasures.rulepacks.ks4`).
    ks4_pupil_sd : float
        National standard deviation of pupils' Progress 8 scores, as published for the year.
    ebacc_pass : int
        The grade from which a subject of the EBacc counts as passed.
    novice_years : int
        Teachers with fewer years of experience are novices.
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
    exit_day: Literal["last_day", "day_after"] = "last_day"
    minimum_share: tuple[int, int] = (0, 1)
    attended_once: bool = False
    leavers: Literal["counted", "left_out"] = "counted"
    grain: Literal["pooled", "per_school"] = "pooled"
    truancy_days: int = 10
    recent_days: int = 20
    early_days: int = 20
    early_absences: int = 2
    silent_days: int = 14
    index_weights: tuple[tuple[str, int], ...] = (
        ("attendance", 2),
        ("coursework", 1),
        ("lessons", 1),
        ("platform", 1),
    )
    survey_minimum: tuple[int, int] = (1, 2)
    mastery: Threshold = Threshold(80, 100)
    level_weights: tuple[tuple[int, int], ...] = ((1, 0), (2, 50), (3, 100), (4, 125))
    proficient_level: int = 3
    norm_margin: int = 10
    even_median: Literal["mean", "lower"] = "mean"
    dif_group: tuple[str, str] = ("sex", "F")
    target_years: int = 16
    target_minimum: int = 30
    attendance_levels: tuple[int, int] = (80, 88)
    conduct_levels: tuple[int, int] = (2, 5)
    ks4_version: str = "2019"
    ks4_pupil_sd: float = 1.28
    ebacc_pass: int = 5
    novice_years: int = 2
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
        reached = [b for b in self.bands if b.reached(attended, possible)]
        return max(reached, key=lambda b: b.lower_percent).name if reached else None
