"""What was planted in the district on purpose, as data, so that a method can be held against it."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class InterventionTruth:
    """Support given to some of the students who scored below the middle in autumn; chance decided who of each pair.

    `effect_sd` is the true effect on the outcome, in standard deviations of the screener's published norm (`norm_sd`
    scale points): the treated students' mean outcome, at equal autumn scores, minus the comparison students'.
    """

    code: str
    title: str
    subject: str
    outcome_family: str
    outcome_window: str
    begins_on: date
    outcome_ends_on: date
    effect_sd: float
    norm_sd: float
    tolerance_sd: float
    treated_student_ids: tuple[int, ...]
    comparison_student_ids: tuple[int, ...]
    note: str


@dataclass(frozen=True)
class ChangeTruth:
    """A school whose attendance really changed: from `begins_on`, `factor` times the absences it would have had."""

    school_id: int
    school_name: str
    school_year: int
    begins_on: date
    factor: float
    tolerance: float
    note: str


@dataclass(frozen=True)
class AssociationTruth:
    """Two measures that go together: Pearson's r over the newest year's students with `minimum_days` or more."""

    first: str
    second: str
    r: float
    tolerance: float
    minimum_days: int
    note: str


@dataclass(frozen=True)
class Truths:
    """All planted truths of a district."""

    intervention_a: InterventionTruth
    intervention_b: InterventionTruth
    attendance_change: ChangeTruth
    attendance_and_mathematics: AssociationTruth

    def as_data(self) -> dict[str, Any]:
        """Plain values, dates as YYYY-MM-DD, for a JSON file."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
