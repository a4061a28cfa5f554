"""Which features to use, decided before the test is looked at: tried on the last past cohort, learned from those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..methods.ranking import Ranking, auc
from .cohort import Cohort
from .model import fit, known_by


@dataclass(frozen=True, slots=True)
class Tried:
    """One set of features on the cohort it was tried on."""

    name: str
    features: tuple[str, ...]
    auc: Ranking


@dataclass(frozen=True, slots=True)
class Choice:
    """The sets of features that were tried and which was taken.

    Parameters
    ----------
    tried : tuple of Tried
        In the order given.
    taken : Tried
        The highest AUC; of equal ones the first.
    learned_from : tuple of str
        Names of the cohorts each set was fitted on.
    tried_on : str
        The past cohort each was scored on.
    is_out_of_time : bool
        Whether what was learned from was known when that cohort was predicted.
    """

    tried: tuple[Tried, ...]
    taken: Tried
    learned_from: tuple[str, ...]
    tried_on: str
    is_out_of_time: bool


def choose(
    candidates: Mapping[str, Sequence[str]], past: Sequence[Cohort], *, demographics: str = "", seed: int = 0
) -> Choice:
    """Choose among sets of features by the past alone.

    Parameters
    ----------
    candidates : mapping of str to sequence of str
        A name for each set -> its features, columns of every cohort's frame.
    past : sequence of Cohort
        In the order of time, two or more. Each set is fitted on all but the last and scored on the last.
    demographics : str
        See `fit`.
    seed : int

    Returns
    -------
    Choice

    Raises
    ------
    ValueError
        When there is nothing to choose from, fewer than two cohorts, or the last is not the latest.
    KeyError
        When a set names a feature that a cohort lacks.

    Notes
    -----
    The test cohort is no argument: it cannot be looked at. The AUC of the set taken is the best of several and therefore
    flattering; what the model is worth is the test's figure.

    References
    ----------
    Cawley, G. C. and Talbot, N. L. C. (2010). On over-fitting in model selection and subsequent selection bias in
    performance evaluation. Journal of Machine Learning Research 11, 2079-2107.
    """
    if not candidates:
        raise ValueError("No set of features to choose from.")
    if len(past) < 2:
        raise ValueError(
            f"{len(past)} past cohort: two are needed, one to learn from and a later one to try on. Give `features` by hand."
        )
    *before, last = past
    for cohort in before:
        if not cohort.frame.on < last.frame.on:  # type: ignore[operator]
            raise ValueError(
                f"{cohort.name} is of {cohort.frame.on}, not before {last.name} ({last.frame.on}). Put past cohorts in order."
            )
    tried = []
    for name, features in candidates.items():
        model = fit([c.only(features) for c in before], demographics=demographics, seed=seed)
        found = auc(last.outcome, model.predict(last.frame))
        tried.append(Tried(name, tuple(features), found))
    taken = tried[int(np.argmax([t.auc.value for t in tried]))]
    is_clean = all(known_by(c, last.frame.on) for c in before)
    return Choice(tuple(tried), taken, tuple(c.name for c in before), last.name, is_clean)
