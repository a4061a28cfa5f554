"""Made-up scores of several years in the layouts of the R package SGP, for growth percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa

from .streams import stream

LOWEST, HIGHEST = 300, 700
NOT_TESTED = 0.03  # of the students of a year
STABLE = 0.9  # how much of a score is the student's own, in standard deviations


def score_panel(
    students: int = 3000,
    seed: int = 1,
    *,
    year: int = 2025,
    grades: Sequence[int] = (5, 6, 7),
    subject: str = "READING",
    layout: Literal["long", "wide"] = "long",
) -> pa.Table:
    """Scores of one cohort on its way through the grades.

    Parameters
    ----------
    students : int
        Students of the cohort; a few in a hundred lack the score of a year.
    seed : int
        The same seed gives the same scores.
    year : int
        The newest year, of the last grade.
    grades : sequence of int
        Earliest first.
    subject : str
        CONTENT_AREA of the long layout.
    layout : {"long", "wide"}
        ``VALID_CASE, CONTENT_AREA, YEAR, ID, GRADE, SCALE_SCORE``, or ``ID, GRADE_<year>, SS_<year>`` for each year.

    Returns
    -------
    pyarrow.Table

    Examples
    --------
    >>> score_panel(students=200, seed=3).column_names
    ['VALID_CASE', 'CONTENT_AREA', 'YEAR', 'ID', 'GRADE', 'SCALE_SCORE']
    """
    if students < 2 or not grades:
        raise ValueError(
            f"students is {students}, grades {list(grades)}: ask for two students and a grade at least"
        )
    rng = stream(seed, "score panel")
    own = rng.normal(size=students)
    ids = pa.array([f"{1_000_001 + k}" for k in range(students)], pa.string())
    years = [year - len(grades) + 1 + k for k in range(len(grades))]
    scores, tested = [], []
    for k in range(len(grades)):
        z = STABLE * own + np.sqrt(1 - STABLE**2) * rng.normal(size=students)
        scores.append(np.clip(np.rint(480 + 20 * k + 60 * z), LOWEST, HIGHEST))
        tested.append(rng.random(students) >= NOT_TESTED)
    if layout == "wide":
        columns: dict[str, pa.Array] = {"ID": ids}
        for y, grade, there in zip(years, grades, tested, strict=True):
            columns[f"GRADE_{y}"] = pa.array(np.full(students, grade), pa.int64(), mask=~there)
        for y, score, there in zip(years, scores, tested, strict=True):
            columns[f"SS_{y}"] = pa.array(score, pa.float64(), mask=~there)
        return pa.table(columns)
    parts = [
        pa.table(
            {
                "VALID_CASE": ["VALID_CASE"] * int(there.sum()),
                "CONTENT_AREA": [subject] * int(there.sum()),
                "YEAR": [str(y)] * int(there.sum()),
                "ID": ids.filter(pa.array(there)),
                "GRADE": [str(grade)] * int(there.sum()),
                "SCALE_SCORE": score[there],
            }
        )
        for y, grade, score, there in zip(years, grades, scores, tested, strict=True)
    ]
    return pa.concat_tables(parts)
