"""Correlations and charts over time against values from elsewhere."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edmeasures.methods.centring import centred_within
from edmeasures.methods.pearson import fisher_interval, pearson
from edmeasures.methods.run_chart import run_chart
from edmeasures.methods.spearman import spearman
from edmeasures.methods.xmr import xmr_limits

PRINTED = 1e-7  # statpsych prints seven places
# The example of R's statpsych::ci.spear (version 1.6.0), with what it returns.
Y = [21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19]
X = [67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51]


def test_spearman_equals_the_published_example() -> None:
    found = spearman(X, Y)
    assert (found.value, found.lower, found.upper) == pytest.approx(
        (0.8699639, 0.5840951, 0.9638297), abs=PRINTED
    )


def test_fishers_interval_equals_the_published_example_once_its_correction_of_bias_is_made() -> None:
    """R's statpsych::ci.cor(.05, .536, 0, 50) moves z by r / (2 (n - 1)) first; scipy does not, and neither do we."""
    moved = math.tanh(math.atanh(0.536) - 0.536 / 98)
    assert fisher_interval(moved, 50) == pytest.approx((0.2978573, 0.7058914), abs=PRINTED)


def test_pearson_equals_scipy() -> None:
    theirs = stats.pearsonr(X, Y)
    interval = theirs.confidence_interval()
    ours = pearson(X, Y)
    assert (ours.value, ours.lower, ours.upper) == pytest.approx(
        (theirs.statistic, interval.low, interval.high), abs=1e-12
    )


def test_a_correlation_within_groups_is_the_partial_correlation_given_the_groups() -> None:
    """Against least squares with a column per group: the residuals' correlation, and one degree less per group."""
    rng = np.random.default_rng(5)
    group = rng.integers(0, 4, 200)
    x = rng.normal(size=200) + 3 * group
    y = 0.5 * x - 4 * group + rng.normal(size=200)
    columns = np.equal.outer(group, np.arange(4)).astype(float)
    left = [v - columns @ np.linalg.lstsq(columns, v, rcond=None)[0] for v in (x, y)]
    expected = np.corrcoef(*left)[0, 1]
    inside = [centred_within(v, group) for v in (x, y)]
    ours = pearson(inside[0].value, inside[1].value, controlled=inside[0].groups - 1)
    assert ours.value == pytest.approx(expected, abs=1e-12)
    assert (ours.lower, ours.upper) == fisher_interval(ours.value, 200, controlled=3)
    assert ours.value > 0.3 > np.corrcoef(x, y)[0, 1]  # taken across the groups, the sign would be the other


def test_a_measure_that_does_not_vary_goes_with_nothing() -> None:
    for method in (pearson, spearman):
        found = method([0.1] * 8, list(range(8)))
        assert math.isnan(found.value)
        assert math.isnan(found.lower)


def test_three_pairs_are_too_few_to_say() -> None:
    for method in (pearson, spearman):
        assert math.isnan(method([1, 2, 3], [1, 2, 3]).value)


def test_a_missing_value_is_refused_and_never_taken_as_zero() -> None:
    for method in (pearson, spearman):
        with pytest.raises(ValueError, match="missing"):
            method([1, 2, math.nan, 4, 5], [1, 2, 3, 4, 5])


def test_one_student_alone_in_a_group_has_nobody_to_be_compared_with() -> None:
    found = centred_within([1.0, 3.0, 7.0], [1, 1, 2])
    assert found.value[:2].tolist() == [-1.0, 1.0]
    assert math.isnan(found.value[2])
    assert found.groups == 1


@given(st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=4, max_size=40))
def test_a_correlation_lies_in_its_interval_and_the_interval_between_minus_one_and_one(
    pairs: list[tuple[float, float]],
) -> None:
    for method in (pearson, spearman):
        found = method([a for a, _ in pairs], [b for _, b in pairs])
        if not math.isnan(found.value):
            assert -1 <= found.lower <= found.value <= found.upper <= 1


def test_the_limits_of_the_worked_example_with_and_without_its_jump() -> None:
    values = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
    plain, screened = xmr_limits(values), xmr_limits(values, screened=True)
    assert (plain.mean_range, plain.lower, plain.upper) == pytest.approx((1.882, -3.06, 6.95), abs=0.005)
    assert (screened.mean_range, screened.lower, screened.upper) == pytest.approx(
        (1.0, -0.72, 4.60), abs=0.005
    )


def test_twenty_four_weeks_allow_a_run_of_eight_and_need_eight_crossings() -> None:
    found = run_chart([0, 1] * 12, centre=0.5)
    assert (found.longest_run_allowed, found.crossings_needed) == (8, 8)
    assert not found.has_signal


def test_a_run_that_goes_on_counts_from_its_first_week_and_skips_weeks_on_the_line() -> None:
    found = run_chart([3, 1, 3, 1, 1, 2, 1], centre=2)
    assert (found.last_run, found.n_useful) == (-3, 6)


@pytest.mark.samples
def test_weekly_attendance_of_three_schools_equals_r(samples: Path) -> None:
    schools = json.loads((samples / "spc" / "expected_R.json").read_text())["nyc_weekly_attendance"]
    for school in schools.values():
        plain = xmr_limits(school["values"])
        assert plain.centre == pytest.approx(school["xmr_center"], abs=1e-9)
        assert (plain.lower, plain.upper) == pytest.approx(school["xmr_limits"][0], abs=1e-9)
        screened = xmr_limits(school["values"], screened=True)
        assert (screened.lower, screened.upper) == pytest.approx(
            (school["qic_i"]["lcl"], school["qic_i"]["ucl"]), abs=0.001
        )
        runs, expected = run_chart(school["values"]), school["run_chart"]
        assert runs.centre == pytest.approx(expected["median"])
        assert (runs.n_useful, runs.longest_run, runs.longest_run_allowed) == (
            expected["n_useful"], expected["longest_run"], expected["longest_run_max"]
        )  # fmt: skip
        assert (runs.crossings, runs.crossings_needed) == (expected["crossings"], expected["crossings_min"])
        assert runs.has_signal == expected["runs_signal"]
