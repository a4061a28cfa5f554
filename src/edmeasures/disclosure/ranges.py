"""Shares written so that nobody learns that all or none of a group did something: ranges by size, and coded ends."""

from __future__ import annotations

import math
from fractions import Fraction

#: From this many students on, how many percentage points at either end are coded. Examples of 350, 150 and 60 students:
#: Clark County (Utah) procedure; the steps between follow the pattern of NCES 2011-603.
_CODED_TAILS = ((300, 1), (100, 2), (40, 5), (20, 10), (10, 20))

#: From this many students on, the width of the ranges in percentage points (US Department of Education files).
_ED_WIDTHS = ((301, 1), (61, 5), (31, 10), (16, 20), (6, 50))


def whole_percent(share: Fraction | float) -> int:
    """A share in whole per cent, half up.

    Examples
    --------
    >>> whole_percent(Fraction(5, 1000)), whole_percent(Fraction(4999, 1000000))
    (1, 0)
    """
    part, whole = share.as_integer_ratio()
    return (200 * part + whole) // (2 * whole)


def ed_range(share: Fraction | float, n: int) -> str:
    """A share as the US Department of Education publishes it: the smaller the group, the wider the range.

    Parameters
    ----------
    share : float or Fraction
        From 0 to 1.
    n : int
        Students in the denominator.

    Returns
    -------
    str
        ``"S"`` (suppressed) below 6 students.

    Examples
    --------
    >>> [ed_range(s, n) for s, n in ((0.58, 12), (0.63, 25), (0.84, 45), (0.92, 200), (0.924, 400))]
    ['>=50%', '60-79%', '80-89%', '90-94%', '92%']
    """
    width = next((w for least, w in _ED_WIDTHS if n >= least), None)
    if width is None:
        return "S"
    percent = whole_percent(share)
    if width == 50:
        return ">=50%" if percent >= 50 else "<50%"
    if percent <= width:
        return f"<={width}%"
    if percent >= 100 - width:
        return f">={100 - width}%"
    if width == 1:
        return f"{percent}%"
    lower = percent // width * width
    return f"{max(lower, width + 1)}-{lower + width - 1}%"


def coded_share(share: Fraction | float, n: int, minimum: int = 10) -> str:
    """A share in whole per cent with both ends coded, so that nobody learns that all or none of a group did something.

    Examples
    --------
    >>> [coded_share(s, n) for s, n in ((0.994, 350), (0.015, 150), (0.97, 60), (0.5, 9), (0.5, 350))]
    ['>=99%', '<=2%', '>=95%', 'N<10', '50%']
    """
    if n < minimum:
        return f"N<{minimum}"
    tail = next((points for least, points in _CODED_TAILS if n >= least), _CODED_TAILS[-1][1])
    part, whole = share.as_integer_ratio()  # exact, and ten times as fast as a Fraction
    if part * 100 <= tail * whole:
        return f"<={tail}%"
    if part * 100 >= (100 - tail) * whole:
        return f">={100 - tail}%"
    return f"{whole_percent(share)}%"


def students_told(n: int, *, is_ed: bool = False, minimum: int = 10) -> tuple[float, float]:
    """How many students the range or coded end of a share tells of, at least and at most: the fewer, the coarser it is.

    Parameters
    ----------
    n : int
        Students, not fewer than the minimum.
    is_ed : bool
        Ranges as `ed_range` writes them; otherwise ends as `coded_share` does.
    minimum : int

    Examples
    --------
    >>> students_told(57), students_told(350), students_told(24, is_ed=True)
    ((40, 99), (300, inf), (16, 30))
    """
    steps = [least for least, _ in (_ED_WIDTHS if is_ed else _CODED_TAILS)]
    lowest = 0 if is_ed else minimum
    least = max(next((step for step in steps if n >= step), lowest), lowest)
    above = min((step for step in steps if step > n), default=math.inf)
    return least, above - 1
