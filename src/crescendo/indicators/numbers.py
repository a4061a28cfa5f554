"""A published number as a page gets it: with its run, its counting rules and its snapshot, or with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from edmeasures import catalog, disclosure

from . import spoken
from .models import GroupValue, MeasurementRun, Series, StudentValue
from .permissions import ResultScope

SUPPRESSED = "suppressed"
NOT_EVALUATED = "not_evaluated"


@dataclass(frozen=True)
class Number:
    """One number of one organisation or student. `value` is empty when there is none; `reason` says why.

    `shown` is what is printed instead of a value whose exact share would give somebody away ('≤5%').
    """

    indicator: str
    rule_pack: str
    run_id: int
    snapshot_id: str
    as_of: date
    value: float | None
    numerator: float | None
    denominator: float | None
    status: str
    reason: str
    organisation_id: int | None = None
    characteristic: str = ""
    group_value: str = ""
    n_students: int | None = None
    lower: float | None = None
    upper: float | None = None
    student_id: int | None = None
    flag: bool | None = None
    shown: str = ""
    n_flagged: int | None = None
    n_not_evaluated: int | None = None

    @property
    def is_evaluated(self) -> bool:
        """Whether there is a number to show."""
        return self.value is not None

    @property
    def definition(self) -> catalog.Indicator:
        """What the number says, in the reader's language."""
        return spoken.definition(catalog.get(self.indicator))


@dataclass(frozen=True)
class Comparison:
    """An organisation's number beside the one above it and its own of the same time last year."""

    here: Number
    above: Number | None
    last_year: Number | None

    @property
    def change(self) -> float | None:
        """Since the same time last year; None unless both years have a number."""
        if self.last_year is None or self.here.value is None or self.last_year.value is None:
            return None
        return self.here.value - self.last_year.value


class Point(NamedTuple):
    """One period of a series."""

    begins_on: date
    value: float | None
    numerator: float | None
    denominator: float | None


@dataclass(frozen=True)
class SeriesPair:
    """A series of this school year, and last year's."""

    indicator: str
    rule_pack: str
    organisation_id: int
    period: str
    this_year: tuple[Point, ...]
    last_year: tuple[Point, ...]


def of_group(row: GroupValue, run: MeasurementRun, scope: ResultScope) -> Number:
    """The organisation's number as this viewer may see it."""
    known = {
        "indicator": row.indicator,
        "rule_pack": row.rule_pack,
        "run_id": run.pk,
        "snapshot_id": run.snapshot_id,
        "as_of": run.as_of,
        "organisation_id": row.organisation_id,
        "characteristic": row.characteristic,
        "group_value": row.group_value,
    }
    is_hidden = row.is_suppressed or _speaks_of_a_few(row)
    if is_hidden and not scope.shows_small(row.organisation_id, row.characteristic, row.indicator):
        return _hidden(row, known)
    return Number(
        **known,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        status=row.status,
        reason=row.reason or "",
        n_students=row.n_students,
        n_flagged=row.n_flagged,
        n_not_evaluated=row.n_not_evaluated,
        lower=row.lower,
        upper=row.upper,
    )


def _speaks_of_a_few(row: GroupValue) -> bool:
    """Whether the reason why a group has no number is said of every one of a few students ("not tested")."""
    few = 0 < (row.n_not_evaluated or 0) < disclosure.Policy().minimum
    return bool(row.characteristic) and row.value is None and not row.n_students and few


def _hidden(row: GroupValue, known: dict[str, Any]) -> Number:
    """No count and no value: either would give the other back."""
    shown = (row.shown or "").replace("<=", "≤").replace(">=", "≥")
    return Number(
        **known,
        value=None,
        numerator=None,
        denominator=None,
        status=NOT_EVALUATED if not shown else row.status,
        reason=SUPPRESSED,
        shown=shown,
    )


def of_student(row: StudentValue, run: MeasurementRun) -> Number:
    """The student's number at one school, or over all schools (without organisation)."""
    return Number(
        indicator=row.indicator,
        rule_pack=row.rule_pack,
        run_id=run.pk,
        snapshot_id=run.snapshot_id,
        as_of=run.as_of,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        status=row.status,
        reason=row.reason or "",
        organisation_id=row.school_id,
        student_id=row.student_id,
        flag=row.flag,
    )


def points(series: Series | None) -> tuple[Point, ...]:
    """The arrays of a series as points."""
    if series is None:
        return ()
    values = zip(series.begins_on, series.value, series.numerator, series.denominator, strict=True)
    return tuple(map(Point._make, values))


@cache
def _places() -> Mapping[str, int]:
    return {indicator.code: place for place, indicator in enumerate(catalog.all())}


def in_order(found: Iterable[Number]) -> list[Number]:
    """As the catalogue lists them; under several counting rules, everyone before groups, grades in order."""
    order = _places()
    return sorted(
        found,
        key=lambda n: (
            order.get(n.indicator, len(order)),
            n.characteristic,
            n.group_value.zfill(3),
            n.organisation_id or 0,
        ),
    )
