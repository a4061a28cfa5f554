"""Why a student's probability is what it is: what each feature adds beside its usual values. Not why things happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .known import Column, Frame
from .model import Model


@dataclass(frozen=True, slots=True)
class Reason:
    """One feature of one student.

    Parameters
    ----------
    feature : str
    value : float, str or None
        The student's; None where it is not known.
    usual : float, str or None
        The median of past students, or the commonest word.
    adds : float
        Probability less what it would be with usual values in this feature alone: 0.12 is twelve points.
    """

    feature: str
    value: Any
    usual: Any
    adds: float


def reasons(
    model: Model, frame: Frame, *, top: int = 3, least: float = 0.01
) -> tuple[tuple[Reason, ...], ...]:
    """The features that raise each student's probability most.

    Parameters
    ----------
    model : Model
    frame : Frame
        Of the students to explain; a list of those flagged, not of everybody.
    top : int
        Reasons per student at most.
    least : float
        Features that add less are not named.

    Returns
    -------
    tuple of tuples of Reason
        One per student, the largest first. Empty for a student whom nothing sets apart.

    Notes
    -----
    Each feature is replaced by twenty usual values of past students, one feature at a time, all others as they are; the
    difference of the probability from the mean of the twenty is what the feature adds (a single-feature Shapley value
    with an interventional background). Features that go together share what they say, so that the parts need not add up.

    References
    ----------
    Janzing, D., Minorics, L. and Bloebaum, P. (2020). Feature relevance quantification in explainable AI: a causal problem.
    AISTATS, 2907-2916: why to replace and not to condition.
    """
    n = len(frame)
    now = model.predict(frame)
    adds = np.zeros((n, len(model.features)))
    for j, feature in enumerate(model.features):
        usual = model.usual[feature]
        repeated: Mapping[str, Column] = {
            name: np.repeat(frame.columns[name], usual.size) for name in model.features
        } | {feature: np.tile(usual, n)}
        adds[:, j] = now - model.of_columns(repeated).reshape(n, usual.size).mean(axis=1)
    return tuple(_top(model, frame, i, adds[i], top, least) for i in range(n))


def _top(model: Model, frame: Frame, i: int, adds: Any, top: int, least: float) -> tuple[Reason, ...]:
    order = sorted(range(len(adds)), key=lambda j: (-adds[j], j))
    return tuple(
        Reason(
            model.features[j],
            _plain(frame.columns[model.features[j]][i]),
            _middle(model.usual[model.features[j]].tolist()),
            float(adds[j]),
        )
        for j in order[:top]
        if adds[j] >= least
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return None if np.isnan(value) else float(value)


def _middle(values: Sequence[Any]) -> Any:
    """The median of the known numbers, or the commonest word."""
    known = [v for v in values if _plain(v) is not None]
    if not known:
        return None
    if isinstance(known[0], str):
        return max(sorted(set(known)), key=known.count)
    return float(np.median(known))
