"""How well a score puts those first who need a look: AUC, average precision, precision and recall at a capacity, lift.

AUC, average precision wrap scikit-learn; at a capacity written out, as no library says what ties at the cut do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given
from .newcombe import newcombe_difference
from .nonoverlap import newcombe_bounds
from .wilson import wilson_interval

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """A figure from 0 to 1 with its interval (NaN where it has none); NaN with a `reason` where all outcomes agree."""

    value: float
    lower: float
    upper: float
    n: int
    positives: int
    confidence: float
    method: str
    reason: str | None = None


def auc(outcome: npt.ArrayLike, score: npt.ArrayLike, *, confidence: float = 0.95) -> Ranking:
    """How often someone with the outcome has the higher score than someone without; ties for a half.

    Parameters
    ----------
    outcome : array_like of 0 and 1, shape (n,)
    score : array_like of shape (n,)
        Higher is more at risk.
    confidence : float
        Between 0 and 1; Newcombe's interval (method 5).

    References
    ----------
    Hanley, J. A. and McNeil, B. J. (1982). Radiology 143, 29-36; ``sklearn.metrics.roc_auc_score``. Reference values:
    scikit-learn's documentation.

    Examples
    --------
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value
    0.75
    """
    y, s = _both(outcome, score)
    positives = int(y.sum())
    name = "area under the ROC curve"
    if positives in (0, y.size):
        return _none(y, confidence, name)
    value = float(given.library("sklearn.metrics", "scikit-learn").roc_auc_score(y, s))
    lower, upper = newcombe_bounds(value, y.size - positives, positives, given.confidence_level(confidence))
    return Ranking(value, lower, upper, y.size, positives, confidence, name)


def average_precision(outcome: npt.ArrayLike, score: npt.ArrayLike) -> Ranking:
    """The mean precision over the positives, from the highest score down.

    References
    ----------
    ``sklearn.metrics.average_precision_score`` (no interpolation). Reference values: scikit-learn's documentation.

    Examples
    --------
    >>> round(average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).value, 4)
    0.8333
    """
    y, s = _both(outcome, score)
    if y.sum() in (0, y.size):
        return _none(y, math.nan, "average precision")
    value = float(given.library("sklearn.metrics", "scikit-learn").average_precision_score(y, s))
    return Ranking(value, math.nan, math.nan, y.size, int(y.sum()), math.nan, "average precision")


@dataclass(frozen=True, slots=True)
class AtCapacity:
    """What happens when the `k` highest are looked at. With `tied` people at the cut, found is what a draw would give."""

    precision: float
    precision_lower: float
    precision_upper: float
    recall: float
    recall_lower: float
    recall_upper: float
    lift: float
    found: float
    k: int
    tied: int
    n: int
    positives: int
    method: str = "at capacity k, Wilson intervals"
    reason: str | None = None


def at_capacity(
    outcome: npt.ArrayLike, score: npt.ArrayLike, k: int, *, confidence: float = 0.95
) -> AtCapacity:
    """Precision, recall and lift when there is time for k students.

    Parameters
    ----------
    outcome : array_like of 0 and 1, shape (n,)
    score : array_like of shape (n,)
        Higher is more at risk.
    k : int
        From 1 to n.

    Returns
    -------
    AtCapacity
        Where equal scores straddle the cut, places are shared among them: counting the first in the file would let the
        order of rows decide.

    References
    ----------
    Manning, C. D., Raghavan, P. and Schuetze, H. (2008). Introduction to Information Retrieval, section 8.4. Reference
    values: worked example S27.

    Examples
    --------
    >>> found = at_capacity([1, 1, 0, 1, 0, 0, 1, 0, 0, 0], range(10, 0, -1), 5)
    >>> found.precision, found.recall, found.lift
    (0.6, 0.75, 1.5)
    """
    y, s = _both(outcome, score)
    if not 1 <= k <= y.size or k != int(k):
        raise ValueError(f"k is {k}; a whole number from 1 to {y.size} is needed.")
    cut = np.partition(s, y.size - k)[y.size - k]
    above, level = s > cut, s == cut
    places, waiting = k - int(above.sum()), int(level.sum())
    found = float(y[above].sum() + y[level].sum() * places / waiting)
    positives = int(y.sum())
    tied = waiting if waiting > places else 0
    nan = math.nan
    if not positives:
        return AtCapacity(
            0.0, nan, nan, nan, nan, nan, nan, 0.0, k, tied, y.size, 0, reason=given.NO_VARIATION
        )
    precision = wilson_interval(found, k, confidence=confidence)
    recall = wilson_interval(found, positives, confidence=confidence)
    return AtCapacity(
        found / k,
        float(precision.lower[0]),
        float(precision.upper[0]),
        found / positives,
        float(recall.lower[0]),
        float(recall.upper[0]),
        found * y.size / (k * positives),
        found,
        k,
        tied,
        y.size,
        positives,
    )


@dataclass(frozen=True, slots=True)
class RecallGap:
    """Recall of two groups with their intervals, and how they differ."""

    first: float
    first_lower: float
    first_upper: float
    second: float
    second_lower: float
    second_upper: float
    difference: float
    difference_lower: float
    difference_upper: float
    ratio: float
    n_first: int
    n_second: int
    confidence: float
    method: str = "recall by group, Wilson and Newcombe intervals"


def recall_gap(
    found_first: int, n_first: int, found_second: int, n_second: int, *, confidence: float = 0.95
) -> RecallGap:
    """Whether one group's students in need are found as often as another's.

    Parameters
    ----------
    found_first, n_first, found_second, n_second : int
        Of those with the outcome in each group, how many were found. Groups of at least one.

    Returns
    -------
    RecallGap
        `ratio` is the second over the first, NaN where the first found nobody.

    References
    ----------
    Hardt, M., Price, E. and Srebro, N. (2016). Equality of opportunity in supervised learning. Reference values: worked
    example S29.

    Examples
    --------
    >>> gap = recall_gap(30, 40, 12, 24)
    >>> gap.first, gap.second, gap.difference, round(gap.ratio, 3)
    (0.75, 0.5, 0.25, 0.667)
    """
    given.whole("n_first", n_first, least=1)
    given.whole("n_second", n_second, least=1)
    gap = newcombe_difference(found_first, n_first, found_second, n_second, confidence=confidence)
    one, two = (
        wilson_interval(f, n, confidence=confidence)
        for f, n in ((found_first, n_first), (found_second, n_second))
    )
    a, b = float(one.value[0]), float(two.value[0])
    return RecallGap(
        a, float(one.lower[0]), float(one.upper[0]),
        b, float(two.lower[0]), float(two.upper[0]),
        a - b, float(gap.lower[0]), float(gap.upper[0]),
        b / a if a else math.nan, n_first, n_second, confidence,
    )  # fmt: skip


def _both(outcome: npt.ArrayLike, score: npt.ArrayLike) -> tuple[Array, Array]:
    y = given.yes_or_no("outcome", outcome)
    return y, given.numbers("score", score, size=y.size)


def _none(y: Array, confidence: float, method: str) -> Ranking:
    nan = math.nan
    return Ranking(nan, nan, nan, y.size, int(y.sum()), confidence, method, given.NO_VARIATION)
