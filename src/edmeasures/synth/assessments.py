"""The assessments of the district: state tests, screeners, interim tests; scales, levels and benchmarks by grade."""

from dataclasses import dataclass

import numpy as np

from .classes import ELA, MATHS, SCIENCE, SOCIAL, SUBJECTS
from .schools import GRADE_CODES, GRADES

STATE, SCREENER, INTERIM, EARLY, COURSE = (
    "State summative",
    "Universal screener",
    "District interim",
    "Early learning check",
    "Course exam",
)
_SHORT = {STATE: "SSA", SCREENER: "SCR", INTERIM: "INT", EARLY: "ELC", COURSE: "CEX"}
_SUBJECT_SHORT = {ELA: "EL", MATHS: "MA", SCIENCE: "SC", SOCIAL: "SO"}
LEVEL_TITLES = ("Beginning", "Approaching", "Proficient", "Advanced")
PROFICIENT_LEVEL = 3
# Where the levels 2, 3 and 4 begin, in SDs from the grade's mean.
_CUTS = (-0.7, 0.05, 0.9)
SCREENER_SD = 14.0
# Typical autumn screener score by grade, on one scale from kindergarten to grade 12: growth slows with age.
_SCREENER_AUTUMN = np.array([138, 157, 174, 188, 199, 208, 214, 219, 223, 226, 228, 230, 231], float)
_SCREENER_GAIN = np.array([18, 17, 14, 12, 9, 7, 6, 5, 4, 3, 2, 2, 1], float)


@dataclass(frozen=True)
class Sitting:
    """One occasion on which a family's test of one subject is given: its window in day numbers, its grades."""

    family: str
    subject: int
    window: str
    first_day: int
    last_day: int
    grades: tuple[int, ...]


def _all_sittings() -> tuple[Sitting, ...]:
    every = tuple(range(GRADES))
    tested, younger, course = (3, 4, 5, 6, 7, 8, 11), (0, 1, 2), (9, 10, 12)
    rows = [
        Sitting(SCREENER, subject, window, first, last, every)
        for subject in (ELA, MATHS)
        for window, first, last in (("fall", 8, 20), ("winter", 85, 97), ("spring", 134, 144))
    ]
    rows += [
        Sitting(INTERIM, subject, str(k), first, last, every)
        for subject in (ELA, MATHS, SCIENCE, SOCIAL)
        for k, first, last in ((1, 40, 48), (2, 72, 80), (3, 118, 126))
    ]
    for family, grades in ((STATE, tested), (EARLY, younger), (COURSE, course)):
        rows += [Sitting(family, subject, "", 158, 170, grades) for subject in (ELA, MATHS)]
    return tuple(rows)


SITTINGS = _all_sittings()


@dataclass(frozen=True)
class Assessment:
    """One test for one grade."""

    number: int
    code: str
    title: str
    sitting: Sitting
    grade: int
    mean: float
    sd: float
    scale_min: float
    scale_max: float

    @property
    def benchmark(self) -> float | None:
        """A score below it is at risk: half an SD under the typical score. State tests have levels instead."""
        return None if self.sitting.family == STATE else float(round(self.mean - 0.5 * self.sd))

    @property
    def cuts(self) -> tuple[float, ...]:
        """Lowest scores of levels 2, 3 and 4 (state tests only)."""
        return (
            tuple(float(round(self.mean + cut * self.sd)) for cut in _CUTS)
            if self.sitting.family == STATE
            else ()
        )


def _scale(sitting: Sitting, grade: int) -> tuple[float, float, float, float]:
    """Mean, SD, lowest and highest score."""
    if sitting.family == STATE:
        return 2400 + 17.0 * grade, 84.0, 2200, 2800
    if sitting.family == SCREENER:
        gained = {"fall": 0.0, "winter": 0.55, "spring": 0.9}[sitting.window]
        return _SCREENER_AUTUMN[grade] + gained * _SCREENER_GAIN[grade], SCREENER_SD, 80, 320
    return 69.0, 13.0, 0, 100


def _assessments() -> dict[tuple[Sitting, int], Assessment]:
    made: dict[tuple[Sitting, int], Assessment] = {}
    for sitting in SITTINGS:
        for grade in sitting.grades:
            parts = [
                _SHORT[sitting.family],
                _SUBJECT_SHORT[sitting.subject],
                GRADE_CODES[grade],
                sitting.window[:3].upper(),
            ]
            label = "kindergarten" if grade == 0 else f"grade {grade}"
            title = f"{sitting.family}, {SUBJECTS[sitting.subject]}, {label}" + (
                f", {sitting.window}" if sitting.window else ""
            )
            code = "-".join(part for part in parts if part)
            made[sitting, grade] = Assessment(
                len(made) + 1, code, title, sitting, grade, *_scale(sitting, grade)
            )
    return made


ASSESSMENTS = _assessments()
