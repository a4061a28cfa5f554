"""What must not change a percentile, and what an average of percentiles says."""

import numpy as np
import pytest
from hard_cohorts import HARD, cohort
from hypothesis import given, settings
from hypothesis import strategies as st

from edmeasures.growth import growth_percentiles, knots_of, mean_percentile, median_percentile
from edmeasures.growth.splines import spline_basis

STORED_BS = [
    [-1.60592592592593, 0.245079365079365, -0.00952380952380953, 0, 0, 0, 0],
    [0.0025, 0.270267857142857, 0.656919642857143, 0.0703125, 0, 0, 0],
    [0, 0, 0, 0.00952380952380952, 0.154920634920635, 0.539259259259259, 0.296296296296296],
    [0, 0, 0, -0.00952380952380953, 0.245079365079365, -1.60592592592593, 2.37037037037037],
]


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(40, 400), kind=st.sampled_from(["plain", *HARD]))
def test_row_order_does_not_matter(seed: int, n: int, kind: str) -> None:
    score, priors = cohort(n, seed=seed) if kind == "plain" else HARD[kind](n, seed=seed)
    order = np.random.default_rng(seed).permutation(n)
    plain = growth_percentiles(score, priors)
    shuffled = growth_percentiles(score[order], priors[order])
    assert np.array_equal(plain.value[order], shuffled.value)
    assert np.array_equal(plain.cuts[order], shuffled.cuts)


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    factor=st.sampled_from([0.125, 0.5, 3.0, 10.0, 250.0]),
    shift=st.integers(-400, 4000),
    priors=st.integers(1, 2),
)
def test_another_unit_of_the_scale_gives_the_same_percentiles(
    seed: int, factor: float, shift: int, priors: int
) -> None:
    """Knots are scaled alike and not rounded; scores stay within five decimals, where SGP compares."""

    def read(score: np.ndarray, prior: np.ndarray) -> np.ndarray:
        knots = [knots_of(column, rounded=False) for column in prior.T]
        return growth_percentiles(score, prior, knots=knots).value

    score, prior = cohort(150, priors=priors, seed=seed)
    assert np.array_equal(read(score, prior), read(score * factor + shift, prior * factor + shift))


def test_a_tenth_of_the_cohort_lies_below_the_tenth_percentile() -> None:
    score, priors = cohort(5000, seed=2)
    value = growth_percentiles(score, priors).value
    for share in (0.1, 0.25, 0.5, 0.9):
        assert (value <= 100 * share).mean() == pytest.approx(share, abs=0.012)


def test_the_spline_is_rs_bs_within_and_beyond_its_boundaries() -> None:
    """R 4.2: splines::bs(c(-20, 35, 100, 120), knots = c(20, 40, 60, 80), Boundary.knots = c(-10, 110))."""
    found = spline_basis([-20.0, 35.0, 100.0, 120.0], knots_of(range(101)))
    stored = np.array(STORED_BS)
    assert found == pytest.approx(stored, abs=1e-10)


def test_s08_median_growth_percentile() -> None:
    assert median_percentile([22, 45, 99]).value == 45


@pytest.mark.parametrize(("even", "median"), [("middle", 47.5), ("lower", 45.0)])
def test_an_even_count_says_which_convention_it_uses(even: str, median: float) -> None:
    found = median_percentile([99, 50, 22, 45], even=even)
    assert found.value == median
    assert even.replace("middle", "mean") in found.method


def test_the_median_interval_lies_between_order_statistics() -> None:
    """Conover 1999, table A3: of 10 values the 2nd and the 9th hold the median with 97.9 %."""
    found = median_percentile(np.arange(10, 20))
    assert (found.lower, found.upper) == (11, 18)


def test_the_mean_interval_is_students() -> None:
    """R: t.test(c(22, 45, 99))$conf.int is -42.85559, 153.52226 (R 4.2.2)."""
    found = mean_percentile([22, 45, 99])
    assert (found.lower, found.upper) == pytest.approx((-42.855594388, 153.522261055), abs=1e-8)


@pytest.mark.parametrize("values", [[], [float("nan")], [0, 50], [100]])
def test_nobody_and_impossible_percentiles_are_refused(values: list[float]) -> None:
    with pytest.raises(ValueError, match=r"percentile"):
        median_percentile(values)
