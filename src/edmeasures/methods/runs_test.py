"""The runs test by counting every order, and how long a run of coin tosses may get.

Written out: statsmodels' runs test is the normal approximation, which is off by a factor at the dozen points of a run
chart, and circulated tables of limits differ by one at many sizes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given


@dataclass(frozen=True, slots=True)
class RunsTest:
    """Runs above and below the centre, and how likely as few, or as many, are when order is chance.

    `p_value` is two-sided: all numbers of runs that are no likelier than the one found. NaN with a `reason` where no
    order can be told from another.
    """

    runs: int
    above: int
    below: int
    expected: float
    p_few: float
    p_many: float
    p_value: float
    centre: float
    n: int
    method: str = "runs test, exact"
    reason: str | None = None


def runs_test(values: npt.ArrayLike, *, centre: float | None = None) -> RunsTest:
    """Whether values above and below the centre alternate too rarely or too often for chance.

    Parameters
    ----------
    values : array_like of shape (n,)
        In order of time.
    centre : float, optional
        The median where it is not given. Values on it are left out.

    References
    ----------
    Wald, A. and Wolfowitz, J. (1940). On a test whether two samples are from the same population. Annals of
    Mathematical Statistics 11, 147-162. Reference values: Swed and Eisenhart (1943), Annals of Mathematical Statistics
    14, 66-87, table I.

    Examples
    --------
    >>> found = runs_test([1, 1, 1, 1, 1, 9, 9, 9, 9, 9])
    >>> found.runs, round(found.p_few, 4), round(found.p_value, 4)
    (2, 0.0079, 0.0159)
    """
    x = given.numbers("values", values, fewest=1)
    middle = float(np.median(x)) if centre is None else given.number("centre", centre)
    side = np.sign(x - middle)
    side = side[side != 0]
    above, below = int((side > 0).sum()), int((side < 0).sum())
    runs = int(np.count_nonzero(np.diff(side))) + 1 if side.size else 0
    if not above or not below:
        reason = given.NO_VARIATION if x.size > 1 else given.TOO_FEW
        nan = math.nan
        return RunsTest(runs, above, below, nan, nan, nan, nan, middle, side.size, reason=reason)
    chances = runs_distribution(above, below)
    here = chances[runs]
    return RunsTest(
        runs,
        above,
        below,
        1 + 2 * above * below / (above + below),
        sum(p for r, p in chances.items() if r <= runs),
        sum(p for r, p in chances.items() if r >= runs),
        min(1.0, sum(p for p in chances.values() if p <= here * (1 + 1e-12))),
        middle,
        side.size,
    )


def runs_distribution(above: int, below: int) -> dict[int, float]:
    """How likely each number of runs is when `above` and `below` values come in a chance order.

    Examples
    --------
    >>> {runs: round(p, 4) for runs, p in runs_distribution(2, 2).items()}
    {2: 0.3333, 3: 0.3333, 4: 0.3333}
    """
    if above < 1 or below < 1:
        raise ValueError(f"above is {above} and below is {below}; both must be at least 1.")
    orders = math.comb(above + below, above)
    found: dict[int, float] = {}
    for runs in range(2, 2 * min(above, below) + 2):
        k, odd = divmod(runs, 2)
        if odd:
            ways = math.comb(above - 1, k) * math.comb(below - 1, k - 1)
            ways += math.comb(above - 1, k - 1) * math.comb(below - 1, k)
        else:
            ways = 2 * math.comb(above - 1, k - 1) * math.comb(below - 1, k - 1)
        if ways:
            found[runs] = ways / orders
    return found


def runs_limits(above: int, below: int, *, each_side: float = 0.025) -> tuple[int | None, int | None]:
    """The most runs that are too few, and the fewest that are too many; None where no number is that unlikely.

    Examples
    --------
    >>> runs_limits(10, 10)
    (6, 16)
    """
    chances = runs_distribution(above, below)
    few = many = None
    total = 0.0
    for runs in sorted(chances):
        total += chances[runs]
        if total > each_side:
            break
        few = runs
    total = 0.0
    for runs in sorted(chances, reverse=True):
        total += chances[runs]
        if total > each_side:
            break
        many = runs
    return few, many


def longest_run_probability(n: int, length: int) -> float:
    """How likely `n` tosses of a fair coin hold a run of `length` or more on either side, counted exactly.

    Examples
    --------
    >>> longest_run_probability(11, 6)
    0.109375
    """
    if n < 1 or length < 1:
        raise ValueError(f"n is {n} and length is {length}; both must be at least 1.")
    if length > n:
        return 0.0
    if length == 1:
        return 1.0
    # Sequences without such a run are compositions of n into parts below `length`, times the two sides of the first.
    ways = [1] + [0] * n
    for total in range(1, n + 1):
        ways[total] = sum(ways[total - part] for part in range(1, min(length - 1, total) + 1))
    return (
        float(1 - 2 * ways[n] / 2**n) if n < 1000 else 1 - math.exp(math.log(2 * ways[n]) - n * math.log(2))
    )
