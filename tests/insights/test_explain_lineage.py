"""From the tables to a measure: every measure can be traced, and what the trace says is so."""

import pytest

from crescendo.indicators import lineage
from edmeasures import catalog, compose
from edmeasures.tables import TABLES


@pytest.mark.parametrize("definition", catalog.all(), ids=lambda d: d.code)
def test_each_step_stands_after_what_it_is_made_from_and_ends_in_declared_tables(definition) -> None:
    traced = lineage.trace(definition)
    seen: set[str] = set()
    for step in traced.steps:
        assert set(step.made_from) <= seen, step.name
        seen.add(step.name)
    assert {step.name for step in traced.tables} <= set(TABLES)
    assert traced.measure.text == compose.STATEMENTS[definition.sql.removesuffix(".sql")].text
    # A declared table is read, unless it only says where students belong.
    assert set(definition.tables) - {"organisations"} <= {step.name for step in traced.tables}


def test_every_table_of_the_kernel_has_its_words() -> None:
    assert set(lineage.KERNEL) == set(compose.MADE)
    assert set(lineage.LAID) >= set(compose.GIVEN)


@pytest.mark.parametrize(
    ("code", "numerator", "denominator"),
    [
        ("course_failure", ("course_outcomes.passed",), ("course_outcomes.passed",)),
        ("recorded_share", ("memberships.recorded_days",), ("memberships.member_days",)),
        (
            "benchmark_risk",
            ("assessment_results.score", "assessment_results.status", "assessments.benchmark"),
            (),  # a count of rows
        ),
        ("class_participation", ("participation_checks.took_part",), ()),
    ],
)
def test_the_columns_behind_a_count_are_those_its_select_names(code, numerator, denominator) -> None:
    traced = lineage.trace(catalog.get(code))
    assert (traced.numerator, traced.denominator) == (numerator, denominator)
