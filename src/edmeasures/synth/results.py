"""Assessment results: who sat which test when, and with which score, truths included."""

from dataclasses import dataclass, field

import numpy as np

from .assessments import ASSESSMENTS, INTERIM, SCREENER, SITTINGS, STATE, Sitting
from .calendars import DAYS, YearCalendar
from .classes import MATHS
from .enrolments import STAYS, Enrolments
from .planting import pairs_by_chance, standardised, unrelated, with_effect
from .streams import stream

STATUSES = ("scored", "absent", "exempt", "invalid")
SCORED = 0
RELIABILITY = 0.88
EFFECT_A, EFFECT_B = 0.20, 0.0
R_ATTENDANCE_MATHS = 0.35
MOST_PAIRS = 2000
_STATUS_SHARES = (0.976, 0.015, 0.006, 0.003)
_NO_ROW = 0.003  # students of whom nothing was received
_SITS_AGAIN = 0.06  # of those who sat an interim test


@dataclass
class Planted:
    """What was planted while the newest year's scores were made: rows of Students by intervention."""

    treated: dict[int, np.ndarray] = field(default_factory=dict)
    comparison: dict[int, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True)
class Results:
    """One year's results, a row each."""

    enrolment: np.ndarray
    assessment: np.ndarray
    on: np.ndarray
    grade: np.ndarray
    status: np.ndarray
    score: np.ndarray  # NaN where there is none
    level: np.ndarray  # 0 where there is none


@dataclass(frozen=True)
class Abilities:
    """How able each student is, by subject, in SDs; `absence` is the standardised attendance they go with."""

    by_subject: dict[int, np.ndarray]
    attendance_z: np.ndarray
    measured: np.ndarray  # students over whom the association is planted


def _sat(
    rng: np.random.Generator,
    enrolments: Enrolments,
    calendar: YearCalendar,
    sitting: Sitting,
    students: int,
    as_of: np.datetime64,
) -> tuple[np.ndarray, np.ndarray]:
    """Enrolments that were tested in the window, and the day; each student once."""
    day = rng.integers(sitting.first_day, sitting.last_day + 1, size=students)[enrolments.student]
    there = (enrolments.entry <= day) & (day <= enrolments.exit) & np.isin(enrolments.grade, sitting.grades)
    there &= calendar.instructional[enrolments.school, day] <= as_of
    if sitting.family != SCREENER:  # screeners are the school's own: each one arrives
        there &= rng.random(students)[enrolments.student] >= _NO_ROW
    rows = np.flatnonzero(there)
    _, first = np.unique(enrolments.student[rows], return_index=True)
    return rows[first], day[rows[first]]


class _Scorer:
    """Scores of one year. The newest year's screeners carry the planted truths."""

    def __init__(self, seed: int, enrolments: Enrolments, abilities: Abilities, newest: bool) -> None:
        self.enrolments, self.abilities, self.newest = enrolments, abilities, newest
        self.rng = stream(seed, f"scores {enrolments.school_year}")
        self.students = len(abilities.attendance_z)
        self.autumn: dict[int, np.ndarray] = {}
        self.planted = Planted()
        whole = (enrolments.entry == 0) & (enrolments.exit == DAYS - 1) & (enrolments.reason == STAYS)
        self.whole = np.zeros(self.students, bool)
        self.whole[enrolments.student[whole]] = True
        self.grade = np.zeros(self.students, np.int64)
        self.grade[enrolments.student] = enrolments.grade
        self.school = np.zeros(self.students, np.int64)
        self.school[enrolments.student] = enrolments.school

    def z_scores(self, sitting: Sitting, sitters: np.ndarray) -> np.ndarray:
        """Every student's score on a sitting, in SDs of the test's norm."""
        true = self.abilities.by_subject[sitting.subject]
        error = self.rng.normal(size=self.students)
        z = np.sqrt(RELIABILITY) * true + np.sqrt(1 - RELIABILITY) * error
        if not (self.newest and sitting.family == SCREENER):
            values: np.ndarray = z
            return values
        if sitting.subject == MATHS and sitting.window == "spring":
            z = self._with_attendance(z, sitters)
        return self._treated(sitting, z, sitters)

    def _with_attendance(self, z: np.ndarray, sitters: np.ndarray) -> np.ndarray:
        """The planted correlation, exact among the students who have a score and enough days.

        Its slope is the same in every school, so that no school is an exception by chance and a principal finds at home
        what the district finds over all.
        """
        among = np.zeros(self.students, bool)
        among[sitters] = True
        among &= self.abilities.measured
        if among.sum() < 50:
            return z
        attendance = self.abilities.attendance_z
        grades = [(self.grade == g).astype(float) for g in np.unique(self.grade[among])[1:]]
        schools = [(self.school == s).astype(float) for s in np.unique(self.school[among])[1:]]
        by_school = [school * attendance for school in schools]
        rest = unrelated(z, attendance, *grades, *schools, *by_school, among=among)
        r = R_ATTENDANCE_MATHS
        values: np.ndarray = r * standardised(attendance, among) + np.sqrt(1 - r**2) * rest
        return values

    def _treated(self, sitting: Sitting, z: np.ndarray, sitters: np.ndarray) -> np.ndarray:
        subject = sitting.subject
        if sitting.window == "fall":
            self.autumn[subject] = z
            sat = np.zeros(self.students, bool)
            sat[sitters] = True
            pool = np.flatnonzero(sat & self.whole & (self.grade >= 3) & (self.grade <= 8) & (z < 0))
            pairs = pairs_by_chance(self.rng, pool, z, MOST_PAIRS)
            self.planted.treated[subject], self.planted.comparison[subject] = (
                np.sort(part) for part in pairs
            )
            return z
        effect = EFFECT_A if subject == MATHS else EFFECT_B
        if sitting.window == "winter":
            effect /= 2
        return with_effect(
            z, self.autumn[subject], self.planted.treated[subject], self.planted.comparison[subject], effect
        )

    def always_scored(self) -> np.ndarray:
        """Students of the two trials: their screener scores all exist, so that the truth can be found."""
        parts = [*self.planted.treated.values(), *self.planted.comparison.values()]
        return np.unique(np.concatenate(parts)) if parts else np.empty(0, np.int64)


def make_results(
    seed: int,
    enrolments: Enrolments,
    calendar: YearCalendar,
    as_of: np.datetime64,
    abilities: Abilities,
    newest: bool,
) -> tuple[Results, Planted]:
    """One year's results up to `as_of`, and who was in the two trials."""
    rng = stream(seed, f"sittings {enrolments.school_year}")
    scorer = _Scorer(seed, enrolments, abilities, newest)
    parts: list[tuple[np.ndarray, ...]] = []
    for sitting in SITTINGS:
        rows, day = _sat(rng, enrolments, calendar, sitting, scorer.students, as_of)
        sitters = enrolments.student[rows]
        status = rng.choice(4, size=len(rows), p=_STATUS_SHARES)
        if newest and sitting.family == SCREENER:
            if sitting.window == "fall":
                z = scorer.z_scores(sitting, sitters[status == SCORED])
            else:
                status[np.isin(sitters, scorer.always_scored())] = SCORED
                z = scorer.z_scores(sitting, sitters[status == SCORED])
        else:
            z = scorer.z_scores(sitting, sitters)
        parts.append(_rows(sitting, enrolments, calendar, rows, day, status, z[sitters]))
        if sitting.family == INTERIM:
            again = np.flatnonzero((rng.random(len(rows)) < _SITS_AGAIN) & (day + 6 <= enrolments.exit[rows]))
            z_again = z[sitters[again]] + rng.normal(0.1, 0.4, size=len(again))
            made = _rows(
                sitting,
                enrolments,
                calendar,
                rows[again],
                day[again] + 6,
                np.zeros(len(again), np.int64),
                z_again,
            )
            keep = made[2] <= as_of
            parts.append(tuple(column[keep] for column in made))
    return Results(*(np.concatenate(columns) for columns in zip(*parts, strict=True))), scorer.planted


def _rows(
    sitting: Sitting,
    enrolments: Enrolments,
    calendar: YearCalendar,
    rows: np.ndarray,
    day: np.ndarray,
    status: np.ndarray,
    z: np.ndarray,
) -> tuple[np.ndarray, ...]:
    grade = enrolments.grade[rows]
    tests = [ASSESSMENTS.get((sitting, g)) for g in range(13)]
    number, mean, sd, low, high = (
        np.array([getattr(test, name) if test else 0 for test in tests])
        for name in ("number", "mean", "sd", "scale_min", "scale_max")
    )
    score = np.clip(np.rint(mean[grade] + sd[grade] * z), low[grade], high[grade])
    score[status != SCORED] = np.nan
    level = np.zeros(len(rows), np.int64)
    if sitting.family == STATE:
        cuts = np.array([test.cuts if test else (0.0, 0.0, 0.0) for test in tests])
        level = np.where(status == SCORED, 1 + (score[:, None] >= cuts[grade]).sum(axis=1), 0)
    return (
        rows,
        number[grade],
        calendar.instructional[enrolments.school[rows], day],
        grade,
        status,
        score,
        level,
    )
