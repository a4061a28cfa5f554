"""Reads what associations are computed from, as the worker: published student values, latest scores, who is enrolled."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from django.db import connection

from crescendo.indicators import queries as indicators
from crescendo.indicators.connections import arrow_transaction
from crescendo.indicators.models import MeasurementRun

from .associations import Array, Ints, Scores, standardised
from .rules import DRIVERS, MOST_SUBJECTS, TESTED_BY

_TESTS = """
SELECT a.id, coalesce(nullif(a.subject, ''), a.title), a.family, count(*), max(r."on")
FROM records_assessmentresult r JOIN records_assessment a ON a.id = r.assessment_id
WHERE r.school_year = %s AND r.score IS NOT NULL AND r."on" <= %s
GROUP BY a.id ORDER BY a.id
"""
_LATEST = """
SELECT DISTINCT ON (student_id) student_id, assessment_id, score FROM records_assessmentresult
WHERE school_year = {year} AND score IS NOT NULL AND "on" <= DATE '{as_of}' AND assessment_id IN ({tests})
ORDER BY student_id, "on" DESC, score DESC
"""
_VALUES = """
SELECT student_id, school_id, indicator, flag, value FROM indicators_studentvalue
WHERE run_id = {run} AND school_id IS NOT NULL AND value IS NOT NULL AND ({wanted})
ORDER BY indicator, student_id, school_id
"""
_ENROLLED = """
SELECT DISTINCT ON (student_id) student_id, school_id FROM roster_enrolment
WHERE school_year = {year} AND entry_on <= DATE '{as_of}' AND (exit_on IS NULL OR exit_on >= DATE '{as_of}')
AND (ended_on IS NULL OR ended_on > DATE '{as_of}') ORDER BY student_id, is_primary DESC, entry_on DESC, id
"""


@dataclass(frozen=True)
class Facts:
    """Everything associations of one run need, as arrays."""

    student: Ints
    school: Ints
    values: dict[str, dict[str, np.ndarray]]
    scores: list[Scores]


def read(run: MeasurementRun) -> Facts:
    """The enrolled of the run's day, their values of every driver, their latest scores of every widely tested subject."""
    known = {"run": int(run.pk), "year": int(run.school_year), "as_of": run.as_of.isoformat()}
    with arrow_transaction(read_only=True) as cursor:

        def table(sql: str, **more: object) -> pa.Table:
            cursor.execute(sql.format(**known, **more))
            return cursor.fetch_arrow_table()

        enrolled = table(_ENROLLED)
        values = table(_VALUES, wanted=_wanted())
        student = _ints(enrolled, "student_id")
        scores = []
        for subject, family, tests in _subjects(run, student.size):
            found = table(_LATEST, tests=", ".join(str(int(test)) for test in tests))
            scores.append(
                standardised(
                    subject,
                    family,
                    _ints(found, "student_id"),
                    _ints(found, "assessment_id"),
                    _floats(found, "score"),
                )
            )
    return Facts(student, _ints(enrolled, "school_id"), _by_driver(values), scores)


def _wanted() -> str:
    """Each driver by the counting rules shown first, from as many days, pieces or checks as it needs."""
    packs = indicators.first_packs(driver.code for driver in DRIVERS)
    return " OR ".join(
        f"(indicator = '{driver.code}' AND rule_pack = '{packs[driver.code]}'"
        + (f" AND denominator >= {driver.fewest})" if driver.fewest else ")")
        for driver in DRIVERS
    )


def _subjects(run: MeasurementRun, enrolled: int) -> list[tuple[str, str, list[int]]]:
    """The subjects that half of the enrolled or more were tested in, each with one kind of test.

    Of several kinds of test the one that most students have is taken, of equals the latest: decided by how many were
    tested, never by what comes out.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TESTS, [run.school_year, run.as_of])
        rows = cursor.fetchall()
    kinds: dict[tuple[str, str], list[tuple]] = defaultdict(list)
    for test, subject, family, count, last in rows:
        kinds[subject, family].append((test, count, last))
    reach = _reach(run, kinds)
    best: dict[str, str] = {}
    for subject, family in sorted(kinds):
        last = max(row[2] for row in kinds[subject, family])
        known = best.get(subject)
        if known is None or (reach[subject, family], last) > (
            reach[subject, known],
            max(row[2] for row in kinds[subject, known]),
        ):
            best[subject] = family
    wide = [s for s in best if reach[s, best[s]] >= TESTED_BY * enrolled]
    wide.sort(key=lambda s: (-reach[s, best[s]], s))
    return [
        (subject, best[subject], [row[0] for row in kinds[subject, best[subject]]])
        for subject in wide[:MOST_SUBJECTS]
    ]


def _reach(run: MeasurementRun, kinds: dict[tuple[str, str], list[tuple]]) -> dict[tuple[str, str], int]:
    """How many students have a score of each kind of test."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(nullif(a.subject, ''), a.title), a.family, count(DISTINCT r.student_id) "
            "FROM records_assessmentresult r JOIN records_assessment a ON a.id = r.assessment_id "
            'WHERE r.school_year = %s AND r.score IS NOT NULL AND r."on" <= %s GROUP BY 1, 2',
            [run.school_year, run.as_of],
        )
        found = {(subject, family): n for subject, family, n in cursor.fetchall()}
    return {kind: found.get(kind, 0) for kind in kinds}


def _by_driver(values: pa.Table) -> dict[str, dict[str, np.ndarray]]:
    codes = values["indicator"].to_numpy(zero_copy_only=False)
    student, school = _ints(values, "student_id"), _ints(values, "school_id")
    value, flag = _floats(values, "value"), values["flag"].fill_null(False).to_numpy(zero_copy_only=False)
    found = {}
    for driver in DRIVERS:
        here = codes == driver.code
        chosen = flag[here].astype(np.float64) if driver.is_yes_or_no else value[here]
        found[driver.code] = {"student": student[here], "school": school[here], "value": chosen}
    return found


def _ints(table: pa.Table, column: str) -> Ints:
    return table[column].to_numpy().astype(np.int64)


def _floats(table: pa.Table, column: str) -> Array:
    return table[column].to_numpy(zero_copy_only=False).astype(np.float64)
