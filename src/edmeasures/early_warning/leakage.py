"""A score too good to be true is searched for what gave the answer away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..methods.ranking import auc
from .baselines import worst_places_first
from .cohort import Cohort
from .known import Column
from .model import Model

#: Above this a run looks for leaks: honest forecasts of people's years do not come so close.
SUSPICIOUS = 0.95
#: A single feature that ranks so well by itself is named.
ALONE = 0.90


@dataclass(frozen=True, slots=True)
class Leakage:
    """What the search found.

    Parameters
    ----------
    auc : float
        The score that was searched.
    suspects : tuple of (str, float)
        Features with the AUC each has alone, counting also whether the feature is known at all.
    same_students : int
        Students of the test who were in training too.
    sentences : tuple of str
        What to look at, in words.
    """

    auc: float
    suspects: tuple[tuple[str, float], ...]
    same_students: int
    sentences: tuple[str, ...]


def look_for_leaks(model: Model, train: Sequence[Cohort], test: Cohort, found_auc: float) -> Leakage:
    """Features that give the outcome away alone, and students on both sides of the split."""
    alone = {name: _alone(test.frame.columns[name], test.outcome, train, name) for name in model.features}
    suspects = tuple(sorted(((n, a) for n, a in alone.items() if a > ALONE), key=lambda s: (-s[1], s[0])))
    past = {s for c in train if c is not test for s in c.frame.students}
    same = sum(s in past for s in test.frame.students)
    sentences = [f"The AUC of {found_auc:.3f} is above {SUSPICIOUS}: look for a leak before believing it."]
    sentences += [
        f"`{name}` alone has an AUC of {a:.3f}. Was it really known on {test.frame.on}, or is it made from the outcome?"
        for name, a in suspects
    ]
    if same:
        sentences.append(f"{same} of {len(test)} students tested were also trained on.")
    if not suspects and not same:
        sentences.append(
            "No single feature gives the outcome away and no student is on both sides. Look at how the students tested were "
            "chosen, and at features that together come from after the day."
        )
    return Leakage(found_auc, suspects, same, tuple(sentences))


def _alone(values: Column, y: npt.NDArray[np.float64], train: Sequence[Cohort], name: str) -> float:
    """The best AUC of a feature by itself: its order either way, its categories' past shares, or being known at all."""
    if values.dtype == object:
        past = np.concatenate([c.frame.columns[name] for c in train])
        score = worst_places_first(past, np.concatenate([c.outcome for c in train]), values)
        gap = np.array([v is None for v in values], dtype=np.float64)
    else:
        gap = np.isnan(values).astype(np.float64)
        score = np.where(gap > 0, np.nanmedian(values) if (gap == 0).any() else 0.0, values)
    found = [auc(y, s).value for s in (score, gap)]
    return float(max(max(a, 1 - a) for a in found))
