"""Enrolments merged to stretches without overlap, and the days of each by subtracting ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from .ranks import DayRanks, Ints, day_numbers

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_NO_CALENDAR = -1


@dataclass(frozen=True, slots=True)
class Spells:
    """Stretches of enrolment, ordered by student, school and day; no day at one school stands in two.

    Attributes
    ----------
    students, schools : pyarrow.Array
        The ids that `student` and `school` number, ascending.
    student, school : ndarray of int
        Places in `students` and `schools`.
    membership : ndarray of int
        Which student at which school, from 0, ascending.
    calendar : ndarray of int
        Row of the ranks, -1 without a calendar.
    begins, ends : ndarray of int
        Day numbers, both ends inclusive; `ends` is at most the day of the run.
    starts : ndarray of int
        The first spell of each membership.
    """

    students: pa.Array
    schools: pa.Array
    student: Ints
    school: Ints
    membership: Ints
    calendar: Ints
    begins: Ints
    ends: Ints
    share: Floats
    grade: pa.Array
    starts: Ints

    @property
    def last(self) -> Ints:
        """The last spell of each membership."""
        return np.append(self.starts[1:], self.membership.size)[: self.starts.size] - 1

    def find(self, student_ids: pa.ChunkedArray, school_ids: pa.ChunkedArray, day: Ints) -> Ints:
        """The spell of each student at each school on each day, -1 where there is none."""
        student = _numbers(student_ids, self.students)
        school = _numbers(school_ids, self.schools)
        if not self.begins.size:
            return np.full(student.size, -1)
        # One number for who, where and when: the nearest spell below it is the one, if who and where agree. A school
        # nobody knows is 0, which no spell has.
        latest = int(max(self.ends.max(), day.max(initial=0)))
        bits, schools = latest.bit_length(), len(self.schools) + 1
        spell = ((self.student * schools + self.school + 1) << bits) + self.begins
        asked = ((student * schools + school + 1) << bits) + day
        at = np.searchsorted(spell, asked, side="right") - 1
        found = (spell[at] >> bits == asked >> bits) & (self.ends[at] >= day)
        return np.where(found, at, -1)


def _numbers(ids: pa.Array | pa.ChunkedArray, known: pa.Array) -> Ints:
    return np.asarray(pc.index_in(ids, value_set=known).fill_null(-1)).astype(np.int64)


def _known(ids: pa.ChunkedArray) -> pa.Array:
    distinct = pc.unique(ids)
    return distinct.take(pc.array_sort_indices(distinct))


def merge(enrolled: pa.Table) -> Spells:
    """Cut enrolments so that of two overlapping ones the earlier keeps its days.

    Parameters
    ----------
    enrolled : pyarrow.Table
        student_id, school_id, calendar_key (from 1, null without), grade_level, membership_share, entry_on, exit_on.
        Any order; both days stand, the exit is not before the entry.
    """
    students, schools = _known(enrolled.column("student_id")), _known(enrolled.column("school_id"))
    student = _numbers(enrolled.column("student_id"), students)
    school = _numbers(enrolled.column("school_id"), schools)
    entry, leave = day_numbers(enrolled.column("entry_on")), day_numbers(enrolled.column("exit_on"))
    calendar = enrolled.column("calendar_key").fill_null(0).to_numpy().astype(np.int64) - 1
    share = enrolled.column("membership_share").to_numpy()
    grade = enrolled.column("grade_level").combine_chunks()
    grades = _numbers(grade, _known(enrolled.column("grade_level")))
    # Equal days are told apart by the rest, so that the same rows in any order give the same spells.
    order = np.lexsort((_none_last(grades), -share, _none_last(calendar), -leave, entry, school, student))
    student, school, entry, leave = student[order], school[order], entry[order], leave[order]

    membership = np.cumsum(_changes(student, school)) - 1
    covered, is_first = _covered_before(membership, leave)
    kept = is_first | (leave > covered)
    begins = np.where(is_first, entry, np.maximum(entry, covered + 1))[kept]
    rows = order[kept]
    membership = membership[kept]
    return Spells(
        students,
        schools,
        student[kept],
        school[kept],
        membership,
        calendar[rows],
        begins,
        leave[kept],
        share[rows],
        grade.take(pa.array(rows)),
        np.flatnonzero(_changes(membership)),
    )


def _none_last(numbers: Ints) -> Ints:
    return np.where(numbers < 0, np.iinfo(np.int64).max, numbers)


def _changes(*columns: Ints) -> Bools:
    """Where any of the columns differs from the row before; the first row always does."""
    changed = np.zeros(columns[0].size, dtype=bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    return changed


def _covered_before(membership: Ints, leave: Ints) -> tuple[Ints, Bools]:
    """The latest exit of the rows before, within each membership; meaningless for its first row."""
    if not leave.size:
        return leave, np.zeros(0, dtype=bool)
    # A running maximum over everything stays within a membership when each starts above the one before.
    lowest = int(leave.min())
    width = int(leave.max()) - lowest + 1
    lifted = np.maximum.accumulate(leave - lowest + membership * width) - membership * width + lowest
    covered = np.concatenate([lifted[:1], lifted[:-1]])
    return covered, _changes(membership)


@dataclass(frozen=True, slots=True)
class SpellDays:
    """Days of each spell: taught and recorded, and how many its calendar taught before it and up to its end."""

    member: Ints
    recorded: Ints
    taught_before: Ints
    taught_to_end: Ints
    taught_in_all: Ints
    recorded_in_all: Ints


def count_days(spells: Spells, ranks: DayRanks) -> SpellDays:
    """Subtract the rank before the first day from the rank of the last."""
    has = spells.calendar != _NO_CALENDAR
    before = np.clip(spells.begins - 1 - ranks.first, 0, ranks.n_days - 1)
    end = np.clip(spells.ends - ranks.first, 0, ranks.n_days - 1)

    def to(counts: Ints, day: Ints | int) -> Ints:
        return np.where(has, counts[spells.calendar, day], 0) if counts.size else np.zeros_like(spells.begins)

    taught_before, taught_to_end = to(ranks.taught_to, before), to(ranks.taught_to, end)
    return SpellDays(
        taught_to_end - taught_before,
        to(ranks.recorded_to, end) - to(ranks.recorded_to, before),
        taught_before,
        taught_to_end,
        to(ranks.taught_to, -1),
        to(ranks.recorded_to, -1),
    )
