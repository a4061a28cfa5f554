"""McDonald's omega: how much of a scale's sum is one trait, from a factor model.

The one-factor model is scikit-learn's `FactorAnalysis` (maximum likelihood; semopy agrees with lavaan to 1e-3 only, has
not moved since January 2024 and brings SymPy). Written out: the fit statistics, and the Schmid-Leiman omega, for which
factor-analyzer crashes with current scikit-learn; its rotation is statsmodels'.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]
STEPS = 5_000
TIGHT = 1e-12  # of the log-likelihood between steps: loadings then agree with lavaan to 1e-5


@dataclass(frozen=True, slots=True)
class Omega:
    """Omega with the one-factor model behind it; `loadings` in the items' units, shape (k,), one factor of variance 1.

    Where no one-factor model settles (items that have nothing in common), `value` is NaN with the reason "not_converged".
    """

    value: float
    loadings: Array
    unique: Array
    chi_square: float
    df: int
    cfi: float
    rmsea: float
    srmr: float
    n: int
    items: int
    method: str = "omega total, one factor, maximum likelihood"
    reason: str | None = None


def mcdonald_omega(answers: npt.ArrayLike) -> Omega:
    """Omega total of a scale of one trait, with how well one trait explains the answers.

    Parameters
    ----------
    answers : array_like of shape (n, k)
        People by items, three items or more, all pointing one way; NaN where someone did not answer. Only people who
        answered everything count.

    Returns
    -------
    Omega
        Look at the fit first: with a poor one (CFI below about .9) one number does not describe the scale.

    References
    ----------
    McDonald, R. P. (1999). Test Theory: A Unified Treatment, chapter 6. Reference values: R package lavaan 0.6 on
    psych's bfi data.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trait = rng.normal(size=(400, 1))
    >>> found = mcdonald_omega(trait + rng.normal(size=(400, 4)))
    >>> 0.75 < found.value < 0.85
    True
    """
    x = given.table("answers", answers, gaps=True)
    x = x[~np.isnan(x).any(axis=1)]
    n, k = x.shape
    if k < 3 or n <= k:
        raise ValueError(
            f"answers: {n} complete people and {k} items; three items and more people than items are needed."
        )
    _varied(x)
    library = given.library("sklearn.decomposition", "scikit-learn")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it warns of is read off below
        model = library.FactorAnalysis(1, tol=TIGHT, max_iter=STEPS, svd_method="lapack").fit(x)
    settled = model.n_iter_ < STEPS
    loadings, unique = model.components_[0], model.noise_variance_
    loadings = loadings if loadings.sum() >= 0 else -loadings
    sample = np.cov(x, rowvar=False, bias=True)
    implied = np.outer(loadings, loadings) + np.diag(unique)
    df = k * (k - 1) // 2 - k
    chi_square = n * _discrepancy(sample, implied)
    alone, alone_df = n * _discrepancy(sample, np.diag(np.diag(sample))), k * (k - 1) // 2
    spread = np.sqrt(np.diag(sample))
    off = ((sample - implied) / np.outer(spread, spread))[np.tril_indices(k)]
    excess, alone_excess = max(chi_square - df, 0.0), max(alone - alone_df, chi_square - df, 0.0)
    value = float(loadings.sum() ** 2 / (loadings.sum() ** 2 + unique.sum()))
    return Omega(
        value if settled else math.nan,
        loadings,
        unique,
        chi_square,
        df,
        1 - excess / alone_excess if alone_excess else 1.0,
        math.sqrt(excess / (df * n)) if df else 0.0,
        float(np.sqrt((off**2).mean())),
        n,
        k,
        reason=None if settled else "not_converged",
    )


def _varied(x: Array) -> None:
    flat = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if flat.size:
        raise ValueError(f"answers: everybody gave the same answer to the item in column {int(flat[0])}.")


def _discrepancy(sample: Array, implied: Array) -> float:
    _, log_sample = np.linalg.slogdet(sample)
    _, log_implied = np.linalg.slogdet(implied)
    return float(log_implied - log_sample + np.trace(np.linalg.solve(implied, sample)) - sample.shape[0])


@dataclass(frozen=True, slots=True)
class HierarchicalOmega:
    """`value` is the share of the general factor in the sum, `total` that of all factors, `limit` their ratio."""

    value: float
    total: float
    limit: float
    general: Array
    n: int
    items: int
    factors: int
    method: str = "omega hierarchical, Schmid-Leiman (minimum residuals, oblimin)"


def hierarchical_omega(answers: npt.ArrayLike, factors: int = 3) -> HierarchicalOmega:
    """How much of a scale's sum is one trait above several narrower ones.

    Parameters
    ----------
    answers : array_like of shape (n, k)
        As for `mcdonald_omega`. Items that load on the general factor below 0 are turned round.
    factors : int
        How many narrower traits; three or more, as two leave the general loading undetermined.

    References
    ----------
    Zinbarg, R. E., Revelle, W., Yovel, I. and Li, W. (2005). Psychometrika 70, 123-133; Schmid, J. and Leiman, J. M.
    (1957). Psychometrika 22, 53-61. Reference values: psych::omega 2.2.9 on bfi with five factors.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> trait, narrow = rng.normal(size=(600, 1)), np.repeat(rng.normal(size=(600, 3)), 3, axis=1)
    >>> found = hierarchical_omega(trait + 0.7 * narrow + rng.normal(size=(600, 9)))
    >>> 0.6 < found.value < found.total < 1
    True
    """
    x = given.table("answers", answers, gaps=True)
    x = x[~np.isnan(x).any(axis=1)]
    n, k = x.shape
    if n <= k:
        raise ValueError(f"answers: {n} people answered all {k} items; more people than items are needed.")
    if factors < 3 or k < 2 * factors:
        raise ValueError(
            f"factors is {factors} for {k} items; three or more, and two items for each, are needed."
        )
    _varied(x)
    r = np.asarray(np.corrcoef(x, rowvar=False))
    rotation = given.library("statsmodels.multivariate.factor_rotation", "statsmodels")
    loadings = minimum_residuals(r, factors)
    pattern, turn = rotation.rotate_factors(loadings, "oblimin", 0, "oblique", max_tries=5000, tol=1e-8)
    between = np.asarray(turn.T @ turn)
    up = minimum_residuals(between, 1)[:, 0]
    general = pattern @ (up if up.sum() >= 0 else -up)
    sign = np.where(general < 0, -1.0, 1.0)
    turned = r * np.outer(sign, sign)
    # One per item as R's psych has it: what the group factors explain is that of the unrotated solution.
    unique = 1 - (loadings**2).sum(axis=1)
    value = float(np.abs(general).sum() ** 2 / turned.sum())
    total = float(1 - unique.sum() / turned.sum())
    return HierarchicalOmega(value, total, value / total, general, n, k, factors)


def minimum_residuals(r: Array, factors: int) -> Array:
    """Loadings (k, factors) that leave the smallest squares off the diagonal of a correlation matrix.

    Examples
    --------
    >>> r = np.array([[1, 0.56, 0.48], [0.56, 1, 0.42], [0.48, 0.42, 1]])  # loadings 0.8, 0.7 and 0.6
    >>> np.abs(minimum_residuals(r, 1)).round(3).ravel().tolist()
    [0.8, 0.7, 0.6]
    """
    from scipy import optimize  # noqa: PLC0415  (takes a second to import, and most processes never ask)

    k = r.shape[0]

    def loadings(unique: Array) -> Array:
        size, way = np.linalg.eigh(r - np.diag(unique))
        kept = np.maximum(size[::-1][:factors], 0)
        return np.asarray(way[:, ::-1][:, :factors] * np.sqrt(kept))

    def left(unique: Array) -> float:
        found = loadings(unique)
        off = r - found @ found.T
        np.fill_diagonal(off, 0)
        return float((off**2).sum())

    start = 0.5 / np.diag(np.linalg.pinv(r))
    best = optimize.minimize(left, np.clip(start, 0.005, 1), method="L-BFGS-B", bounds=[(0.005, 1.0)] * k)
    return loadings(best.x)
