"""The rules of a run chart: a run too long, or too few crossings, for ups and downs around an unchanged level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given


@dataclass(frozen=True, slots=True)
class RunChart:
    """Runs on one side of the centre line. `last_run` is the one still going on: its length, below 0 under the line."""

    centre: float
    n_useful: int
    longest_run: int
    longest_run_allowed: int
    crossings: int
    crossings_needed: int
    last_run: int
    method: str = "Anhoej's rules"

    @property
    def has_signal(self) -> bool:
        """Whether chance alone would rarely look so."""
        return self.n_useful > 0 and (
            self.longest_run > self.longest_run_allowed or self.crossings < self.crossings_needed
        )

    @property
    def last_run_is_too_long(self) -> bool:
        """Whether the run that is still going on is longer than chance alone would rarely make."""
        return self.n_useful > 0 and abs(self.last_run) > self.longest_run_allowed


def run_chart(values: npt.ArrayLike, *, centre: float | None = None) -> RunChart:
    """Runs and crossings around the centre line.

    Parameters
    ----------
    values : array_like of shape (n,)
        In order of time; a missing value is an error.
    centre : float, optional
        The median of the values where it is not given. Values on it neither break nor extend a run.

    Returns
    -------
    RunChart

    References
    ----------
    Anhoej, J. and Olesen, A. V. (2014). Run charts revisited. PLoS ONE 9(11): e113825. The longest run allowed is
    round(log2(n)) + 3, the fewest crossings are the 5 per cent point of a binomial of n - 1 fair coins.
    Reference values: R package qicharts2 0.8.1.

    Examples
    --------
    >>> found = run_chart([5, 1, 5, 1, 5, 1, 1, 1], centre=3)
    >>> found.longest_run, found.last_run
    (3, -3)
    """
    x = given.numbers("values", values)
    middle = float(np.median(x)) if centre is None and x.size else float(centre or 0.0)
    side = np.sign(x - middle)
    side = side[side != 0]
    n = side.size
    if n < 2:
        return RunChart(middle, n, n, 0, 0, 0, int(side[0]) if n else 0)
    turns = np.flatnonzero(np.diff(side))
    lengths = np.diff(np.concatenate([[-1], turns, [n - 1]]))
    allowed = math.floor(math.log2(n) + 0.5) + 3
    # The 5% quantile of a binomial. From scipy.special, because scipy.stats takes a second and more to import.
    needed = int(np.searchsorted(special.bdtr(np.arange(n), n - 1, 0.5), 0.05))
    return RunChart(middle, n, int(lengths.max()), allowed, turns.size, needed, int(side[-1] * lengths[-1]))
