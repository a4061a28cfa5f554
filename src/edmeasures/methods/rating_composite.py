"""Ratings put together: weighted composites, two-way matrices and bands, as the authorities' rules have them.

Written out, in exact arithmetic: a composite on a cut belongs to one level, and floats would let rounding decide it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from . import given

# Cuts from below: the first value of each higher level. Tennessee's as printed (see weighted_composite). Of the District of
# Columbia's, 250 and 300 on the scale of 100 to 400 are as reported in 2012; 200 and 350 as recalled, to be compared with the
# guidebook of the year before use.
TENNESSEE_CUTS = (200, 275, 350, 425)
IMPACT_BANDS = ("ineffective", "minimally effective", "developing", "effective", "highly effective")
IMPACT_CUTS = (200, 250, 300, 350)
# New York 3012-d: by student performance, then by observation, each H, E, D or I.
NEW_YORK_MATRIX: Mapping[str, Mapping[str, str]] = {
    "H": {"H": "H", "E": "H", "D": "E", "I": "D"},
    "E": {"H": "H", "E": "E", "D": "E", "I": "D"},
    "D": {"H": "E", "E": "E", "D": "D", "I": "I"},
    "I": {"H": "D", "E": "D", "D": "I", "I": "I"},
}


@dataclass(frozen=True, slots=True)
class Composite:
    """The weighted sum and its level; `parts` are what each component adds, in the order given."""

    value: float
    level: str
    parts: tuple[float, ...]
    method: str = "weighted composite"


def weighted_composite(
    scores: Sequence[float | str],
    weights: Sequence[float | str],
    cuts: Sequence[float],
    levels: Sequence[str] | None = None,
) -> Composite:
    """A weighted sum of component scores, and the level it reaches.

    Parameters
    ----------
    scores, weights : sequence of float or str, shape (k,)
        Of the components, nothing missing: what is missing has to be reweighted by the authority's own rule first. As text
        ("3.40") they are taken exactly; a float as the decimal that it prints as.
    cuts : sequence of float
        Ascending; a level owns the cut it begins with.
    levels : sequence of str, optional
        One more than there are cuts; "1", "2" and so on where not given.

    Raises
    ------
    ValueError
        When a score is missing, lengths differ, weights are below 0 or cuts do not ascend.

    References
    ----------
    Tennessee TEAM: levels of overall effectiveness below 200, from 200, 275, 350 and 425 up to 500
    (https://team-tn.org/teacher-evaluation-2-2/, read through a stored copy on 2026-11-22). District of Columbia IMPACT: a
    score of 1 to 4 times its weight, 3.44 x 75 = 258 (final IMPACT report of 2013-14,
    https://www.scribd.com/document/383591024); from 2012 on "developing" is 250 to 299 and "effective" begins at 300 in place
    of 250, on a scale of 100 to 400 (DCist, 3 August 2012, https://dcist.com/story/12/08/03/henderson-announces-changes-to-dc-t,
    read through a stored copy on 2026-11-22). That "minimally effective" begins at 200 and "highly effective" at 350 is as
    recalled: no copy of the guidebook's table was found. Reference values: worked examples S43 and S45.

    Examples
    --------
    >>> weighted_composite(["3.8", 4, 5], [50, 35, 15], TENNESSEE_CUTS)
    Composite(value=405.0, level='4', parts=(190.0, 140.0, 75.0), method='weighted composite')
    """
    if len(scores) != len(weights) or not scores:
        raise ValueError(f"scores: {len(scores)} given for {len(weights)} weights.")
    exact = [[_exact(name, v) for v in values] for name, values in (("scores", scores), ("weights", weights))]
    if min(exact[1]) < 0:
        raise ValueError("weights: one is below 0.")
    bounds = [_exact("cuts", c) for c in cuts]
    if sorted(set(bounds)) != bounds:
        raise ValueError("cuts: they must ascend.")
    names = levels or [str(i + 1) for i in range(len(bounds) + 1)]
    if len(names) != len(bounds) + 1:
        raise ValueError(f"levels: {len(names)} given for {len(bounds)} cuts; one more than cuts is needed.")
    parts = [s * w for s, w in zip(*exact, strict=True)]
    total = sum(parts, Fraction(0))
    return Composite(float(total), names[sum(total >= b for b in bounds)], tuple(float(p) for p in parts))


@dataclass(frozen=True, slots=True)
class MatrixRating:
    """The overall rating, with the two it was read from."""

    value: str
    performance: str
    observation: str
    method: str = "two-way matrix"


def matrix_rating(
    performance: str, observation: str, matrix: Mapping[str, Mapping[str, str]] = NEW_YORK_MATRIX
) -> MatrixRating:
    """The overall rating that a matrix gives to two ratings.

    Raises
    ------
    ValueError
        When a rating is not in the matrix.

    References
    ----------
    New York Education Law, section 3012-d, subdivision 5, paragraph b (https://www.nysenate.gov/legislation/laws/EDN/3012-D),
    compared sentence by sentence with a printed copy of the bill of 2015, items (1) to (11). Paragraph a (no rating above
    ineffective where a state-designed supplement was included) is not in it. Reference values: worked example S44.

    Examples
    --------
    >>> matrix_rating("D", "E").value, matrix_rating("I", "H").value
    ('E', 'D')
    """
    if performance not in matrix:
        raise ValueError(f"performance is {performance!r}; known are {', '.join(matrix)}.")
    if observation not in matrix[performance]:
        raise ValueError(f"observation is {observation!r}; known are {', '.join(matrix[performance])}.")
    return MatrixRating(matrix[performance][observation], performance, observation)


def _exact(name: str, value: float | str) -> Fraction:
    try:
        given.number(name, float(value))
        return Fraction(str(value))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: {value!r} is not a number.") from error
