"""How long before it happened a student was first flagged: a warning on the day is no warning."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..methods.wilson import wilson_interval
from .known import Day


@dataclass(frozen=True, slots=True)
class LeadTime:
    """Days between the first flag and the outcome, for students flagged before it came.

    `share` of those with the outcome were flagged in time, with its Wilson interval. Median and quartiles are NaN where
    nobody was.
    """

    median: float
    lower_quartile: float
    upper_quartile: float
    share: float
    share_lower: float
    share_upper: float
    n_in_time: int
    n: int
    method: str = "days from first flag to outcome; quartiles by linear interpolation"


def first_flags(flagged: Mapping[Day, Sequence[Any]]) -> dict[Any, Day]:
    """The first day each student was flagged.

    Examples
    --------
    >>> first_flags({28: ["a"], 56: ["a", "b"]})
    {'a': 28, 'b': 56}
    """
    found: dict[Any, Day] = {}
    for day in sorted(flagged):
        for student in flagged[day]:
            found.setdefault(student, day)
    return found


def lead_time(
    first_flag_on: Mapping[Any, Day], outcome_on: Mapping[Any, Day], *, confidence: float = 0.95
) -> LeadTime:
    """How early those were flagged whom it happened to.

    Parameters
    ----------
    first_flag_on : mapping of student to day
    outcome_on : mapping of student to day
        Only students with the outcome.

    Examples
    --------
    >>> found = lead_time({"a": 28, "b": 56, "c": 84}, {"a": 100, "b": 70, "c": 84, "d": 90})
    >>> found.median, found.n_in_time, found.share
    (43.0, 2, 0.5)
    """
    leads = []
    for student, day in outcome_on.items():
        flag = first_flag_on.get(student)
        if flag is None:
            continue
        gap: Any = day - flag  # type: ignore[operator]
        days = gap if isinstance(gap, int) else gap.days
        if days > 0:
            leads.append(days)
    n = len(outcome_on)
    quartiles: npt.NDArray[np.float64] = (
        np.quantile(leads, [0.25, 0.5, 0.75]) if leads else np.full(3, math.nan)
    )
    share = wilson_interval([len(leads)], [n], confidence=confidence)
    return LeadTime(
        float(quartiles[1]),
        float(quartiles[0]),
        float(quartiles[2]),
        float(share.value[0]),
        float(share.lower[0]),
        float(share.upper[0]),
        len(leads),
        n,
    )
