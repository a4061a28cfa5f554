"""Who belonged to which school between which days: whole years, late entrants, leavers, movers, returners."""

from dataclasses import dataclass

import numpy as np

from .calendars import DAYS, YearCalendar
from .people import Households, Students
from .schools import GRADES, LEVEL_OF_GRADE, Schools
from .streams import stream

# Shares of a year's students. The rest stay at one school from the first day to the last.
LATE, LEAVES, MOVES, RETURNS = 0.04, 0.03, 0.04, 0.01
REASONS = ("", "end of year", "moved within the district", "left the district", "away for a time")
STAYS, YEAR_ENDED, MOVED, LEFT, AWAY = range(5)


@dataclass(frozen=True)
class Enrolments:
    """One school year's enrolments. `entry` and `exit` are day numbers (0..179) of the school, both included."""

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


@dataclass(frozen=True)
class _Courses:
    """How each student's year goes: first and last day of the first enrolment, why it ended, who enters again."""

    entry: np.ndarray
    exit: np.ndarray
    reason: np.ndarray
    moves: np.ndarray
    returns: np.ndarray


def _between(where: np.ndarray, low: int, high: int) -> np.ndarray:
    """A day number from `low` up to, not including, `high` (at least one to choose from)."""
    days: np.ndarray = (low + where * max(high - low, 1)).astype(np.int64)
    return days


def _courses(
    rng: np.random.Generator,
    who: np.ndarray,
    several: np.ndarray,
    may_leave: np.ndarray,
    surely_leaves: np.ndarray,
    horizon: int,
    final: int,
) -> _Courses:
    """Most stay all year; the others enter late, leave, move or come back before the day that is known last."""
    n = len(who)
    kind, where = rng.random(n), rng.random(n)
    # Sam stays all year, and early in the year nobody has had time to come late or to leave.
    kind[(who == 0) | (horizon < 60)] = 1.0
    entry, exit_, reason = np.zeros(n, np.int64), np.full(n, DAYS - 1), np.full(n, final)
    late = kind < LATE
    entry[late] = _between(where, 10, min(150, horizon - 5))[late]
    leaves = ((kind >= LATE) & (kind < LATE + LEAVES) & may_leave) | (surely_leaves & (kind > 0.5))
    exit_[leaves], reason[leaves] = _between(where, 20, min(170, horizon - 1))[leaves], LEFT
    bound = LATE + LEAVES
    moves = (kind >= bound) & (kind < bound + MOVES) & several & ~leaves
    exit_[moves], reason[moves] = _between(where, 20, min(160, horizon - 12))[moves], MOVED
    bound += MOVES
    returns = (kind >= bound) & (kind < bound + RETURNS) & ~leaves & (horizon > 80)
    exit_[returns], reason[returns] = _between(where, 20, horizon - 40)[returns], AWAY
    return _Courses(entry, exit_, reason, moves, returns)


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
    grade = students.grade[who] - (newest - year)
    level = LEVEL_OF_GRADE[grade]
    school = schools.for_zone(level, households.zone[students.household[who]])
    horizon = min(calendar.days_until(s, as_of) for s in range(len(schools)))
    final = STAYS if year == newest else YEAR_ENDED
    last_year = students.last_year[who] == year
    # Of those who were gone by the next year, many did not wait for the summer.
    surely = last_year & (grade < GRADES - 1) & (year < newest)
    several = np.array(schools.per_level)[level] > 1
    plan = _courses(rng, who, several, last_year, surely, horizon, final)
    gap = rng.integers(0, 4, size=len(who))
    moves, returns = plan.moves, plan.returns
    target, enters = _moves(calendar, schools, school[moves], plan.exit[moves], gap[moves])
    again = np.concatenate([np.flatnonzero(moves), np.flatnonzero(returns)])
    comes_back = plan.exit[returns] + 20 + gap[returns]
    return _in_order(
        calendar,
        np.concatenate([who, who[again]]),
        np.concatenate([school, target, school[returns]]),
        np.concatenate([grade, grade[again]]),
        np.concatenate([plan.entry, enters, comes_back]),
        np.concatenate([plan.exit, np.full(len(again), DAYS - 1)]),
        np.concatenate([plan.reason, np.full(len(again), final)]),
    )


def _in_order(
    calendar: YearCalendar,
    student: np.ndarray,
    school: np.ndarray,
    grade: np.ndarray,
    entry: np.ndarray,
    exit_: np.ndarray,
    reason: np.ndarray,
) -> Enrolments:
    """The enrolments with their dates, by student and entry."""
    entry_on = calendar.instructional[school, entry]
    exit_on = calendar.instructional[school, exit_].copy()
    exit_on[reason == STAYS] = np.datetime64("NaT")
    order = np.lexsort((entry_on, student))
    columns = (student, school, grade, entry, exit_, reason, entry_on, exit_on)
    return Enrolments(calendar.school_year, *(column[order] for column in columns))
