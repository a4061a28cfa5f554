"""The attendance kernel in a run: from the SELECTs it stands on to the tables that SELECTs read (compose.MADE)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol, cast

import numpy as np
import pyarrow as pa

from .compose import Parameter
from .intervals import absences, laid
from .intervals.absences import Absence, AbsentDays
from .intervals.ranks import DayRanks, day_number, rank_days
from .intervals.spells import SpellDays, Spells, count_days, merge
from .methods.streaks import Streaks, streaks

Parameters = Mapping[str, Parameter]


class Source(Protocol):
    """What the kernel asks: of a run, or of one range of its students."""

    n_days: int
    keeps_registers: bool

    def rows(self, name: str, parameters: Parameters) -> pa.Table:
        """The rows of a SELECT."""

    def batches(self, name: str, parameters: Parameters) -> Iterator[pa.RecordBatch]:
        """The same, some at a time."""

    def found(self, name: str, parameters: Parameters) -> Any:
        """What a maker below found under these parameters, made once."""


class SourceOfSelects(Source, Protocol):
    """A run, which an engine may also ask for the SELECTs themselves."""

    def select(self, name: str, parameters: Parameters) -> str:
        """A SELECT to run now: what it reads is kept."""


def _ranks(run: Source, parameters: Parameters) -> DayRanks:
    calendars = run.rows("calendars", parameters).num_rows
    return rank_days(
        calendars,
        day_number(cast(date, parameters["before_first_on"])),
        run.n_days,
        run.rows("taught_days", parameters),
        run.rows("submitted_days", parameters),
        assume_recorded=bool(parameters["assume_recorded"]),
    )


def _spells(run: Source, parameters: Parameters) -> Spells:
    return merge(run.rows("dated_enrolments", parameters))


def _memberships(run: Source, parameters: Parameters) -> SpellDays:
    return count_days(run.found("spells", parameters), run.found("day_ranks", parameters))


def _absent_days(run: Source, parameters: Parameters) -> AbsentDays:
    spells, ranks = run.found("spells", parameters), run.found("day_ranks", parameters)
    at, units = absences.place(run.batches("missed_shares", parameters), spells, ranks)
    if run.keeps_registers:
        missed = run.rows("missed_sessions", parameters)
        more_at, more_units = absences.place_sessions(missed, spells, ranks)
        at, units = np.concatenate([at, more_at]), np.concatenate([units, more_units])
    return absences.absent_days(at, units, spells, ranks, cast(int, parameters["day_units"]))


def _absences(run: Source, parameters: Parameters) -> Absence:
    return absences.add_up(
        run.found("absent_days", parameters),
        run.found("spells", parameters),
        run.found("memberships", parameters),
        cast(str, parameters["counting"]),
        cast(int, parameters["day_units"]),
    )


def _streaks(run: Source, parameters: Parameters) -> Streaks:
    absent, spells = run.found("absent_days", parameters), run.found("spells", parameters)
    whole = 2 * absent.units > parameters["day_units"]
    return streaks(spells.membership[absent.spell[whole]], absent.rank[whole])


#: What each table of the kernel holds, before it is laid out in columns.
MAKERS: Mapping[str, Callable[[Source, Parameters], Any]] = {
    "day_ranks": _ranks,
    "spells": _spells,
    "memberships": _memberships,
    "absent_days": _absent_days,
    "absences": _absences,
    "streaks": _streaks,
}


def table(run: Source, name: str, parameters: Parameters) -> pa.Table:
    """A table of the kernel as the SELECTs read it."""
    found = run.found(name, parameters)
    first = day_number(cast(date, parameters["before_first_on"]))
    match name:
        case "day_ranks":
            return laid.day_ranks_table(found, run.rows("calendars", parameters))
        case "spells":
            return laid.spells_table(found, first)
        case "memberships":
            return laid.memberships_table(run.found("spells", parameters), found)
        case "absent_days":
            return laid.absent_days_table(found, first)
        case "absences":
            return laid.absences_table(found)
        case "streaks":
            return laid.streaks_table(found)
    raise KeyError(f"The kernel makes no table {name!r}.")
