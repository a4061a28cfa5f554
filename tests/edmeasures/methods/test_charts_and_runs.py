"""Control charts, run rules and slopes against R, printed tables and plain counting."""

import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edmeasures.methods.chart_constants import chart_constants
from edmeasures.methods.control_chart import ControlChart, c_chart, np_chart, p_chart, u_chart
from edmeasures.methods.funnel import funnel
from edmeasures.methods.making_data_count import _two_of_three, in_shift, in_trend, making_data_count
from edmeasures.methods.runs_test import longest_run_probability, runs_distribution, runs_limits, runs_test
from edmeasures.methods.slopes import ols_slope, theil_sen
from edmeasures.methods.subgroup_chart import cusum, ewma_chart, r_chart, s_chart, xbar_chart
from edmeasures.methods.western_electric import western_electric

EXACT = 1e-9  # R writes thirteen digits
PRINTED_D2 = 5e-5  # relative: R's qcc divides by d2 to three places, we by d2 itself


@pytest.fixture(scope="module")
def spc(samples: Path) -> dict:
    return json.loads((samples / "spc" / "expected_R.json").read_text())


def columns(samples: Path, name: str) -> dict[str, np.ndarray]:
    """A small CSV of numbers by its header."""
    lines = (samples / "spc" / name).read_text().replace('"', "").split()
    head, *rows = [line.split(",") for line in lines]
    return {h: np.array([float(r[i]) for r in rows]) for i, h in enumerate(head)}


@pytest.mark.parametrize(
    ("n", "d2", "d3", "c4"),
    [(2, 1.128, 0.853, 0.7979), (3, 1.693, 0.888, 0.8862), (5, 2.326, 0.864, 0.9400), (10, 3.078, 0.797, 0.9727),
     (25, 3.931, 0.708, 0.9896)],
)  # fmt: skip
def test_constants_equal_montgomerys_table(n: int, d2: float, d3: float, c4: float) -> None:
    """Montgomery (2009), appendix VI."""
    found = chart_constants(n)
    assert (round(found.d2, 3), round(found.d3, 3), round(found.c4, 4)) == (d2, d3, c4)


def test_constants_of_two_are_known_in_closed_form() -> None:
    two = chart_constants(2)
    assert (two.d2, two.d3) == pytest.approx((2 / math.sqrt(math.pi), math.sqrt(2 - 4 / math.pi)), abs=1e-12)


@pytest.mark.samples
@pytest.mark.parametrize("kind", ["p", "np"])
def test_shares_of_the_orange_juice_equal_r(spc: dict, kind: str) -> None:
    expected = spc[f"{kind}_orangejuice"]
    share = np.array(spc["p_orangejuice"]["statistics"])
    counts = np.round(share * 50)
    chart = p_chart(counts, np.full(30, 50)) if kind == "p" else np_chart(counts, 50)
    assert chart.centre == pytest.approx(expected["center"], abs=EXACT)
    assert (chart.lower[0], chart.upper[0]) == pytest.approx(expected["limits"][0], abs=EXACT)
    assert (chart.beyond + 1).tolist() == expected["beyond"]


@pytest.mark.samples
def test_faults_of_the_circuits_equal_r(spc: dict) -> None:
    counts = np.array(spc["c_circuit"]["statistics"])
    for chart, expected in (
        (c_chart(counts), spc["c_circuit"]),
        (u_chart(counts, np.full(26, 100)), spc["u_circuit"]),
    ):
        assert chart.centre == pytest.approx(expected["center"], abs=EXACT)
        assert (chart.lower[0], chart.upper[0]) == pytest.approx(expected["limits"][0], abs=EXACT)
        assert set(chart.beyond + 1) == set(expected["beyond"])


@pytest.mark.samples
def test_piston_rings_equal_r(spc: dict, samples: Path) -> None:
    rings = columns(samples, "pistonrings_groups.csv")
    table = np.column_stack(list(rings.values()))[:25]
    for chart, name in ((xbar_chart(table), "xbar"), (r_chart(table), "R"), (s_chart(table), "S")):
        expected = spc[f"{name}_piston"]
        assert chart.value == pytest.approx(np.array(expected["statistics"]), abs=EXACT)
        assert chart.centre == pytest.approx(expected["center"], abs=EXACT)
        assert (chart.lower[0], chart.upper[0]) == pytest.approx(expected["limits"][0], rel=PRINTED_D2)
    means = spc["xbar_piston"]
    sigma = means["std_dev"] / math.sqrt(5)
    smooth = ewma_chart(means["statistics"], sigma=sigma, centre=means["center"])
    assert smooth.value == pytest.approx(np.array(spc["ewma_piston"]["y"]), abs=EXACT)
    assert np.column_stack([smooth.lower, smooth.upper]) == pytest.approx(
        np.array(spc["ewma_piston"]["limits"]), abs=EXACT
    )
    sums = cusum(means["statistics"], sigma=sigma, centre=means["center"], limit=4)
    assert sums.above == pytest.approx(np.array(spc["cusum_piston"]["pos"]), abs=EXACT)
    assert sums.below == pytest.approx(np.array(spc["cusum_piston"]["neg"]), abs=EXACT)


def test_laneys_chart_with_nothing_but_chance_is_the_p_chart() -> None:
    """Laney (2002): sigma of z is about 1 then. With real ups and downs of thousands a day it is far from it."""
    rng = np.random.default_rng(3)
    n = np.full(4000, 500)
    assert p_chart(rng.binomial(n, 0.05), n, laney=True).spread == pytest.approx(1, abs=0.04)
    wavy = rng.binomial(n * 20, 0.05 + 0.01 * rng.normal(size=4000))
    plain, laney = p_chart(wavy, n * 20), p_chart(wavy, n * 20, laney=True)
    assert plain.beyond.size > 800
    assert laney.beyond.size < 40


def test_laneys_sigma_is_the_moving_range_of_z_by_hand() -> None:
    """Three days of 100: 10, 20 and 12 absent. The centre is .14, and the shares move by .10 and .08."""
    chart = p_chart([10, 20, 12], [100, 100, 100], laney=True)
    sigma = math.sqrt(0.14 * 0.86 / 100)
    assert chart.spread == pytest.approx((0.10 + 0.08) / 2 / sigma / (2 / math.sqrt(math.pi)), abs=1e-9)
    assert chart.upper[0] == pytest.approx(0.14 + 3 * 0.09 / (2 / math.sqrt(math.pi)), abs=1e-9)


#: Twelve weeks, and what laney_and_western_electric.R beside this file makes of them: base R, from Laney's definition.
WEEKS = (
    [31, 44, 52, 38, 47, 71, 66, 40, 35, 58, 62, 49],
    [812, 840, 835, 790, 905, 998, 870, 760, 815, 930, 1010, 880],
)
LANEY_LOWER = (0.0260310082391, 0.0265477268488, 0.0264573653647, 0.0256058865552, 0.0276534088118, 0.0290433835823,
               0.0270734338912, 0.0249966884315, 0.0260876418168, 0.0280474752436, 0.0292086096348, 0.0272426668470)  # fmt: skip
LANEY_UPPER = (0.0875161435081, 0.0869994248984, 0.0870897863826, 0.0879412651921, 0.0858937429354, 0.0845037681650,
               0.0864737178561, 0.0885504633157, 0.0874595099304, 0.0854996765036, 0.0843385421125, 0.0863044849002)  # fmt: skip


@pytest.mark.parametrize(("chart", "sigma"), [(p_chart, 1.261873421788), (u_chart, 1.2255295079871)])
def test_laneys_limits_are_those_of_base_r(chart: Callable[..., ControlChart], sigma: float) -> None:
    """Of one set of counts p' and u' have the same limits: what differs in their sigmas comes back in sigma of z."""
    found = chart(*WEEKS, laney=True)
    assert found.spread == pytest.approx(sigma, abs=1e-12)
    assert found.lower == pytest.approx(np.array(LANEY_LOWER), abs=1e-12)
    assert found.upper == pytest.approx(np.array(LANEY_UPPER), abs=1e-12)


def test_overdispersion_is_dersimonian_and_lairds() -> None:
    """Against statsmodels' meta-analysis of the same shares; nothing winsorised."""
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    count, n = np.array([80.0, 60, 90, 95, 70]), np.array([100.0, 80, 140, 100, 95])
    ours = funnel(count, n, overdispersed=True, winsorised=0)
    p = count.sum() / n.sum()
    theirs = meta.combine_effects(count / n, p * (1 - p) / n, method_re="dl")
    assert ours.between**2 == pytest.approx(theirs.tau2, abs=1e-12)
    assert ours.lower[0] < funnel(count, n).lower[0]


def test_schools_that_differ_by_chance_alone_keep_their_funnel() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(50, 400, 200)
    found = funnel(rng.binomial(n, 0.3), n, overdispersed=True)
    assert found.between < 0.012
    outside = ((found.value < found.lower) | (found.value > found.upper)).mean()
    assert outside < 0.09


@pytest.mark.parametrize(
    ("above", "below", "runs", "at_most"),
    [
        (5, 5, 2, 0.008),
        (5, 5, 3, 0.040),
        (5, 5, 4, 0.167),
        (5, 5, 5, 0.357),
        (10, 10, 6, 0.019),
        (10, 10, 7, 0.051),
    ],
)
def test_runs_equal_swed_and_eisenharts_table(above: int, below: int, runs: int, at_most: float) -> None:
    """Swed and Eisenhart (1943), table I."""
    chances = runs_distribution(above, below)
    assert round(sum(p for r, p in chances.items() if r <= runs), 3) == at_most
    assert sum(chances.values()) == pytest.approx(1, abs=1e-12)


def test_runs_equal_looking_at_every_order() -> None:
    counted = [
        1 + sum(a != b for a, b in itertools.pairwise(o)) for o in set(itertools.permutations("xxxyyyy"))
    ]
    for runs, chance in runs_distribution(3, 4).items():
        assert chance == pytest.approx(counted.count(runs) / len(counted), abs=1e-12)


def test_limits_of_ten_and_ten_are_the_published_ones() -> None:
    """Swed and Eisenhart, table II and III at 2.5 per cent each: 6 and 16."""
    assert runs_limits(10, 10) == (6, 16)
    assert runs_limits(2, 2) == (None, None)


@pytest.mark.parametrize("length", range(1, 10))
def test_a_longest_run_equals_tossing_every_way(length: int) -> None:
    tosses = [max(len(list(g)) for _, g in itertools.groupby(t)) for t in itertools.product("ht", repeat=9)]
    assert longest_run_probability(9, length) == pytest.approx(np.mean(np.array(tosses) >= length), abs=1e-12)


def test_the_longest_run_of_very_many_tosses_stays_a_probability() -> None:
    short, long = longest_run_probability(999, 12), longest_run_probability(1001, 12)
    assert 0 < short < long < 1
    assert long - short < 0.001


def test_a_constant_series_has_no_runs_to_test() -> None:
    found = runs_test([3, 3, 3, 3])
    assert found.reason == "no_variation"
    assert math.isnan(found.p_value)


def test_each_western_electric_rule_marks_the_point_that_completes_it() -> None:
    found = western_electric([0.5] * 7 + [0.2, -0.1, 1.5, 1.2, 0.1, 1.1, 1.4], centre=0, sigma=1)
    assert np.flatnonzero(found.eight_on_one_side).tolist() == [7]
    assert np.flatnonzero(found.four_of_five_beyond_one).tolist() == [13]
    assert not found.beyond_three_sigma.any()


def test_the_western_electric_rules_mark_what_base_r_marks() -> None:
    """By windows and run lengths in laney_and_western_electric.R; R counts from 1."""
    values = [
        0.4, 1.2, 2.3, -0.5, 2.1, 3.2, 1.4, 1.1, -1.6, 1.3, 0.2, 0.9, 0.3, 0.6, 0.1, 0.8, 0.5, 0.7, -2.4, -1.2, -2.1, -1.3,
        -1.1, 0.0, 1.1, -3.4, 2.2, 0.1, 2.6, 1.9, 1.2, 0.4, 1.6, -0.2, -0.3, -0.6, -0.1, -1.4, -0.8, -0.9, -0.4,
    ]  # fmt: skip
    found = western_electric(values, centre=0, sigma=1)
    marked = [
        (np.flatnonzero(rule) + 1).tolist()
        for rule in (
            found.beyond_three_sigma,
            found.two_of_three_beyond_two,
            found.four_of_five_beyond_one,
            found.eight_on_one_side,
        )
    ]
    assert marked == [[6, 26], [5, 6, 21, 29], [6, 7, 8, 10, 22, 23, 31, 33], [17, 18, 41]]


def test_two_of_three_on_opposite_sides_is_no_signal() -> None:
    assert not western_electric([2.5, 0, -2.5], centre=0, sigma=1).two_of_three_beyond_two.any()


@settings(deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=1, max_size=40))
def test_upside_down_values_give_the_same_signals(values: list[float]) -> None:
    there, back = (western_electric(way * np.array(values), centre=0, sigma=1) for way in (1, -1))
    assert (there.any == back.any).all()


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=30))
def test_shifts_and_trends_equal_looking_at_every_window(values: list[int]) -> None:
    x = np.array(values, dtype=float)
    shift, trend = np.zeros(x.size), np.zeros(x.size)
    for i in range(x.size - 6):
        w = x[i : i + 7]
        for side in (1, -1):
            if (np.sign(w - 1.5) == side).all():
                shift[i : i + 7] = side
            if (np.sign(np.diff(w)) == side).all():
                trend[i : i + 7] = side
    assert (in_shift(x, 1.5) == shift).all()
    assert (in_trend(x) == trend).all()


@pytest.mark.parametrize(
    ("near", "marked"),
    [([1, 0, 1], [1, 0, 1]), ([0, 1, 1], [0, 1, 1]), ([1, 1, 0], [1, 1, 0]), ([0, 0, 1, 0, 1, 0, 0], [0, 0, 1, 0, 1, 0, 0]),
     ([1, 0, 0, 1], [0, 0, 0, 0]), ([1, 0, 0, 1, 1], [0, 0, 0, 1, 1])],
)  # fmt: skip
def test_two_in_three_equals_the_tests_of_nhsrplotthedots(near: list[int], marked: list[int]) -> None:
    """Its `ptd_part_of_two_in_three`, points on one side of the mean; split by the mean, none of them counts."""
    flags = np.array(near, dtype=bool)
    assert _two_of_three(flags, np.ones(flags.size)).astype(int).tolist() == marked
    zigzag = np.where(np.arange(flags.size) % 2, -1.0, 1.0)
    assert not _two_of_three(flags, zigzag).any()


def test_neutral_measures_change_without_being_better() -> None:
    found = making_data_count([0.0] * 3 + [1.0, -1.0] * 8 + [9.0], better="neither", target=3)
    assert found.kind[-1] == "change"
    assert found.assurance is None


def test_sens_own_example() -> None:
    """Sen (1968), section 6: slope 4, 93 per cent interval 3.71 to 4.38."""
    found = theil_sen([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78], confidence=0.93)
    assert (found.value, found.lower, found.upper) == pytest.approx((4, 3.71, 4.38), abs=0.005)


def test_four_points_have_a_slope_and_no_95_per_cent_interval_of_sen() -> None:
    found = theil_sen([1, 2, 3, 4], [2, 3, 5, 4])
    assert found.value == pytest.approx((2 / 3 + 1) / 2)  # of -1, 1/2, 2/3, 1, 3/2 and 2
    assert found.reason == "too_few"
    assert math.isnan(found.lower)
    assert theil_sen([1, 2, 3, 4, 5], [2, 3, 5, 4, 6]).reason is None


def test_a_slope_through_two_points_or_one_day_is_not_evaluated() -> None:
    for method in (ols_slope, theil_sen):
        assert method([1, 2], [3, 4]).reason == "too_few"
        assert method([2, 2, 2], [3, 4, 5]).reason == "no_variation"


def test_a_perfect_line_is_found_by_both() -> None:
    x = np.arange(8.0)
    for method in (ols_slope, theil_sen):
        assert method(x, 3 - 2 * x).value == pytest.approx(-2, abs=1e-12)


@pytest.mark.parametrize("method", [ols_slope, theil_sen])
def test_a_missing_score_is_named_by_its_row(method: object) -> None:
    with pytest.raises(ValueError, match=r"y: missing or infinite in row 1\."):
        method([1, 2, 3], [1, math.nan, 3])
