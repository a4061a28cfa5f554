"""What each student brings: how often they are absent, how careful they are, how able in each subject."""

from dataclasses import dataclass

import numpy as np

from .attendance import Events
from .classes import ELA, ELECTIVE, MATHS, SCIENCE, SOCIAL, SUBJECTS
from .enrolments import Enrolments
from .people import Households, Students
from .planting import standardised, unrelated
from .results import R_ATTENDANCE_MATHS, RELIABILITY, Abilities
from .streams import stream

MINIMUM_DAYS = 60
_TENDENCY_SD = 0.72
_YEAR_TO_YEAR = 0.93


@dataclass(frozen=True)
class Traits:
    """Per student: diligence in SDs, and the log of how often the student tends to be absent."""

    diligence: np.ndarray
    absence_tendency: np.ndarray


def make_traits(seed: int, students: Students, households: Households) -> Traits:
    """Absence runs in families with little money and goes with little diligence; most of it is the student's own."""
    rng = stream(seed, "traits")
    n = len(students)
    diligence = rng.normal(size=n)
    low_income = households.low_income[students.household]
    tendency = _TENDENCY_SD * rng.normal(size=n) + 0.3 * low_income - 0.2 * diligence
    # Sam's year is an ordinary one, so that the demo's family page is neither a triumph nor an alarm.
    diligence[0], tendency[0] = 0.4, np.median(tendency)
    return Traits(diligence, tendency)


def make_abilities(
    seed: int, students: Students, households: Households, enrolments: Enrolments, events: Events
) -> Abilities:
    """Abilities in the newest year. Mathematics goes with this year's attendance at the planted strength."""
    rng = stream(seed, "abilities")
    n = len(students)
    sent = np.bincount(enrolments.student, weights=events.days_sent, minlength=n)
    missed = np.bincount(enrolments.student, weights=events.days_missed, minlength=n)
    days = np.where(sent > 0, sent, 1.0)
    measured = sent >= MINIMUM_DAYS
    if measured.sum() < 50:  # too early in the year to plant anything
        measured = sent > 0
    rate = np.where(sent > 0, 1 - missed / days, np.nan)
    # Of a few days only, a rate says little: it is kept from ruling the ability of students outside the planted group.
    attendance = np.clip(
        np.nan_to_num(standardised(rate, measured)),
        np.where(measured, -np.inf, -2),
        np.where(measured, np.inf, 2),
    )
    own = rng.normal(size=n) - 0.4 * households.low_income[students.household] - 0.3 * students.disability
    own[0] = -0.3  # Sam finds mathematics a little hard, and reads well
    grade = np.zeros(n, np.int64)
    grade[enrolments.student] = enrolments.grade
    grades = [(grade == g).astype(float) for g in np.unique(grade[measured])[1:]]
    own = unrelated(own, attendance, *grades, among=measured)
    # The screener measures ability with error, which weakens every correlation: so the ability's is stronger.
    r = R_ATTENDANCE_MATHS / np.sqrt(RELIABILITY)
    maths = r * attendance + np.sqrt(1 - r**2) * own
    by_subject = {MATHS: maths}
    for subject, shared in ((ELA, 0.72), (SCIENCE, 0.75), (SOCIAL, 0.68), (ELECTIVE, 0.4)):
        rest = rng.normal(size=n) - (0.6 * students.english_learner if subject == ELA else 0.0)
        rest[0] = 0.6
        by_subject[subject] = shared * maths + np.sqrt(1 - shared**2) * standardised(rest, measured)
    return Abilities(by_subject, attendance, measured)


def in_earlier_year(seed: int, abilities: Abilities, school_year: int) -> Abilities:
    """The same students in an earlier year: nearly, not quite, the same abilities."""
    rng = stream(seed, f"abilities {school_year}")
    kept, new = _YEAR_TO_YEAR, np.sqrt(1 - _YEAR_TO_YEAR**2)
    by_subject = {s: kept * a + new * rng.normal(size=len(a)) for s, a in abilities.by_subject.items()}
    return Abilities(by_subject, abilities.attendance_z, abilities.measured)


def as_matrix(abilities: Abilities) -> np.ndarray:
    """Students x subjects, zero in the homeroom, where nothing is graded."""
    n = len(abilities.attendance_z)
    return np.stack(
        [abilities.by_subject.get(subject, np.zeros(n)) for subject in range(len(SUBJECTS))], axis=1
    )
