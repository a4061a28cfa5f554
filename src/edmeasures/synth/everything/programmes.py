"""A programme for readers who need it: who needed it, who got a place, which sessions took place, how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ..tables import dates, numbers
from .planted import PlantedValue
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

PROGRAMME = "Reading support"
REACHED, HELD, COMPLETED = 0.80, 0.75, 0.85
NEED_DAY, FIRST_DAY, LAST_DAY = 25, 40, 139
SESSION_DAYS, MINUTES = range(FIRST_DAY, LAST_DAY, 5), 30.0
_DISTRICT = 1


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    rng = roster.stream("programme")
    needing = np.flatnonzero((roster.grade >= 1) & (roster.grade <= 8) & (roster.reading < -0.4))
    needing = needing[roster.there(needing, NEED_DAY) & roster.there(needing, FIRST_DAY)]
    placed = np.sort(rng.permutation(needing)[: int(REACHED * len(needing) + 0.5)])
    sessions, dosage = _sessions(rng, roster, placed)
    places, completion = _places(rng, roster, placed)
    needs = pa.table(
        {
            **roster.who(needing),
            "on": dates(roster.on(needing, NEED_DAY)),
            "programme": pa.array([PROGRAMME] * len(needing), pa.string()),
        }
    )
    reach = PlantedValue(
        "programme_reach", _DISTRICT, REACHED, 0.5 / max(len(needing), 1) + 1e-9, "up to a whole student"
    )
    made = {"programme_needs": needs, "programme_places": places, "programme_sessions": sessions}
    return made, [reach, dosage, *completion]


def _sessions(rng: np.random.Generator, roster: Roster, placed: np.ndarray) -> tuple[pa.Table, PlantedValue]:
    """A session a week for who is there; one in four falls out."""
    parts = [(rows := placed[roster.there(placed, day)], np.full(len(rows), day)) for day in SESSION_DAYS]
    rows, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    held = np.zeros(len(rows), bool)
    held[rng.permutation(len(rows))[: int(HELD * len(rows) + 0.5)]] = True
    table = pa.table(
        {
            **roster.who(rows),
            "programme": pa.array([PROGRAMME] * len(rows), pa.string()),
            "on": dates(roster.on(rows, day)),
            "planned_minutes": numbers(np.full(len(rows), MINUTES)),
            "minutes": numbers(np.where(held, MINUTES, 0.0)),
        }
    )
    tolerance = 0.5 / max(len(rows), 1) + 1e-9
    return table, PlantedValue("programme_dosage", _DISTRICT, HELD, tolerance, "up to a whole session")


def _places(
    rng: np.random.Generator, roster: Roster, placed: np.ndarray
) -> tuple[pa.Table, list[PlantedValue]]:
    """Places end on their last day or with the student's enrolment; before that nothing is decided."""
    ended = roster.there(placed, LAST_DAY)
    completed = np.zeros(len(placed), bool)
    who_ended = np.flatnonzero(ended)
    completed[rng.permutation(who_ended)[: int(COMPLETED * len(who_ended) + 0.5)]] = True
    outcome = np.where(completed, "completed", np.where(ended, "withdrawn", "")).tolist()
    ends = roster.on(placed, np.minimum(LAST_DAY, roster.last[placed])).astype("datetime64[D]")
    ends[~ended] = np.datetime64("NaT")
    table = pa.table(
        {
            **roster.who(placed),
            "programme": pa.array([PROGRAMME] * len(placed), pa.string()),
            "begins_on": dates(roster.on(placed, FIRST_DAY)),
            "ends_on": dates(ends),
            "outcome": pa.array([word or None for word in outcome], pa.string()),
        }
    )
    if not len(who_ended):
        return table, []
    tolerance = 0.5 / len(who_ended) + 1e-9
    note = "of the places that have ended, up to a whole student"
    return table, [PlantedValue("programme_completion", _DISTRICT, COMPLETED, tolerance, note)]
