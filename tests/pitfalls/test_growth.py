"""Pitfall 37 (`data-pitfalls.md`): growth over years that are missing, in small cohorts, and at the ends of the scale."""

import numpy as np
import pytest

from edmeasures.growth import Panel, cohort_percentiles

N = 240
FLOOR, CEILING = 400.0, 600.0  # of the scale: a seventh of the cohort stands at each end
GRADES = {"2019": "3", "2020": "4", "2021": "5"}


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Three years of a cohort whose scale is too short for it."""
    draw = np.random.default_rng(37)
    ability = draw.normal(500, 90, N)
    scores = {
        year: np.clip((ability + draw.normal(10 * step, 30, N)).round(), FLOOR, CEILING)
        for step, year in enumerate(GRADES)
    }
    grades = {year: np.full(N, grade, dtype=object) for year, grade in GRADES.items()}
    return Panel("MATH", np.array([f"{i:03}" for i in range(N)], dtype=object), grades, scores)


def without(panel: Panel, year: str) -> Panel:
    """The year in which nobody was tested."""
    return Panel(
        panel.subject,
        panel.ids,
        {y: g for y, g in panel.grades.items() if y != year},
        {y: s for y, s in panel.scores.items() if y != year},
    )


def test_p37_a_year_without_tests_is_not_evaluated_and_stepped_over_only_where_it_is_named(
    panel: Panel,
) -> None:
    holed = without(panel, "2020")
    unnamed = cohort_percentiles(holed, "2021", ["4", "5"])
    assert (unnamed.n, set(unnamed.reason), set(unnamed.value)) == (0, {"no_prior_score"}, {0})
    named = cohort_percentiles(holed, "2021", ["3", "5"], years=["2019", "2021"])
    assert (named.n, set(named.reason)) == (N, {""})
    assert set(named.norm_group) == {"2019/MATH_3; 2021/MATH_5"}  # the two years stand beside the number


def test_p37_below_the_minimum_nobody_has_a_percentile_and_the_reason_is_said(panel: Panel) -> None:
    found = cohort_percentiles(panel, "2021", ["4", "5"], minimum_n=N + 1)
    assert (found.n, set(found.reason), set(found.value)) == (0, {"cohort_below_minimum"}, {0})
    assert np.isnan(found.cuts).all()
    assert cohort_percentiles(panel, "2021", ["4", "5"], minimum_n=N).n == N


def test_p37_at_the_floor_and_the_ceiling_a_percentile_stays_a_percentile(panel: Panel) -> None:
    """Who stood at an end and stays there is compared with those of the same past, and never falls out of 1 to 99."""
    found = cohort_percentiles(panel, "2021", ["4", "5"])
    before, now = panel.scores["2020"], panel.scores["2021"]
    low, high = (before == FLOOR) & (now == FLOOR), (before == CEILING) & (now == CEILING)
    assert low.sum() > 10
    assert high.sum() > 10
    assert set(found.reason) == {""}
    assert found.value.min() >= 1
    assert found.value.max() <= 99
    # Equal scores with an equal past are one percentile: the end of the scale tells nobody apart.
    assert len(set(found.value[low])) == len(set(found.value[high])) == 1
    # Of two with the same past the higher score never has the lower percentile, ends included.
    for past in np.unique(before):
        rows = np.flatnonzero(before == past)
        rows = rows[np.argsort(now[rows], kind="stable")]
        assert (np.diff(found.value[rows]) >= 0).all()


def test_p37_where_everybody_stands_at_the_ceiling_nothing_is_evaluated(panel: Panel) -> None:
    flat = Panel(panel.subject, panel.ids, panel.grades, {**panel.scores, "2021": np.full(N, CEILING)})
    found = cohort_percentiles(flat, "2021", ["4", "5"])
    assert (found.n, set(found.reason)) == (0, {"constant_scores"})
