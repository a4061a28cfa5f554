"""The catalogue against pandas, and against reading its columns once. CPU seconds, one thread, tables in memory.

    python -m benchmarks.catalogue [--students 20000] [--seed 4]

Three times are taken: reading every column that the indicators read (what no measure can undercut); `evaluate`; and what
an analyst writes in pandas for six of them, students' values alone. The values are compared: a run in which
a student's value differs ends with exit code 1. `evaluate` does more than the pandas code: it checks the tables, and answers for
every organisation, by grade level and week, with intervals and reasons.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from edmeasures import catalog, evaluate, synth
from edmeasures.backends.duckdb import Duck
from edmeasures.tables import TABLES

from .attendance_explosion import peak_megabytes

#: Rows are added in another order in pandas: the last bits of a double may differ.
TOLERANCE = 1e-12
Frames = Mapping[str, pd.DataFrame]
_GRADED = ("submitted", "partially graded", "fully graded")


def _days(frames: Frames, as_of: pd.Timestamp) -> pd.DataFrame:
    """A row per student and day of membership on which the school sent attendance: the plain way."""
    enrolled = frames["enrolments"].assign(exit_on=lambda f: f["exit_on"].fillna(as_of))
    taught = frames["calendar_days"].query("is_instructional and on <= @as_of")
    taught = taught.merge(frames["attendance_submissions"][["school_id", "on"]].drop_duplicates())
    days = enrolled[["student_id", "school_id", "entry_on", "exit_on"]].merge(
        taught[["school_id", "on"]], on="school_id"
    )
    days = days[(days["on"] >= days["entry_on"]) & (days["on"] <= days["exit_on"])]
    days = days[["student_id", "school_id", "on"]].drop_duplicates()
    events = frames["attendance_events"]
    events = events[events["category"].isin(["excused", "unexcused", "other"])]
    missed = events.groupby(["student_id", "school_id", "on"], as_index=False)["absent_share"].sum()
    days = days.merge(missed, on=["student_id", "school_id", "on"], how="left")
    return days.assign(absent=lambda f: (f["absent_share"].fillna(0) > 0.5).astype("int64"))


def attendance_rate(frames: Frames, as_of: pd.Timestamp) -> pd.Series:
    days = _days(frames, as_of).groupby("student_id")["absent"]
    return 1 - days.sum() / days.size()


def class_participation(frames: Frames, as_of: pd.Timestamp) -> pd.Series:
    checks = _enrolled(frames, frames["participation_checks"].query("on <= @as_of"), as_of)
    return checks.groupby("student_id")["took_part"].mean()


def activity_participation(frames: Frames, as_of: pd.Timestamp) -> pd.Series:
    events = _enrolled(frames, frames["activity_events"].query("on <= @as_of"), as_of)
    return events.groupby("student_id").size()


def _due(frames: Frames, as_of: pd.Timestamp) -> pd.DataFrame:
    items = frames["coursework_items"].query("due_on <= @as_of")[["item_id"]]
    due = frames["coursework_results"].merge(items, on="item_id")
    due = due[due["status"].isin([*_GRADED, "not submitted"])]
    due = _enrolled(frames, due, as_of)
    given = due["status"].isin(_GRADED) & ~due["is_missing"].fillna(False).astype(bool)
    whole = given & ~due["is_incomplete"].fillna(False).astype(bool)
    return due.assign(given=given, handed_in=whole)


def coursework_completion(frames: Frames, as_of: pd.Timestamp) -> pd.Series:
    return _due(frames, as_of).groupby("student_id")["handed_in"].mean()


def late_work(frames: Frames, as_of: pd.Timestamp) -> pd.Series:
    due = _due(frames, as_of)
    known = due[due["given"] & due["is_late"].notna()]
    return known["is_late"].astype(bool).groupby(known["student_id"]).mean()


def course_failure(frames: Frames, as_of: pd.Timestamp) -> pd.Series:
    decided = _enrolled(frames, frames["course_outcomes"].query("on <= @as_of"), as_of).dropna(
        subset="passed"
    )
    return 1 - decided["passed"].astype(bool).groupby(decided["student_id"]).mean()


def _enrolled(frames: Frames, facts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Facts at schools that the student belongs to."""
    enrolled = frames["enrolments"].query("entry_on <= @as_of")[["student_id", "school_id"]].drop_duplicates()
    return facts.merge(enrolled, on=["student_id", "school_id"])


PANDAS: dict[str, Callable[[Frames, pd.Timestamp], pd.Series]] = {
    f.__name__: f
    for f in (
        attendance_rate,
        class_participation,
        activity_participation,
        coursework_completion,
        late_work,
        course_failure,
    )
}


def scan(tables: Mapping[str, pa.Table], codes: list[str]) -> float:
    """CPU seconds of reading every column of the tables that these indicators read."""
    names = sorted({name for code in codes for name in catalog.get(code).tables} & set(tables))
    with Duck(threads=1) as duck:
        for name in names:
            duck.register(name, tables[name])
        began = time.process_time()
        for name in names:
            declared = [c.name for c in TABLES[name].columns if c.name in tables[name].column_names]
            columns = ", ".join(f'MAX("{c}")' for c in declared)
            duck.arrow(f'SELECT {columns} FROM "{name}"')
        return time.process_time() - began


def wrong(found: pa.Table, code: str, plain: pd.Series) -> int:
    """Students whose value is another in pandas."""
    mine = found.filter(
        pc.and_(pc.equal(found.column("indicator"), code), pc.is_null(found.column("school_id")))
    )
    mine = mine.filter(pc.is_valid(mine.column("value"))).to_pandas().set_index("student_id")["value"]
    both = pd.concat([mine, plain], axis=1, keys=["mine", "plain"])
    # A count of nothing is a zero here and no row in pandas.
    both = both.fillna({"plain": 0.0}) if code == "activity_participation" else both
    return int((~((both["mine"] - both["plain"]).abs() < TOLERANCE)).sum())


def answered(tables: Mapping[str, pa.Table]) -> list[str]:
    """Indicators for which every table is there."""
    return [i.code for i in catalog.all() if set(i.tables) <= set(tables)]


def main() -> None:
    """Measure and compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=4)
    asked = parser.parse_args()
    tables = synth.generate(students=asked.students, seed=asked.seed).tables
    as_of = date(2026, 6, 30)

    def timed(codes: list[str]) -> tuple[float, pa.Table]:
        began = time.process_time()
        found = evaluate(tables, school_year=2026, as_of=as_of, indicators=codes, threads=1).students
        return time.process_time() - began, found

    timed(["attendance_rate"])  # imports
    held = peak_megabytes()  # it only rises: what comes on top is told in the order of the runs
    seconds, found = timed(list(PANDAS))
    megabytes = peak_megabytes() - held
    frames = {name: t.to_pandas(date_as_object=False) for name, t in tables.items()}
    differ, plain_seconds = 0, {}
    for code, plain in PANDAS.items():
        began = time.process_time()
        values = plain(frames, pd.Timestamp(as_of))
        plain_seconds[code] = time.process_time() - began
        differ += wrong(found, code, values)
    pandas_megabytes = peak_megabytes() - held
    every = answered(tables)
    all_seconds, _ = timed(every)
    read, read_all = scan(tables, list(PANDAS)), scan(tables, every)
    total = sum(plain_seconds.values())
    rows = sum(t.num_rows for t in tables.values())
    print(f"{asked.students:,} students, {rows:,} rows; {differ} students' values differ")
    print(f"six indicators: {seconds:.2f} CPU s; in pandas {total:.2f} ({total / seconds:.1f} times as much)")
    print(
        f"  {megabytes:,.0f} MB above what making the tables took; in pandas {pandas_megabytes:,.0f} MB with its frames"
    )
    print("  of it " + ", ".join(f"{code} {s:.2f}" for code, s in plain_seconds.items()))
    print(
        f"  reading their columns once: {read:.2f} CPU s ({seconds / read:.1f} times as much to measure them)"
    )
    print(
        f"{len(every)} indicators these tables answer: {all_seconds:.2f} CPU s, {1000 * all_seconds / len(every):.0f} ms each"
    )
    print(f"  reading their columns once: {read_all:.2f} CPU s ({all_seconds / read_all:.1f} times as much)")
    if differ:
        sys.exit(1)


if __name__ == "__main__":
    main()
