"""What a group's growth percentiles come to: median and mean, with interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

EvenCount = Literal["middle", "lower"]


@dataclass(frozen=True, slots=True)
class GroupGrowth:
    """A group's typical growth percentile, with interval and number of students."""

    value: float
    lower: float
    upper: float
    n: int
    confidence: float
    method: str


def median_percentile(
    percentiles: npt.ArrayLike, *, even: EvenCount = "middle", confidence: float = 0.95
) -> GroupGrowth:
    """The median growth percentile of a group.

    Parameters
    ----------
    percentiles : array_like of shape (n,)
        1 to 99; NaN is "not evaluated" and left out.
    even : "middle" or "lower"
        With an even number of students, the mean of the two middle values (SGP's summaries, most states), or the lower of
        them (NWEA's Achievement Status and Growth report). The two differ by up to half a gap: name the one you publish.
    confidence : of the interval between order statistics (exact binomial, so at least as wide as asked).

    Raises
    ------
    ValueError
        When nobody has a percentile, or a value lies outside 1 to 99.

    References
    ----------
    NWEA Connection, "median conditional growth percentile"; Conover (1999), Practical Nonparametric Statistics, 3.2.

    Examples
    --------
    >>> median_percentile([22, 45, 99]).value
    45.0
    >>> median_percentile([22, 45, 50, 99]).value, median_percentile([22, 45, 50, 99], even="lower").value
    (47.5, 45.0)
    """
    x = np.sort(_checked(percentiles))
    n = len(x)
    low, high = x[(n - 1) // 2], x[n // 2]
    value = float(low if even == "lower" else (low + high) / 2)
    rank = int(stats.binom.ppf((1 - confidence) / 2, n, 0.5))
    return GroupGrowth(
        value,
        float(x[max(rank - 1, 0)]),
        float(x[min(n - rank, n - 1)]),
        n,
        confidence,
        f"median, even count: {'lower of the two' if even == 'lower' else 'mean of the two'}",
    )


def mean_percentile(percentiles: npt.ArrayLike, *, confidence: float = 0.95) -> GroupGrowth:
    """The mean growth percentile of a group, with Student's interval (NaN for a single student).

    Examples
    --------
    >>> round(mean_percentile([22, 45, 99]).value, 4)
    55.3333
    """
    x = _checked(percentiles)
    n, value = len(x), float(x.mean())
    half = float("nan")
    if n > 1:
        half = float(stats.t.ppf(0.5 + confidence / 2, n - 1) * x.std(ddof=1) / np.sqrt(n))
    return GroupGrowth(value, value - half, value + half, n, confidence, "mean, Student's t")


def _checked(percentiles: npt.ArrayLike) -> npt.NDArray[np.float64]:
    x = np.asarray(percentiles, dtype=np.float64).ravel()
    x = x[~np.isnan(x)]
    if not x.size:
        raise ValueError("Nobody in the group has a growth percentile.")
    if ((x < 1) | (x > 99)).any():
        raise ValueError("Growth percentiles run from 1 to 99; a 0 is 'not evaluated', leave it out as NaN.")
    return x
