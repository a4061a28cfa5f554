"""Who belonged to which school between which days: whole years, late entrants, leavers, movers, returners."""

from dataclasses import dataclass

import numpy as np

from .calendars import DAYS, YearCalendar
from .people import Households, Students
from .schools import LEVEL_OF_GRADE, Schools
from .streams import stream

# Shares of a year's students. The rest stay at one school from the first day to the last.
LATE, LEAVES, MOVES, RETURNS = 0.04, 0.03, 0.04, 0.01
REASONS = ("", "end of year", "moved within the district", "left the district", "away for a time")
STAYS, YEAR_ENDED, MOVED, LEFT, AWAY = range(5)


@dataclass(frozen=True)
class Enrolments:
    """One school year's enrolments. `entry` and `exit` are day numbers (0..179) in the school's own calendar, both included."""

    school_year: int
    student: np.ndarray  # index into Students
    school: np.ndarray  # index into Schools
    grade: np.ndarray
    entry: np.ndarray
    exit: np.ndarray
    reason: np.ndarray  # index into REASONS; STAYS: no exit yet
    entry_on: np.ndarray
    exit_on: np.ndarray  # NaT while enrolled

    def __len__(self) -> int:
        return len(self.student)


def _moves(
    calendar: YearCalendar, schools: Schools, school: np.ndarray, exit_day: np.ndarray, gap: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The next school of the same level, and the day number there on which the mover enters."""
    level = schools.level[school]
    starts = np.array([schools.first_of(k) for k in range(3)])[level]
    counts = np.array(schools.per_level)[level]
    target = starts + (school - starts + 1) % counts
    last_on = calendar.instructional[school, exit_day]
    # Calendars differ by weather days, so the new school's day is looked up by date.
    had = (calendar.instructional[target] <= last_on[:, None]).sum(axis=1)
    return target, had + gap


def make_enrolments(
    seed: int,
    year: int,
    newest: int,
    as_of: np.datetime64,
    students: Students,
    households: Households,
    schools: Schools,
    calendar: YearCalendar,
) -> Enrolments:
    """The year's enrolments as they are known on `as_of`: an exit that lies ahead is not known yet."""
    rng = stream(seed, f"enrolments {year}")
    who = students.in_year(year, newest)
    n = len(who)
    grade = students.grade[who] - (newest - year)
    school = schools.for_zone(LEVEL_OF_GRADE[grade], households.zone[students.household[who]])
    horizon = min(calendar.days_until(s, as_of) for s in range(len(schools)))
    kind, where, gap = rng.random(n), rng.random(n), rng.integers(0, 4, size=n)
    kind[who == 0] = 1.0  # Sam stays all year
    if horizon < 60:
        kind[:] = 1.0
    span = lambda low, high: (low + where * (max(high, low + 1) - low)).astype(np.int64)  # noqa: E731
    entry, exit_ = np.zeros(n, np.int64), np.full(n, DAYS - 1)
    reason = np.full(n, STAYS if year == newest else YEAR_ENDED)

    late = kind < LATE
    entry[late] = span(10, min(150, horizon - 5))[late]
    may_leave = students.last_year[who] == year
    leaves = (kind >= LATE) & (kind < LATE + LEAVES) & may_leave
    # Those whose last year this was did not all go in summer.
    leaves |= may_leave & (year < newest) & (grade < 12) & (kind > 0.5)
    exit_[leaves], reason[leaves] = span(20, min(170, horizon - 1))[leaves], LEFT
    several = np.array(schools.per_level)[LEVEL_OF_GRADE[grade]] > 1
    moves = (kind >= LATE + LEAVES) & (kind < LATE + LEAVES + MOVES) & several & ~leaves
    exit_[moves], reason[moves] = span(20, min(160, horizon - 12))[moves], MOVED
    returns = (
        (kind >= LATE + LEAVES + MOVES) & (kind < LATE + LEAVES + MOVES + RETURNS) & ~leaves & (horizon > 80)
    )
    exit_[returns], reason[returns] = span(20, horizon - 40)[returns], AWAY

    target, enters = _moves(calendar, schools, school[moves], exit_[moves], gap[moves])
    final = STAYS if year == newest else YEAR_ENDED
    second = lambda first, more: np.concatenate([first, *more])  # noqa: E731
    extra = int(moves.sum() + returns.sum())
    student = second(who, [who[moves], who[returns]])
    school_all = second(school, [target, school[returns]])
    entry_all = second(entry, [enters, exit_[returns] + 20 + gap[returns]])
    exit_all = second(exit_, [np.full(extra, DAYS - 1)])
    reason_all = second(reason, [np.full(extra, final)])
    grade_all = second(grade, [grade[moves], grade[returns]])
    entry_on = calendar.instructional[school_all, entry_all]
    exit_on = calendar.instructional[school_all, exit_all].copy()
    exit_on[reason_all == STAYS] = np.datetime64("NaT")
    order = np.lexsort((entry_on, student))
    columns = (student, school_all, grade_all, entry_all, exit_all, reason_all, entry_on, exit_on)
    return Enrolments(year, *(column[order] for column in columns))
