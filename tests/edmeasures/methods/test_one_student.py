"""Two phases of one student against R's SingleCaseES, in four published studies."""

import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edmeasures.methods import nonoverlap
from edmeasures.methods.single_case_effects import log_response_ratio, within_case_smd

EXACT = 1e-11  # R writes thirteen digits
ROOT = 2e-4  # R's uniroot stops at a step of 1.2e-4; the bounds of Tau are twice those of NAP
METHODS = {
    "NAP": nonoverlap.nap,
    "Tau": nonoverlap.tau,
    "Tau_BC": nonoverlap.baseline_corrected_tau,
    "TauU": nonoverlap.tau_u,
    "PND": nonoverlap.pnd,
    "PEM": nonoverlap.pem,
    "PAND": nonoverlap.pand,
    "IRD": nonoverlap.ird,
}
STUDIES = ["Casey1978", "McKissick", "Schmidt2007", "Wright2012"]


def cases(samples: Path, study: str) -> Iterator[dict]:
    yield from json.loads((samples / "single_case" / f"{study}_expected_R.json").read_text())[
        "cases"
    ].values()


@pytest.mark.samples
@pytest.mark.parametrize("study", STUDIES)
def test_non_overlap_equals_r(samples: Path, study: str) -> None:
    compared = 0
    for case in cases(samples, study):
        for improvement in ("increase", "decrease"):
            for name, expected in case[improvement].items():
                if name not in METHODS:
                    continue
                ours = METHODS[name](case["A"], case["B"], improvement=improvement)
                assert ours.value == pytest.approx(expected["Est"], abs=EXACT)
                compared += 1
                if "SE" in expected:
                    assert ours.standard_error == pytest.approx(expected["SE"], abs=EXACT)
                # Where the phases do not overlap R prints an interval without width; ours has one.
                if "CI_lower" in expected and expected["CI_lower"] != expected["CI_upper"]:
                    assert (ours.lower, ours.upper) == pytest.approx(
                        (expected["CI_lower"], expected["CI_upper"]), abs=ROOT
                    )
    assert compared >= 36


@pytest.mark.samples
@pytest.mark.parametrize("study", STUDIES)
def test_response_ratios_and_mean_differences_equal_r(samples: Path, study: str) -> None:
    compared = 0
    for case in cases(samples, study):
        for name, method in (("LRRi", log_response_ratio), ("SMD", within_case_smd)):
            expected = case["increase"].get(name)
            if expected and isinstance(expected["Est"], float):
                ours = method(case["A"], case["B"])
                assert (ours.value, ours.standard_error) == pytest.approx(
                    (expected["Est"], expected["SE"]), abs=EXACT
                )
                assert (ours.lower, ours.upper) == pytest.approx(
                    (expected["CI_lower"], expected["CI_upper"]), abs=EXACT
                )
                compared += 1
    assert compared >= 4


def test_tarlows_line_has_no_effect_once_its_trend_is_off() -> None:
    """SingleCaseES' tests after Tarlow (2017): 1 to 5 and then 6 to 10."""
    a, b = [1, 2, 3, 4, 5], [6, 7, 8, 9, 10]
    assert nonoverlap.tau(a, b).value == 1
    assert nonoverlap.tau_u(a, b).value == pytest.approx(0.6)
    assert nonoverlap.baseline_corrected_tau(a, b).value == 0


def test_a_trend_that_may_be_chance_stays() -> None:
    a, b = [20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]
    tested = nonoverlap.baseline_corrected_tau(a, b, only_if_trend=0.05)
    assert tested.value == nonoverlap.tau(a, b).value


def test_phases_that_do_not_overlap_have_a_one_sided_interval() -> None:
    found = nonoverlap.nap([1, 2, 3], [4, 5, 6, 7])
    assert (found.value, found.upper) == (1, 1)
    assert 0.4 < found.lower < 0.9


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=2, max_size=8), st.lists(st.integers(0, 9), min_size=2, max_size=8)
)
def test_what_is_better_upwards_is_as_much_worse_downwards(a: list[int], b: list[int]) -> None:
    up, down = (nonoverlap.nap(a, b, improvement=way) for way in ("increase", "decrease"))
    assert up.value == pytest.approx(1 - down.value, abs=1e-12)
    assert (up.lower, up.upper) == pytest.approx((1 - down.upper, 1 - down.lower), abs=1e-8)
    assert 0 <= up.lower <= up.value <= up.upper <= 1
    kept = nonoverlap.pand(a, b).value
    assert max(len(a), len(b)) / (len(a) + len(b)) <= kept <= 1


def test_a_baseline_that_never_moves_has_no_standard_deviation() -> None:
    found = within_case_smd([4, 4, 4], [5, 6, 7])
    assert found.reason == "no_variation"
    assert math.isnan(found.value)


def test_a_behaviour_that_stops_is_half_an_event() -> None:
    """Four sessions without one: taken as half an event in four, 0.125 a session."""
    found = log_response_ratio([8, 8, 8, 8], [0, 0, 0, 0])
    bias = [
        1 / 4**3 / (2 * 4 * mean**2) for mean in (8, 0.125)
    ]  # with the variance that goes with half an event
    assert found.value == pytest.approx(math.log(0.125 / 8) + bias[1] - bias[0], abs=1e-12)
    assert log_response_ratio([8, 8], [0, 0], smallest=math.inf).reason == "mean_of_zero"


def test_phases_without_values_and_unknown_directions_are_refused() -> None:
    with pytest.raises(ValueError, match="intervention: 0 given, at least 1"):
        nonoverlap.nap([1, 2], [])
    with pytest.raises(ValueError, match="improvement is 'better'"):
        nonoverlap.pnd([1, 2], [3], improvement="better")
