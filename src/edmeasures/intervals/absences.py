"""Missed shares to absent days, and absent days to absence by student and school. Whole numbers throughout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import pyarrow as pa

from .ranks import DayRanks, Ints, day_numbers
from .spells import Floats, SpellDays, Spells

Counts = TypeVar("Counts", Ints, Floats)


@dataclass(frozen=True, slots=True)
class AbsentDays:
    """One row per spell and recorded day on which something was missed, ascending by both.

    Attributes
    ----------
    spell : ndarray of int
        Place in the spells.
    day : ndarray of int
        Column of the ranks.
    rank : ndarray of int
        The day's place among the recorded days of its calendar.
    units : ndarray of int
        Parts of the day missed, at most the whole day.
    """

    spell: Ints
    day: Ints
    rank: Ints
    units: Ints


def place(missed: Iterable[pa.RecordBatch], spells: Spells, ranks: DayRanks) -> tuple[Ints, Ints]:
    """Where each missed share falls, as one number per spell and day, and its units; only recorded days of membership.

    Parameters
    ----------
    missed : iterable of pyarrow.RecordBatch
        student_id, school_id, day_on, absent_units. One batch at a time is unpacked; what is kept is two numbers a row.
    """
    keys, units = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int32)]
    for batch in missed:
        rows = pa.Table.from_batches([batch])
        on = day_numbers(rows.column("day_on"))
        spell = spells.find(rows.column("student_id"), rows.column("school_id"), on)
        found, at = _recorded(spell, on - ranks.first, spells, ranks)
        keys.append(at)
        units.append(rows.column("absent_units").to_numpy()[found].astype(np.int32))
    return np.concatenate(keys), np.concatenate(units)


def place_sessions(sessions: pa.Table, spells: Spells, ranks: DayRanks) -> tuple[Ints, Ints]:
    """The same from sessions of registers, whose spell is known: spell_id, day_on, absent_units."""
    on = day_numbers(sessions.column("day_on"))
    spell = sessions.column("spell_id").to_numpy().astype(np.int64)
    found, at = _recorded(spell, on - ranks.first, spells, ranks)
    return at, sessions.column("absent_units").to_numpy()[found]


def _recorded(spell: Ints, day: Ints, spells: Spells, ranks: DayRanks) -> tuple[Ints, Ints]:
    """Which rows fall on a recorded day of a spell, and their number of spell and day."""
    if not spells.calendar.size or not ranks.is_taught.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    calendar = spells.calendar[spell]
    inside = (spell >= 0) & (calendar >= 0) & (day >= 0) & (day < ranks.n_days)
    found = np.flatnonzero(inside)
    found = found[ranks.is_recorded[calendar[found], day[found]]]
    return found, (spell[found] << _bits(ranks)) + day[found]


def _bits(ranks: DayRanks) -> int:
    """Binary places that hold a day: shifting is several times faster than dividing."""
    return ranks.n_days.bit_length()


def absent_days(at: Ints, units: Ints, spells: Spells, ranks: DayRanks, day_units: int) -> AbsentDays:
    """Shares of one day add up, at most to the day.

    Parameters
    ----------
    at, units : ndarray of int, shape (n,)
        As `place` gives them, in any order.
    day_units : int
        Units of a whole day.
    """
    # Facts mostly come by student and day: a stable sort of what is nearly sorted costs half of any other.
    order = np.argsort(at, kind="stable")
    at, units = at[order], units[order]
    first = np.flatnonzero(np.diff(at, prepend=-1))
    summed = np.minimum(np.add.reduceat(units, first, dtype=np.int64), day_units) if first.size else units
    spell = at[first] >> _bits(ranks)
    day = at[first] - (spell << _bits(ranks))
    return AbsentDays(spell, day, ranks.recorded_to[spells.calendar[spell], day], summed.astype(np.int64))


@dataclass(frozen=True, slots=True)
class Absence:
    """Absence of each membership in the three ways of counting; zeros where nothing was missed."""

    units: Ints
    full_days: Ints
    sessions: Ints
    weighted: Floats
    daily: Floats


def add_up(absent: AbsentDays, spells: Spells, days: SpellDays, counting: str, day_units: int) -> Absence:
    """Absence by student and school.

    A full day is absent when less than half of it was attended. A session is missed with a quarter of the day, two with
    three quarters.

    Parameters
    ----------
    counting : {"decimal", "full_day", "sessions"}
        In which way `weighted` (times the share of membership) and `daily` (over the calendar's recorded days) count.
    """
    full = 2 * absent.units > day_units
    sessions = (4 * absent.units >= day_units).astype(np.int64) + (4 * absent.units >= 3 * day_units)
    first = np.flatnonzero(np.diff(absent.spell, prepend=-1))
    by_spell = [
        _sums(values, first, absent.spell[first], spells.begins.size)
        for values in (absent.units, full.astype(np.int64), sessions)
    ]
    counted: Floats = {
        "decimal": by_spell[0].astype(np.float64) / day_units,
        "full_day": by_spell[1].astype(np.float64),
        "sessions": by_spell[2].astype(np.float64) / 2,
    }[counting]
    weighted: Floats = spells.share * counted
    daily: Floats = weighted / np.maximum(days.recorded_in_all, 1)
    units_, full_, sessions_ = (sums_of_memberships(values, spells) for values in by_spell)
    return Absence(
        units_, full_, sessions_, sums_of_memberships(weighted, spells), sums_of_memberships(daily, spells)
    )


def _sums(values: Ints, first: Ints, owner: Ints, n: int) -> Ints:
    """Sums of the stretches that begin at `first`. Whole numbers, which `bincount` with weights would make floats."""
    found = np.zeros(n, dtype=np.int64)
    if first.size:
        found[owner] = np.add.reduceat(values, first)
    return found


def sums_of_memberships(values: Counts, spells: Spells) -> Counts:
    """Sums over the spells of each student at each school."""
    return np.add.reduceat(values, spells.starts) if spells.starts.size else values
