"""The difference of two independent proportions with Newcombe's interval.

Written out because it is two Wilson intervals and a square root, and takes whole columns at once, which statsmodels'
`confint_proportions_2indep` does not; the tests compare with it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given
from .wilson import wilson_interval

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """First proportion less the second, shares from -1 to 1, each of shape (k,)."""

    value: Array
    lower: Array
    upper: Array
    n_first: Array
    n_second: Array
    confidence: float
    method: str = "Newcombe's hybrid score interval"


def newcombe_difference(
    count_first: npt.ArrayLike,
    n_first: npt.ArrayLike,
    count_second: npt.ArrayLike,
    n_second: npt.ArrayLike,
    *,
    confidence: float = 0.95,
) -> Difference:
    """How much larger one share is than another, for two groups of different people.

    Parameters
    ----------
    count_first, n_first, count_second, n_second : array_like of shape (k,)
        Successes and trials of the two groups.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Difference
        Value, lower and upper as shares. Where one n is 0, all three are NaN.

    Raises
    ------
    ValueError
        When a count is missing, negative or larger than its n.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions. Statistics in
    Medicine 17, 873-890, method 10. Reference values: its table II, 56/70 against 48/80, .0524 to .3339.

    Examples
    --------
    >>> found = newcombe_difference([56], [70], [48], [80])
    >>> round(float(found.lower[0]), 4), round(float(found.upper[0]), 4)
    (0.0524, 0.3339)
    """
    sizes = [np.atleast_1d(np.asarray(n, dtype=np.float64)) for n in (n_first, n_second)]
    sizes = [given.counts(name, n) for name, n in zip(("n_first", "n_second"), sizes, strict=True)]
    first, second = (
        wilson_interval(given.counts(name, np.atleast_1d(np.asarray(c)), of=n), n, confidence=confidence)
        for name, c, n in zip(
            ("count_first", "count_second"), (count_first, count_second), sizes, strict=True
        )
    )
    value = first.value - second.value
    lower = value - np.hypot(first.value - first.lower, second.upper - second.value)
    upper = value + np.hypot(first.upper - first.value, second.value - second.lower)
    return Difference(value, lower, upper, sizes[0], sizes[1], confidence)
