"""Krippendorff's alpha: agreement of any number of raters with gaps, on any level of measurement.

Written out: the package of that name is under the GPL.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True, slots=True)
class KrippendorffAlpha:
    """1 for full agreement, 0 for chance. `pairable` are the values in units that two or more raters rated."""

    value: float
    observed_disagreement: float
    expected_disagreement: float
    units: int
    pairable: int
    level: str
    method: str = "Krippendorff's alpha"
    reason: str | None = None


def krippendorff_alpha(ratings: npt.ArrayLike, *, level: Level = "nominal") -> KrippendorffAlpha:
    """Agreement beyond chance, each unit weighed by its raters.

    Parameters
    ----------
    ratings : array_like of shape (raters, units)
        Numbers (codes for nominal), NaN where a rater left a unit out.
    level : {"nominal", "ordinal", "interval", "ratio"}
        What a difference between two values means. Ratio needs values from 0.

    Returns
    -------
    KrippendorffAlpha
        NaN with a reason where no unit has two ratings, or all values are the same.

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability,
    https://repository.upenn.edu/asc_papers/43, section C. Reference values: its example with four observers.

    Examples
    --------
    >>> nan = float("nan")
    >>> found = krippendorff_alpha([[1, 2, 3, 3, nan], [1, 2, 3, 2, 1]])
    >>> round(found.value, 3), found.pairable
    (0.667, 8)
    """
    if level not in ("nominal", "ordinal", "interval", "ratio"):
        raise ValueError(f"level is {level!r}; it must be 'nominal', 'ordinal', 'interval' or 'ratio'.")
    x = np.asarray(ratings, dtype=np.float64)
    if x.ndim != 2 or x.shape[0] < 2:
        raise ValueError(f"ratings: raters by units are needed, two raters or more, not shape {x.shape}.")
    if np.isinf(x).any():
        raise ValueError("ratings: infinite values are not ratings.")
    if level == "ratio" and (x < 0).any():
        raise ValueError("ratings: below 0, where a ratio needs values from 0.")
    x = x[:, (~np.isnan(x)).sum(axis=0) >= 2]
    values, place = np.unique(x[~np.isnan(x)], return_inverse=True)
    if values.size < 2:
        reason = given.NO_VARIATION if values.size else given.TOO_FEW
        nan = math.nan
        return KrippendorffAlpha(
            nan, 0.0 if values.size else nan, nan, x.shape[1], place.size, level, reason=reason
        )
    counts = np.zeros((x.shape[1], values.size))
    np.add.at(counts, (np.nonzero(~np.isnan(x))[1], place), 1)
    per_unit = counts.sum(axis=1)
    weighted = counts / (per_unit - 1)[:, None]
    together = counts.T @ weighted - np.diag(weighted.sum(axis=0))
    totals = counts.sum(axis=0)
    n = float(totals.sum())
    apart = _differences(values, totals, level)
    observed = float((together * apart).sum() / n)
    expected = float((np.outer(totals, totals) * apart).sum() / (n * (n - 1)))
    return KrippendorffAlpha(1 - observed / expected, observed, expected, x.shape[1], int(n), level)


def _differences(values: Array, totals: Array, level: Level) -> Array:
    first: Array = values[:, None]
    second: Array = values[None, :]
    if level == "nominal":
        return np.asarray(first != second, dtype=np.float64)
    if level == "interval":
        return np.asarray((first - second) ** 2)
    if level == "ratio":
        with np.errstate(invalid="ignore"):
            return np.asarray(np.where(first == second, 0.0, ((first - second) / (first + second)) ** 2))
    # Ordinal: all values that lie between, the two ends for a half.
    up_to = np.cumsum(totals) - totals / 2
    return np.asarray((up_to[:, None] - up_to[None, :]) ** 2)
