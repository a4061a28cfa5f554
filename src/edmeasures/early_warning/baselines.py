"""What a model has to beat: the ABC rule on a sheet of paper, and help for everybody where it was worst last year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..methods import given

Array = npt.NDArray[np.float64]


def abc_score(
    *,
    attendance: npt.ArrayLike | None = None,
    incidents: npt.ArrayLike | None = None,
    core_failures: npt.ArrayLike | None = None,
) -> Array:
    """Points of attendance, behaviour and course performance: nothing to fit, and every teacher can redo it.

    Parameters
    ----------
    attendance : array_like of shape (n,), optional
        Shares from 0 to 1: below .80 two points, below .88 one.
    incidents : array_like of shape (n,), optional
        Conduct incidents: five or more two points, two to four one.
    core_failures : array_like of shape (n,), optional
        Failing marks in core courses: two or more two points, one one.

    Returns
    -------
    ndarray of shape (n,)
        From 0 to 6. Nothing known raises no flag: a missing value (NaN) adds no point.

    References
    ----------
    Attendance and conduct: the sample thresholds of Ed-Fi's Analytics Middle Tier (worked example S28). Core failures: the
    Chicago on-track indicator, where a second one is off track (S25). That one is a first warning is ours.

    Examples
    --------
    >>> abc_score(attendance=[0.79, 0.85, 0.95, float("nan")], incidents=[5, 2, 1, 0]).tolist()
    [4.0, 2.0, 0.0, 0.0]
    """
    # (values, the worse cut, the milder cut, +1 where more is worse)
    parts = [(attendance, 0.80, 0.88, -1), (incidents, 5, 2, 1), (core_failures, 2, 1, 1)]
    told = [p for p in parts if p[0] is not None]
    if not told:
        raise ValueError("Give at least one of attendance, incidents and core_failures.")
    points: list[Array] = []
    for values, worse, milder, sign in told:
        v = np.asarray(values, dtype=np.float64)
        if sign > 0:
            points.append((v >= worse).astype(np.float64) + (v >= milder))
        else:
            points.append((v < worse).astype(np.float64) + (v < milder))
    if len({p.shape for p in points}) > 1 or points[0].ndim != 1:
        raise ValueError("attendance, incidents and core_failures must be lists of one length.")
    return np.asarray(np.sum(points, axis=0))


def worst_places_first(past_place: npt.ArrayLike, past_outcome: npt.ArrayLike, place: npt.ArrayLike) -> Array:
    """Each student's score is how often the outcome came at their place in the past.

    Parameters
    ----------
    past_place, past_outcome : array_like of shape (m,)
    place : array_like of shape (n,)

    Returns
    -------
    ndarray of shape (n,)
        A place that is new has the overall share.

    References
    ----------
    Perdomo, J. C., Britton, T., Hardt, M. and Abebe, R. (2023). Difficult lessons on social prediction from Wisconsin
    Public Schools: targeting by school did as well as individual scores.

    Examples
    --------
    >>> worst_places_first(["a", "a", "b", "b"], [1, 0, 0, 0], ["b", "a", "c"]).tolist()
    [0.0, 0.5, 0.25]
    """
    where = np.asarray(past_place, dtype=object)
    y = given.yes_or_no("past_outcome", past_outcome, size=where.size)
    share = {name: float(y[where == name].mean()) for name in set(where.tolist())}
    return np.array([share.get(name, float(y.mean())) for name in np.asarray(place, dtype=object)])
