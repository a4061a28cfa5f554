"""Every indicator says who answers for it, has a drawn spec, and answers as drawn."""

from dataclasses import fields
from datetime import date

import pytest
from sqlglot import exp

from edmeasures import catalog, compose, rulepacks, specs
from edmeasures.reasons import REASONS
from edmeasures.rulepacks import RulePack
from edmeasures.tables import TABLES

CODES = [indicator.code for indicator in catalog.all()]
CASES = [(spec.code, i) for spec in map(specs.read, CODES) for i in range(len(spec.expected))]

FIRST_TWENTY = [
    "attendance_rate",
    "average_daily_attendance",
    "chronic_absence",
    "severe_chronic_absence",
    "absence_streak",
    "mobility_rate",
    "proficiency_rate",
    "tested_share",
    "class_participation",
    "activity_participation",
    "mean_scale_score",
    "mean_z_score",
    "benchmark_risk",
    "coursework_completion",
    "late_work",
    "course_failure",
    "credits_on_track",
    "behaviour_incident_rate",
    "recorded_share",
    "data_freshness",
]


def test_a_product_measures_the_first_twenty_unless_told_otherwise() -> None:
    assert sorted(i.code for i in catalog.core()) == sorted(FIRST_TWENTY)


def test_the_catalogue_holds_eighty_different_selects() -> None:
    """Variants of a threshold or a period share their SELECT and count once."""
    assert len({(i.subject, i.sql) for i in catalog.all()}) >= 80
    assert len({compose.STATEMENTS[i.sql.removesuffix(".sql")].text for i in catalog.all()}) >= 80


@pytest.mark.parametrize(("code", "case"), CASES)
def test_an_indicator_answers_as_its_spec_is_drawn(code: str, case: int) -> None:
    spec = specs.read(code)
    assert specs.differences(spec, spec.expected[case]) == []


@pytest.mark.parametrize("code", CODES)
def test_a_spec_draws_a_group_and_its_arithmetic(code: str) -> None:
    drawn = [table for expected in specs.read(code).expected for table in expected.tables]
    assert "groups" in drawn
    if catalog.get(code).grain == "student":
        assert "students" in drawn
    if catalog.get(code).series:
        assert "series" in drawn


def test_a_wrong_drawing_is_noticed() -> None:
    spec = specs.read("attendance_rate")
    wrong = specs.Expected(
        "edu-decimal",
        date(2026, 3, 25),
        {"students": [{"student_id": "Ada", "school_id": "North", "value": "1"}]},
    )
    assert specs.differences(spec, wrong) != []


@pytest.mark.parametrize("code", CODES)
def test_an_indicator_names_tables_packs_and_statements_that_exist(code: str) -> None:
    indicator = catalog.get(code)
    assert set(indicator.tables) <= set(TABLES)
    assert not indicator.received or indicator.received in TABLES
    assert set(indicator.parameters) <= {f.name for f in fields(RulePack)}
    assert indicator.sql.removesuffix(".sql") in compose.STATEMENTS
    assert not indicator.series or f"{code}_weekly" in compose.STATEMENTS
    assert indicator.question.endswith("?")
    assert indicator.sources
    assert indicator.next_review_on > indicator.reviewed_on


def test_an_unknown_code_is_answered_with_those_there_are() -> None:
    with pytest.raises(KeyError, match="chronic_absence"):
        catalog.get("chronic_abscence")
    with pytest.raises(KeyError, match="us-federal"):
        rulepacks.get("federal")


def test_every_reason_a_select_gives_is_explained() -> None:
    given = set()
    for statement in compose.STATEMENTS.values():
        for select in statement.select.selects if hasattr(statement.select, "selects") else ():
            if select.alias == "reason":
                given |= {literal.this for literal in select.find_all(exp.Literal) if literal.is_string}
    mentioned = {word for word in given if "_" in word and word not in ("", *TABLES)}
    assert mentioned
    assert "no_test_yet" in mentioned
    assert mentioned - {"not_received"} <= set(REASONS)
