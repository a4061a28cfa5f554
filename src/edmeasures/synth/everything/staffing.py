"""Teachers' posts, absences and professional learning, with those who left and those who came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ..streams import stream
from ..tables import dates, ids, numbers
from .planted import PlantedValue
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

STAYED, NEW, VACANT, AWAY = 0.88, 0.12, 0.08, 0.045
QUALIFIED = 0.93
HOURS = 18.0  # of professional learning a year, for every teacher
_SESSION_DAYS = (10, 70, 130)
FIRST_FORMER_STAFF = 900_001
_DISTRICT = 1


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    rng = stream(district.seed, "everything: staff")
    staff = district.staff
    teaching = np.array([role == "teacher" for role in staff.role]) | staff.also_teaches
    teaching &= np.isin(staff.organisation, district.schools.ids)
    number, school = staff.number[teaching], staff.organisation[teaching]
    place = np.searchsorted(district.schools.ids, school)
    assignments, kept = _assignments(rng, roster, number, school)
    absences, away = _absences(rng, roster, number, school, place)
    development, learned = _development(roster, number, school, place)
    positions, vacant = _positions(rng, roster, school)
    made = {
        "staff_assignments": assignments,
        "staff_absences": absences,
        "staff_development": development,
        "staff_positions": positions,
    }
    return made, [*kept, away, *learned, vacant]


def _day(year: int, text: str) -> np.datetime64:
    return np.datetime64(f"{year}-{text}")


def _assignments(
    rng: np.random.Generator, roster: Roster, number: np.ndarray, school: np.ndarray
) -> tuple[pa.Table, list[PlantedValue]]:
    """Of last year's teachers STAYED are still there; who came new fills a part of the gap."""
    n, year = len(number), roster.school_year
    new = np.zeros(n, bool)
    new[rng.permutation(n)[: int(NEW * n + 0.5)]] = True
    stayers = int((~new).sum())
    left = round(stayers / STAYED) - stayers
    experience = np.where(new, rng.integers(0, 2, n), 2 + rng.integers(0, 25, n)).astype(float)
    begins = np.where(new, _day(year - 1, "08-01"), _day(year - 2, "08-01")).astype("datetime64[D]")
    nobody = np.full(n, np.datetime64("NaT"), "datetime64[D]")
    ends = np.concatenate([nobody, np.full(left, _day(year - 1, "07-15"))])
    qualified = np.ones(n + left, bool)
    qualified[rng.permutation(n)[: n - int(QUALIFIED * n + 0.5)]] = False
    where = school[rng.integers(0, n, left)]
    table = pa.table(
        {
            "staff_id": ids(np.concatenate([number, FIRST_FORMER_STAFF + np.arange(left)])),
            "school_id": ids(np.concatenate([school, where])),
            "role": ["teacher"] * (n + left),
            "begins_on": dates(np.concatenate([begins, np.full(left, _day(year - 3, "08-01"))])),
            "ends_on": dates(ends),
            "fte": numbers(np.ones(n + left)),
            "is_qualified": pa.array(qualified),
            "years_experience": numbers(np.concatenate([experience, np.full(left, 5.0)])),
        }
    )
    some = 0.5 / n + 1e-9
    planted = [
        PlantedValue("staff_retention", _DISTRICT, STAYED, 0.5 / stayers + 1e-9, "up to a whole teacher"),
        PlantedValue("qualified_staff", _DISTRICT, QUALIFIED, some, "up to a whole teacher"),
        PlantedValue("novice_staff", _DISTRICT, NEW, some, "who came new has taught for less than two years"),
    ]
    return table, planted


def _absences(
    rng: np.random.Generator, roster: Roster, number: np.ndarray, school: np.ndarray, place: np.ndarray
) -> tuple[pa.Table, PlantedValue]:
    days = roster.days[place]
    row, day = np.nonzero((rng.random(days.shape) < AWAY) & (days <= roster.as_of))
    table = pa.table(
        {
            "staff_id": ids(number[row]),
            "school_id": ids(school[row]),
            "school_year": ids(np.full(len(row), roster.school_year)),
            "on": dates(days[row, day]),
            "absent_share": numbers(np.ones(len(row))),
        }
    )
    teacher_days = max(int((days <= roster.as_of).sum()), 1)
    tolerance = float(4 * np.sqrt(AWAY * (1 - AWAY) / teacher_days))
    return table, PlantedValue("staff_absence_rate", _DISTRICT, AWAY, tolerance, "chance of a day away")


def _development(
    roster: Roster, number: np.ndarray, school: np.ndarray, place: np.ndarray
) -> tuple[pa.Table, list[PlantedValue]]:
    each = HOURS / len(_SESSION_DAYS)
    parts = []
    for day in _SESSION_DAYS:
        on = roster.days[place, day]
        held = on <= roster.as_of
        parts.append(
            pa.table(
                {
                    "staff_id": ids(number[held]),
                    "school_id": ids(school[held]),
                    "school_year": ids(np.full(int(held.sum()), roster.school_year)),
                    "on": dates(on[held]),
                    "hours": numbers(np.full(int(held.sum()), each)),
                }
            )
        )
    whole = bool((roster.days[place, _SESSION_DAYS[-1]] <= roster.as_of).all())
    planted = [PlantedValue("development_hours", _DISTRICT, HOURS, 1e-9, "the same hours for every teacher")]
    return pa.concat_tables(parts), planted if whole else []


def _positions(rng: np.random.Generator, roster: Roster, school: np.ndarray) -> tuple[pa.Table, PlantedValue]:
    n = len(school)
    vacant = max(1, round(n * VACANT / (1 - VACANT)))
    where = np.concatenate([school, school[rng.integers(0, n, vacant)]])
    opened = _day(roster.school_year - 1, "07-01")
    filled = np.full(n + vacant, opened + 31)
    filled[n:] = np.datetime64("NaT")
    table = pa.table(
        {
            "position_id": ids(1 + np.arange(n + vacant)),
            "school_id": ids(where),
            "school_year": ids(np.full(n + vacant, roster.school_year)),
            "fte": numbers(np.ones(n + vacant)),
            "opened_on": dates(np.full(n + vacant, opened)),
            "filled_on": dates(filled),
        }
    )
    value = vacant / (n + vacant)
    return table, PlantedValue("vacancy_rate", _DISTRICT, value, 1e-9, "a whole number of posts")
