"""How many days each calendar taught and recorded up to each date: two look-ups replace a row per student and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_EPOCH = date(1970, 1, 1).toordinal()


def day_numbers(column: pa.ChunkedArray) -> Ints:
    """Dates as days since 1970."""
    return np.asarray(column.cast(pa.int32())).astype(np.int64)


def day_number(on: date) -> int:
    """One date as days since 1970."""
    return on.toordinal() - _EPOCH


@dataclass(frozen=True, slots=True)
class DayRanks:
    """Running counts by calendar and date.

    Attributes
    ----------
    first : int
        Day number of the first column: the day before the calendars begin.
    is_taught, is_recorded : ndarray of bool, shape (calendars, dates)
    taught_to, recorded_to : ndarray of int, shape (calendars, dates)
        Days up to and with the date.
    """

    first: int
    is_taught: Bools
    is_recorded: Bools
    taught_to: Ints
    recorded_to: Ints

    @property
    def n_days(self) -> int:
        return int(self.is_taught.shape[1])


def rank_days(
    n_calendars: int, first: int, n_days: int, taught: pa.Table, submitted: pa.Table, *, assume_recorded: bool
) -> DayRanks:
    """Rank the days of calendars.

    Parameters
    ----------
    n_calendars : int
        Calendars are numbered from 1 in the rows, and stand from 0 in the result.
    first, n_days : int
        Day number of the first date, and how many dates there are.
    taught, submitted : pyarrow.Table
        calendar_key, day_on, in any order, repeated or not; other dates are left aside.
    assume_recorded : bool
        Whether every taught day of a school that sent nothing at all is taken as recorded.
    """

    def marked(rows: pa.Table) -> Bools:
        calendar = rows.column("calendar_key").to_numpy() - 1
        day = day_numbers(rows.column("day_on")) - first
        inside = (day >= 0) & (day < n_days)
        marks = np.zeros((n_calendars, n_days), dtype=bool)
        marks[calendar[inside], day[inside]] = True
        return marks

    is_taught = marked(taught)
    is_recorded = is_taught & marked(submitted)
    if assume_recorded:
        silent = np.ones(n_calendars, dtype=bool)
        silent[submitted.column("calendar_key").to_numpy() - 1] = False
        is_recorded |= is_taught & silent[:, np.newaxis]
    return DayRanks(first, is_taught, is_recorded, is_taught.cumsum(axis=1), is_recorded.cumsum(axis=1))
