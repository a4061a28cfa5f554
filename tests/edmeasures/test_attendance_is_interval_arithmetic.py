"""The kernel subtracts ranks. A row per student and day, written plainly, must give the same, whatever the facts."""

import importlib.util
from datetime import date, timedelta
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edmeasures import synth
from edmeasures.kernel import attendance_days

FIRST = date(2026, 3, 2)
SHARES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
day = st.integers(-3, 24).map(lambda i: FIRST + timedelta(days=i))
school = st.sampled_from(["N", "S"])
student = st.sampled_from(["a", "b"])

facts = st.fixed_dictionaries(
    {
        "enrolments": st.lists(st.tuples(student, school, day, st.none() | day), min_size=1, max_size=6),
        "calendar": st.lists(
            st.tuples(school, day, st.booleans()), max_size=40, unique_by=lambda known: known[:2]
        ),
        "submissions": st.lists(st.tuples(school, day), max_size=40),
        "events": st.lists(
            st.tuples(
                student,
                school,
                day,
                st.sampled_from(["excused", "unexcused", "tardy"]),
                st.sampled_from(SHARES),
            ),
            max_size=20,
        ),
        "as_of": day,
    }
)


def as_tables(f: dict) -> dict[str, pa.Table]:
    def table(names: str, types: list[pa.DataType], rows: list[tuple]) -> pa.Table:
        columns = list(zip(*rows, strict=True)) or [()] * len(types)
        arrays = [pa.array(list(c), t) for c, t in zip(columns, types, strict=True)]
        made = pa.table(dict(zip(names.split(), arrays, strict=True)))
        return made.append_column("school_year", pa.array([2026] * made.num_rows, pa.int64()))

    text, on = pa.string(), pa.date32()
    return {
        "enrolments": table("student_id school_id entry_on exit_on", [text, text, on, on], f["enrolments"]),
        "calendar_days": table("school_id on is_instructional", [text, on, pa.bool_()], f["calendar"]),
        "attendance_submissions": table("school_id on", [text, on], f["submissions"]),
        "attendance_events": table(
            "student_id school_id on category absent_share", [text, text, on, text, pa.float64()], f["events"]
        ),
    }


def explode_plainly(f: dict) -> dict[tuple[str, str], tuple[int, int, float, int]]:
    """(member days, recorded days, absent days, absent full days) by student and school, a day at a time."""
    found = {}
    for who, where in {
        (s, c) for s, c, entry, exit_ in f["enrolments"] if entry <= f["as_of"] and (exit_ or entry) >= entry
    }:
        member = recorded = full = 0
        absent = 0.0
        for i in range(-3, 25):
            on = FIRST + timedelta(days=i)
            belongs = any(
                s == who and c == where and entry <= on <= (exit_ or f["as_of"])
                for s, c, entry, exit_ in f["enrolments"]
            )
            if not belongs or on > f["as_of"] or (where, on, True) not in f["calendar"]:
                continue
            member += 1
            if (where, on) not in f["submissions"]:
                continue
            recorded += 1
            missed = min(1.0, sum(e[4] for e in f["events"] if e[:3] == (who, where, on) and e[3] != "tardy"))
            absent += missed
            full += missed > 0.5
        found[who, where] = (member, recorded, absent, full)
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts)
def test_ranks_give_what_counting_day_by_day_gives(f: dict) -> None:
    rows = attendance_days(as_tables(f), school_year=2026, as_of=f["as_of"], threads=1).to_pylist()
    expected = explode_plainly(f)
    assert {(r["student_id"], r["school_id"]) for r in rows} == set(expected)
    for r in rows:
        member, recorded, absent, full = expected[r["student_id"], r["school_id"]]
        assert (r["member_days"], r["recorded_days"], r["unknown_days"]) == (
            member,
            recorded,
            member - recorded,
        )
        assert r["absent_days"] == pytest.approx(absent, abs=1e-9)
        assert r["absent_full_days"] == full


def test_three_thirds_of_a_day_are_a_day_and_ten_tenths_too() -> None:
    for share, times in ((1 / 3, 3), (0.1, 10), (1 / 7, 7), (0.01, 100)):
        f = {
            "enrolments": [("a", "N", FIRST, None)],
            "calendar": [("N", FIRST, True)],
            "submissions": [("N", FIRST)],
            "events": [("a", "N", FIRST, "excused", share)] * times,
            "as_of": FIRST,
        }
        (row,) = attendance_days(as_tables(f), school_year=2026, as_of=FIRST, threads=1).to_pylist()
        assert row["absent_days"] == 1.0


@pytest.fixture(scope="module")
def explosion() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "attendance_explosion.py"
    spec = importlib.util.spec_from_file_location("attendance_explosion", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("running", [False, True])
@pytest.mark.parametrize("as_of", [date(2025, 12, 1), date(2026, 6, 30)])
def test_a_made_up_district_equals_its_explosion_row_for_row(
    explosion: ModuleType, running: bool, as_of: date
) -> None:
    tables = synth.generate(students=400, seed=2).tables
    kernel = attendance_days(tables, school_year=2026, as_of=as_of, threads=1)
    exploded = explosion.explode(tables, 2026, as_of, running=running)
    assert len(exploded) > 350
    assert exploded["absent_days"].sum() > 100
    assert explosion.compare(kernel, exploded) == 0
