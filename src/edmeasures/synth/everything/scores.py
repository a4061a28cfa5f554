"""Scores read more closely: ranks and norms, cuts, standards, the items of a test, and progress week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from scipy.special import ndtr, ndtri

from ..assessments import ASSESSMENTS, SCREENER, STATE, Assessment
from ..schools import GRADE_CODES
from ..tables import dates, ids, numbers
from .planted import PlantedValue, with_column, with_rows
from .roster import Roster

if TYPE_CHECKING:
    from ..district import District

ITEM_TEST, PROGRESS = 9001, 9101
ITEMS, BIASED_ITEM, BIAS = 20, 7, 0.9  # a log odds ratio, against girls
LEFT_OUT = 0.03
GAIN_PER_WEEK, PROBES = 1.2, 10
STANDARDS, EVIDENCE_POINTS = 4, 5
_NORM_PERCENTILES = (10, 25, 50, 75, 90)
_SEASONS = {"fall": ("08-01", "11-15"), "winter": ("11-16", "02-28"), "spring": ("03-01", "06-30")}


def make(
    district: District, roster: Roster, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], list[PlantedValue]]:
    """Tables of this part, and what was planted in them."""
    items, biased = _items(district, roster)
    probes, gained = _probes(roster)
    results = with_column(
        tables["assessment_results"], "percentile_rank", _ranks(tables["assessment_results"])
    )
    made = {
        "assessments": with_rows(
            tables["assessments"],
            assessment_id=[ITEM_TEST, PROGRESS],
            code=["NUM-CHECK", "PROG-READ"],
            title=["District numeracy check", "Reading aloud, words a minute"],
            subject=["Mathematics", "English language arts"],
            family=["Numeracy check", "Progress measure"],
            is_accountability=[False, False],
            scale_min=[0.0, 0.0],
            scale_max=[float(ITEMS), 300.0],
        ),
        "assessment_results": pa.concat_tables([results, probes], promote_options="default"),
        "assessment_cuts": _cuts(),
        "published_norms": _norms(),
        "norm_points": _norm_points(roster.school_year),
        "standard_results": _standards(roster),
        "item_responses": items,
        "student_characteristics": _with_sex(district, tables["student_characteristics"]),
    }
    return made, [biased, gained]


def _of(family: str) -> list[Assessment]:
    return [test for test in ASSESSMENTS.values() if test.sitting.family == family]


def _ranks(results: pa.Table) -> pa.Array:
    """The screener's percentile ranks in its own norm."""
    size = max(test.number for test in ASSESSMENTS.values()) + 1
    mean, sd = np.full(size, np.nan), np.full(size, np.nan)
    for test in _of(SCREENER):
        mean[test.number], sd[test.number] = test.mean, test.sd
    number = results["assessment_id"].to_numpy()
    score = results["score"].to_numpy(zero_copy_only=False).astype(float)
    rank = np.clip(np.floor(100 * ndtr((score - mean[number]) / sd[number]) + 0.5), 1, 99)
    known = ~np.isnan(rank)
    return pa.array(np.where(known, rank, 0).astype(np.int64), pa.int64(), mask=~known)


def _cuts() -> pa.Table:
    rows = [(t.number, GRADE_CODES[t.grade], k, cut) for t in _of(STATE) for k, cut in enumerate(t.cuts, 2)]
    number, grade, level, lower = zip(*rows, strict=True)
    return pa.table({"assessment_id": number, "grade_level": grade, "level": level, "lower": lower})


def _norms() -> pa.Table:
    tests = _of(SCREENER)
    return pa.table(
        {
            "assessment_id": [t.number for t in tests],
            "grade_level": [GRADE_CODES[t.grade] for t in tests],
            "mean": [float(t.mean) for t in tests],
            "sd": [float(t.sd) for t in tests],
        }
    )


def _norm_points(year: int) -> pa.Table:
    rows = []
    for test in _of(SCREENER):
        season = test.sitting.window
        begins, ends = _SEASONS[season]
        first = f"{year if season == 'spring' else year - 1}-{begins}"
        last = f"{year - 1 if season == 'fall' else year}-{ends}"
        for percent in _NORM_PERCENTILES:
            score = float(np.rint(test.mean + test.sd * ndtri(percent / 100)))
            rows.append((test.number, GRADE_CODES[test.grade], season, first, last, percent, score))
    number, grade, seasons, firsts, lasts, percentile, scores = zip(*rows, strict=True)
    return pa.table(
        {
            "assessment_id": number,
            "grade_level": grade,
            "season": seasons,
            "first_on": dates(np.array(firsts, "datetime64[D]")),
            "last_on": dates(np.array(lasts, "datetime64[D]")),
            "percentile": percentile,
            "score": scores,
        }
    )


def _standards(roster: Roster) -> pa.Table:
    """Two pieces of evidence on each standard of mathematics, grades 3 to 8; the second goes a little better."""
    rng = roster.stream("standards")
    parts = []
    for standard in range(STANDARDS):
        for again, day in enumerate((35 + 20 * standard, 75 + 20 * standard)):
            rows = np.flatnonzero((roster.grade >= 3) & (roster.grade <= 8))
            rows = rows[roster.there(rows, day)]
            chance = 1 / (1 + np.exp(-(0.9 + 0.5 * again + roster.maths[rows])))
            points = rng.binomial(EVIDENCE_POINTS, chance)
            parts.append(
                pa.table(
                    {
                        **roster.who(rows),
                        "on": dates(roster.on(rows, day)),
                        "standard_id": ids(np.full(len(rows), 501 + standard)),
                        "points": ids(points),
                        "points_possible": ids(np.full(len(rows), EVIDENCE_POINTS)),
                    }
                )
            )
    return pa.concat_tables(parts)


def _items(district: District, roster: Roster) -> tuple[pa.Table, PlantedValue]:
    """A test of one ability (Rasch), grades 3 to 12; one item is harder for girls than their ability says."""
    rng, day = roster.stream("items"), 60
    rows = np.flatnonzero(roster.grade >= 3)
    rows = rows[roster.there(rows, day)]
    n = len(rows)
    girl = district.students.sex[roster.index[rows]] == 0
    difficulty = np.linspace(-1.6, 1.6, ITEMS)
    logit = roster.maths[rows, None] - difficulty
    logit[girl, BIASED_ITEM - 1] -= BIAS
    right = (rng.random((n, ITEMS)) < 1 / (1 + np.exp(-logit))).astype(float)
    right[rng.random((n, ITEMS)) < LEFT_OUT] = np.nan
    who = np.repeat(rows, ITEMS)
    table = pa.table(
        {
            **roster.who(who),
            "on": dates(roster.on(who, day)),
            "assessment_id": ids(np.full(len(who), ITEM_TEST)),
            "item_id": ids(np.tile(9_001_000 + np.arange(1, ITEMS + 1), n)),
            "points": numbers(right.ravel()),
            "points_possible": numbers(np.ones(len(who))),
        }
    )
    # Three standard errors of a logarithm of odds in two equal groups, as deltas of the Educational Testing Service.
    tolerance = 3 * 2.35 * 4.2 / np.sqrt(max(n, 1))
    note = (
        f"item {BIASED_ITEM} of the numeracy check: log odds ratio {BIAS} against girls, delta -2.35 times it"
    )
    planted = PlantedValue("item_dif", 1, -2.35 * BIAS, float(tolerance), note, item=9_001_000 + BIASED_ITEM)
    return table, planted


def _probes(roster: Roster) -> tuple[pa.Table, PlantedValue]:
    """Weak readers of grades 1 to 8 read aloud every other week, and gain the same on average."""
    rng = roster.stream("progress")
    rows = np.flatnonzero((roster.grade >= 1) & (roster.grade <= 8) & (roster.reading < -0.5))
    rows = rows[roster.there(rows, 30) & roster.there(rows, 30 + 10 * (PROBES - 1))]
    start, error = (
        40 + 10 * roster.grade[rows] + rng.normal(0, 8, len(rows)),
        rng.normal(0, 4, (PROBES, len(rows))),
    )
    slope = GAIN_PER_WEEK + rng.normal(0, 0.3, len(rows))
    first = roster.on(rows, 30)
    parts = []
    for k in range(PROBES):
        on = roster.on(rows, 30 + 10 * k)
        weeks = (on - first).astype(np.int64) / 7
        score = np.maximum(np.rint(start + slope * weeks + error[k]), 0)
        parts.append(
            pa.table(
                {
                    **roster.who(rows),
                    "assessment_id": ids(np.full(len(rows), PROGRESS)),
                    "on": dates(on),
                    "grade_level": pa.array([GRADE_CODES[g] for g in roster.grade[rows]], pa.string()),
                    "status": pa.array(["scored"] * len(rows), pa.string()),
                    "score": numbers(score),
                }
            )
        )
    # A slope varies by 0.3 from child to child and by 0.24 from the error of ten probes.
    tolerance = float(3 * np.hypot(0.3, 0.24) / np.sqrt(max(len(rows), 1)))
    note = "words a minute that weak readers gain in a week"
    return pa.concat_tables(parts), PlantedValue("rate_of_improvement", 1, GAIN_PER_WEEK, tolerance, note)


def _with_sex(district: District, table: pa.Table) -> pa.Table:
    """Sex as a characteristic, which differential functioning is asked by."""
    students = district.students
    value = np.array(["F", "M", "X"])[students.sex]
    return with_rows(
        table,
        student_id=students.ids,
        characteristic=["sex"] * len(students),
        value=value.tolist(),
    )
