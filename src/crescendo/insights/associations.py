"""What goes with what, over students: pure computation, no Django, no clock.

A student is compared with those of the same school who sat the same test (one grade, one subject, one season), so that
neither differences between schools nor between grades pass for a link between students.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from edmeasures.disclosure import check_filter
from edmeasures.methods.centring import centred_within
from edmeasures.methods.pearson import Correlation, pearson
from edmeasures.methods.spearman import spearman
from edmeasures.methods.wilson import wilson_interval

Ints = npt.NDArray[np.int64]
Array = npt.NDArray[np.float64]

FEWEST = 10  # students: below, nothing is said, whoever asks
FEWEST_IN_A_BIN = 10  # so that a picture of groups may be seen by those who may not see the students
USUAL_IN_A_BIN = 20  # fewer say too little about a share to be drawn
MOST_BINS = 5
FEWEST_BINS = 3
TOO_FEW = "below_minimum_n"
NO_SPREAD = "no_spread"
NO_DRIVER = "source_not_received"


@dataclass(frozen=True)
class Scores:
    """The latest score of each student in one subject, standardised within its test over all the data."""

    subject: str
    family: str
    student: Ints
    test: Ints
    z: Array


@dataclass(frozen=True)
class Bin:
    """Students alike in the measure: its mean, and how many of them scored below the middle of their own test."""

    driver: float
    n: int
    below: int
    share: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Link:
    """One pair of one organisation."""

    driver: str
    subject: str
    family: str
    n_enrolled: int
    n_without_driver: int
    n_without_score: int
    n: int
    groups: int = 0
    pearson: Correlation | None = None
    spearman: Correlation | None = None
    quarter: float | None = None
    three_quarters: float | None = None
    bins: tuple[Bin, ...] = field(default_factory=tuple)
    reason: str = ""
    kept: npt.NDArray[np.bool_] | None = None  # which of the students were compared


def standardised(subject: str, family: str, student: Ints, test: Ints, score: Array) -> Scores:
    """Scores as distances from the mean of their test, in its standard deviations. Tests without spread are left out."""
    tests, code = np.unique(test, return_inverse=True)
    count = np.bincount(code, minlength=tests.size)
    mean = np.bincount(code, weights=score) / np.maximum(count, 1)
    squares = np.bincount(code, weights=(score - mean[code]) ** 2)
    deviation = np.sqrt(squares / np.maximum(count - 1, 1))
    keep = (count >= 2)[code] & (deviation > 0)[code]
    z = (score[keep] - mean[code[keep]]) / deviation[code[keep]]
    order = np.argsort(student[keep], kind="stable")
    return Scores(subject, family, student[keep][order], test[keep][order], z[order])


def link(
    driver: str,
    values: Mapping[str, npt.NDArray[np.generic]],
    scores: Scores,
    student: Ints,
    school: Ints,
    *,
    is_yes_or_no: bool = False,
) -> Link:
    """The pair over these students, each with their school. `values` has `student`, `school` and `value`, sorted."""
    x = _looked_up(values["student"], values["school"], values["value"], student, school)
    place = np.searchsorted(scores.student, student)
    place = np.minimum(place, max(scores.student.size - 1, 0))
    has_score = (
        scores.student[place] == student if scores.student.size else np.zeros(student.size, dtype=bool)
    )
    both = has_score & ~np.isnan(x)
    known = {
        "driver": driver,
        "subject": scores.subject,
        "family": scores.family,
        "n_enrolled": student.size,
        "n_without_driver": int(np.isnan(x).sum()),
        "n_without_score": int((~has_score).sum()),
    }
    if not (~np.isnan(x)).any():
        return Link(**known, n=0, reason=NO_DRIVER)
    group = school[both] * (int(scores.test.max(initial=0)) + 1) + scores.test[place[both]]
    return _within(known, x[both], scores.z[place[both]], group, is_yes_or_no, both)


def _within(
    known: dict[str, object],
    x: Array,
    z: Array,
    group: Ints,
    is_yes_or_no: bool,
    both: npt.NDArray[np.bool_],
) -> Link:
    """The pair within its groups. A student alone in a group has nobody to be compared with and is not counted."""
    inside, score = centred_within(x, group), centred_within(z, group)
    keep = ~np.isnan(inside.value)
    n = int(keep.sum())
    if n < FEWEST:
        return Link(**known, n=n, reason=TOO_FEW)
    controlled = inside.groups - 1
    straight = pearson(inside.value[keep], score.value[keep], controlled=controlled)
    ranked = spearman(inside.value[keep], score.value[keep], controlled=controlled)
    if np.isnan(straight.value) or np.isnan(ranked.value):
        return Link(**known, n=n, groups=inside.groups, reason=NO_SPREAD)
    kept = both.copy()
    kept[both] = keep
    quarter, three_quarters = np.quantile(x[keep], (0.25, 0.75))
    return Link(
        **known,
        n=n,
        groups=inside.groups,
        pearson=straight,
        spearman=ranked,
        quarter=float(quarter),
        three_quarters=float(three_quarters),
        bins=_bins(x[keep], z[keep], group[keep], is_yes_or_no),
        kept=kept,
    )


def those_that_differ_by_few(links: Sequence[Link]) -> set[str]:
    """The measures whose numbers, beside those before them, would tell of a few students: who has the one and not the other.

    The first is said; each further one only where the guard on filters (`edmeasures.disclosure.check_filter`) allows it
    beside all that were said.
    """
    masks = {link.driver: link.kept for link in links if link.kept is not None}
    if not masks:
        return set()
    anyone = np.logical_or.reduce([*masks.values()])
    answered: list[npt.NDArray[np.bool_]] = []
    refused = set()
    for driver, kept in masks.items():
        chosen = kept[anyone]
        if not answered or check_filter(chosen, answered, minimum=FEWEST).is_allowed:
            answered.append(chosen)
        else:
            refused.add(driver)
    return refused


def _bins(x: Array, z: Array, group: Ints, is_yes_or_no: bool) -> tuple[Bin, ...]:
    """Students from the least to the most of the measure within their group, and who scored below its middle."""
    if is_yes_or_no:
        place, count = (x > 0).astype(np.int64), 2
    else:
        count = min(MOST_BINS, x.size // USUAL_IN_A_BIN)
        if count < FEWEST_BINS:
            return ()
        place = np.minimum((_rank_within(x, group) * count).astype(np.int64), count - 1)
    below = z < _middle_of(z, group)
    found = []
    for number in range(count):
        here = place == number
        n = int(here.sum())
        if n < FEWEST_IN_A_BIN:
            return ()
        k = int(below[here].sum())
        interval = wilson_interval(k, n)
        found.append(
            Bin(float(x[here].mean()), n, k, k / n, float(interval.lower[0]), float(interval.upper[0]))
        )
    return tuple(found)


def _rank_within(x: Array, group: Ints) -> Array:
    """From 0 to below 1: how many of the group have less. Equal values share the middle of their places."""
    order = np.lexsort((x, group))
    g, v = group[order], x[order]
    begins = np.concatenate([[True], g[1:] != g[:-1]])
    first = np.maximum.accumulate(np.where(begins, np.arange(x.size), 0))
    tied = np.concatenate([[True], begins[1:] | (v[1:] != v[:-1])])
    run = np.cumsum(tied) - 1
    places = np.arange(x.size) - first
    middle = (np.bincount(run, weights=places) / np.bincount(run))[run]
    size = np.bincount(np.cumsum(begins) - 1)[np.cumsum(begins) - 1]
    share = np.empty(x.size)
    share[order] = (middle + 0.5) / size
    return np.minimum(share, np.nextafter(1, 0))


def _middle_of(z: Array, group: Ints) -> Array:
    """The median of each value's group."""
    order = np.lexsort((z, group))
    g, v = group[order], z[order]
    begins = np.flatnonzero(np.concatenate([[True], g[1:] != g[:-1]]))
    ends = np.append(begins[1:], g.size)
    medians = (v[(begins + ends - 1) // 2] + v[(begins + ends) // 2]) / 2
    middle = np.empty(z.size)
    middle[order] = np.repeat(medians, ends - begins)
    return middle


def _looked_up(
    students: npt.NDArray[np.generic],
    schools: npt.NDArray[np.generic],
    values: npt.NDArray[np.generic],
    student: Ints,
    school: Ints,
) -> Array:
    """The value of each student at each school; NaN where there is none. Missing is not zero."""
    found = np.full(student.size, np.nan)
    if not students.size:
        return found
    width = int(max(schools.max(), school.max(initial=0))) + 1
    key, wanted = students * width + schools, student * width + school
    order = np.argsort(key, kind="stable")
    place = np.minimum(np.searchsorted(key[order], wanted), key.size - 1)
    hit = key[order][place] == wanted
    found[hit] = values[order][place[hit]]
    return found
