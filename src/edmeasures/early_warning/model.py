"""The model: gradient boosting, a logistic regression or both, whichever did best on past cohorts; then calibrated on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from ..methods import given
from .cohort import Cohort
from .demographics import demographic
from .known import Column, Day, Frame

Array = npt.NDArray[np.float64]

#: Categories with fewer students are one, "other": a course of five tells of five students.
FEWEST = 10
#: Quiet settings for cohorts of hundreds to tens of thousands: small trees, slow steps, a share of features at each split.
BOOSTING: Mapping[str, Any] = {
    "learning_rate": 0.04,
    "max_iter": 150,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 20,
    "l2_regularization": 5.0,
    "max_features": 0.5,
}
#: Fits with different feature draws whose logits are averaged.
DRAWS = 2
PENALTY = 0.1  # scikit-learn's C of the logistic regression
#: From so many past cohorts on, whole cohorts are held out. Of two, each would be predicted by one alone, which cannot tell
#: what belongs to its year from what belongs to its students: calibration then takes back far too much.
ENOUGH_COHORTS = 3
#: One learner alone is taken when its held-out loss is lower by this share: two that err differently bear a new year better.
CLEARLY = 0.002
LEARNERS = ("boosting", "logistic", "both")
#: Probabilities are kept this far from 0 and 1 before logits are taken.
EDGE = 1e-6


@dataclass(frozen=True)
class Model:
    """A fitted model.

    Parameters
    ----------
    learner : str
        "boosting", "logistic" or "both": the one with the least log loss on past cohorts that were held out.
    features : tuple of str
    dropped : mapping of str to str
        Features left out, and why.
    demographics : str
        Why demographic predictors were used; "" where none were.
    trained_on : tuple of str
        Names of cohorts.
    n, positives : int
    slope, intercept : float
        Of the calibration, on the logit scale.
    held_out_loss : mapping of str to float
        Log loss of each learner on held-out past students.
    usual : mapping of str to ndarray
        Twenty usual values per feature, for `reasons`.
    """

    learner: str
    features: tuple[str, ...]
    dropped: Mapping[str, str]
    demographics: str
    trained_on: tuple[str, ...]
    n: int
    positives: int
    slope: float
    intercept: float
    held_out_loss: Mapping[str, float]
    usual: Mapping[str, Column]
    _logits: Callable[[Mapping[str, Column]], Mapping[str, Array]]

    def predict(self, frame: Frame) -> Array:
        """Calibrated probabilities, shape (n,).

        Raises
        ------
        KeyError
            When the frame lacks a feature the model learned from.
        """
        if missing := [f for f in self.features if f not in frame.columns]:
            raise KeyError(f"The frame lacks the features {', '.join(missing)}.")
        return self.of_columns(frame.columns)

    def of_columns(self, columns: Mapping[str, Column]) -> Array:
        """Probabilities of bare columns, as `reasons` changes them."""
        logits = self._logits(columns)[self.learner]
        return np.asarray(special.expit(self.slope * logits + self.intercept))


def fit(cohorts: Sequence[Cohort], *, demographics: str = "", seed: int = 0) -> Model:
    """Fit on past cohorts, choose the learner and calibrate on past students whom the fit has not seen.

    Parameters
    ----------
    cohorts : sequence of Cohort
        From three on, each is held out in turn; with fewer, five folds of their students are.
    demographics : str
        Why demographic predictors are used. Without a reason they are refused.
    seed : int

    Returns
    -------
    Model

    Raises
    ------
    ValueError
        When a feature's name is demographic and no reason is given, cohorts have different features, or all outcomes agree.

    Notes
    -----
    A probability is calibrated (Platt 1999: slope and intercept on the logit scale) on held-out past students: whole cohorts
    where there are three, so that over-confidence from year to year is taken back and not only that from student to student.

    References
    ----------
    ``sklearn.ensemble.HistGradientBoostingClassifier``, ``sklearn.linear_model.LogisticRegression``. Platt, J. (1999).
    Probabilistic outputs for support vector machines. Advances in Large Margin Classifiers, 61-74.
    """
    names = _features(cohorts, demographics)
    columns = {f: np.concatenate([c.frame.columns[f] for c in cohorts]) for f in names}
    y = np.concatenate([c.outcome for c in cohorts])
    if y.min() == y.max():
        raise ValueError("All past outcomes agree: there is nothing to learn from.")
    columns, dropped = _useful(columns, [len(c) for c in cohorts])
    held_out = _held_out(columns, y, _folds(cohorts, y, seed), seed)
    losses = {name: _log_loss(y, special.expit(values)) for name, values in held_out.items()}
    learner = min(LEARNERS, key=lambda name: losses[name] * (1 if name == "both" else 1 + CLEARLY))
    slope, intercept = _platt(held_out[learner], y, most=np.inf if len(cohorts) >= ENOUGH_COHORTS else 1.0)
    return Model(
        learner,
        tuple(columns),
        dropped,
        demographics,
        tuple(c.name for c in cohorts),
        y.size,
        int(y.sum()),
        slope,
        intercept,
        losses,
        {f: _usual(values) for f, values in columns.items()},
        _learn(columns, y, seed, DRAWS),
    )


def _features(cohorts: Sequence[Cohort], demographics: str) -> list[str]:
    if not cohorts:
        raise ValueError("No past cohort to learn from.")
    names = list(cohorts[0].frame.columns)
    for cohort in cohorts[1:]:
        if set(cohort.frame.columns) != set(names):
            raise ValueError(
                f"{cohort.name} and {cohorts[0].name} have different features: "
                f"{', '.join(sorted(set(cohort.frame.columns) ^ set(names)))}."
            )
    if not demographics and (found := demographic(names)):
        raise ValueError(
            f"Demographic predictors: {', '.join(found)}. They are not used by default. Leave them out, or say why they are "
            'needed: demographics="the published benchmark uses them".'
        )
    return names


def _useful(columns: Mapping[str, Column], sizes: Sequence[int]) -> tuple[dict[str, Column], dict[str, str]]:
    kept, dropped = {}, {}
    for name, values in columns.items():
        if values.dtype == object:
            n_known = sum(v is not None for v in values)
            kinds = set(values.tolist())
        else:
            n_known = int((~np.isnan(values)).sum())
            kinds = set(np.unique(values[~np.isnan(values)]).tolist()) | (
                {None} if n_known < values.size else set()
            )
        if not n_known:
            dropped[name] = "never known"
        elif len(kinds) == 1:
            dropped[name] = "the same for everybody"
        elif 1 < len(sizes) < ENOUGH_COHORTS and _same_within(values, sizes):
            # It tells two cohorts apart, and what else was different that year goes by its name.
            dropped[name] = "the same for everybody within each cohort"
        else:
            kept[name] = values
    if not kept:
        raise ValueError("No feature differs between students.")
    return kept, dropped


def _same_within(values: Column, sizes: Sequence[int]) -> bool:
    parts = np.split(values, np.cumsum(sizes)[:-1])
    return all(len({str(v) for v in part}) == 1 for part in parts)


def _folds(cohorts: Sequence[Cohort], y: Array, seed: int) -> npt.NDArray[np.int64]:
    if len(cohorts) >= ENOUGH_COHORTS:
        return np.repeat(np.arange(len(cohorts)), [len(c) for c in cohorts])
    return folds(y, 5, seed)


def folds(y: Array, n: int, seed: int) -> npt.NDArray[np.int64]:
    """Fold of each student, the outcome spread evenly."""
    splits = given.library("sklearn.model_selection", "scikit-learn").StratifiedKFold(
        n, shuffle=True, random_state=seed
    )
    found = np.empty(y.size, dtype=np.int64)
    for fold, (_, test) in enumerate(splits.split(np.zeros((y.size, 1)), y)):
        found[test] = fold
    return found


def _held_out(
    columns: Mapping[str, Column], y: Array, fold: npt.NDArray[np.int64], seed: int
) -> dict[str, Array]:
    """Logits of each student by a fit that has not seen their fold."""
    logits = {name: np.zeros(y.size) for name in LEARNERS}
    for k in np.unique(fold):
        past, here = fold != k, fold == k
        if y[past].min() == y[past].max():
            raise ValueError("A past cohort has one outcome only. Give more cohorts, or larger ones.")
        predict = _learn({f: v[past] for f, v in columns.items()}, y[past], seed)
        for name, values in predict({f: v[here] for f, v in columns.items()}).items():
            logits[name][here] = values
    return logits


def _learn(
    columns: Mapping[str, Column], y: Array, seed: int, draws: int = 1
) -> Callable[[Mapping[str, Column]], Mapping[str, Array]]:
    """Fit both learners; the result gives the logits of each, and of their mean."""
    ensemble = given.library("sklearn.ensemble", "scikit-learn")
    linear = given.library("sklearn.linear_model", "scikit-learn")
    coding = _Coding(columns)
    one_thread = given.library("threadpoolctl", "scikit-learn").threadpool_limits(
        1
    )  # sums in one order, everywhere
    trees = [
        ensemble.HistGradientBoostingClassifier(
            **BOOSTING, categorical_features=coding.is_category, random_state=seed + draw
        ).fit(coding.codes(columns), y)
        for draw in range(draws)
    ]
    line = linear.LogisticRegression(C=PENALTY, max_iter=2000).fit(coding.design(columns), y)
    one_thread.restore_original_limits()

    def logits(new: Mapping[str, Column]) -> Mapping[str, Array]:
        boosted = np.mean([t.decision_function(coding.codes(new)) for t in trees], axis=0)
        straight = line.decision_function(coding.design(new))
        return {"boosting": boosted, "logistic": straight, "both": (boosted + straight) / 2}

    return logits


class _Coding:
    """Columns as the learners take them: codes with gaps for the trees; standardised, with flags of gaps, for the line."""

    def __init__(self, columns: Mapping[str, Column]) -> None:
        self.names = tuple(columns)
        self.levels: dict[str, dict[Any, int]] = {}
        self.shares: dict[str, Array] = {}
        self.scale: dict[str, tuple[float, float, float, bool]] = {}
        for name, values in columns.items():
            if values.dtype == object:
                kinds, sizes = np.unique([str(v) for v in values if v is not None], return_counts=True)
                often = [k for k, size in sorted(zip(kinds, sizes, strict=True), key=lambda x: (-x[1], x[0]))]
                enough = [k for k in often if sizes[list(kinds).index(k)] >= FEWEST][:200]
                self.levels[name] = {k: i + 1 for i, k in enumerate(enough)}  # 0 is "other"
                codes = self._coded(name, values)
                seen = [float((codes == i).mean()) for i in range(len(enough) + 1)]
                self.shares[name] = np.array([*seen, float(np.isnan(codes).mean())])
            else:
                known = values[~np.isnan(values)]
                # A feature that one fold never knows or never sees differ says nothing in it.
                middle = float(np.median(known)) if known.size else 0.0
                filled = np.where(np.isnan(values), middle, values)
                spread = float(filled.std())
                self.scale[name] = (middle, float(filled.mean()), spread or 1.0, bool(np.isnan(values).any()))
        self.is_category = np.array([name in self.levels for name in self.names])
        self.is_empty = {
            name: name in self.scale and not (~np.isnan(values)).any()
            for name, values in columns.items()
            if values.dtype != object
        }

    def _coded(self, name: str, values: Column) -> Array:
        levels = self.levels[name]
        return np.array([np.nan if v is None else levels.get(str(v), 0) for v in values], dtype=np.float64)

    def _indicators(self, name: str, codes: Array) -> list[Array]:
        """One column per level; a word that was never seen is the average of those that were, not the first of them."""
        shares = self.shares[name]
        is_new = np.isnan(codes) & (shares[-1] == 0) | (codes == 0) & (shares[0] == 0)
        return [np.where(is_new, share, codes == i) for i, share in enumerate(shares[:-1])]

    def codes(self, columns: Mapping[str, Column]) -> Array:
        made = []
        for name in self.names:
            values = columns[name]
            if name in self.levels:
                made.append(self._coded(name, values))
            else:
                # scikit-learn's binning fails on a column without a single number.
                made.append(np.zeros(len(values)) if self.is_empty[name] else values)
        return np.column_stack(made)

    def design(self, columns: Mapping[str, Column]) -> Array:
        made = []
        for name in self.names:
            values = columns[name]
            if name in self.levels:
                made += self._indicators(name, self._coded(name, values))
                continue
            middle, mean, spread, has_gaps = self.scale[name]
            gap = np.isnan(values)
            made.append((np.where(gap, middle, values) - mean) / spread)
            if has_gaps:
                made.append(gap.astype(np.float64))
        return np.column_stack(made)


def _usual(values: Column, n: int = 20) -> Column:
    """Values at n even places of the sorted column, gaps at the end in their share."""

    def place(v: Any) -> tuple[bool, Any]:
        return (v is None, str(v)) if values.dtype == object else (bool(np.isnan(v)), v)

    ordered = np.array(sorted(values.tolist(), key=place), dtype=values.dtype)
    return ordered[((np.arange(n) + 0.5) / n * values.size).astype(np.int64)]


def _log_loss(y: Array, p: Array) -> float:
    q = np.clip(p, EDGE, 1 - EDGE)
    return float(-(y * np.log(q) + (1 - y) * np.log(1 - q)).mean())


def _platt(logits: Array, y: Array, *, most: float) -> tuple[float, float]:
    """Slope and intercept. Students held out of their own year know nothing of the next: then no slope above 1 is believed,
    since a new year makes a model more sure than it should be, never less."""
    linear = given.library("sklearn.linear_model", "scikit-learn")
    # Nearly unpenalised: two numbers from thousands of students need no shrinking.
    found = linear.LogisticRegression(C=1e4, max_iter=1000).fit(logits.reshape(-1, 1), y)
    slope = float(found.coef_[0, 0])
    if slope <= 0:  # held-out students were ranked no better than by chance: say the base rate and no more
        return 0.0, float(special.logit(np.clip(y.mean(), EDGE, 1 - EDGE)))
    if slope <= most:
        return slope, float(found.intercept_[0])
    shift = optimize.brentq(lambda a: float((special.expit(most * logits + a) - y).mean()), -20.0, 20.0)
    return most, float(shift)


def known_by(cohort: Cohort, on: Day) -> bool:
    """Whether the cohort's outcomes were known on the day."""
    return bool(cohort.outcome_known_on <= on)  # type: ignore[operator]
