"""Traces of engagement: the learning platform, a survey, when work was handed in, removals from lessons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..tables import dates, ids, numbers
from .planted import PlantedValue
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

ACTIVE = 0.60  # of a student's school days, on average
ANSWERED = 0.70  # of the students who were invited, at each school
SURVEY_DAY, FIRST_SURVEY_GRADE = 100, 3
SCALES = ("belonging", "safety")
ITEMS_PER_SCALE, REVERSED = 5, 5  # the last item of the first scale is turned
NOT_APPLICABLE = 0.02


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    platform, active = _platform(roster)
    invited, answers, answered = _survey(roster)
    made = {
        "platform_activity": platform,
        "survey_items": _survey_items(),
        "survey_invitations": invited,
        "survey_answers": answers,
        "removals": _removals(roster, tables["behaviour_incidents"]),
        "coursework_results": _dated_work(roster, tables["coursework_results"], tables["coursework_items"]),
    }
    return made, [active, answered]


def _platform(roster: Roster) -> tuple[pa.Table, PlantedValue]:
    """Days on the platform: careful students more often, ACTIVE of the days on average."""
    rng = roster.stream("platform")
    chance = np.clip(ACTIVE + 0.12 * (roster.diligence - roster.diligence.mean()), 0.05, 0.95)
    number = np.arange(roster.days.shape[1])
    there = (number >= roster.first[:, None]) & (number <= roster.last[:, None])
    row, day = np.nonzero((rng.random(there.shape) < chance[:, None]) & there)
    actions = 1 + rng.poisson(12, len(row))
    table = pa.table(
        {
            **roster.who(row),
            "on": dates(roster.on(row, day)),
            "actions": ids(actions),
            "minutes": numbers(np.rint(actions * 1.5)),
        }
    )
    note = "share of school days with a trace on the platform; movers have none at the school they left"
    return table, PlantedValue("platform_active_share", 1, ACTIVE, 0.03, note)


def _survey_items() -> pa.Table:
    n = len(SCALES) * ITEMS_PER_SCALE
    return pa.table(
        {
            "item_id": ids(np.arange(1, n + 1)),
            "scale": [scale for scale in SCALES for _ in range(ITEMS_PER_SCALE)],
            "lowest": ids(np.ones(n)),
            "highest": ids(np.full(n, 5)),
            "favourable_from": ids(np.full(n, 4)),
            "is_reversed": pa.array(np.arange(1, n + 1) == REVERSED),
        }
    )


def _survey(roster: Roster) -> tuple[pa.Table, pa.Table, PlantedValue]:
    rng = roster.stream("survey")
    rows = np.flatnonzero(roster.grade >= FIRST_SURVEY_GRADE)
    rows = rows[roster.there(rows, SURVEY_DAY)]
    name = f"Student voice {roster.school_year}"
    answers = np.concatenate(
        [
            rng.permutation(here)[: int(ANSWERED * len(here) + 0.5)]
            for here in (rows[roster.place[rows] == k] for k in np.unique(roster.place[rows]))
        ]
        or [rows]
    )
    n = len(SCALES) * ITEMS_PER_SCALE
    latent = 3.6 + 0.5 * roster.diligence[answers, None] + rng.normal(0, 0.8, (len(answers), n))
    value = np.clip(np.rint(latent), 1, 5).astype(np.int64)
    value[:, REVERSED - 1] = 6 - value[:, REVERSED - 1]
    blank = rng.random(value.shape) < NOT_APPLICABLE
    who = np.repeat(answers, n)
    invitations = {**roster.who(rows), "on": dates(roster.on(rows, SURVEY_DAY)), "survey": [name] * len(rows)}
    given = {
        **roster.who(who),
        "on": dates(roster.on(who, SURVEY_DAY)),
        "survey": pa.array([name] * len(who), pa.string()),
        "item_id": ids(np.tile(np.arange(1, n + 1), len(answers))),
        "answer": pa.array(value.ravel(), pa.int64(), mask=blank.ravel()),
    }
    schools = len(np.unique(roster.place[rows]))
    tolerance = 0.5 * schools / max(len(rows), 1) + 1e-9
    planted = PlantedValue(
        "survey_response_rate", 1, ANSWERED, tolerance, "at each school, up to a whole student"
    )
    return pa.table(invitations), pa.table(given), planted


def _removals(roster: Roster, incidents: pa.Table) -> pa.Table:
    """Half of the gravest incidents of this year end with days out of school, a quarter in another room."""
    grave = incidents.filter(
        pc.and_(pc.equal(incidents["severity"], 3), pc.equal(incidents["school_year"], roster.school_year))
    )
    drawn = roster.stream("removals").random(grave.num_rows)
    kept = drawn < 0.75
    kind = np.where(drawn < 0.5, "out_of_school", "in_school")[kept]
    days = np.where(drawn < 0.5, 1 + np.floor(6 * drawn), 1.0)[kept]
    rows = grave.filter(pa.array(kept)).select(["student_id", "school_id", "school_year", "on"])
    return rows.append_column("kind", pa.array(kind.tolist(), pa.string())).append_column(
        "days", numbers(days)
    )


def _dated_work(roster: Roster, results: pa.Table, items: pa.Table) -> pa.Table:
    """The day on which work was handed in: by the due day unless the source calls it late."""
    due = dict(
        zip(items["item_id"].to_pylist(), items["due_on"].to_numpy().astype("datetime64[D]"), strict=True)
    )
    due_on = np.array([due[item] for item in results["item_id"].to_pylist()], "datetime64[D]")
    late = results["is_late"].fill_null(False).to_numpy(zero_copy_only=False)
    rng = roster.stream("handed in")
    day = due_on + np.where(late, 1 + rng.integers(0, 4, len(due_on)), -rng.integers(0, 3, len(due_on)))
    missing = results["is_missing"].fill_null(False).to_numpy(zero_copy_only=False)
    unknown = missing | np.isin(results["status"].to_pylist(), ["exempt"]) | (day > roster.as_of)
    on = pa.array(day, pa.date32(), mask=unknown)
    place = results.schema.get_field_index("score") + 1
    return results.add_column(place, "submitted_on", on)
