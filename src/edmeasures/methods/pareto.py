"""Pareto: the few causes behind most of what happens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given


@dataclass(frozen=True, slots=True)
class Pareto:
    """Causes from the most frequent: their rows (from 0), counts and cumulative shares, shape (k,); the vital few."""

    order: npt.NDArray[np.int64]
    count: npt.NDArray[np.float64]
    cumulative: npt.NDArray[np.float64]
    vital_few: int
    n: float
    method: str = "Pareto"


def pareto(counts: npt.ArrayLike, *, share: float = 0.8) -> Pareto:
    """Sort causes and say how many make up a share of the whole.

    Parameters
    ----------
    counts : array_like of shape (k,)
        How often each cause occurred. Equal counts keep their order.
    share : float
        Above 0, at most 1; a cause that ends exactly on it is the last of the few.

    References
    ----------
    Juran, J. M. (1951). Quality Control Handbook. Reference values: worked example S54.

    Examples
    --------
    >>> found = pareto([15, 42, 27, 9, 5, 2])
    >>> found.order.tolist(), found.vital_few
    ([1, 2, 0, 3, 4, 5], 3)
    """
    x = given.counts("counts", counts)
    total = float(x.sum())
    if not total:
        raise ValueError("counts: all are 0.")
    if not 0 < share <= 1:
        raise ValueError(f"share is {share}; it must be above 0 and at most 1.")
    order = np.argsort(-x, kind="stable")
    so_far = np.cumsum(x[order])
    # Compared as counts, with room for the rounding of the share alone.
    few = int(np.flatnonzero(so_far >= share * total * (1 - 1e-12))[0]) + 1
    return Pareto(order.astype(np.int64), x[order], so_far / total, few, total)
