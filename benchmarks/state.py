"""A state's attendance for the scale benchmark: a million students, 180 days, as daily rows and as absences alone.

    python -m benchmarks.state --students 1000000 FOLDER

Written a range of students at a time, sorted by student, one Parquet file per range, as an export by district would be.
Eight per cent of the student-days are absences, a sixth of them in part; four per cent of the students change school.
The two layouts say the same: FOLDER/daily holds a row per student and day, FOLDER/events only what was missed.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

SCHOOL_YEAR = 2026
STUDENTS_PER_SCHOOL = 500
SCHOOLS_PER_DISTRICT = 20
DAYS = 180
RANGE = 50_000
ABSENT, PARTLY, MOVERS = 0.08, 1 / 6, 0.04
_CATEGORIES = ("excused", "unexcused", "present")
_DISTRICTS_FROM, _STATE = 900_000, 999_999


def school_days() -> npt.NDArray[np.datetime64]:
    """180 weekdays from the first of September."""
    days = np.arange(np.datetime64("2025-09-01"), np.datetime64("2026-08-01"))
    return days[np.is_busday(days)][:DAYS]


def as_of() -> date:
    """The last of them."""
    last: date = school_days()[-1].astype(object)
    return last


def write(folder: Path, students: int, seed: int = 7) -> None:
    """Both layouts; the small tables stand in both."""
    schools = max(students // STUDENTS_PER_SCHOOL, 2)
    for layout in ("daily", "events"):
        for name in ("attendance_events", "enrolments"):
            (folder / layout / name).mkdir(parents=True, exist_ok=True)
        _write_schools(folder / layout, schools)
    for number, first in enumerate(range(0, students, RANGE)):
        _write_range(folder, number, first, min(RANGE, students - first), schools, seed)


def _write_schools(folder: Path, schools: int) -> None:
    districts = -(-schools // SCHOOLS_PER_DISTRICT)
    ids = np.concatenate([[_STATE], _DISTRICTS_FROM + np.arange(districts), 1 + np.arange(schools)])
    above = [
        None,
        *[_STATE] * districts,
        *(_DISTRICTS_FROM + np.arange(schools) // SCHOOLS_PER_DISTRICT).tolist(),
    ]
    kinds = ["state", *["district"] * districts, *["school"] * schools]
    tree = {"organisation_id": ids, "kind": kinds, "parent_id": pa.array(above, pa.int64())}
    pq.write_table(pa.table(tree), folder / "organisations.parquet")
    days = school_days()
    sent = {
        "school_id": np.repeat(1 + np.arange(schools), DAYS),
        "school_year": np.full(schools * DAYS, SCHOOL_YEAR),
        "on": pa.array(np.tile(days, schools), pa.date32()),
    }
    pq.write_table(pa.table(sent), folder / "attendance_submissions.parquet")
    taught = pa.table(sent | {"is_instructional": np.ones(schools * DAYS, dtype=bool)})
    pq.write_table(taught, folder / "calendar_days.parquet")


def _write_range(folder: Path, number: int, first: int, n: int, schools: int, seed: int) -> None:
    rng = np.random.default_rng([seed, number])
    student = 1_000_000 + first + np.arange(n)
    home = 1 + (first + np.arange(n)) // STUDENTS_PER_SCHOOL % schools
    moved_at = np.where(rng.random(n) < MOVERS, rng.integers(20, DAYS - 20, n), DAYS)
    away = 1 + home % schools
    enrolled = _enrolments(student, home, away, moved_at, rng)
    # Days of one student follow each other: absence is drawn per student, from a skewed propensity.
    chance = ABSENT * rng.gamma(1.5, 1 / 1.5, n)
    missed = rng.random((n, DAYS)) < chance[:, np.newaxis]
    partly = rng.random((n, DAYS)) < PARTLY
    share = np.where(missed, np.where(partly, 0.5, 1.0), 0.0).ravel()
    school = np.where(
        np.arange(DAYS) < moved_at[:, np.newaxis], home[:, np.newaxis], away[:, np.newaxis]
    ).ravel()
    kind = np.where(missed, rng.random((n, DAYS)) < 0.4, 2).astype(np.int8).ravel()
    daily = pa.table(
        {
            "student_id": np.repeat(student, DAYS),
            "school_id": school,
            "school_year": np.full(n * DAYS, SCHOOL_YEAR, dtype=np.int16),
            "on": pa.array(np.tile(school_days(), n), pa.date32()),
            "category": pa.DictionaryArray.from_arrays(pa.array(kind), pa.array(_CATEGORIES)),
            "absent_share": share,
        }
    )
    name = f"{number:04d}.parquet"
    for layout, rows in (("daily", daily), ("events", daily.filter(pa.array(missed.ravel())))):
        pq.write_table(rows, folder / layout / "attendance_events" / name, compression="zstd")
        pq.write_table(enrolled, folder / layout / "enrolments" / name)


def _enrolments(
    student: npt.NDArray[np.int64],
    home: npt.NDArray[np.int64],
    away: npt.NDArray[np.int64],
    moved_at: npt.NDArray[np.int64],
    rng: np.random.Generator,
) -> pa.Table:
    days = school_days()
    moves = moved_at < DAYS
    grade = np.char.zfill(rng.integers(1, 13, student.size).astype(str), 2)
    last = np.full(student.size, np.datetime64("NaT", "D"))
    last[moves] = days[moved_at[moves] - 1]
    entry = np.concatenate([np.full(student.size, days[0]), days[moved_at[moves]]])
    rows = pa.table(
        {
            "student_id": np.concatenate([student, student[moves]]),
            "school_id": np.concatenate([home, away[moves]]),
            "school_year": np.full(entry.size, SCHOOL_YEAR),
            "grade_level": np.concatenate([grade, grade[moves]]),
            "entry_on": pa.array(entry, pa.date32()),
            "exit_on": pa.array(
                np.concatenate([last, np.full(moves.sum(), np.datetime64("NaT", "D"))]), pa.date32()
            ),
        }
    )
    return rows.sort_by([("student_id", "ascending"), ("entry_on", "ascending")])


def main() -> None:
    """Write the state."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=1_000_000)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    write(asked.folder, asked.students)


if __name__ == "__main__":
    main()
