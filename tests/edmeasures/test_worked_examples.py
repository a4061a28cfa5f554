"""The field's worked examples, by their numbers. Those that need facts are drawn in the specs and cited there."""

from fractions import Fraction

import numpy as np
import pytest

from edmeasures import rulepacks, specs
from edmeasures.disclosure import coded_share, ed_range, suppress
from edmeasures.methods.wilson import wilson_interval


def test_s01_sixteen_of_seventeen_days() -> None:
    spec = specs.read("attendance_rate")
    (row,) = [
        r
        for r in specs.run(spec, spec.expected[0]).students.to_pylist()
        if r["student_id"] == "Ada" and r["school_id"]
    ]
    assert (row["numerator"], row["denominator"]) == (16, 17)
    assert round(100 * row["value"], 1) == 94.1


def test_s02_average_daily_attendance_membership_and_their_rate() -> None:
    spec = specs.read("average_daily_attendance")
    rows = {r["organisation_id"]: r for r in specs.run(spec, spec.expected[0]).groups.to_pylist()}
    north = rows["North"]
    assert north["value"] == pytest.approx(178.0, abs=1e-9)
    assert north["average_daily_membership"] == pytest.approx(191.0, abs=1e-9)
    rate = north["value"] / north["average_daily_membership"]
    assert round(100 * rate, 2) == 93.19
    assert round(100 * np.mean([180 / 190, 176 / 190, 184 / 192, 172 / 192]), 2) == 93.20


def test_s03_eighteen_of_180_is_chronic_and_seventeen_is_not() -> None:
    spec = specs.read("chronic_absence")
    rows = {
        (r["student_id"], r["school_id"]): r for r in specs.run(spec, spec.expected[0]).students.to_pylist()
    }
    assert rows["Ada", "North"]["flag"] is True
    assert rows["Ben", "North"]["flag"] is False
    assert rows["Cid", "North"]["reason"] == "below_minimum_days"


@pytest.mark.parametrize(
    ("attended", "possible", "chronic", "band"),
    [
        (45, 50, True, "at risk"),
        (46, 50, False, "at risk"),
        (48, 50, False, "satisfactory"),
        (30, 50, True, "severe chronic"),
        (43, 50, True, "chronic"),
    ],
)
def test_s04_bands_of_the_edu_warehouse(attended: int, possible: int, chronic: bool, band: str) -> None:
    pack = rulepacks.get("edu-wh")
    assert pack.chronic.reached(possible - attended, possible) is chronic
    assert pack.band(attended, possible) == band


def test_s04_nineteen_days_are_too_few_for_a_band() -> None:
    assert rulepacks.get("edu-wh").band(17, 19) is None


def test_s05_a_week_of_an_english_register() -> None:
    kinds = {code.code: code.kind for code in rulepacks.get("england").register_codes}
    week = [kinds[mark] for mark in ["/", "\\", "/", "\\", "L", "I", "I", "O", "X", "#"]]
    counts = {kind: week.count(kind) for kind in set(week)}
    assert counts == {"attended": 5, "authorised": 2, "unauthorised": 1, "not_possible": 2}
    assert Fraction(2 + 1, 5 + 2 + 1) == Fraction(375, 1000)


def test_s15_no_fewer_than_95_per_cent_in_the_denominator() -> None:
    spec = specs.read("proficiency_rate")
    (north,) = [r for r in specs.run(spec, spec.expected[0]).groups.to_pylist() if r["characteristic"] == ""]
    assert north["denominator"] == 190
    assert round(100 * north["value"], 1) == 53.7


@pytest.mark.parametrize(
    ("n", "share", "shown"),
    [
        (4, 0.5, "S"),
        (12, 0.58, ">=50%"),
        (25, 0.63, "60-79%"),
        (45, 0.84, "80-89%"),
        (200, 0.92, "90-94%"),
        (400, 0.924, "92%"),
    ],
)
def test_s21_the_smaller_the_group_the_wider_the_range(n: int, share: float, shown: str) -> None:
    assert ed_range(share, n) == shown


def test_s21_ranges_meet_without_overlap() -> None:
    shown = [ed_range(Fraction(p, 100), 45) for p in range(101)]
    runs = [s for i, s in enumerate(shown) if i == 0 or shown[i - 1] != s]
    assert runs == [
        "<=10%", "11-19%", "20-29%", "30-39%", "40-49%", "50-59%", "60-69%", "70-79%", "80-89%", ">=90%",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("n", "share", "shown"),
    [(350, 0.994, ">=99%"), (150, 0.015, "<=2%"), (60, 0.97, ">=95%"), (9, 0.5, "N<10")],
)
def test_s22_both_ends_are_coded(n: int, share: float, shown: str) -> None:
    assert coded_share(share, n) == shown


def test_s23_the_next_smallest_cell_is_hidden_too() -> None:
    assert suppress({"A": 25, "B": 14, "C": 6, "D": 3}) == {
        "A": "",
        "B": "complementary",
        "C": "primary",
        "D": "primary",
    }


def test_s25_freshmen_on_track() -> None:
    spec = specs.read("credits_on_track")
    rows = {
        r["student_id"]: r for r in specs.run(spec, spec.expected[0]).students.to_pylist() if r["school_id"]
    }
    assert {name: rows[name]["flag"] for name in ("Ada", "Ben", "Cid", "Dee")} == {
        "Ada": True,
        "Ben": False,
        "Cid": False,
        "Dee": True,
    }


@pytest.mark.parametrize(("confidence", "lower", "upper"), [(0.95, 0.5525, 0.7364), (0.998, 0.4955, 0.7784)])
def test_s51_wilson_interval_of_65_in_100(confidence: float, lower: float, upper: float) -> None:
    found = wilson_interval(65, 100, confidence=confidence)
    # The reference prints four places.
    assert found.lower[0] == pytest.approx(lower, abs=5e-5)
    assert found.upper[0] == pytest.approx(upper, abs=5e-5)
