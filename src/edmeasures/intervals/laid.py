"""The kernel's tables as the SELECTs read them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from ..methods.streaks import Streaks
from .absences import Absence, AbsentDays, sums_of_memberships
from .ranks import DayRanks, Ints
from .spells import SpellDays, Spells


def _dates(days: Ints) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def _key(calendar: Ints) -> pa.Array:
    return pa.array(calendar + 1, pa.int64(), mask=calendar < 0)


def day_ranks_table(ranks: DayRanks, calendars: pa.Table) -> pa.Table:
    """One row per calendar and date. `calendars` says calendar_key and school_id."""
    key = calendars.column("calendar_key").to_numpy()
    n = ranks.n_days
    by_key = np.argsort(key)
    return pa.table(
        {
            "calendar_key": pa.array(np.repeat(key[by_key], n)),
            "school_id": calendars.column("school_id").take(pa.array(np.repeat(by_key, n))),
            "day_on": _dates(np.tile(np.arange(ranks.first, ranks.first + n), key.size)),
            "is_taught": pa.array(ranks.is_taught.ravel().astype(np.int64)),
            "is_recorded": pa.array(ranks.is_recorded.ravel().astype(np.int64)),
            "taught_to": pa.array(ranks.taught_to.ravel()),
            "recorded_to": pa.array(ranks.recorded_to.ravel()),
        }
    )


def spells_table(spells: Spells, before_first: int) -> pa.Table:
    """One row per stretch of enrolment; `first_day_on` and `last_day_on` are clipped to the calendars' dates, which begin
    the day after `before_first`."""
    return pa.table(
        {
            "spell_id": pa.array(np.arange(spells.begins.size)),
            "membership_id": pa.array(spells.membership),
            "student_id": spells.students.take(pa.array(spells.student)),
            "school_id": spells.schools.take(pa.array(spells.school)),
            "calendar_key": _key(spells.calendar),
            "begins_on": _dates(spells.begins),
            "ends_on": _dates(spells.ends),
            "first_day_on": _dates(np.maximum(spells.begins, before_first + 1)),
            "last_day_on": _dates(np.maximum(spells.ends, before_first)),
        }
    )


def memberships_table(spells: Spells, days: SpellDays) -> pa.Table:
    """One row per student and school: days of membership, and the grade and begin of the latest spell."""
    last, starts = spells.last, spells.starts
    shares = np.divide(
        spells.share * days.recorded,
        days.recorded_in_all,
        out=np.zeros(spells.share.size),
        where=days.recorded_in_all > 0,
    )
    has_days = days.member > 0
    never = np.iinfo(np.int64).max
    if starts.size:
        before = np.minimum.reduceat(np.where(has_days, days.taught_before, never), starts)
        to_end = np.maximum.reduceat(np.where(has_days, days.taught_to_end, -1), starts)
        recorded_in_all = np.maximum.reduceat(days.recorded_in_all, starts)
        taught_in_all = np.maximum.reduceat(days.taught_in_all, starts)
    else:
        before = to_end = recorded_in_all = taught_in_all = np.zeros(0, dtype=np.int64)
    return pa.table(
        {
            "membership_id": pa.array(np.arange(starts.size)),
            "student_id": spells.students.take(pa.array(spells.student[last])),
            "school_id": spells.schools.take(pa.array(spells.school[last])),
            "member_days": pa.array(sums_of_memberships(days.member, spells)),
            "recorded_days": pa.array(sums_of_memberships(days.recorded, spells)),
            "weighted_days": pa.array(sums_of_memberships(spells.share * days.recorded, spells)),
            "daily_membership": pa.array(sums_of_memberships(shares, spells)),
            "recorded_in_all": pa.array(recorded_in_all),
            "taught_in_all": pa.array(taught_in_all),
            "taught_before": pa.array(before, mask=before == never),
            "taught_to_end": pa.array(to_end, mask=to_end == -1),
            "grade_level": spells.grade.take(pa.array(last)),
            "latest_begin_on": _dates(spells.begins[last]),
        }
    )


def absent_days_table(absent: AbsentDays, before_first: int) -> pa.Table:
    """One row per stretch of enrolment and day with something missed."""
    return pa.table(
        {
            "spell_id": pa.array(absent.spell),
            "day_on": _dates(absent.day + before_first),
            "recorded_rank": pa.array(absent.rank),
            "absent_units": pa.array(absent.units),
        }
    )


def absences_table(absence: Absence) -> pa.Table:
    """Absence of each student at each school at which anything was missed, in the three ways of counting."""
    some = np.flatnonzero(absence.units > 0)
    return pa.table(
        {
            "membership_id": pa.array(some),
            "absent_units": pa.array(absence.units[some]),
            "absent_full_days": pa.array(absence.full_days[some]),
            "absent_sessions": pa.array(absence.sessions[some]),
            "weighted_absent": pa.array(absence.weighted[some]),
            "daily_absence": pa.array(absence.daily[some]),
        }
    )


def streaks_table(found: Streaks) -> pa.Table:
    """Runs of full days absent at one school: the longest, the last and where it ends, how many, and their days."""
    return pa.table(
        {
            "membership_id": found.owner,
            "longest": found.longest,
            "last": found.last,
            "last_rank": found.last_rank,
            "runs": found.runs,
            "days": found.days,
        }
    )
