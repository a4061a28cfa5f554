"""The score of a school's data and which problem is the worst. No Django, no clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

HIGH, MEDIUM, LOW = "high", "medium", "low"
# Published: on the page of data quality and in the glossary. A rule that keeps a number from being right weighs most.
WEIGHTS = {HIGH: 5, MEDIUM: 3, LOW: 1}


@dataclass(frozen=True)
class Counted:
    """How many things a rule looked at in one place, and how many of them fail."""

    severity: str
    checked: int
    failing: int


def score(counts: Iterable[Counted]) -> Fraction | None:
    """The weighted share of what passes: each rule's own share, weighted by its severity.

    A rule that had nothing to look at does not count, neither for nor against; with none at all there is no score.
    """
    seen = [one for one in counts if one.checked > 0]
    if not seen:
        return None
    whole = sum(WEIGHTS[one.severity] for one in seen)
    passed = sum(WEIGHTS[one.severity] * Fraction(one.checked - one.failing, one.checked) for one in seen)
    return Fraction(passed) / whole


def badness(severity: str, checked: int, failing: int) -> tuple[int, Fraction]:
    """Sorts problems: the severe before the less severe, then the larger share before the smaller."""
    return WEIGHTS[severity], Fraction(failing, checked) if checked else Fraction(0)
