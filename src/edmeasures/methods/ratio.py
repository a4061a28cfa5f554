"""The interval of a ratio of sums, where each student brings several days, tests or pieces of work."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Values with their intervals, each of shape (k,); NaN where there is none."""

    value: Array
    lower: Array
    upper: Array
    n: Array
    confidence: float
    method: str


def ratio_interval(
    n: Array, x: Array, y: Array, xx: Array, yy: Array, xy: Array, *, confidence: float = 0.95
) -> Interval:
    """The ratio ``x / y`` of sums over students, with the students as the sampling units.

    A student's days are not independent of each other, so that the usual interval over days is far too narrow.

    Parameters
    ----------
    n : ndarray of shape (k,)
        Students.
    x, y, xx, yy, xy : ndarray of shape (k,)
        Over the students: sums of numerators, of denominators, of both squared and of their product.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Interval
        Lower and upper are NaN below two students.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd ed., Wiley, section 2.11 (ratio estimator; linearised variance),
    with Student's t on n - 1.

    Examples
    --------
    Three students attended 9 of 10, 8 of 10 and 10 of 10 days:

    >>> one = lambda v: np.array([float(v)])
    >>> found = ratio_interval(one(3), one(27), one(30), one(245), one(300), one(270))
    >>> round(float(found.value[0]), 3), round(float(found.lower[0]), 3)
    (0.9, 0.652)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = x / y
        squares = np.maximum(xx - 2 * ratio * xy + ratio**2 * yy, 0.0)
        error = np.sqrt(n / (n - 1) * squares) / y
        half = special.stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2) * error
    half = np.where(n >= 2, half, np.nan)
    return Interval(
        ratio, ratio - half, ratio + half, n, confidence, "ratio of sums, linearised over students"
    )


def mean_interval(n: Array, total: Array, squares: Array, *, confidence: float = 0.95) -> Interval:
    """The mean of students' values with Student's t interval.

    Parameters
    ----------
    n, total, squares : ndarray of shape (k,)
        Students, the sum of their values and the sum of the squares.

    Examples
    --------
    >>> one = lambda v: np.array([float(v)])
    >>> found = mean_interval(one(3), one(6), one(14))
    >>> float(found.value[0]), round(float(found.lower[0]), 3)
    (2.0, -0.484)
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(squares - n * mean**2, 0.0) / (n - 1)
        half = special.stdtrit(np.maximum(n - 1, 1), 0.5 + confidence / 2) * np.sqrt(variance / n)
    half = np.where(n >= 2, half, np.nan)
    return Interval(mean, mean - half, mean + half, n, confidence, "mean of students, Student's t")
