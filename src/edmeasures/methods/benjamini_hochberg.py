"""Benjamini and Hochberg's control of false discoveries, over many tests at once. Wraps SciPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FalseDiscoveries:
    """Adjusted p values of shape (k,), NaN where a test was not made; `rejected` are those at or below the rate."""

    adjusted: Array
    rejected: npt.NDArray[np.bool_]
    n: int
    rate: float
    method: str = "Benjamini-Hochberg"


def benjamini_hochberg(p_values: npt.ArrayLike, *, rate: float = 0.05) -> FalseDiscoveries:
    """Which of many tests stand when about one in twenty of those found may be false.

    Parameters
    ----------
    p_values : array_like of shape (k,)
        From 0 to 1; NaN for a test that could not be made, which does not count.
    rate : float
        The share of false discoveries one accepts.

    Raises
    ------
    ValueError
        When a p value lies outside 0 to 1.

    References
    ----------
    Benjamini, Y. and Hochberg, Y. (1995). Journal of the Royal Statistical Society B 57, 289-300;
    ``scipy.stats.false_discovery_control``. Reference values: R's ``p.adjust`` through pingouin's tests.

    Examples
    --------
    >>> benjamini_hochberg([0.52, 0.12, 0.0001, 0.03, 0.14]).adjusted.round(4).tolist()
    [0.52, 0.175, 0.0005, 0.075, 0.175]
    """
    from scipy import stats  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    p = np.atleast_1d(np.asarray(p_values, dtype=np.float64))
    if p.ndim != 1:
        raise ValueError(f"p_values: a list is needed, not shape {p.shape}.")
    made = ~np.isnan(p)
    adjusted = np.full(p.shape, np.nan)
    if made.any():
        adjusted[made] = stats.false_discovery_control(given.shares("p_values", p[made]))
    with np.errstate(invalid="ignore"):
        return FalseDiscoveries(adjusted, adjusted <= rate, int(made.sum()), rate)
