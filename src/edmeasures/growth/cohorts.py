"""From a panel of scores to growth percentiles of a year and grade: who is compared with whom, by which order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .coefficients import CoefficientMatrix, fit_matrix
from .panels import Panel, Strings
from .percentiles import CUTS, growth_percentiles
from .problem import Array, Ints, merge_rows
from .regression import NotProved
from .splines import Knots, knots_of

MINIMUM = 30  # students; SGP's authors advise a thousand for a state's norms, and leave it to the user
REASONS = {
    "no_score": "No score in the year and grade asked for.",
    "no_prior_score": "A score, but none in the year and grade before.",
    "incomplete_progression": "Some but not all prior scores of the exact progression.",
    "cohort_below_minimum": "Fewer students with the same progression than the minimum.",
    "constant_scores": "All students of the cohort have the same score, or the same prior.",
    "no_matrix": "No stored norm group for this progression.",
    "not_proved": "The regressions could not be proved optimal.",
}
Progress = Callable[[str], None]


@dataclass(frozen=True)
class CohortPercentiles:
    """One row per student who has a score in the year and grade.

    Attributes
    ----------
    ids, value, reason : shape (n,). `value` is 0 where there is a reason, which is "" otherwise.
    order : priors used, 0 for none. norm_group : text as SGP writes it.
    prior : latest prior score. cuts : shape (n, c), NaN without a value; at : the percentiles of its columns.
    matrices : the fitted or stored norm groups, lowest order first. knots : by grade.
    """

    ids: Strings
    value: Ints
    reason: Strings
    order: Ints
    norm_group: Strings
    prior: Array
    cuts: Array
    at: tuple[int, ...]
    matrices: tuple[CoefficientMatrix, ...]
    knots: Mapping[str, Knots]
    n: int
    method: str = "student growth percentiles, highest available order"


def year_before(year: str) -> str:
    """2025 -> 2024, 2024_2025 -> 2023_2024.

    Examples
    --------
    >>> year_before("2025"), year_before("2024_2025")
    ('2024', '2023_2024')
    """
    if not re.search(r"\d", year):
        raise ValueError(f"Year {year!r} holds no number; name the years of the progression with --years.")
    return re.sub(r"\d+", lambda m: str(int(m.group()) - 1), year)


def years_of(year: str, grades: Sequence[str]) -> list[str]:
    """Years of a progression without gaps, earliest first."""
    years = [year]
    while len(years) < len(grades):
        years.insert(0, year_before(years[0]))
    return years


def knots_by_grade(
    panel: Panel, years: Sequence[str], grades: Sequence[str], *, rounded: bool = True
) -> dict[str, Knots]:
    """SGP's rule: knots of a grade from all its scores in any prior year of the progression, not of the cohort alone.

    Parameters
    ----------
    years, grades : of the progression, earliest first, the current one last.

    Raises
    ------
    ValueError
        When a grade has no scores, or only one value.
    """
    found = {}
    for grade in dict.fromkeys(grades[:-1]):
        scores = [panel.scores[y][panel.of(y, grade)] for y in years[:-1] if y in panel.scores]
        found[grade] = knots_of(np.concatenate(scores) if scores else [], rounded=rounded)
    return found


def cohort_percentiles(
    panel: Panel,
    year: str,
    grades: Sequence[str],
    *,
    years: Sequence[str] | None = None,
    exact_progression: bool = False,
    knots: Mapping[str, Knots] | None = None,
    matrices: Sequence[CoefficientMatrix] | None = None,
    minimum_n: int = MINIMUM,
    cuts: Sequence[int] = CUTS,
    progress: Progress | None = None,
) -> CohortPercentiles:
    """Growth percentiles of the last grade of a progression.

    Parameters
    ----------
    grades : earliest first, the current last: two to eight.
    years : of the same length; without them one year apart. Name them where a year was not tested.
    exact_progression : only students with every prior score. Otherwise a norm group is fitted for each order, and each
        student is read from the highest order whose priors they have, as SGP does.
    knots : by grade; without them SGP's rule on this panel.
    matrices : stored norm groups: nothing is fitted.
    minimum_n : students with fewer companions are not evaluated.

    Raises
    ------
    ValueError
        For a progression that is too short or too long, or unknown years.
    """
    grades = [str(g) for g in grades]
    if not 2 <= len(grades) <= 8:
        raise ValueError(
            f"A progression has two to eight grades, the current one last; received {', '.join(grades)}."
        )
    years = years_of(year, grades) if years is None else [str(y) for y in years]
    if len(years) != len(grades) or years[-1] != year:
        raise ValueError(
            f"Years {', '.join(years)} and grades {', '.join(grades)} must go together and end in {year}."
        )
    if year not in panel.scores:
        raise ValueError(f"There are no scores of {year}; there are of {', '.join(panel.scores)}.")
    out = _Filling(panel, list(years), grades, tuple(cuts))
    used: list[CoefficientMatrix] = []
    orders = [len(grades) - 1] if exact_progression else range(len(grades) - 1, 0, -1)
    for order in orders:
        out.one_order(order, knots, matrices, minimum_n, used, progress)
    return out.result(exact_progression, tuple(reversed(used)))


class _Filling:
    """The result while the orders are gone through, highest first: a lower one reads only who has no percentile yet."""

    def __init__(self, panel: Panel, years: list[str], grades: list[str], cuts: tuple[int, ...]) -> None:
        self.panel, self.years, self.grades, self.cuts = panel, years, grades, cuts
        self.rows = np.flatnonzero(panel.of(years[-1], grades[-1]))
        n = len(self.rows)
        self.value, self.order = np.zeros(n, np.int64), np.zeros(n, np.int64)
        self.reason = np.full(n, "no_prior_score", dtype=object)
        self.group = np.full(n, "", dtype=object)
        self.cut_scores = np.full((n, len(cuts)), np.nan)
        self.knots: dict[str, Knots] = {}

    def one_order(
        self,
        order: int,
        knots: Mapping[str, Knots] | None,
        matrices: Sequence[CoefficientMatrix] | None,
        minimum_n: int,
        used: list[CoefficientMatrix],
        progress: Progress | None,
    ) -> None:
        years, grades = self.years[-order - 1 :], self.grades[-order - 1 :]
        here = np.ones(len(self.rows), bool)
        for y, g in zip(years[:-1], grades[:-1], strict=True):
            here &= self.panel.of(y, g)[self.rows]
        columns = [self.panel.scores[y][self.rows[here]] for y in reversed(years) if y in self.panel.scores]
        try:
            matrix = self._matrix(columns, years, grades, knots, matrices, minimum_n)
        except _NotEvaluated as reason:
            self.reason[here & (self.reason == "no_prior_score")] = str(reason)
            if progress:
                progress(
                    f"{self.panel.subject} grade {grades[-1]}, {order} priors: {int(here.sum())} students, {reason}"
                )
            return
        unread = self.value[here] == 0
        if unread.any():
            scores, priors = columns[0][unread], np.column_stack(columns[1:])[unread]
            found = growth_percentiles(scores, priors, matrix=matrix, cuts=self.cuts)
            at = np.flatnonzero(here)[unread]
            self.value[at], self.order[at], self.reason[at] = found.value, order, ""
            self.cut_scores[at] = found.cuts
            self.group[at] = "; ".join(
                f"{y}/{self.panel.subject}_{g}" for y, g in zip(years, grades, strict=True)
            )
        used.append(matrix)
        if progress:
            progress(f"{self.panel.subject} grade {grades[-1]}, {order} priors: {int(here.sum())} students")

    def _matrix(
        self,
        columns: list[Array],
        years: list[str],
        grades: list[str],
        knots: Mapping[str, Knots] | None,
        matrices: Sequence[CoefficientMatrix] | None,
        minimum_n: int,
    ) -> CoefficientMatrix:
        subject = self.panel.subject
        if len(columns) < len(grades) or not len(columns[0]):
            raise _NotEvaluated("no_prior_score" if matrices is None else "no_matrix")
        if matrices is not None:
            for m in matrices:
                if m.grades == tuple(grades) and m.subject == subject:
                    return m
            raise _NotEvaluated("no_matrix")
        if len(columns[0]) < max(minimum_n, 2):
            raise _NotEvaluated("cohort_below_minimum")
        if any(np.ptp(c) == 0 for c in columns):
            raise _NotEvaluated("constant_scores")
        self.knots = (
            dict(knots) if knots else self.knots or knots_by_grade(self.panel, self.years, self.grades)
        )
        missing = [g for g in grades[:-1] if g not in self.knots]
        if missing:
            raise ValueError(f"There are no knots of grade {', '.join(missing)}.")
        chosen = [self.knots[g] for g in reversed(grades[:-1])]
        if len(merge_rows(np.column_stack(columns))[0]) < 1 + sum(k.columns for k in chosen):
            raise _NotEvaluated("cohort_below_minimum")
        try:
            return fit_matrix(
                columns[0], np.column_stack(columns[1:]), chosen, subject=subject, grades=grades, years=years
            )
        except NotProved as error:
            raise _NotEvaluated("not_proved") from error

    def result(self, exact: bool, used: tuple[CoefficientMatrix, ...]) -> CohortPercentiles:
        if exact:
            latest = self.panel.of(self.years[-2], self.grades[-2])[self.rows]
            self.reason[latest & (self.reason == "no_prior_score")] = "incomplete_progression"
        before = self.panel.scores.get(self.years[-2])
        prior = np.full(len(self.rows), np.nan) if before is None else before[self.rows].copy()
        prior[self.value == 0] = np.nan
        return CohortPercentiles(
            self.panel.ids[self.rows],
            self.value,
            self.reason,
            self.order,
            self.group,
            prior,
            self.cut_scores,
            self.cuts,
            used,
            self.knots,
            int((self.value > 0).sum()),
        )


class _NotEvaluated(Exception):
    """A cohort that gets a reason instead of percentiles."""


def cohort_sizes(panel: Panel, year: str, steps: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str, int]]:
    """Students with scores in two consecutive grades of the two most recent years.

    Yields grade before, grade now and their number.
    """
    for before, now in steps:
        yield before, now, int((panel.of(year_before(year), before) & panel.of(year, now)).sum())
