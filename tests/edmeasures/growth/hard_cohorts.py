"""Cohorts that are hard on a simplex: ceilings, floors, few values, rank lost, rows exactly on a fit."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def cohort(
    n: int, priors: int = 2, *, seed: int = 1, low: float = -1e9, high: float = 1e9
) -> tuple[Array, Array]:
    """Whole scores with a common ability behind them; `low` and `high` are a hard floor and ceiling of every test."""
    draw = np.random.default_rng(seed)
    ability = draw.normal(0, 1, n)
    years = [500 + 20 * t + 45 * (ability + draw.normal(0, 0.6, n)) for t in range(priors + 1)]
    scores = np.clip(np.round(years), low, high)
    return scores[-1], scores[-2::-1].T.copy() if priors > 1 else scores[:1].T.copy()


def hard_ceiling(n: int, *, seed: int = 3) -> tuple[Array, Array]:
    """A third of the students at the ceiling in every year: whole stretches of the fit are exactly the ceiling."""
    return cohort(n, seed=seed, high=520.0)


def hard_floor_and_ceiling(n: int, *, seed: int = 4) -> tuple[Array, Array]:
    """Both ends cut off."""
    return cohort(n, seed=seed, low=480.0, high=540.0)


def few_values(n: int, *, seed: int = 5) -> tuple[Array, Array]:
    """Scores in steps of 25: six or seven values, so that the spline's columns are collinear on the cohort."""
    score, prior = cohort(n, seed=seed)
    return np.round(score / 25) * 25, np.round(prior / 40) * 40


def tied_fits(n: int, *, seed: int = 6) -> tuple[Array, Array]:
    """Half of the students keep their score to the point: hundreds of distinct rows lie exactly on one plane."""
    score, prior = cohort(n, seed=seed)
    score[: n // 2] = prior[: n // 2, 0]
    return score, prior


HARD = {f.__name__: f for f in (hard_ceiling, hard_floor_and_ceiling, few_values, tied_fits)}
