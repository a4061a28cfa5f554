"""Multilevel models: effects of schools, teachers and sections, drawn in by how little is known of each.

A thin wrap of mixedlm, which agrees with R's lme4 and fits 73,421 ratings with three crossed factors in seconds. Its
own default optimizer asks for a gradient so flat that rounding never reaches it and then starts a second one; this
module runs the first with a tolerance that can be reached, and falls back on the default where that does not converge
or ends at a variance of 0.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from . import given

Array = npt.NDArray[np.float64]
BARS = re.compile(r"\|\s*([^)|]+)\)")  # what a random term stands behind: (1 | school/class)
FLAT = 1e-12  # relative change of the deviance between two steps; variances then agree with lme4 to 1e-3


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One fixed effect."""

    name: str
    value: float
    standard_error: float


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """What a grouping adds: its terms, their covariance matrix (t, t), and how many groups there are."""

    group: str
    terms: tuple[str, ...]
    covariance: Array
    groups: int


@dataclass(frozen=True, slots=True)
class GroupEffects:
    """Empirical Bayes effects of one term, shape (g,), with the standard deviation that is left of each."""

    group: str
    term: str
    labels: npt.NDArray[Any]
    value: Array
    conditional_sd: Array


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fitted model. `at_boundary`: a variance came out as 0, so that its groups do not differ beyond chance."""

    fixed: tuple[Coefficient, ...]
    components: tuple[VarianceComponents, ...]
    residual_variance: float
    effects: tuple[GroupEffects, ...]
    log_likelihood: float
    n: int
    converged: bool
    at_boundary: bool
    method: str

    def component(self, group: str) -> VarianceComponents:
        """The variance components of a grouping."""
        return next(c for c in self.components if c.group == group)

    def effects_of(self, group: str, term: str = "(Intercept)") -> GroupEffects:
        """The effects of a grouping's term."""
        return next(e for e in self.effects if (e.group, e.term) == (group, term))

    def share_between(self, group: str) -> float:
        """The intraclass correlation: how much of all variance around the fixed effects lies between these groups."""
        total = self.residual_variance + sum(float(c.covariance[0, 0]) for c in self.components)
        return float(self.component(group).covariance[0, 0]) / total


def mixed_model(
    formula: str, data: Mapping[str, npt.ArrayLike], *, reml: bool = True, with_effects: bool = True
) -> MixedModel:
    """Fit a linear mixed model.

    Parameters
    ----------
    formula : str
        In lme4's notation: ``"score ~ prior + (1 | school)"``, ``(1 | school) + (1 | primary)`` for crossed groups,
        ``(1 | school/class)`` for nested ones, ``(year | child)`` for growth.
    data : mapping of str to array_like of shape (n,)
        Columns by name; a DataFrame serves. Nothing missing in the columns that the formula names.
    reml : bool
        Restricted maximum likelihood; switch off to compare models with different fixed effects.
    with_effects : bool
        Also the groups' effects and their standard deviations.

    Returns
    -------
    MixedModel

    Raises
    ------
    ValueError
        When a column is missing, holds a gap or an infinity (named with its rows), does not vary (the outcome), or a
        grouping has fewer than two groups.
    ImportError
        When mixedlm is not installed.

    References
    ----------
    Bates, D. et al. (2015). Fitting linear mixed-effects models using lme4. Journal of Statistical Software 67(1);
    Raudenbush, S. W. and Bryk, A. S. (2002). Hierarchical Linear Models, 2nd ed., chapter 4 (share between schools
    0.18). Reference values: lme4 1.1-31 on InstEval, Hsb82, ScotsSec, star and egsingle.

    Examples
    --------
    >>> rng = np.random.default_rng(5)
    >>> school = np.repeat(np.arange(40), 25)
    >>> score = 2 * rng.normal(size=40)[school] + 3 * rng.normal(size=1000)
    >>> fit = mixed_model("score ~ 1 + (1 | school)", {"score": score, "school": school})
    >>> fit.converged, 0.15 < fit.share_between("school") < 0.45
    (True, True)
    """
    library = given.library("mixedlm", "mixedlm")
    frame = _frame(formula, data, library)
    with warnings.catch_warnings():
        # What it warns of (a variance of 0, few levels) is in the result.
        warnings.simplefilter("ignore")
        fast = library.lmerControl(optimizer="L-BFGS-B", use_analytic_gradient=True, ftol=FLAT)
        fit = library.lmer(formula, frame, REML=reml, control=fast, na_action="fail")
        if not fit.converged or fit.isSingular():
            fit = library.lmer(formula, frame, REML=reml, na_action="fail")
    return _result(fit, reml, with_effects)


def _frame(formula: str, data: Mapping[str, npt.ArrayLike], library: Any) -> Any:
    pandas = given.library("pandas", "pandas")
    outcome = str(library.parse_formula(formula).response)
    grouping = {name.strip() for bar in BARS.findall(formula) for name in re.split("[/:]", bar)}
    names = [name for name in data if _names(formula, str(name))]
    if outcome not in names:
        raise ValueError(f"data: there is no column {outcome!r}, which the formula begins with.")
    columns: dict[str, Any] = {}
    size = np.shape(data[outcome])[0]
    for name in names:
        values = np.asarray(data[name])
        if name in grouping:
            if given.groups(name, values, size=size)[0].size < 2:
                raise ValueError(f"{name}: one group only; its effect cannot be told from the intercept.")
            columns[name] = values
        elif values.dtype.kind in "OUS" and name != outcome:
            given.groups(name, values, size=size)
            columns[name] = values
        else:
            columns[name] = given.numbers(name, values, size=size)
    for name in sorted(grouping - set(columns)):
        raise ValueError(f"data: there is no column {name!r}, which the formula groups by.")
    if np.ptp(columns[outcome]) == 0:
        raise ValueError(f"{outcome}: all values are the same; there is nothing to explain.")
    return pandas.DataFrame(columns)


def _names(formula: str, column: str) -> bool:
    """Whether the formula uses the column: its words, not a part of one."""
    words = "".join(c if c.isalnum() or c in "_." else " " for c in formula).split()
    return column in words


def _readable(name: str, levels: Mapping[str, list[Any]]) -> str:
    """mixedlm counts categories (`sector.1`); people read them (`sector[Public]`)."""
    parts = []
    for part in name.split(":"):
        column, _, place = part.rpartition(".")
        known = column in levels and place.isdigit() and int(place) < len(levels[column])
        parts.append(f"{column}[{levels[column][int(place)]}]" if known else part)
    return ":".join(parts)


def _result(fit: Any, reml: bool, with_effects: bool) -> MixedModel:
    values, spread = fit.fixef(), np.sqrt(np.diag(fit.vcov()))
    names = [_readable(name, fit.matrices.category_levels) for name in values]
    fixed = tuple(
        Coefficient(name, float(v), float(s))
        for name, v, s in zip(names, values.values(), spread, strict=True)
    )
    correlation = fit.VarCorr()
    levels = {s.grouping_factor: s.level_map for s in fit.matrices.random_structures}
    components = tuple(
        VarianceComponents(name, tuple(g.term_names), np.asarray(g.cov), len(levels[g.grouping_factor]))
        for name, g in correlation.groups.items()
    )
    effects: list[GroupEffects] = []
    if with_effects:
        found = fit.ranef(condVar=True)
        for name, terms in found.values.items():
            labels = np.array(sorted(levels[name], key=levels[name].__getitem__))
            for term, value in terms.items():
                left = np.sqrt(np.maximum(found.condVar[name][term], 0.0))
                effects.append(GroupEffects(name, term, labels, np.asarray(value), left))
    return MixedModel(
        fixed,
        components,
        float(fit.sigma) ** 2,
        tuple(effects),
        float(fit.logLik().value) if math.isfinite(fit.deviance) else math.nan,
        int(fit.matrices.n_obs),
        bool(fit.converged),
        bool(fit.isSingular()),
        "linear mixed model, " + ("REML" if reml else "maximum likelihood"),
    )
