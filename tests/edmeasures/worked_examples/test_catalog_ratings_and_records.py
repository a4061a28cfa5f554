"""Worked examples S43-S45, S56, S57: composites, matrices, bands, errors in facts, the record of disclosures."""

from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edmeasures.education_records import must_be_recorded
from edmeasures.errors_in_facts import completeness, find_errors
from edmeasures.ratings import Composite, Matrix

TEAM = Composite(
    weights={"observation": 50, "growth": 35, "achievement": 15},
    cuts=((0, "1"), (200, "2"), (275, "3"), (350, "4"), (425, "5")),
    goes_to={"growth": "observation", "achievement": "growth"},
)
IMPACT = Composite(
    weights={"teaching": 65, "learning": 35},
    cuts=(
        (100, "ineffective"),
        (200, "minimally effective"),
        (250, "developing"),
        (300, "effective"),
        (350, "highly effective"),
    ),
)


def test_s43_a_weighted_composite() -> None:
    rating = TEAM.rate({"observation": 3.8, "growth": 4, "achievement": 5})
    assert (rating.total, rating.level) == (405, "4")


def test_a_weight_goes_along_the_path_that_is_named() -> None:
    """Achievement goes to growth, growth to observation: all of it ends there."""
    assert TEAM.rate({"observation": 3.5, "growth": None, "achievement": None}).total == 350
    assert TEAM.rate({"observation": 3.5, "growth": 4, "achievement": None}).total == 175 + 140 + 60
    with pytest.raises(ValueError, match="'observation' has no score"):
        TEAM.rate({"growth": 4, "achievement": 5})
    with pytest.raises(ValueError, match="'survey' is no component"):
        TEAM.rate({"survey": 4})


def test_s44_a_matrix_of_two_ways_in() -> None:
    matrix = Matrix(columns=("H", "E", "D", "I"), rows={"H": "HHED", "E": "HEED", "D": "EEDI", "I": "DDII"})
    assert matrix.rate(row="D", column="E") == "E"
    assert matrix.rate(row="I", column="H") == "D"
    with pytest.raises(KeyError, match="No cell"):
        matrix.rate(row="X", column="H")


def test_s45_bands_of_a_hundred_points() -> None:
    rating = IMPACT.rate({"teaching": 3.40, "learning": 3.00})
    assert (rating.total, rating.level) == (326, "effective")


def test_a_total_on_a_cut_belongs_to_the_level_above_it() -> None:
    assert IMPACT.rate({"teaching": 3, "learning": 3}).level == "effective"
    assert IMPACT.rate({"teaching": "2.99", "learning": 3}).level == "developing"
    # In doubles 65 x 1.1 + 35 x 3.1 is a hair under 180.
    assert (
        Composite(weights={"a": 65, "b": 35}, cuts=((0, "low"), (180, "high")))
        .rate({"a": 1.1, "b": 3.1})
        .level
        == "high"
    )


@given(st.integers(100, 400), st.integers(100, 400))
def test_more_points_never_mean_a_lower_level(teaching: int, learning: int) -> None:
    order = [name for _, name in IMPACT.cuts]

    def level(points: int) -> int:
        return order.index(
            IMPACT.rate({"teaching": f"{points / 100:.2f}", "learning": f"{learning / 100:.2f}"}).level
        )

    assert level(teaching) <= level(min(400, teaching + 1))


def test_s56_each_error_is_found_with_its_student() -> None:
    first = date(2024, 9, 2)
    enrolments = pa.table(
        {
            "student_id": [1, 1, 2, 3, 3, 4],
            "school_id": ["A", "B", "A", "A", "A", None],
            "entry_on": [first, date(2024, 12, 10), first, first, first, first],
            "exit_on": pa.array([date(2024, 12, 20), None, date(2024, 8, 30), None, None, None], pa.date32()),
        }
    )
    weekdays = [date(2024, 10, d) for d in (1, 2, 3, 4, 7)]
    found = find_errors(
        {
            "enrolments": enrolments,
            "calendar_days": pa.table(
                {"school_id": ["A"] * 5, "on": weekdays, "is_instructional": [True] * 5}
            ),
            "attendance_events": pa.table({"student_id": [3], "school_id": ["A"], "on": [date(2024, 10, 5)]}),
        }
    )
    assert [(f.rule, f.student_id) for f in found] == [
        ("overlapping_enrolment", 1),
        ("exit_before_entry", 2),
        ("duplicate_key", 3),
        ("missing_school", 4),
        ("attendance_on_a_day_without_school", 3),
    ]
    assert int(1000 * completeness(enrolments, "school_id") + 0.5) / 10 == 83.3


def test_s57_an_auditor_is_written_down_and_a_parent_need_not_be() -> None:
    assert must_be_recorded("other")
    assert not must_be_recorded("parent")
    assert not must_be_recorded("official_with_legitimate_interest")
    assert not must_be_recorded("consented")
