"""Growth between last year's state test and this year's: percentiles, targets, changes of level, school estimates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.special import ndtr

from ..assessments import ASSESSMENTS, STATE, Assessment
from ..cast_members import FIRST_MIDDLE_ID
from ..classes import ELA, MATHS, SUBJECTS
from ..tables import ids, numbers
from .planted import PlantedValue
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

YEAR_TO_YEAR = 0.8  # correlation of the state test with last year's
FASTER = 0.35  # standard deviations of growth by which students of one school outgrow the others
YEARS_LEFT = 3
_SPREAD = np.sqrt(1 - YEAR_TO_YEAR**2)
#: What a change of level is worth: staying earns 100 points a level above the first, a step is worth 50.
POINTS = np.array([[0, 50, 100, 150], [0, 100, 150, 200], [0, 50, 150, 200], [0, 0, 100, 200]])


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    pairs = [
        pair for subject in (ELA, MATHS) for pair in _pairs(roster, tables["assessment_results"], subject)
    ]
    percentiles, targets, levels, estimates, ours = [], [], [], [], 0
    for pair in pairs:
        percentiles.append(pair.percentiles())
        targets.append(pair.targets())
        levels.append(pair.levels())
        ours += int((roster.school[pair.rows] == FIRST_MIDDLE_ID).sum())
    for subject in (ELA, MATHS):
        estimates += _estimates([p for p in pairs if p.test.sitting.subject == subject])
    if not pairs:  # in autumn nobody has sat this year's state test
        return {}, []
    made = {
        "growth_percentiles": pa.concat_tables(percentiles),
        "growth_targets": pa.concat_tables(targets),
        "level_changes": pa.concat_tables(levels),
        "value_table": pa.table(
            {
                "prior_level": ids(np.repeat(np.arange(1, 5), 4)),
                "level": ids(np.tile(np.arange(1, 5), 4)),
                "points": ids(POINTS.ravel()),
            }
        ),
        "growth_estimates": pa.Table.from_pylist(estimates),
    }
    if not ours:
        return made, []
    # The mean of Phi over a normal shifted by FASTER; percentiles are cut to whole numbers, half a point below.
    mean = 100 * float(ndtr(FASTER / np.sqrt(2))) - 0.5
    tolerance = float(3 * 28 / np.sqrt(ours))
    note = f"students of school {FIRST_MIDDLE_ID} grew {FASTER} standard deviations more than elsewhere"
    return made, [PlantedValue("mean_growth_percentile", FIRST_MIDDLE_ID, mean, tolerance, note)]


@dataclass(frozen=True)
class _Pair:
    """This year's and last year's score of one test's students, in SDs of the test."""

    roster: Roster
    test: Assessment
    rows: np.ndarray
    score: np.ndarray
    prior: np.ndarray  # SDs
    growth: np.ndarray  # SDs of what cannot be foreseen from last year

    @property
    def cuts(self) -> np.ndarray:
        """Lowest scores of levels 2 to 4 this year; last year's lie as far below as the scale has risen."""
        return np.array(self.test.cuts)

    def _subject(self) -> dict[str, pa.Array]:
        subject = pa.array([SUBJECTS[self.test.sitting.subject]] * len(self.rows), pa.string())
        return {**self.roster.who(self.rows), "subject": subject}

    def percentiles(self) -> pa.Table:
        proficient = (self.cuts[1] - self.test.mean) / self.test.sd
        target = np.where(
            self.prior < proficient, self.prior + (proficient - self.prior) / YEARS_LEFT, proficient
        )
        needed = ndtr((target - YEAR_TO_YEAR * self.prior) / _SPREAD)
        return pa.table(
            {
                **self._subject(),
                "sgp": ids(np.clip(np.floor(100 * ndtr(self.growth)), 1, 99)),
                "adequate_sgp": ids(np.clip(np.ceil(100 * needed), 1, 99)),
            }
        )

    def targets(self) -> pa.Table:
        return pa.table(
            {
                **self._subject(),
                "baseline": numbers(np.rint(self.test.mean - 17 + self.test.sd * self.prior)),
                "cut": numbers(np.full(len(self.rows), self.cuts[1])),
                "years_left": ids(np.full(len(self.rows), YEARS_LEFT)),
                "score": numbers(self.score),
            }
        )

    def levels(self) -> pa.Table:
        before = self.test.mean + self.test.sd * self.prior
        return pa.table(
            {
                **self._subject(),
                "prior_level": ids(1 + (before[:, None] >= self.cuts).sum(axis=1)),
                "level": ids(1 + (self.score[:, None] >= self.cuts).sum(axis=1)),
            }
        )


def _pairs(roster: Roster, results: pa.Table, subject: int) -> list[_Pair]:
    """Students of grades 4 to 8 with a score on the state test at the school they are in now."""
    tests = [
        t for t in ASSESSMENTS.values()
        if t.sitting.family == STATE and t.sitting.subject == subject and 4 <= t.grade <= 8
    ]  # fmt: skip
    place = {student: row for row, student in enumerate(roster.student.tolist())}
    found = []
    for test in tests:
        kept = pc.and_(
            pc.equal(results["school_year"], roster.school_year),
            pc.equal(results["assessment_id"], test.number),
        )
        scored = results.filter(pc.and_(kept, pc.is_valid(results["score"])))
        rows = np.array([place.get(student, -1) for student in scored["student_id"].to_pylist()], np.int64)
        here = (rows >= 0) & (scored["school_id"].to_numpy() == roster.school[rows])
        rows, score = rows[here], scored["score"].to_numpy()[here]
        if len(rows) > 1 and score.std() > 0:
            found.append(_pair(roster, test, rows, score))
    return found


def _pair(roster: Roster, test: Assessment, rows: np.ndarray, score: np.ndarray) -> _Pair:
    rng = roster.stream(f"last year's {test.code}")
    now = (score - score.mean()) / score.std()
    prior = YEAR_TO_YEAR * now + _SPREAD * rng.normal(size=len(rows))
    growth = (now - YEAR_TO_YEAR * prior) / _SPREAD
    faster = np.where(roster.school[rows] == FIRST_MIDDLE_ID, FASTER, 0.0)
    # Faster growth to the same score means that last year's lay lower.
    return _Pair(roster, test, rows, score, prior - faster * _SPREAD / YEAR_TO_YEAR, growth + faster)


def _estimates(pairs: list[_Pair]) -> list[dict[str, object]]:
    """Each school's mean growth in scale points, with the standard error of a mean."""
    if not pairs:
        return []
    roster = pairs[0].roster
    growth = np.concatenate([p.growth * _SPREAD * p.test.sd for p in pairs])
    school = np.concatenate([roster.school[p.rows] for p in pairs])
    sd = float(growth.std())
    return [
        {
            "school_id": int(one),
            "school_year": roster.school_year,
            "subject": SUBJECTS[pairs[0].test.sitting.subject],
            "estimate": float(growth[school == one].mean()),
            "standard_error": sd / float(np.sqrt((school == one).sum())),
            "model": "mean residual on last year's score, made up",
        }
        for one in np.unique(school)
        if (school == one).sum() >= 5
    ]
