"""James and Stein's shrinkage: many shares or means drawn towards their common mean by what is chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """Values drawn to the `mean`, shape (k,); `kept` is how much of each difference stays (0 to 1)."""

    value: Array
    kept: float
    mean: float
    n: int
    method: str = "James-Stein, towards the mean"
    reason: str | None = None


def james_stein(values: npt.ArrayLike, variance: float) -> Shrunk:
    """Values with the same variance of chance, drawn towards their mean.

    Parameters
    ----------
    values : array_like of shape (k,), k at least 4
        Estimates, one by school or teacher.
    variance : float
        Of one estimate by chance alone, the same for all; above 0. For shares of the same n: m (1 - m) / n.

    Returns
    -------
    Shrunk
        `kept` below 0 is taken as 0 (positive part): then chance explains all differences. Fewer than four values
        come back NaN with a reason.

    References
    ----------
    Efron, B. and Morris, C. (1977). Stein's paradox in statistics. Scientific American 236(5), 119-127. Reference
    values: its eighteen batting averages.

    Examples
    --------
    >>> found = james_stein([0.4, 0.3, 0.25, 0.2, 0.15], variance=0.004)
    >>> round(found.kept, 3), found.value.round(3).tolist()
    (0.784, [0.37, 0.291, 0.252, 0.213, 0.174])
    """
    x = given.numbers("values", values, fewest=1)
    chance = float(given.above_zero("variance", [variance])[0])
    if x.size < 4:
        return Shrunk(np.full(x.size, np.nan), math.nan, float(x.mean()), x.size, reason=given.TOO_FEW)
    mean = float(x.mean())
    squares = float(((x - mean) ** 2).sum())
    kept = max(0.0, 1 - (x.size - 3) * chance / squares) if squares else 0.0
    return Shrunk(mean + kept * (x - mean), kept, mean, x.size)
