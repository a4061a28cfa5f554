"""Students with their features, what became of them, and where they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..methods import given
from .known import Day, Frame


@dataclass(frozen=True)
class Cohort:
    """One year's students of one prediction day.

    Parameters
    ----------
    name : str
        "2013J", "2024-25".
    frame : Frame
    outcome : array_like of 0 and 1, shape (n,)
        What is predicted; 1 is what one would want to prevent.
    outcome_known_on : day
        When the outcomes were known: a model may not learn from them earlier.
    abc : array_like of shape (n,)
        The simple rule's score of each student, higher is more at risk; see `abc_score`.
    place : array_like of shape (n,)
        School, course or class, for "worst places first".
    groups : mapping of str to array_like of shape (n,)
        Groups to compare errors for (never predictors).
    """

    name: str
    frame: Frame
    outcome: npt.NDArray[np.float64]
    outcome_known_on: Day
    abc: npt.NDArray[np.float64]
    place: npt.NDArray[Any]
    groups: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.frame)
        object.__setattr__(self, "outcome", given.yes_or_no("outcome", self.outcome, size=n))
        object.__setattr__(self, "abc", given.numbers("abc", self.abc, size=n))
        object.__setattr__(self, "place", np.asarray(self.place, dtype=object))
        groups = {name: np.asarray(values, dtype=object) for name, values in self.groups.items()}
        object.__setattr__(self, "groups", groups)
        for name, values in {"place": self.place, **groups}.items():
            if values.shape != (n,):
                raise ValueError(f"{name}: {values.shape} given where {n} are needed, one for each student.")
        if not self.outcome_known_on > self.frame.on:  # type: ignore[operator]
            raise ValueError(
                f"The outcome of {self.name} is known on {self.outcome_known_on}, the prediction day is {self.frame.on}: "
                "there is nothing left to predict."
            )

    def __len__(self) -> int:
        return len(self.frame)

    def only(self, features: Iterable[str]) -> Cohort:
        """The same students with some of their features."""
        return replace(self, frame=self.frame.only(features))

    def take(self, chosen: npt.ArrayLike) -> Cohort:
        at = np.arange(len(self))[np.asarray(chosen)]
        return Cohort(
            self.name,
            self.frame.take(at),
            self.outcome[at],
            self.outcome_known_on,
            self.abc[at],
            self.place[at],
            {name: values[at] for name, values in self.groups.items()},
        )
