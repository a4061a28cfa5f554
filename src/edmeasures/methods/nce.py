"""Normal curve equivalents: percentile ranks on a scale of equal steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from . import given

Array = npt.NDArray[np.float64]
STEP = 49 / float(special.ndtri(0.99))  # 21.0638: so that the ranks 1, 50 and 99 are NCE 1, 50 and 99


@dataclass(frozen=True, slots=True)
class NormalCurveEquivalent:
    """NCEs, shape (n,)."""

    value: Array
    n: int
    method: str = "normal curve equivalent"


def normal_curve_equivalent(percentile_rank: npt.ArrayLike) -> NormalCurveEquivalent:
    """Percentile ranks turned into normal curve equivalents, which may be averaged.

    Parameters
    ----------
    percentile_rank : array_like of shape (n,)
        Strictly between 0 and 100.

    References
    ----------
    Tallmadge, G. K. and Wood, C. T. (1976). User's guide, ESEA Title I evaluation and reporting system. Reference
    values: worked example S13.

    Examples
    --------
    >>> normal_curve_equivalent([1, 25, 50, 90]).value.round(1).tolist()
    [1.0, 35.8, 50.0, 77.0]
    """
    rank = given.numbers("percentile_rank", percentile_rank)
    bad = np.flatnonzero((rank <= 0) | (rank >= 100))
    if bad.size:
        raise ValueError(
            f"percentile_rank: {rank[bad[0]]:g} in {given.rows(bad)}; it must lie between 0 and 100."
        )
    return NormalCurveEquivalent(50 + STEP * special.ndtri(rank / 100), rank.size)
