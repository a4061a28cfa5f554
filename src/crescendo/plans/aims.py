"""What a goal is about and how it is measured, as the opening of a plan is told."""

from dataclasses import dataclass

from .models import Plan


@dataclass(frozen=True)
class Subject:
    """Whom or what a goal is about: one of `Plan.SubjectKind`, and its id."""

    kind: str
    id: int


@dataclass(frozen=True)
class Measure:
    """How a goal is measured: `Measure.of_indicator("attendance_rate")`, `Measure.of_assessment("Screener",
    "reading")`, or one's own value: `Measure.own("Books read", unit="books")`."""

    kind: str = Plan.MeasureKind.OWN
    indicator: str = ""
    family: str = ""
    subject: str = ""
    text: str = ""
    unit: str = ""

    @classmethod
    def of_indicator(cls, code: str) -> "Measure":
        return cls(Plan.MeasureKind.INDICATOR, indicator=code)

    @classmethod
    def of_assessment(cls, family: str, subject: str) -> "Measure":
        return cls(Plan.MeasureKind.ASSESSMENT, family=family, subject=subject)

    @classmethod
    def own(cls, text: str, unit: str = "") -> "Measure":
        return cls(Plan.MeasureKind.OWN, text=text, unit=unit)

    @classmethod
    def of_plan(cls, plan: Plan) -> "Measure":
        return cls(
            plan.measure_kind,
            plan.indicator,
            plan.assessment_family,
            plan.assessment_subject,
            plan.own_measure,
            plan.unit,
        )
