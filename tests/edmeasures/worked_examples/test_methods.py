"""The worked examples that are methods over arrays, by their numbers in the field's collection."""

import math

import numpy as np
import pytest

from edmeasures.methods.alpha import cronbach_alpha
from edmeasures.methods.benjamini_hochberg import benjamini_hochberg
from edmeasures.methods.control_chart import p_chart, u_chart
from edmeasures.methods.funnel import funnel_limits
from edmeasures.methods.goal_attainment import goal_attainment
from edmeasures.methods.goals import aim_line, growth_needed, reach_of_goal, smallest_distinguishable_change
from edmeasures.methods.growth_index import NORTH_CAROLINA, growth_index
from edmeasures.methods.hedges_g import hedges_g
from edmeasures.methods.icc import intraclass_correlation
from edmeasures.methods.james_stein import james_stein
from edmeasures.methods.kappa import kappa_from_table
from edmeasures.methods.making_data_count import assurance, in_shift, in_trend, making_data_count
from edmeasures.methods.nce import normal_curve_equivalent
from edmeasures.methods.nonoverlap import ird, nap, pand, pem, pnd, tau, tau_u
from edmeasures.methods.pareto import pareto
from edmeasures.methods.rating_composite import (
    IMPACT_BANDS,
    IMPACT_CUTS,
    TENNESSEE_CUTS,
    matrix_rating,
    weighted_composite,
)
from edmeasures.methods.run_chart import run_chart
from edmeasures.methods.wilson import wilson_interval
from edmeasures.methods.wwc import attrition, baseline_equivalence, cox_index, improvement_index
from edmeasures.methods.xmr import xmr_limits

FOUR, THREE = 5e-5, 5e-4  # half of the last place that is printed

ANSWERS = """
3 2 4 1 4 5 1 4 3 2
5 4 6 3 5 1 2 5 5 5
7 3 5 5 6 4 3 3 6 5
2 4 3 3 2 2 2 6 6 3
6 5 6 5 4 4 4 6 7 5
1 2 3 4 2 5 2 3 5 2
4 3 5 3 5 2 1 2 4 3
2 4 4 3 7 2 2 4 6 5
6 5 5 5 1 6 5 2 3 2
5 4 6 4 3 5 3 1 7 2
4 3 5 2 5 3 2 3 4 1
4 2 3 2 5 3 4 2 3 4
5 5 6 2 3 3 2 4 4 5
6 5 5 4 2 2 1 4 6 5
4 3 5 5 3 1 3 2 3 4
"""


def test_s07_alpha_of_fifteen_people_and_ten_items() -> None:
    found = cronbach_alpha([row.split() for row in ANSWERS.split("\n") if row])
    assert found.value == pytest.approx(0.5917, abs=FOUR)
    assert (found.lower, found.upper) == pytest.approx((0.195, 0.840), abs=THREE)


@pytest.mark.parametrize(
    ("index", "level"),
    [("2.20", "5"), ("2.00", "5"), ("1.99", "4"), ("1.00", "4"), ("-1.00", "3"), ("-1.01", "2"), ("-2.00", "2"),
     ("-2.01", "1")],
)  # fmt: skip
def test_s11_an_index_on_a_boundary_takes_the_higher_level(index: str, level: str) -> None:
    assert growth_index(index, "1").level == level


def test_s11_growth_index_and_level() -> None:
    found = growth_index(3.30, 1.50)
    assert (found.value, found.printed, found.level) == (2.2, 2.2, "5")
    assert growth_index(3.30, 1.50, bands=NORTH_CAROLINA).level == "exceeds expected growth"
    assert (
        growth_index(1.9949, 1).level == "4"
    )  # printed 1.99; 1.9951 prints 2.00 and is level 4 all the same
    assert (growth_index(1.9951, 1).printed, growth_index(1.9951, 1).level) == (2.0, "4")


def test_s12_eighteen_batting_averages() -> None:
    y = [
        0.400,
        0.378,
        0.356,
        0.333,
        0.311,
        0.311,
        0.289,
        0.267,
        0.244,
        0.244,
        *[0.222] * 5,
        0.200,
        0.178,
        0.156,
    ]
    mean = float(np.mean(y))
    found = james_stein(y, variance=mean * (1 - mean) / 45)
    assert round(found.mean, 3) == 0.265
    assert found.kept == pytest.approx(0.212, abs=THREE)
    assert (found.value[0], found.value[-1]) == pytest.approx((0.294, 0.242), abs=1e-3)


def test_s13_percentile_ranks_as_normal_curve_equivalents() -> None:
    found = normal_curve_equivalent([1, 10, 25, 50, 75, 90, 99])
    assert found.value.round(1).tolist() == [1.0, 23.0, 35.8, 50.0, 64.2, 77.0, 99.0]


def test_s30_growth_needed() -> None:
    assert growth_needed(35, 90, 20).value == 2.75


def test_s31_aim_line_consecutive_point_and_trend_rules() -> None:
    scores = [22, 22, 25, 24, 26, 27, 28, 28]
    found = aim_line(range(1, 9), scores, start=20, goal=35, goal_week=10)
    assert found.aim.tolist() == [21.5, 23.0, 24.5, 26.0, 27.5, 29.0, 30.5, 32.0]
    assert (np.flatnonzero(found.behind) + 1).tolist() == [2, 4, 5, 6, 7, 8]
    assert (found.last_run, found.consecutive) == (-5, "change")
    assert (found.slope, found.intercept) == pytest.approx((0.952, 20.964), abs=THREE)
    assert round(found.projection, 1) == 30.5
    assert found.trend == "change"
    three = aim_line(range(1, 9), scores, start=20, goal=35, goal_week=10, points=6)
    assert three.consecutive == "keep"


def test_s32_non_overlap_indices() -> None:
    a, b = [20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]
    assert pnd(a, b).value == pytest.approx(5 / 7)
    assert pand(a, b).value == pytest.approx(11 / 13)
    assert pem(a, b).value == 1
    assert ird(a, b).value == pytest.approx(6 / 7 - 1 / 6)
    assert nap(a, b).value == pytest.approx(38.5 / 42)
    assert tau(a, b).value == pytest.approx(35 / 42)
    assert tau_u(a, b).value == pytest.approx((35 - 4) / 42)


def test_s33_hedges_g_of_metafor() -> None:
    found = hedges_g(27, 7, 31, 29, 4, 32)
    assert (found.value, found.variance) == pytest.approx((-0.3479, 0.0645), abs=FOUR)


def test_s34_hedges_g_of_borenstein() -> None:
    found = hedges_g(103, 5.5, 50, 100, 4.5, 50, variance="borenstein")
    assert 3 / found.uncorrected == pytest.approx(5.0249, abs=FOUR)
    assert (found.uncorrected, found.correction, found.value) == pytest.approx(
        (0.5970, 0.9923, 0.5924), abs=FOUR
    )
    assert (found.variance / found.correction**2, found.variance) == pytest.approx((0.0418, 0.0411), abs=FOUR)


def test_s36_attrition_is_high_under_both_boundaries() -> None:
    found = attrition(20, 40, 31, 49)
    assert (round(100 * found.overall, 1), round(100 * found.differential, 1)) == (42.7, 13.3)
    assert not found.low_cautious
    assert not found.low_optimistic


@pytest.mark.parametrize(
    ("effect", "verdict"),
    [(0.05, "satisfied"), (0.051, "needs adjustment"), (0.25, "needs adjustment"), (0.251, "fails")],
)
def test_s37_baseline_equivalence(effect: float, verdict: str) -> None:
    assert baseline_equivalence(effect).verdict == verdict
    assert baseline_equivalence(-effect).verdict == verdict


def test_s38_benjamini_hochberg() -> None:
    found = benjamini_hochberg([0.52, 0.12, 0.0001, 0.03, 0.14])
    assert found.adjusted == pytest.approx([0.52, 0.175, 0.0005, 0.075, 0.175])
    assert found.rejected.tolist() == [False, False, True, False, False]
    gap = benjamini_hochberg([0.52, math.nan, 0.10, 0.30, 0.14])
    assert gap.adjusted == pytest.approx([0.52, math.nan, 0.28, 0.40, 0.28], nan_ok=True)
    assert gap.n == 4


def test_s39_improvement_index_and_cox_index() -> None:
    assert improvement_index(0.25).value == pytest.approx(9.87, abs=0.005)
    assert cox_index(0.80, 200, 0.70, 200).value == pytest.approx(0.326, abs=THREE)


def test_s40_kappa_from_a_table_of_proportions() -> None:
    table = [[0.44, 0.07, 0.09], [0.05, 0.20, 0.05], [0.01, 0.03, 0.06]]
    assert kappa_from_table(table).value == pytest.approx(0.492, abs=THREE)
    weighed = kappa_from_table(table, weights=[[0, 1, 3], [1, 0, 6], [3, 6, 0]])
    assert weighed.value == pytest.approx(0.348, abs=THREE)


def test_s41_two_by_two_kappa() -> None:
    found = kappa_from_table([[20, 5], [10, 15]])
    assert (found.observed, found.expected, found.value) == pytest.approx((0.70, 0.50, 0.40))


def test_s42_intraclass_correlation_of_eight_wines() -> None:
    wines = [
        (1, 2, 0, 1),
        (1, 3, 3, 2),
        (3, 8, 1, 4),
        (6, 4, 3, 3),
        (6, 5, 5, 6),
        (7, 5, 6, 2),
        (8, 7, 7, 9),
        (9, 9, 9, 8),
    ]
    one = [intraclass_correlation(wines, kind=k).value for k in ("1", "A", "C")]
    mean = [intraclass_correlation(wines, kind=k, averaged=True).value for k in ("1", "A", "C")]
    assert one == pytest.approx([0.728, 0.728, 0.729], abs=THREE)
    assert mean == pytest.approx([0.914, 0.914, 0.915], abs=THREE)


def test_s43_weighted_composite() -> None:
    """The cuts as team-tn.org prints them: <200, 200-274.99, 275-349.99, 350-424.99, 425-500."""
    printed = [("1.9999", "1"), ("2.00", "2"), ("2.7499", "2"), ("2.75", "3"), ("3.4999", "3"), ("3.50", "4")]
    for score, level in printed:
        assert weighted_composite([score], [100], TENNESSEE_CUTS).level == level
    found = weighted_composite(["3.8", 4, 5], [50, 35, 15], TENNESSEE_CUTS)
    assert (found.value, found.parts, found.level) == (405, (190, 140, 75), "4")
    assert weighted_composite(["4.25"], [100], TENNESSEE_CUTS).level == "5"
    assert weighted_composite(["4.2499"], [100], TENNESSEE_CUTS).level == "4"


def test_s44_two_way_matrix() -> None:
    """Education Law 3012-d (5)(b), its numbered sentences: observation, student performance, the teacher's composite."""
    law = "HHH HEH HDE HID EHH EEE EDE EID DHE DEE DDD"
    for observed, performed, composite in law.split():
        assert matrix_rating(performed, observed).value == composite
    rows = {p: "".join(matrix_rating(p, o).value for o in "HEDI") for p in "HEDI"}
    assert rows == {"H": "HHED", "E": "HEED", "D": "EEDI", "I": "DDII"}
    with pytest.raises(ValueError, match="observation is 'X'"):
        matrix_rating("D", "X")


def test_s45_hundred_point_bands() -> None:
    """A printed IMPACT report of 2013-14 weighs its first component 3.44 x 75 = 258. The bands are as recalled."""
    assert weighted_composite(["3.44", "1"], [75, 25], IMPACT_CUTS, IMPACT_BANDS).parts[0] == 258
    found = weighted_composite(["3.40", "3.00"], [65, 35], IMPACT_CUTS, IMPACT_BANDS)
    assert (found.value, found.level) == (326, "effective")
    on_the_cut = weighted_composite(["3.5"], [100], IMPACT_CUTS, IMPACT_BANDS)
    assert on_the_cut.level == "highly effective"
    with pytest.raises(ValueError, match="scores: nan is not a number"):
        weighted_composite([math.nan], [100], IMPACT_CUTS)


def test_s46_xmr_with_and_without_screening() -> None:
    values = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
    plain, screened = xmr_limits(values), xmr_limits(values, screened=True)
    assert (round(plain.mean_range, 3), round(plain.lower, 2), round(plain.upper, 2)) == (1.882, -3.06, 6.95)
    assert screened.mean_range == 1
    assert (screened.lower, screened.upper) == pytest.approx((-0.72, 4.60), abs=0.005)
    assert [
        making_data_count(values, screened=s).outside.tolist().index(True) + 1 for s in (True, False)
    ] == [5, 5]


def test_s47_p_chart_of_varying_n() -> None:
    counts = [12, 8, 6, 9, 10, 12, 11, 16, 10, 6, 20, 15, 9, 8, 6, 8, 10, 7, 5, 8, 5, 8, 10, 6, 9]
    n = [
        100,
        80,
        80,
        100,
        110,
        110,
        100,
        100,
        90,
        90,
        110,
        120,
        120,
        120,
        110,
        80,
        80,
        80,
        90,
        *[100] * 4,
        90,
        90,
    ]
    chart = p_chart(counts, n)
    assert chart.centre == pytest.approx(234 / 2450)
    limits = {size: (chart.lower[i], chart.upper[i]) for i, size in enumerate(n)}
    for size, expected in (
        (100, (0.0073, 0.1837)),
        (80, (0, 0.1941)),
        (110, (0.0114, 0.1796)),
        (120, (0.0150, 0.1760)),
    ):
        assert limits[size] == pytest.approx(expected, abs=FOUR)
    assert (chart.beyond + 1).tolist() == [11]


def test_s48_u_chart_of_varying_area() -> None:
    units = [8, 10, 13, 10, 9.5, 10, 12, 10.5, 12, 12.5]
    chart = u_chart([14, 12, 20, 11, 7, 10, 21, 16, 19, 23], units)
    assert chart.centre == pytest.approx(1.4233, abs=FOUR)
    for i, expected in ((0, (0.158, 2.689)), (1, (0.291, 2.555)), (2, (0.431, 2.416))):
        assert (chart.lower[i], chart.upper[i]) == pytest.approx(expected, abs=THREE)
    assert not chart.beyond.size


def test_s49_long_runs_and_few_crossings_of_twenty_four_points() -> None:
    found = run_chart([0, 1] * 12, centre=0.5)
    assert (found.longest_run_allowed, found.crossings_needed) == (8, 8)
    eight, nine = ([1] * run + [0, 1] * ((24 - run) // 2 + 1) for run in (8, 9))
    assert not run_chart(eight[:24], centre=0.5).has_signal
    assert run_chart(nine[:24], centre=0.5).has_signal
    assert run_chart([1, 0.5, 1, 0], centre=0.5).longest_run == 2


def test_s50_nhs_rules() -> None:
    assert not in_trend([1, 2, 3, 4, 5, 6]).any()
    assert in_trend([1, 2, 3, 4, 5, 6, 7]).all()
    assert not in_trend([1, 2, 3, 3, 4, 5, 6]).any()
    assert not in_shift([1] * 6 + [-1], 0).any()
    assert in_shift([1] * 7 + [-1], 0).sum() == 7


@pytest.mark.parametrize(
    ("limits", "up", "down"),
    [((1, 3), "consistently fails", "consistently passes"), ((5, 7), "consistently passes", "consistently fails"),
     ((1, 5), "hit and miss", "hit and miss")],
)  # fmt: skip
def test_s50_assurance_of_a_target_of_four(limits: tuple[float, float], up: str, down: str) -> None:
    assert (assurance(*limits, 4, better="up"), assurance(*limits, 4, better="down")) == (up, down)
    assert assurance(*limits, 4, better="neither") is None


def test_s51_wilson_interval_at_two_confidences() -> None:
    for confidence, expected in ((0.95, (0.5525, 0.7364)), (0.998, (0.4955, 0.7784))):
        found = wilson_interval(65, 100, confidence=confidence)
        assert (found.lower[0], found.upper[0]) == pytest.approx(expected, abs=FOUR)


def test_s52_funnel_limits_for_a_proportion() -> None:
    lower, upper = funnel_limits([20, 30, 3], 0.80642448)
    assert 100 * lower[:2] == pytest.approx([63.327, 66.504], abs=THREE)
    assert 100 * upper[:2] == pytest.approx([97.958, 94.781], abs=THREE)
    assert upper[2] == 1


def test_s53_goal_attainment_scaling() -> None:
    scores = [goal_attainment(x).value for x in ([1], [1, 1, 1], [1, 0, 0], [0, 0, 0])]
    assert scores == pytest.approx([60.0, 63.69, 54.56, 50.0], abs=0.005)


def test_s54_pareto() -> None:
    found = pareto([42, 27, 15, 9, 5, 2])
    assert found.cumulative == pytest.approx([0.42, 0.69, 0.84, 0.93, 0.98, 1.0])
    assert found.vital_few == 3


def test_s55_is_the_goal_achievable() -> None:
    found = reach_of_goal([-2, -1, 0, 1, 1, 2, 3, 4, 5, 8], 5)
    assert (found.reached, found.exceeded, found.n) == (2, 8, 10)


def test_s58_smallest_distinguishable_change() -> None:
    assert 100 * smallest_distinguishable_change(0.60, 80).value == pytest.approx(15.2, abs=0.05)
