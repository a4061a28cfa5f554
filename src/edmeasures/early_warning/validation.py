"""Trained on the past, tested on what came after, beside two baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..methods.calibration import Calibration, calibration
from ..methods.ranking import AtCapacity, Ranking, at_capacity, auc, average_precision
from .baselines import worst_places_first
from .card import ModelCard
from .choice import Choice, choose
from .cohort import Cohort
from .fairness import Subgroup, by_subgroup
from .leakage import SUSPICIOUS, Leakage, look_for_leaks
from .model import Model, fit, folds, known_by

Array = npt.NDArray[np.float64]

ABC = "ABC rule"
PLACES = "worst places first"
MODEL = "model"


@dataclass(frozen=True, slots=True)
class Scored:
    """How one way of putting students in order did on the test."""

    name: str
    auc: Ranking
    average_precision: Ranking
    at: tuple[AtCapacity, ...]


@dataclass(frozen=True)
class Validation:
    """A model and what it was worth on students it had not seen.

    Parameters
    ----------
    model : Model
        In a cross-validation, the one fitted on everybody.
    test : Cohort
    probability : ndarray of shape (n,)
    flagged : ndarray of bool, shape (n,)
        The first capacity's students.
    scored : tuple of Scored
        The model, the ABC rule, worst places first.
    calibration : Calibration
        Ten bins of equal width.
    subgroups : mapping of str to tuple of Subgroup
    leakage : Leakage or None
        None where the score was not suspicious.
    is_out_of_time : bool
        The test came after everything that was learned from was known.
    cautions : tuple of str
    choice : Choice or None
        How the features were chosen; None where they were given.
    """

    model: Model
    test: Cohort
    probability: Array
    flagged: npt.NDArray[np.bool_]
    scored: tuple[Scored, ...]
    calibration: Calibration
    subgroups: dict[str, tuple[Subgroup, ...]]
    leakage: Leakage | None
    is_out_of_time: bool
    cautions: tuple[str, ...]
    choice: Choice | None = None

    @property
    def auc(self) -> Ranking:
        return self.scored[0].auc

    def card(self, *, purpose: str = "", owner: str = "", beside: Validation | None = None) -> ModelCard:
        """The model card; see `ModelCard.markdown`.

        Parameters
        ----------
        purpose, owner : str
        beside : Validation, optional
            Another model of the same test, with demographic predictors say, whose figures stand beside this one's.
        """
        return ModelCard.of(self, purpose=purpose, owner=owner, beside=beside)


def validate(
    train: Sequence[Cohort],
    test: Cohort,
    *,
    capacity: Sequence[int],
    demographics: str = "",
    overlap: str = "",
    minimum: int = 10,
    seed: int = 0,
    candidates: Mapping[str, Sequence[str]] | None = None,
) -> Validation:
    """Train on past cohorts and test on a later one.

    Parameters
    ----------
    train : sequence of Cohort
    test : Cohort
    capacity : sequence of int
        For how many students there is time. The first is what groups are compared at.
    demographics : str
        Why demographic predictors are used; "" refuses them.
    overlap : str
        Why outcomes are learned from that were not known on the day of the test: a published benchmark's split, say. ""
        refuses them.
    minimum : int
        Groups with fewer students are not evaluated.
    seed : int
    candidates : mapping of str to sequence of str, optional
        Sets of features to choose from by the past alone; see `choose`. Without, every feature of the frames is used.

    Returns
    -------
    Validation

    Raises
    ------
    ValueError
        When a past cohort's outcomes became known after the test's prediction day, its own prediction day is not earlier,
        or a capacity is out of range.
    """
    late = [c for c in train if not known_by(c, test.frame.on)]
    for cohort in train:
        if not cohort.frame.on < test.frame.on:  # type: ignore[operator]
            raise ValueError(
                f"{cohort.name} is of {cohort.frame.on}, not before {test.name} ({test.frame.on})."
            )
    if late and not overlap:
        raise ValueError(
            f"The outcomes of {late[0].name} are known on {late[0].outcome_known_on}, after {test.frame.on}, when {test.name} is "
            "predicted: nobody could have learned from them. Leave it out, or say why not: overlap=..."
        )
    choice = choose(candidates, train, demographics=demographics, seed=seed) if candidates else None
    if choice:
        train, test = [c.only(choice.taken.features) for c in train], test.only(choice.taken.features)
    model = fit(train, demographics=demographics, seed=seed)
    cautions = [f"Outcomes of {c.name} were learned from before they were known: {overlap}." for c in late]
    past_place = np.concatenate([c.place for c in train])
    places = worst_places_first(past_place, np.concatenate([c.outcome for c in train]), test.place)
    found = _assessed(
        model, train, test, model.predict(test.frame), places, capacity, minimum, not late, cautions
    )
    return replace(found, choice=choice)


def cross_validate(
    cohort: Cohort,
    *,
    capacity: Sequence[int],
    n_folds: int = 5,
    demographics: str = "",
    minimum: int = 10,
    seed: int = 0,
) -> Validation:
    """Where there is one cohort only: each fold predicted by the others. Says so, and is no test over time.

    Learner and calibration are chosen inside each fold, from the students who are not tested in it.
    """
    fold = folds(cohort.outcome, n_folds, seed)
    probability, places = np.zeros(len(cohort)), np.zeros(len(cohort))
    for k in range(n_folds):
        past, here = cohort.take(fold != k), fold == k
        inner = fit([past], demographics=demographics, seed=seed)
        probability[here] = inner.predict(cohort.frame.take(here))
        places[here] = worst_places_first(past.place, past.outcome, cohort.place[here])
    model = fit([cohort], demographics=demographics, seed=seed)
    cautions = [f"Not tested over time: one cohort in {n_folds} folds. Expect worse next year."]
    return _assessed(model, [], cohort, probability, places, capacity, minimum, False, cautions)


def _assessed(
    model: Model,
    train: Sequence[Cohort],
    test: Cohort,
    probability: Array,
    places: Array,
    capacity: Sequence[int],
    minimum: int,
    is_out_of_time: bool,
    cautions: list[str],
) -> Validation:
    y = test.outcome
    scored = tuple(
        Scored(name, auc(y, s), average_precision(y, s), tuple(at_capacity(y, s, k) for k in capacity))
        for name, s in ((MODEL, probability), (ABC, test.abc), (PLACES, places))
    )
    flagged = flag(probability, capacity[0])
    groups = {
        name: by_subgroup(y, probability, flagged, values, minimum=minimum)
        for name, values in test.groups.items()
    }
    leakage = None
    if scored[0].auc.value > SUSPICIOUS:
        leakage = look_for_leaks(model, train or [test], test, scored[0].auc.value)
        cautions = [*cautions, *leakage.sentences]
    best = max(scored[1:], key=lambda s: s.at[0].found)
    if best.at[0].found >= scored[0].at[0].found:
        cautions.append(f"At capacity {capacity[0]} the {best.name} finds as many. Use that.")
    return Validation(
        model,
        test,
        probability,
        flagged,
        scored,
        calibration(y, probability, bins=10, by="width"),
        groups,
        leakage,
        is_out_of_time,
        tuple(cautions),
    )


def flag(probability: Array, k: int) -> npt.NDArray[np.bool_]:
    """The k highest; of equal ones the earlier row."""
    chosen = np.zeros(probability.size, dtype=bool)
    chosen[np.argsort(-probability, kind="stable")[:k]] = True
    return chosen
