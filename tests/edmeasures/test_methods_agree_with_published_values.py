"""Each statistic against a value from elsewhere, and against a plain way to compute it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edmeasures.methods.ratio import mean_interval, ratio_interval
from edmeasures.methods.streaks import streaks
from edmeasures.methods.wilson import wilson_interval
from edmeasures.rulepacks import Threshold


def test_wilson_refuses_more_successes_than_trials() -> None:
    with pytest.raises(ValueError, match="between 0 and its n"):
        wilson_interval(5, 4)


def test_wilson_equals_scipy() -> None:
    for count, n in ((0, 10), (3, 17), (10, 10), (488, 2000)):
        ours = wilson_interval(count, n)
        theirs = stats.binomtest(count, n).proportion_ci(method="wilson")
        assert (ours.lower[0], ours.upper[0]) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_a_mean_equals_students_t() -> None:
    values = np.array([3.1, 4.7, 2.2, 5.9, 4.4])
    n = np.array([float(values.size)])
    ours = mean_interval(n, np.array([values.sum()]), np.array([(values**2).sum()]))
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (ours.lower[0], ours.upper[0]) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_a_ratio_with_equal_denominators_is_a_mean() -> None:
    x, y = np.array([8.0, 9.0, 10.0, 6.0]), np.full(4, 10.0)
    one = lambda v: np.array([float(v)])  # noqa: E731
    ratio = ratio_interval(one(4), one(x.sum()), one(y.sum()), one(x @ x), one(y @ y), one(x @ y))
    mean = mean_interval(one(4), one((x / 10).sum()), one(((x / 10) ** 2).sum()))
    assert (ratio.value[0], ratio.lower[0]) == pytest.approx((mean.value[0], mean.lower[0]), abs=1e-12)


@given(st.dictionaries(st.integers(1, 5), st.sets(st.integers(1, 30), min_size=1, max_size=20), max_size=5))
def test_streaks_equal_walking_day_by_day(days: dict[int, set[int]]) -> None:
    pairs = [(owner, rank) for owner, ranks in days.items() for rank in ranks]
    found = streaks(
        np.array([p[0] for p in pairs], dtype=np.int64), np.array([p[1] for p in pairs], dtype=np.int64)
    )
    for owner, longest in zip(found.owner.tolist(), found.longest.tolist(), strict=True):
        best = run = 0
        for rank in range(1, 32):
            run = run + 1 if rank in days[owner] else 0
            best = max(best, run)
        assert longest == best
    assert set(found.owner.tolist()) == set(days)


@given(st.integers(1, 400), st.data())
def test_a_boundary_belongs_to_one_side(days: int, data: st.DataObject) -> None:
    absent = data.draw(st.integers(0, days))
    at, above = Threshold(10, 100), Threshold(10, 100, "above")
    assert at.reached(absent, days) == (10 * absent >= days)
    assert at.reached(absent, days) != above.reached(absent, days) or 10 * absent != days
