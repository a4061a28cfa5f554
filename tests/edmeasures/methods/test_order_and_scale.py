"""What must not matter does not: the order of people, items or raters, and the unit of a scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from edmeasures.methods.alpha import cronbach_alpha
from edmeasures.methods.benjamini_hochberg import benjamini_hochberg
from edmeasures.methods.calibration import calibration
from edmeasures.methods.funnel import funnel
from edmeasures.methods.icc import intraclass_correlation
from edmeasures.methods.james_stein import james_stein
from edmeasures.methods.kappa import cohen_kappa
from edmeasures.methods.krippendorff import krippendorff_alpha
from edmeasures.methods.linear_model import linear_model
from edmeasures.methods.ranking import auc
from edmeasures.methods.slopes import ols_slope, theil_sen
from edmeasures.methods.xmr import xmr_limits

ROUNDING = 1e-9  # sums in another order
TABLES = arrays(np.int64, st.tuples(st.integers(4, 12), st.integers(3, 5)), elements=st.integers(1, 9))


def varied(table: np.ndarray) -> bool:
    return bool((np.ptp(table, axis=0) > 0).all()) and np.cov(table, rowvar=False).sum() > 0.1


@settings(max_examples=60, deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_alpha_knows_neither_the_order_of_people_nor_of_items_nor_the_unit(
    table: np.ndarray, random: object
) -> None:
    if not varied(table):
        return
    people, items = (random.sample(range(n), n) for n in table.shape)
    here = cronbach_alpha(table)
    there = cronbach_alpha(3.5 * table[people][:, items] - 20)
    assert there.value == pytest.approx(here.value, abs=ROUNDING)
    assert there.lower == pytest.approx(here.lower, abs=ROUNDING)
    assert there.if_dropped == pytest.approx(here.if_dropped[items], abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_agreement_knows_no_order_of_raters_and_no_unit(table: np.ndarray, random: object) -> None:
    if not varied(table):
        return
    people, raters = (random.sample(range(n), n) for n in table.shape)
    moved = table[people][:, raters]
    for kind in ("1", "A", "C"):
        here, there = (intraclass_correlation(t, kind=kind) for t in (table, 10.0 * moved + 4))
        assert there.value == pytest.approx(here.value, abs=1e-7)
    for level, unit in (("nominal", 1), ("ordinal", 1), ("interval", 10), ("ratio", 10)):
        here, there = (krippendorff_alpha(t.T, level=level) for t in (table, unit * moved))
        assert there.value == pytest.approx(here.value, abs=ROUNDING, nan_ok=True)
        assert here.value <= 1 or np.isnan(here.value)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), min_size=3, max_size=25))
def test_kappa_knows_no_first_and_second_rater(pairs: list[tuple[int, int]]) -> None:
    first, second = zip(*pairs, strict=True)
    for weights in ("none", "linear", "quadratic"):
        here = cohen_kappa(first, second, categories=[1, 2, 3], weights=weights)
        there = cohen_kappa(second, first, categories=[1, 2, 3], weights=weights)
        assert here.value == pytest.approx(there.value, abs=ROUNDING, nan_ok=True)
        assert not here.value > 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-50, 50)), min_size=2, max_size=40))
def test_the_area_under_the_curve_knows_only_the_order_of_scores(rows: list[tuple[int, int]]) -> None:
    outcome, score = (np.array(x, dtype=float) for x in zip(*rows, strict=True))
    here, there, back = (auc(outcome, s) for s in (score, np.exp(score / 20), -score))
    assert here.value == pytest.approx(there.value, abs=ROUNDING, nan_ok=True)
    assert here.value == pytest.approx(1 - back.value, abs=ROUNDING, nan_ok=True)


@settings(deadline=None)
@given(
    st.lists(st.integers(-30, 30), min_size=5, max_size=15, unique=True),
    st.integers(0, 99),
    st.floats(0.5, 20),
)
def test_slopes_follow_the_unit_and_a_slope_that_is_added(x: list[int], seed: int, unit: float) -> None:
    when = np.array(x, dtype=float)
    y = np.random.default_rng(seed).normal(size=when.size).round(3)
    for method in (ols_slope, theil_sen):
        here, there = method(when, y), method(when, unit * y + 2 * when)
        assert there.value == pytest.approx(unit * here.value + 2, abs=1e-7)
        assert there.lower == pytest.approx(unit * here.lower + 2, abs=1e-7, nan_ok=True)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_keep_their_order_and_never_fall(p: list[float]) -> None:
    found = benjamini_hochberg(p)
    assert (found.adjusted >= np.array(p) - 1e-15).all()
    assert (np.diff(found.adjusted[np.argsort(p, kind="stable")]) >= -1e-12).all()
    assert benjamini_hochberg(p[::-1]).adjusted.tolist() == found.adjusted[::-1].tolist()


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=4, max_size=30), st.floats(0.01, 50))
def test_shrinkage_never_passes_the_mean_nor_changes_it(values: list[float], variance: float) -> None:
    found = james_stein(values, variance)
    assert 0 <= found.kept <= 1
    assert found.value.mean() == pytest.approx(np.mean(values), abs=1e-7)
    assert (np.abs(found.value - found.mean) <= np.abs(np.array(values) - found.mean) + 1e-9).all()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 300), st.floats(0, 1)), min_size=2, max_size=30))
def test_overdispersed_limits_are_never_narrower(schools: list[tuple[int, float]]) -> None:
    n = np.array([size for size, _ in schools])
    count = np.round(n * np.array([share for _, share in schools]))
    if not 0 < count.sum() < n.sum():
        return
    plain, wide = funnel(count, n), funnel(count, n, overdispersed=True)
    assert (wide.lower <= plain.lower + 1e-12).all()
    assert (wide.upper >= plain.upper - 1e-12).all()


@settings(deadline=None)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=40))
def test_screened_limits_lie_within_the_others_and_backwards_they_are_the_same(values: list[float]) -> None:
    plain, screened, back = xmr_limits(values), xmr_limits(values, screened=True), xmr_limits(values[::-1])
    assert plain.lower - 1e-9 <= screened.lower <= screened.upper <= plain.upper + 1e-9
    assert (back.lower, back.upper) == pytest.approx((plain.lower, plain.upper), abs=1e-7)
    computed = xmr_limits(values, computed=True)
    half = (plain.upper - plain.centre) * 1.128 / (2 / np.sqrt(np.pi))
    assert computed.upper - computed.centre == pytest.approx(half, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.floats(0, 1)), min_size=1, max_size=60), st.integers(1, 12))
def test_bins_hold_everybody_once(rows: list[tuple[int, float]], bins: int) -> None:
    outcome, probability = zip(*rows, strict=True)
    for by in ("quantile", "width"):
        found = calibration(outcome, probability, bins=bins, by=by)
        assert found.bin_n.sum() == len(rows)
        assert (found.bin_n > 0).all()
        assert 0 <= found.expected_error <= found.largest_error + 1e-12 <= 1 + 1e-9
        assert (np.diff(found.predicted) >= -1e-12).all()


def test_rows_in_another_order_give_the_same_clustered_errors() -> None:
    rng = np.random.default_rng(12)
    school = rng.integers(0, 12, 150)
    x = rng.normal(size=150)
    y = x + rng.normal(size=12)[school] + rng.normal(size=150)
    order = rng.permutation(150)
    here = linear_model(y, {"x": x}, errors="cluster", cluster=school)
    there = linear_model(y[order], {"x": x[order]}, errors="cluster", cluster=school[order].astype(str))
    assert there.standard_error == pytest.approx(here.standard_error, rel=ROUNDING)
