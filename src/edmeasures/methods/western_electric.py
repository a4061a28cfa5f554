"""The Western Electric rules: four patterns that chance alone rarely makes on a control chart.

Written out: four windows over the zones; the Python packages disagree on which point of a pattern they mark.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WesternElectric:
    """For each point whether it completes the pattern, each of shape (k,)."""

    beyond_three_sigma: Bools
    two_of_three_beyond_two: Bools
    four_of_five_beyond_one: Bools
    eight_on_one_side: Bools
    n: int
    method: str = "Western Electric rules"

    @property
    def any(self) -> Bools:
        return (
            self.beyond_three_sigma
            | self.two_of_three_beyond_two
            | self.four_of_five_beyond_one
            | self.eight_on_one_side
        )


def western_electric(values: npt.ArrayLike, *, centre: float, sigma: npt.ArrayLike) -> WesternElectric:
    """Mark the points that complete a pattern.

    Parameters
    ----------
    values : array_like of shape (k,)
        In order of time.
    centre : float
        The centre line.
    sigma : float or array_like of shape (k,)
        A third of the way from the centre to a limit: one for all, or one by point where limits vary.

    Returns
    -------
    WesternElectric
        A mark stands where the pattern is complete and the point itself belongs to it. A point exactly on a line is
        not beyond it; one on the centre line ends a run.

    References
    ----------
    Western Electric Company (1956). Statistical Quality Control Handbook, pages 25-28. Reference values: Montgomery
    (2009), section 5.3, figure 5.15's rules; the same windows and run lengths written again in base R.

    Examples
    --------
    >>> found = western_electric([0, 2.5, 0.5, 2.2, 3.1], centre=0, sigma=1)
    >>> found.two_of_three_beyond_two.tolist(), found.beyond_three_sigma.tolist()
    ([False, False, False, True, True], [False, False, False, False, True])
    """
    x = given.numbers("values", values)
    scale = given.above_zero("sigma", np.broadcast_to(np.asarray(sigma, dtype=np.float64), x.shape))
    z = (x - given.number("centre", centre)) / scale
    return WesternElectric(
        np.abs(z) > 3,
        _enough(z, 2.0, 2, 3),
        _enough(z, 1.0, 4, 5),
        _enough(z, 0.0, 8, 8),
        z.size,
    )


def _enough(z: npt.NDArray[np.float64], beyond: float, needed: int, window: int) -> Bools:
    """Whether this point and enough of those just before it lie beyond on one side."""
    found = np.zeros(z.size, dtype=np.bool_)
    for side in (1.0, -1.0):
        out = side * z > beyond
        so_far = np.concatenate([[0], np.cumsum(out)])
        first = np.maximum(np.arange(1, z.size + 1) - window, 0)
        found |= out & (so_far[1:] - so_far[first] >= needed)
    return found
