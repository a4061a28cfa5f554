"""Where a student stands among those who take the same course: a number that means the same in a course never seen before."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def place_among(values: npt.ArrayLike, peers: npt.ArrayLike) -> Array:
    """The share of a student's peers who have less, half of those who have as much counted in.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        NaN where missing.
    peers : array_like of hashable, shape (n,)
        The course, class or school; students of one label are each other's peers.

    Returns
    -------
    ndarray of shape (n,)
        Above 0 and below 1; .5 for a student without known peers; NaN where the value is missing.

    Raises
    ------
    ValueError
        When the two are not of one length.

    Notes
    -----
    A hundred clicks are many in one course and few in another. The count of clicks has to be learned course by course; the
    place among peers carries over to the next course and the next year. Hazen's plotting position, (rank - 1/2) / n.

    References
    ----------
    Hazen, A. (1914). Storage to be provided in impounding reservoirs for municipal water supply. Transactions of the
    American Society of Civil Engineers 77, 1539-1640; ``scipy.stats.rankdata`` for ties.

    Examples
    --------
    >>> place_among([0, 10, 10, 500, 7], ["a", "a", "a", "a", "b"]).tolist()
    [0.125, 0.5, 0.5, 0.875, 0.5]
    """
    from scipy import stats  # noqa: PLC0415 - importing the library stays light

    found = np.asarray(values, dtype=np.float64)
    labels: npt.NDArray[Any] = np.asarray(peers, dtype=object)
    if found.ndim != 1 or found.shape != labels.shape:
        raise ValueError(
            f"values has the shape {found.shape} and peers {labels.shape}; give one per student."
        )
    places = np.full(found.size, np.nan)
    is_known = ~np.isnan(found)
    _, group = np.unique(labels.astype(str), return_inverse=True)
    for k in np.unique(group[is_known]):
        here = is_known & (group == k)
        places[here] = (stats.rankdata(found[here]) - 0.5) / here.sum()
    return places
