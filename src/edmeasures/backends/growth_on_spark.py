"""Growth percentiles where the scores live in a cluster: a cohort is a group, and each group goes to one worker whole.

Nobody is compared across cohorts, so that the same exact regressions as on one machine give the same integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from ..growth import cohort_percentiles, panel_of
from ..growth.cohorts import MINIMUM, years_of
from ..growth.command import table_of
from ..growth.percentiles import CUTS
from .ranges import spark_schema

#: SGP's long layout.
LONG = ("VALID_CASE", "CONTENT_AREA", "YEAR", "ID", "GRADE", "SCALE_SCORE")
_COHORT = "cohort_number"


@dataclass(frozen=True, slots=True)
class Progression:
    """One cohort: its subject, its year, and the grades it came through, earliest first; years where one was left out."""

    subject: str
    year: str
    grades: tuple[str, ...]
    years: tuple[str, ...] = ()

    @property
    def steps(self) -> tuple[str, ...]:
        """The years of its grades."""
        return self.years or tuple(years_of(self.year, self.grades))


def growth_percentiles_on_spark(
    scores: Any,
    progressions: Sequence[Progression],
    *,
    minimum_n: int = MINIMUM,
    cuts: Sequence[int] = CUTS,
) -> Any:
    """Growth percentiles of many cohorts, one task each.

    Parameters
    ----------
    scores : pyspark.sql.DataFrame
        SGP's long layout: VALID_CASE, CONTENT_AREA, YEAR, ID, GRADE, SCALE_SCORE.
    progressions : sequence of Progression
        The cohorts. All scores of a cohort's grades and years must fit into one worker.
    minimum_n, cuts
        As of `edmeasures.growth.cohort_percentiles`.

    Returns
    -------
    pyspark.sql.DataFrame
        CONTENT_AREA, YEAR, GRADE, and per student ID, SGP, SGP_NORM_GROUP, SGP_ORDER, SCALE_SCORE_PRIOR, the cuts and
        NOT_EVALUATED, as the command ``edmeasures sgp`` writes them.
    """
    from pyspark.sql import functions as fn  # noqa: PLC0415 - an extra

    session = scores.sparkSession
    wanted = [
        (number, cohort.subject, year, grade)
        for number, cohort in enumerate(progressions)
        for year in cohort.steps
        for grade in cohort.grades
    ]
    kinds = f"{_COHORT} int, of_subject string, of_year string, of_grade string"
    members = fn.broadcast(session.createDataFrame(wanted, kinds))
    rows = scores.select(
        *(fn.col(c).cast("double" if c == "SCALE_SCORE" else "string").alias(c) for c in LONG)
    )
    rows = rows.join(
        members,
        (members.of_subject == rows.CONTENT_AREA)
        & (members.of_year == rows.YEAR)
        & (members.of_grade == rows.GRADE),
    ).select(_COHORT, *LONG)
    cohorts = tuple(progressions)
    schema = _schema(tuple(cuts))

    def of_cohort(table: pa.Table) -> pa.Table:
        cohort = cohorts[table.column(_COHORT)[0].as_py()]
        found = cohort_percentiles(
            panel_of(table.select(LONG), cohort.subject),
            cohort.year,
            cohort.grades,
            years=cohort.steps,
            minimum_n=minimum_n,
            cuts=cuts,
        )
        made = table_of(found)
        told = {"CONTENT_AREA": cohort.subject, "YEAR": cohort.year, "GRADE": cohort.grades[-1]}
        for i, (name, value) in enumerate(told.items()):
            made = made.add_column(i, name, pa.array([value] * made.num_rows, pa.string()))
        return made.select(schema.names).cast(schema)

    return rows.groupBy(_COHORT).applyInArrow(of_cohort, spark_schema(schema))


def _schema(cuts: tuple[int, ...]) -> pa.Schema:
    told = [(name, pa.string()) for name in ("CONTENT_AREA", "YEAR", "GRADE", "ID")]
    found = [("SGP", pa.int64()), ("SGP_NORM_GROUP", pa.string()), ("SGP_ORDER", pa.int64())]
    found += [("SCALE_SCORE_PRIOR", pa.float64())]
    found += [(f"PERCENTILE_CUT_{percent}", pa.float64()) for percent in cuts]
    return pa.schema([*told, *found, ("NOT_EVALUATED", pa.string())])
