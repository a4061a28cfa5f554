"""The last word on the attendance kernel: fifty thousand students, every row against a plain student-day explosion."""

from datetime import date

import pytest
from benchmarks.attendance_explosion import NEEDED, compare, explode

from edmeasures import synth
from edmeasures.kernel import attendance_days


@pytest.mark.long
def test_fifty_thousand_students_have_the_same_attendance_counted_either_way() -> None:
    made = synth.generate(students=50_000, seed=2).tables
    tables = {name: made[name] for name in NEEDED}
    school_year = max(tables["enrolments"]["school_year"].to_pylist())
    as_of = date(school_year, 6, 30)
    kernel = attendance_days(tables, school_year=school_year, as_of=as_of)
    exploded = explode(tables, school_year, as_of, running=False)
    assert len(exploded) > 50_000
    assert compare(kernel, exploded) == 0
