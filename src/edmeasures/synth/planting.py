"""How a truth is planted so that the district holds it exactly, and not only on average over many districts."""

import numpy as np


def unrelated(values: np.ndarray, *others: np.ndarray, among: np.ndarray) -> np.ndarray:
    """`values` with every linear trace of `others` taken out of the rows `among`, at mean 0 and SD 1 there."""
    design = np.column_stack([np.ones(among.sum()), *(other[among] for other in others)])
    fitted, *_ = np.linalg.lstsq(design, values[among], rcond=None)
    left = values - np.column_stack([np.ones(len(values)), *others]) @ fitted
    scaled: np.ndarray = left / left[among].std()
    return scaled


def standardised(values: np.ndarray, among: np.ndarray) -> np.ndarray:
    """`values` at mean 0 and SD 1 among the rows `among`."""
    scaled: np.ndarray = (values - values[among].mean()) / values[among].std()
    return scaled


def pairs_by_chance(
    rng: np.random.Generator, pool: np.ndarray, score: np.ndarray, at_most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Treated and comparison rows: neighbours by score form a pair, a coin decides in each."""
    order = pool[np.argsort(score[pool], kind="stable")]
    order = order[: len(order) // 2 * 2].reshape(-1, 2)
    if len(order) > at_most:
        order = order[np.sort(rng.choice(len(order), size=at_most, replace=False))]
    heads = rng.random(len(order)) < 0.5
    return np.where(heads, order[:, 0], order[:, 1]), np.where(heads, order[:, 1], order[:, 0])


def with_effect(
    outcome: np.ndarray, prior: np.ndarray, treated: np.ndarray, comparison: np.ndarray, effect: float
) -> np.ndarray:
    """`outcome` changed among the two groups so that least squares on prior and treatment gives exactly `effect`."""
    if len(treated) < 2:
        return outcome
    rows = np.concatenate([treated, comparison])
    is_treated = np.repeat([1.0, 0.0], [len(treated), len(comparison)])
    design = np.column_stack([np.ones(len(rows)), prior[rows], is_treated])
    fitted, *_ = np.linalg.lstsq(design, outcome[rows], rcond=None)
    changed = outcome.copy()
    changed[rows] += (effect - fitted[2]) * is_treated
    return changed
