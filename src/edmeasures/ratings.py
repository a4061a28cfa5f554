"""Ratings as data: weights, cuts and tables of two ways in, read in whole numbers so that a boundary has one owner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

Number = int | float | str | Fraction


def exact(value: Number) -> Fraction:
    """A number as it is written: 3.8 is 38 tenths, not the nearest double.

    Examples
    --------
    >>> exact(3.8)
    Fraction(19, 5)
    """
    return value if isinstance(value, Fraction) else Fraction(str(value))


@dataclass(frozen=True, slots=True)
class Rating:
    """A total and the level it reaches."""

    total: Fraction
    level: str
    method: str = "weighted sum, cuts closed on the left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """Components by weight, and the total from which each level begins.

    Parameters
    ----------
    weights : mapping of str to int
        Weight of each component.
    cuts : sequence of (number, str)
        Lowest total of each level, ascending. A total on a cut belongs to the level above it.
    goes_to : mapping of str to str
        Which component inherits the weight of one without a score; a component that is not named here may not be missing.

    Examples
    --------
    >>> team = Composite(
    ...     weights={"observation": 50, "growth": 35, "achievement": 15},
    ...     cuts=((0, "1"), (200, "2"), (275, "3"), (350, "4"), (425, "5")),
    ... )
    >>> rating = team.rate({"observation": 3.8, "growth": 4, "achievement": 5})
    >>> int(rating.total), rating.level
    (405, '4')
    """

    weights: Mapping[str, int]
    cuts: Sequence[tuple[Number, str]]
    goes_to: Mapping[str, str] | None = None

    def rate(self, scores: Mapping[str, Number | None]) -> Rating:
        """The total of these scores and its level.

        Raises
        ------
        ValueError
            When a component has neither a score nor an heir, or a score belongs to no component.
        """
        unknown = set(scores) - set(self.weights)
        if unknown:
            raise ValueError(f"{sorted(unknown)[0]!r} is no component. There are: {', '.join(self.weights)}.")
        total = sum(
            (weight * self._score(component, scores) for component, weight in self.weights.items()),
            Fraction(0),
        )
        reached = [name for lower, name in self.cuts if total >= exact(lower)]
        if not reached:
            raise ValueError(f"A total of {float(total)} is below the lowest level, {self.cuts[0][0]}.")
        return Rating(total, reached[-1])

    def _score(self, component: str, scores: Mapping[str, Number | None]) -> Fraction:
        asked = [component]
        while (score := scores.get(asked[-1])) is None:
            heir = (self.goes_to or {}).get(asked[-1])
            if heir is None or heir in asked:
                raise ValueError(f"{component!r} has no score, and its weight goes to nobody who has one.")
            asked.append(heir)
        return exact(score)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A rating by two ways in: one row per level of the first, one column per level of the second.

    Examples
    --------
    >>> matrix = Matrix(columns=("H", "E", "D", "I"), rows={"H": "HHED", "E": "HEED", "D": "EEDI", "I": "DDII"})
    >>> matrix.rate(row="D", column="E"), matrix.rate(row="I", column="H")
    ('E', 'D')
    """

    columns: Sequence[str]
    rows: Mapping[str, Sequence[str]]

    def rate(self, *, row: str, column: str) -> str:
        """The rating where row and column meet.

        Raises
        ------
        KeyError
            When there is no such row or column.
        """
        if row not in self.rows or column not in self.columns:
            raise KeyError(f"No cell at row {row!r}, column {column!r}.")
        return self.rows[row][list(self.columns).index(column)]
