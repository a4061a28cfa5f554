"""What else is recorded: participation checks, activities, behaviour incidents, and how courses ended."""

from dataclasses import dataclass

import numpy as np

from .calendars import DAYS, YearCalendar
from .classes import CORE, HOMEROOM, MATHS, Classes
from .enrolments import Enrolments
from .schools import ELEMENTARY, HIGH, LEVEL_OF_GRADE
from .streams import stream

CHECKED_CLASSES = 0.10  # share of mathematics classes whose teacher checks participation every week
CHECKS_A_YEAR = 34
ACTIVITIES = (
    ("club", "Chess club"),
    ("club", "Robotics"),
    ("club", "Drama"),
    ("sport", "Soccer"),
    ("sport", "Track and field"),
    ("arts", "Choir"),
    ("arts", "Band"),
    ("service", "Peer mentors"),
    ("learning platform", "Reading online"),
)
INCIDENTS = (
    "disruption",
    "defiance",
    "skipping class",
    "conflict",
    "fighting",
    "property damage",
    "bullying",
)
_INCIDENT_SHARES = (0.36, 0.2, 0.16, 0.14, 0.06, 0.04, 0.04)
_INCIDENT_SEVERITY = np.array([1, 1, 1, 2, 3, 2, 3])
_SEMESTER_ENDS = (89, DAYS - 1)
MARKS = ("A", "B", "C", "D", "F")
_MARK_FLOORS = np.array([90.0, 80.0, 70.0, 60.0])


@dataclass(frozen=True)
class Checks:
    """One tap in one lesson: did the student take part?"""

    enrolment: np.ndarray
    class_row: np.ndarray
    on: np.ndarray
    took_part: np.ndarray


@dataclass(frozen=True)
class ActivityEvents:
    """A meeting of a club, team or platform, and how long the student was there."""

    enrolment: np.ndarray
    on: np.ndarray
    activity: np.ndarray
    minutes: np.ndarray


@dataclass(frozen=True)
class Incidents:
    """Behaviour incidents."""

    enrolment: np.ndarray
    on: np.ndarray
    kind: np.ndarray
    severity: np.ndarray


@dataclass(frozen=True)
class Outcomes:
    """How a course ended for a student at the end of a semester (grades 6 to 12; credits in high school)."""

    enrolment: np.ndarray
    class_row: np.ndarray
    subject: np.ndarray
    on: np.ndarray
    percent: np.ndarray
    credits_attempted: np.ndarray  # NaN below high school
    credits_earned: np.ndarray

    @property
    def mark(self) -> np.ndarray:
        """Index into MARKS."""
        values: np.ndarray = (self.percent[:, None] < _MARK_FLOORS).sum(axis=1)
        return values

    @property
    def passed(self) -> np.ndarray:
        values: np.ndarray = self.percent >= _MARK_FLOORS[-1]
        return values


def _known(
    enrolments: Enrolments, calendar: YearCalendar, rows: np.ndarray, day: np.ndarray, as_of: np.datetime64
) -> tuple[np.ndarray, np.ndarray]:
    on = calendar.instructional[enrolments.school[rows], day]
    return on, (enrolments.entry[rows] <= day) & (day <= enrolments.exit[rows]) & (on <= as_of)


def make_checks(
    seed: int,
    enrolments: Enrolments,
    classes: Classes,
    calendar: YearCalendar,
    as_of: np.datetime64,
    diligence: np.ndarray,
    tess: int,
) -> Checks:
    """Weekly checks in some mathematics classes, all of Tess's among them."""
    rng = stream(seed, f"checks {enrolments.school_year}")
    keen = np.unique(classes.teacher[classes.subject == MATHS])
    keen = keen[(rng.random(len(keen)) < CHECKED_CLASSES) | (keen == tess)]
    class_row = classes.of_enrolment[:, MATHS]
    rows = np.repeat(np.flatnonzero(np.isin(classes.teacher[class_row], keen)), CHECKS_A_YEAR)
    week = np.tile(np.arange(CHECKS_A_YEAR), len(rows) // CHECKS_A_YEAR)
    day = np.minimum(3 + week * 5 + class_row[rows] % 5, DAYS - 1)
    on, keep = _known(enrolments, calendar, rows, day, as_of)
    keep &= rng.random(len(rows)) < 0.93  # absent students are not checked
    rows, on = rows[keep], on[keep]
    took_part = rng.random(len(rows)) < np.clip(0.78 + 0.12 * diligence[enrolments.student[rows]], 0.1, 0.99)
    return Checks(rows, class_row[rows], on, took_part)


def make_activities(
    seed: int, enrolments: Enrolments, calendar: YearCalendar, as_of: np.datetime64, diligence: np.ndarray
) -> ActivityEvents:
    """About a seventh of the students, in one activity each, every other week."""
    rng = stream(seed, f"activities {enrolments.school_year}")
    joins = rng.random(len(enrolments)) < np.clip(0.14 + 0.05 * diligence[enrolments.student], 0.02, 0.5)
    members = np.flatnonzero(joins)
    rows = np.repeat(members, 17)
    activity = np.repeat(rng.integers(0, len(ACTIVITIES), size=len(members)), 17)
    day = np.minimum(10 + np.tile(np.arange(17), len(members)) * 10 + activity % 5, DAYS - 1)
    on, keep = _known(enrolments, calendar, rows, day, as_of)
    keep &= rng.random(len(rows)) < 0.88
    minutes = np.maximum(np.rint(rng.normal(55, 15, size=len(rows)) / 5) * 5, 10.0)
    return ActivityEvents(rows[keep], on[keep], activity[keep], minutes[keep])


def make_incidents(
    seed: int, enrolments: Enrolments, calendar: YearCalendar, as_of: np.datetime64, diligence: np.ndarray
) -> Incidents:
    """Few students, most of them once; a small number often."""
    rng = stream(seed, f"incidents {enrolments.school_year}")
    mean = (
        0.28 * np.exp(-0.8 * diligence[enrolments.student] - 0.32) * np.where(enrolments.grade < 6, 0.6, 1.3)
    )
    counts = rng.poisson(mean * rng.gamma(0.5, 2.0, size=len(enrolments)))
    rows = np.repeat(np.arange(len(enrolments)), np.minimum(counts, 12))
    day = rng.integers(0, DAYS, size=len(rows))
    on, keep = _known(enrolments, calendar, rows, day, as_of)
    kind = rng.choice(len(INCIDENTS), size=len(rows), p=_INCIDENT_SHARES)
    return Incidents(rows[keep], on[keep], kind[keep], _INCIDENT_SEVERITY[kind[keep]])


def make_outcomes(
    seed: int,
    enrolments: Enrolments,
    classes: Classes,
    calendar: YearCalendar,
    as_of: np.datetime64,
    ability: np.ndarray,
    diligence: np.ndarray,
) -> Outcomes:
    """Semester marks of everyone who was there when the semester ended. A failed course earns no credit."""
    rng = stream(seed, f"outcomes {enrolments.school_year}")
    graded = [subject for subject in range(len(CORE)) if subject != HOMEROOM]
    older = np.flatnonzero(LEVEL_OF_GRADE[enrolments.grade] != ELEMENTARY)
    parts = []
    for end in _SEMESTER_ENDS:
        on, keep = _known(enrolments, calendar, older, np.full(len(older), end), as_of)
        rows = np.repeat(older[keep], len(graded))
        subject = np.tile(graded, int(keep.sum()))
        student = enrolments.student[rows]
        noise = rng.normal(0, 6, size=len(rows))
        percent = np.clip(76.5 + 6.5 * ability[student, subject] + 5.5 * diligence[student] + noise, 20, 100)
        in_high = LEVEL_OF_GRADE[enrolments.grade[rows]] == HIGH
        attempted = np.where(in_high, 0.5, np.nan)
        earned = np.where(in_high, np.where(percent >= _MARK_FLOORS[-1], 0.5, 0.0), np.nan)
        class_row = classes.of_enrolment[rows, subject]
        parts.append((rows, class_row, subject, np.repeat(on[keep], len(graded)), percent, attempted, earned))
    return Outcomes(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
