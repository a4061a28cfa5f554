"""Worked examples S01-S06 and S28: attendance, registers, surveys, warning levels, each through the catalogue."""

from datetime import date
from typing import Any

import pytest

from edmeasures import rulepacks, specs
from edmeasures.side_by_side import side_by_side


def half_up(value: float, places: int) -> float:
    return int(value * 10**places + 0.5) / 10**places


def groups(code: str, case: int = 0) -> dict[str, dict[str, Any]]:
    spec = specs.read(code)
    rows = specs.run(spec, spec.expected[case]).groups.to_pylist()
    return {r["organisation_id"]: r for r in rows if r["characteristic"] == ""}


def students(code: str, case: int = 0) -> dict[tuple[str, str | None], dict[str, Any]]:
    spec = specs.read(code)
    rows = specs.run(spec, spec.expected[case]).students.to_pylist()
    return {(r["student_id"], r["school_id"]): r for r in rows}


def test_s01_sixteen_of_seventeen() -> None:
    assert half_up(100 * students("attendance_rate")["Ada", "North"]["value"], 1) == 94.1


def test_s02_three_named_aggregates_are_three_numbers() -> None:
    ada = groups("average_daily_attendance")["North"]
    adm = groups("average_daily_membership")["North"]
    mean = groups("mean_daily_rate")["North"]
    assert (ada["value"], adm["value"]) == pytest.approx((178.0, 191.0), abs=1e-9)
    assert half_up(100 * ada["value"] / adm["value"], 2) == 93.19
    assert half_up(100 * mean["value"], 2) == 93.20


def test_s03_the_boundary_belongs_to_chronic_and_nine_days_are_too_few() -> None:
    rows = students("chronic_absence")
    assert rows["Ada", "North"]["flag"] is True
    assert rows["Ben", "North"]["flag"] is False
    assert rows["Cid", "North"]["reason"] == "below_minimum_days"


def test_s04_categories_as_tiers() -> None:
    rows = students("attendance_tier")
    names = {1: "satisfactory", 2: "at risk", 3: "chronic", 4: "severe chronic"}
    found = {who: names.get(row["value"]) for (who, school), row in rows.items() if school}
    assert found == {
        "Ada": "at risk",
        "Ben": "at risk",
        "Cid": "satisfactory",
        "Dee": "severe chronic",
        "Eve": None,
    }
    assert rulepacks.get("edu-wh").chronic.reached(
        5, 50
    )  # 90.00 % is chronic all the same: the flag is another rule


def test_s05_a_week_of_an_english_register() -> None:
    authorised = students("authorised_absence_rate")["Ada", "North"]
    unauthorised = students("unauthorised_absence_rate")["Ada", "North"]
    assert (authorised["numerator"], authorised["denominator"]) == (2, 8)
    assert (unauthorised["numerator"], unauthorised["denominator"]) == (1, 8)
    assert authorised["value"] + unauthorised["value"] == 0.375


def test_s06_forty_seven_per_cent_and_not_applicable_changes_nothing() -> None:
    north = groups("survey_favourable")["North"]
    assert (north["value"], north["denominator"], north["n_not_evaluated"]) == (0.47, 100, 10)


def test_s28_levels_of_attendance_and_conduct() -> None:
    assert {
        who: row["value"] for (who, school), row in students("early_warning_level").items() if school
    } == {
        "Ada": 2,  # 75 %
        "Ben": 1,  # 85 %
        "Cid": 2,  # five incidents
        "Dee": 0,  # one
    }


def test_the_same_facts_under_seven_authorities_in_one_call() -> None:
    """Cid's nine days count in England alone; in California nobody under 31 days does, and there is no third of a day."""
    spec = specs.read("chronic_absence")
    packs = ["us-federal", "us-california", "us-maine", "us-new-mexico", "us-tennessee", "england", "edu-wh"]
    found = side_by_side(
        specs.fact_tables(spec),
        indicator="chronic_absence",
        rule_packs=packs,
        school_year=2026,
        as_of=date(2026, 5, 1),
        column="denominator",
    )
    assert found.column_names == ["organisation_id", *packs]
    north = next(r for r in found.to_pylist() if r["organisation_id"] == "North")
    assert {pack: north[pack] for pack in packs} == {
        "us-federal": 3,
        "us-california": 3,
        "us-maine": 3,
        "us-new-mexico": 3,
        "us-tennessee": 3,
        "england": 4,
        "edu-wh": 3,
    }


def test_a_pack_may_leave_leavers_out_and_end_membership_a_day_earlier() -> None:
    spec = specs.read("stability_rate")
    strict = rulepacks.get("us-federal").adjusted("strict", exit_day="day_after")
    tables = specs.fact_tables(spec) | specs.fact_tables(specs.read("chronic_absence_reported"))
    found = side_by_side(
        tables,
        indicator="average_daily_membership",
        rule_packs=["us-federal", strict],
        school_year=2026,
        as_of=date(2026, 3, 27),
        column="numerator",
    )
    north = next(r for r in found.to_pylist() if r["organisation_id"] == "North")
    assert north["us-federal"] - north["strict"] == 1  # Ada's last day at North
    gone = rulepacks.get("us-maine").adjusted("still-here", leavers="left_out")
    here = side_by_side(
        tables,
        indicator="chronic_absence",
        rule_packs=["us-maine", gone],
        school_year=2026,
        as_of=date(2026, 3, 27),
        column="denominator",
    )
    north = next(r for r in here.to_pylist() if r["organisation_id"] == "North")
    assert (north["us-maine"], north["still-here"]) == (2, 1)
