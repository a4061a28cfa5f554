"""Values seen within their own group, so that differences between groups do not pass for differences between people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Centred:
    """Values less their group's mean, NaN in groups too small to have one; `groups` is how many were used."""

    value: Array
    groups: int
    method: str = "less the mean of the group"


def centred_within(values: npt.ArrayLike, group: npt.ArrayLike, *, fewest: int = 2) -> Centred:
    """Each value less the mean of its group.

    Parameters
    ----------
    values : array_like of shape (n,)
        Nothing missing.
    group : array_like of shape (n,)
        To which group each value belongs: any codes.
    fewest : int
        Groups smaller than this say nothing about differences within: their values become NaN.

    Returns
    -------
    Centred
        Shape (n,).

    Examples
    --------
    Two schools, each with a student above and one below its own mean; a third has one student only:

    >>> found = centred_within([10, 20, 70, 80, 99], [1, 1, 2, 2, 3])
    >>> found.value.tolist(), found.groups
    ([-5.0, 5.0, -5.0, 5.0, nan], 2)
    """
    x = given.numbers("values", values)
    _, code = given.groups("group", group, size=x.size)
    counts = np.bincount(code)
    means = np.bincount(code, weights=x) / np.maximum(counts, 1)
    enough = counts >= fewest
    return Centred(np.where(enough[code], x - means[code], np.nan), int(enough.sum()))
