"""Whether a model errs alike for everybody: found, wrongly flagged, and meant what it said, by group, with n and interval."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..methods import given
from ..methods.ranking import RecallGap, recall_gap
from ..methods.wilson import wilson_interval

BELOW_MINIMUM = "below_minimum_n"
#: Share with its Wilson interval and n.
Share = tuple[float, float, float, int]
_NO_SHARE: Share = (math.nan, math.nan, math.nan, 0)


@dataclass(frozen=True, slots=True)
class Subgroup:
    """One group's errors. Each share is (value, lower, upper, n); NaN and a `reason` where the group is too small.

    Parameters
    ----------
    group : str
    n, positives : int
        Students, and those with the outcome.
    flagged : share
        Of the group, how many were flagged.
    recall : share
        Of those with the outcome, how many were flagged.
    precision : share
        Of the flagged, how many had the outcome.
    false_alarms : share
        Of those without the outcome, how many were flagged.
    over_stated : float
        Mean probability less share with the outcome: above 0, the group is made out worse than it is.
    gap : RecallGap or None
        Recall of all others (first) against this group's (second).
    reason : str or None
    """

    group: str
    n: int
    positives: int
    flagged: Share
    recall: Share
    precision: Share
    false_alarms: Share
    over_stated: float
    gap: RecallGap | None
    reason: str | None = None


def by_subgroup(
    outcome: npt.ArrayLike,
    probability: npt.ArrayLike,
    flagged: npt.ArrayLike,
    group: npt.ArrayLike,
    *,
    minimum: int = 10,
    confidence: float = 0.95,
) -> tuple[Subgroup, ...]:
    """Errors by group.

    Parameters
    ----------
    outcome, probability, flagged : array_like of shape (n,)
    group : array_like of shape (n,)
        None or an empty text is a group of its own, "not stated".
    minimum : int
        Groups of fewer students, or with fewer students with the outcome, are not evaluated.

    References
    ----------
    Hardt, Price and Srebro (2016), equality of opportunity; worked example S29. Intervals: Wilson, Newcombe.

    Examples
    --------
    >>> y, flag = [1] * 40 + [1] * 24, [1] * 30 + [0] * 10 + [1] * 12 + [0] * 12
    >>> a, b = by_subgroup(y, [0.5] * 64, flag, ["A"] * 40 + ["B"] * 24)
    >>> a.recall[0], b.recall[0], b.gap.difference
    (0.75, 0.5, 0.25)
    """
    y = given.yes_or_no("outcome", outcome)
    p = given.shares("probability", probability, size=y.size)
    f = given.yes_or_no("flagged", flagged, size=y.size)
    names = np.array(
        [str(g) if g not in (None, "") else "not stated" for g in np.asarray(group, dtype=object)]
    )
    if names.size != y.size:
        raise ValueError(f"group: {names.size} given where {y.size} are needed.")
    return tuple(_one(name, names == name, y, p, f, minimum, confidence) for name in sorted(set(names)))


def _one(
    name: str, here: npt.NDArray[np.bool_], y: Any, p: Any, f: Any, minimum: int, confidence: float
) -> Subgroup:
    n, positives = int(here.sum()), int(y[here].sum())
    if n < minimum or positives < minimum:
        return Subgroup(
            name, n, positives, _NO_SHARE, _NO_SHARE, _NO_SHARE, _NO_SHARE, math.nan, None, BELOW_MINIMUM
        )
    hit = f * y
    others = ~here
    gap = None
    if y[others].sum() >= minimum:
        gap = recall_gap(
            int(hit[others].sum()),
            int(y[others].sum()),
            int(hit[here].sum()),
            positives,
            confidence=confidence,
        )
    return Subgroup(
        name,
        n,
        positives,
        _share(f[here].sum(), n, confidence),
        _share(hit[here].sum(), positives, confidence),
        _share(hit[here].sum(), f[here].sum(), confidence),
        _share((f * (1 - y))[here].sum(), n - positives, confidence),
        float(p[here].mean() - y[here].mean()),
        gap,
    )


def _share(count: float, n: float, confidence: float) -> Share:
    if not n:
        return _NO_SHARE
    found = wilson_interval([count], [n], confidence=confidence)
    return float(found.value[0]), float(found.lower[0]), float(found.upper[0]), int(n)
