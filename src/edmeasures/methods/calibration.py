"""Whether a probability means what it says: Brier score, expected calibration error, and the table behind them.

The Brier score is scikit-learn's; the calibration error is written out, as scikit-learn has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from . import given
from .wilson import wilson_interval

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Calibration:
    """`brier` and `expected_error` (lower is better), and by bin: mean probability, share with the outcome, interval, n.

    `skill` is how much of the Brier score of always saying the base rate is gone; 0 is no better than that.
    """

    brier: float
    skill: float
    expected_error: float
    largest_error: float
    predicted: Array
    observed: Array
    lower: Array
    upper: Array
    bin_n: npt.NDArray[np.int64]
    n: int
    method: str


def calibration(
    outcome: npt.ArrayLike,
    probability: npt.ArrayLike,
    *,
    bins: int = 10,
    by: Literal["quantile", "width"] = "quantile",
    confidence: float = 0.95,
) -> Calibration:
    """Compare probabilities with what came.

    Parameters
    ----------
    outcome : array_like of 0 and 1, shape (n,)
    probability : array_like of shape (n,)
        From 0 to 1.
    bins : int
        How many; empty ones are left out.
    by : {"quantile", "width"}
        Bins of equal n (equal probabilities stay together), or of equal width. A probability on a border of equal widths
        belongs to the lower bin, 0 to the first.

    References
    ----------
    Brier, G. W. (1950). Monthly Weather Review 78, 1-3; Naeini, M. P., Cooper, G. F. and Hauskrecht, M. (2015). AAAI,
    2901-2907; ``sklearn.metrics.brier_score_loss``. Reference values: scikit-learn's documentation; torchmetrics'
    documented example for equal widths.

    Examples
    --------
    >>> found = calibration([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3], bins=2, by="width")
    >>> round(found.brier, 4), round(found.expected_error, 3)
    (0.0375, 0.175)
    """
    y = given.yes_or_no("outcome", outcome)
    p = given.shares("probability", probability, size=y.size)
    if bins < 1:
        raise ValueError(f"bins is {bins}; at least 1 is needed.")
    if by == "width":
        place = np.clip(np.ceil(p * bins).astype(np.int64) - 1, 0, bins - 1)
    elif by == "quantile":
        borders = np.quantile(p, np.arange(1, bins) / bins)
        place = np.searchsorted(borders, p, side="left")
    else:
        raise ValueError(f"by is {by!r}; it must be 'quantile' or 'width'.")
    _, place = np.unique(place, return_inverse=True)
    size = np.bincount(place)
    predicted, came = np.bincount(place, p) / size, np.bincount(place, y)
    interval = wilson_interval(came, size, confidence=confidence)
    gap = np.abs(predicted - interval.value)
    brier = float(given.library("sklearn.metrics", "scikit-learn").brier_score_loss(y, p))
    base = float(y.mean() * (1 - y.mean()))
    return Calibration(
        brier,
        1 - brier / base if base else float("nan"),
        float((size * gap).sum() / y.size),
        float(gap.max()),
        predicted,
        interval.value,
        interval.lower,
        interval.upper,
        size.astype(np.int64),
        y.size,
        f"calibration in {size.size} bins of equal {'n' if by == 'quantile' else 'width'}",
    )
