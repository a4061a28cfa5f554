"""The constants of control charts, computed rather than looked up.

Printed tables round d2 to three places (1.128, 2.326), which R's qcc and qicharts2 and the NHS templates inherit; that
shifts a limit by up to three parts in ten thousand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import special

REACH, POINTS = 9.0, 200  # Gauss-Legendre over -9 to 9 sigma: what lies beyond is below 1e-15


@dataclass(frozen=True, slots=True)
class ChartConstants:
    """For samples of n from a normal distribution of standard deviation 1.

    d2 and d3 are mean and standard deviation of the range, c4 the mean of the standard deviation; D3, D4 and B3, B4 are
    the three-sigma limits of range and standard deviation in units of their means; A2 and A3 those of a mean.
    """

    n: int
    d2: float
    d3: float
    c4: float

    @property
    def D3(self) -> float:  # noqa: N802 - the names of the field
        return max(0.0, 1 - 3 * self.d3 / self.d2)

    @property
    def D4(self) -> float:  # noqa: N802
        return 1 + 3 * self.d3 / self.d2

    @property
    def B3(self) -> float:  # noqa: N802
        return max(0.0, 1 - 3 * math.sqrt(1 - self.c4**2) / self.c4)

    @property
    def B4(self) -> float:  # noqa: N802
        return 1 + 3 * math.sqrt(1 - self.c4**2) / self.c4

    @property
    def A2(self) -> float:  # noqa: N802
        return 3 / (self.d2 * math.sqrt(self.n))

    @property
    def A3(self) -> float:  # noqa: N802
        return 3 / (self.c4 * math.sqrt(self.n))


@cache
def chart_constants(n: int) -> ChartConstants:
    """The constants for samples of `n`, from 2 to 100.

    References
    ----------
    Montgomery, D. C. (2009). Introduction to Statistical Quality Control, 6th ed., appendix VI; Tippett, L. H. C.
    (1925), Biometrika 17, 364-387, for the moments of the range. Reference values: Montgomery's table for n 2 to 25.

    Examples
    --------
    >>> five = chart_constants(5)
    >>> round(five.d2, 3), round(five.d3, 3), round(five.c4, 4), round(five.A2, 3)
    (2.326, 0.864, 0.94, 0.577)
    """
    if not 2 <= n <= 100:
        raise ValueError(f"n is {n}; chart constants are for samples of 2 to 100.")
    node, weight = np.polynomial.legendre.leggauss(POINTS)
    x, wx = REACH * node, REACH * weight
    below = special.ndtr(x)
    d2 = float(wx @ (1 - below**n - (1 - below) ** n))
    # E W^2 is twice the integral over y < x of P(smallest < y, largest > x); for each x, y runs from -REACH to x.
    part = (1 + node) / 2
    y = -REACH + (x[:, None] + REACH) * part
    low, high = special.ndtr(y), below[:, None]
    inside = 1 - high**n - (1 - low) ** n + (high - low) ** n
    second = 2 * float(wx @ ((inside @ (weight / 2)) * (x + REACH)))
    d3 = math.sqrt(second - d2**2)
    c4 = math.sqrt(2 / (n - 1)) * math.exp(math.lgamma(n / 2) - math.lgamma((n - 1) / 2))
    return ChartConstants(n, d2, d3, c4)
