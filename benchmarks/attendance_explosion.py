"""Year-to-date attendance twice: by interval arithmetic, and by a plain row per student and day. Prints both CPU times.

    python benchmarks/attendance_explosion.py [--students 50000] [--seed 2]
    python benchmarks/attendance_explosion.py --tables FOLDER      (Parquet files named like the tables)

The explosion is what a careful analyst writes in pandas: integer keys, no strings in the big table, no row-wise Python.
Both sides find the same tables in memory, run on one thread and have run once on a few students before, so that neither
pays for its imports. The kernel's time holds everything: starting DuckDB, checking the tables, reading, counting. It runs
in turn with the explosions; its median counts.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from edmeasures.kernel import attendance_days
from edmeasures.rulepacks import US_FEDERAL

KEYS = ["student_id", "school_id"]
NEEDED = ("enrolments", "calendar_days", "attendance_submissions", "attendance_events")

KINDS = (("explosion, summed", False), ("explosion with the year to date on each row", True))


def explode(tables: Mapping[str, pa.Table], school_year: int, as_of: date, *, running: bool) -> pd.DataFrame:
    """The columns of `edmeasures.kernel.attendance_days`, from one row per student, school and day.

    With `running`, each of these rows holds the year to date, as the daily tables of warehouses do; without, the rows
    are only summed.
    """
    frames = {name: tables[name].to_pandas(date_as_object=False) for name in NEEDED}
    frames = {name: f[f["school_year"] == school_year] for name, f in frames.items()}
    last = pd.Timestamp(as_of)
    enrolled = frames["enrolments"]
    calendar = frames["calendar_days"]
    taught = calendar[calendar["is_instructional"] & (calendar["on"] <= last)]
    on = [c for c in ("school_id", "calendar_id") if c in enrolled and c in taught]
    taught = taught[[*on, "on"]].drop_duplicates()

    spells = enrolled[[*KEYS, *(c for c in on if c not in KEYS), "entry_on", "exit_on"]].copy()
    spells["exit_on"] = spells["exit_on"].fillna(last)
    days = spells.merge(taught, on=on)
    days = days[(days["on"] >= days["entry_on"]) & (days["on"] <= days["exit_on"])]
    days = days[[*KEYS, "on"]].drop_duplicates()

    sent = frames["attendance_submissions"][["school_id", "on"]].drop_duplicates()
    days = days.merge(sent.assign(recorded=1), on=["school_id", "on"], how="left")

    events = frames["attendance_events"]
    events = events[events["category"].isin(US_FEDERAL.absence_categories)]
    missed = events.groupby([*KEYS, "on"], as_index=False)["absent_share"].sum()
    days = days.merge(missed, on=[*KEYS, "on"], how="left")

    days["recorded"] = days["recorded"].fillna(0)
    days["absent_days"] = days["absent_share"].fillna(0.0).clip(upper=1.0) * days["recorded"]
    days["absent_full_days"] = (days["absent_days"] > 0.5).astype("int64")
    if running:
        days = days.sort_values([*KEYS, "on"], ignore_index=True)
        days["member_day"] = 1
        counted = days.groupby(KEYS)[["member_day", "recorded", "absent_days", "absent_full_days"]].cumsum()
        found = pd.concat([days[KEYS], counted], axis=1).groupby(KEYS, as_index=False).last()
        found = found.rename(columns={"member_day": "member_days", "recorded": "recorded_days"})
        found["recorded_days"] = found["recorded_days"].astype("int64")
        found["unknown_days"] = found["member_days"] - found["recorded_days"]
        return found
    found = days.groupby(KEYS, as_index=False).agg(
        member_days=("on", "size"),
        recorded_days=("recorded", "sum"),
        absent_days=("absent_days", "sum"),
        absent_full_days=("absent_full_days", "sum"),
    )
    found["recorded_days"] = found["recorded_days"].astype("int64")
    found["unknown_days"] = found["member_days"] - found["recorded_days"]
    return found


def compare(kernel: pa.Table, exploded: pd.DataFrame) -> int:
    """Rows that differ. The kernel also lists memberships without a single day, which an explosion cannot have."""
    left = kernel.to_pandas()
    left = left[left["member_days"] > 0].sort_values(KEYS, ignore_index=True)
    right = exploded[left.columns].sort_values(KEYS, ignore_index=True)
    if len(left) != len(right):
        return abs(len(left) - len(right))
    # Shares are added as doubles in the explosion and as whole numbers in the kernel.
    close = (left["absent_days"] - right["absent_days"]).abs() < 1e-9
    exact = [c for c in left.columns if c != "absent_days"]
    return int((~((left[exact] == right[exact]).all(axis=1) & close)).sum())


def count(tables: Mapping[str, pa.Table], school_year: int, as_of: date) -> tuple[pa.Table, list[float]]:
    """The kernel's rows, and the CPU seconds of three runs."""
    times = []
    for _ in range(3):
        began = time.process_time()
        found = attendance_days(tables, school_year=school_year, as_of=as_of, threads=1)
        times.append(time.process_time() - began)
    return found, times


def peak_megabytes() -> float:
    """The most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def warm_up(tables: Mapping[str, pa.Table], school_year: int, as_of: date) -> None:
    """Both ways once, on the enrolments of a few students."""
    few = {**tables, "enrolments": tables["enrolments"].slice(0, 500)}
    few["attendance_events"] = tables["attendance_events"].slice(0, 5_000)
    attendance_days(few, school_year=school_year, as_of=as_of, threads=1)
    for _, running in KINDS:
        explode(few, school_year, as_of, running=running)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--tables", type=Path)
    asked = parser.parse_args()
    if asked.tables:
        tables = {name: pq.read_table(asked.tables / f"{name}.parquet") for name in NEEDED}
    else:
        from edmeasures import synth  # noqa: PLC0415 - only where no tables are given

        made = synth.generate(students=asked.students, seed=asked.seed).tables
        tables = {name: made[name] for name in NEEDED}
    school_year = max(tables["enrolments"]["school_year"].to_pylist())
    as_of = date(school_year, 6, 30)

    warm_up(tables, school_year, as_of)
    # The peak only rises: the kernel goes first, and what comes on top is told for each.
    held = peak_megabytes()
    kernel, kernel_times = count(tables, school_year, as_of)
    kernel_megabytes = peak_megabytes() - held
    exploded_times = []
    wrong = 0
    for name, running in KINDS:
        began = time.process_time()
        exploded = explode(tables, school_year, as_of, running=running)
        exploded_times.append((name, time.process_time() - began, peak_megabytes() - held))
        differing = compare(kernel, exploded)
        wrong += differing
        student_days = int(exploded["member_days"].sum())
        print(f"{name}: {len(exploded):,} rows from {student_days:,} student-days, {differing} differ")
        del exploded
        kernel_times += count(tables, school_year, as_of)[1]
    kernel_seconds = statistics.median(kernel_times)
    print(
        f"interval arithmetic: {kernel_seconds:.2f} CPU s, the median of {', '.join(f'{t:.2f}' for t in kernel_times)}; "
        f"{kernel_megabytes:,.0f} MB above what making the tables took"
    )
    for name, seconds, megabytes in exploded_times:
        print(
            f"{name}: {seconds:.2f} CPU s, {seconds / kernel_seconds:.1f} times as much; "
            f"{megabytes:,.0f} MB above what making the tables took"
        )
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
