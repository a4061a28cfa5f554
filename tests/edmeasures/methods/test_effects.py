"""Effects of programmes against R: propensity, matching, clustered errors, within-district panels; published effect sizes."""

import csv
import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from edmeasures.methods.hedges_g import hedges_g, morris_d_ppc
from edmeasures.methods.linear_model import (
    difference_in_differences,
    difference_in_differences_of_means,
    linear_model,
)
from edmeasures.methods.matching import attributable_weights, balance, match_nearest, propensity_scores
from edmeasures.methods.newcombe import newcombe_difference
from edmeasures.methods.wwc import CAUTIOUS, OPTIMISTIC, attrition, clustering_correction, cox_index

EXACT = 1e-9  # relative: R writes thirteen digits, dollars have five before the point
LIKELIHOOD = 1e-7  # two maximisers of one likelihood, stopped at a relative change of 1e-8 and 1e-12


def read(file: Path) -> dict[str, np.ndarray]:
    """Columns of a gzipped CSV as text."""
    with gzip.open(file, "rt") as lines:
        rows = list(csv.DictReader(lines))
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def numbers(values: np.ndarray) -> np.ndarray:
    return np.array([float(v) if v else math.nan for v in values])


@pytest.fixture(scope="module")
def expected(samples: Path) -> dict:
    return json.loads((samples / "interventions" / "expected_R.json").read_text())


@pytest.fixture(scope="module")
def lalonde(samples: Path) -> dict[str, np.ndarray]:
    raw = read(samples / "interventions" / "lalonde_matchit.csv.gz")
    race = raw.pop("race")
    found = {name: numbers(values) for name, values in raw.items()}
    return found | {f"race{r}": (race == r).astype(float) for r in ("black", "hispan", "white")}


@pytest.fixture(scope="module")
def propensity(lalonde: dict) -> np.ndarray:
    return propensity_scores(lalonde["treat"], known_before(lalonde)).value


def known_before(lalonde: dict) -> dict[str, np.ndarray]:
    names = ["age", "educ", "racehispan", "racewhite", "married", "nodegree", "re74", "re75"]
    return {name: lalonde[name] for name in names}


@pytest.mark.samples
def test_propensity_equals_r(expected: dict, lalonde: dict) -> None:
    found = propensity_scores(lalonde["treat"], known_before(lalonde))
    assert found.value == pytest.approx(np.array(expected["lalonde_ps"]), abs=LIKELIHOOD)
    assert found.coefficients == pytest.approx(list(expected["lalonde_ps_coef"].values()), abs=LIKELIHOOD)


@pytest.mark.samples
def test_nearest_neighbours_balance_and_effect_equal_matchit(
    expected: dict, lalonde: dict, propensity: np.ndarray
) -> None:
    """Twelve of the 185 treated have two controls with one and the same score; which of them is chance in both programs."""
    r = expected["lalonde_nearest"]
    matched = match_nearest(lalonde["treat"], propensity)
    theirs = np.array(sorted((int(a) - 1, int(b) - 1) for a, b in r["pairs"]))
    assert sorted(matched.pairs[:, 1]) == sorted(theirs[:, 1])
    assert (propensity[matched.pairs[:, 1]] == propensity[theirs[:, 1]]).all()
    columns = {"distance": propensity, **{n: lalonde[n] for n in list(r["smd_before"])[1:]}}
    for weights, name in ((None, "smd_before"), (matched.weights, "smd_after")):
        found = balance(lalonde["treat"], columns, weights=weights)
        assert found.value == pytest.approx(list(r[name].values()), abs=LIKELIHOOD)
    y, t, w = lalonde["re78"], lalonde["treat"], matched.weights
    assert linear_model(y, {"t": t}, weights=w)["t"] == pytest.approx(r["att_diff"], rel=EXACT)
    adjusted = linear_model(y, {"t": t, **known_before(lalonde)}, weights=w)
    assert adjusted["t"] == pytest.approx(r["att_adj"], rel=EXACT)


@pytest.mark.samples
def test_a_caliper_leaves_113_pairs_as_in_matchit_4_7_1(
    expected: dict, lalonde: dict, propensity: np.ndarray
) -> None:
    """MatchIt 4.5.1 leaves all 185: it ignores the caliper."""
    r = expected["lalonde_caliper02"]
    matched = match_nearest(lalonde["treat"], propensity, caliper=0.2)
    assert len(matched.pairs) == r["n_matched"] == 113
    assert matched.unmatched.size == 185 - 113
    effect = linear_model(lalonde["re78"], {"t": lalonde["treat"]}, weights=matched.weights)["t"]
    assert effect == pytest.approx(r["att_diff"], rel=EXACT)


@pytest.mark.samples
def test_weighting_by_odds_equals_r(expected: dict, lalonde: dict, propensity: np.ndarray) -> None:
    r = expected["lalonde_ipw_att"]
    weights = attributable_weights(lalonde["treat"], propensity)
    found = linear_model(lalonde["re78"], {"t": lalonde["treat"]}, weights=weights, errors="HC0")
    # The weights carry what the two maximisers of the likelihood differ by.
    assert (found["t"], found.error("t")) == pytest.approx((r["est"], r["se_HC0"]), rel=1e-8)


@pytest.mark.samples
def test_small_classes_of_project_star_equal_r(expected: dict, samples: Path) -> None:
    """Stock and Watson's 13.90 points; errors clustered by school, HC2 and classical, with and without school effects."""
    raw = read(samples / "interventions" / "STAR_wide.csv.gz")
    score = numbers(raw["readk"]) + numbers(raw["mathk"])
    there = ~np.isnan(score) & (raw["stark"] != "")
    school, kind, score = raw["schoolidk"][there], raw["stark"][there], score[there]
    columns = {k: (kind == k).astype(float) for k in ("small", "regular+aide")}
    assert score.size == expected["star_n"][0]
    for name, absorb in (("star_k_small", None), ("star_k_small_school_FE", school)):
        fits = [
            linear_model(score, columns, errors=e, cluster=school, absorb=absorb)
            for e in ("cluster", "HC2", "classical")
        ]
        assert [fits[0]["small"], *(f.error("small") for f in fits)] == pytest.approx(
            expected[name], rel=EXACT
        )
    small, regular = score[kind == "small"], score[kind == "regular"]
    g = hedges_g(
        small.mean(), small.std(ddof=1), small.size, regular.mean(), regular.std(ddof=1), regular.size
    )
    r = expected["star_hedges_g"]
    assert (g.value, g.variance) == pytest.approx((r["g"], r["var"]), rel=EXACT)


@pytest.mark.samples
def test_michigan_districts_over_seven_years_equal_r(expected: dict, samples: Path) -> None:
    raw = read(samples / "interventions" / "mathpnl.csv.gz")
    r = expected["mathpnl_within"]
    year = numbers(raw["year"])
    columns = {n: numbers(raw[n]) for n in ("lrexpp", "lenrol", "lunch")}
    columns |= {str(y): (year == y).astype(float) for y in range(1993, 1999)}
    fit = linear_model(
        numbers(raw["math4"]), columns, errors="cluster0", cluster=raw["distid"], absorb=raw["distid"]
    )
    assert fit.n == r["n"]
    assert fit.value == pytest.approx(list(r["coef"].values()), rel=EXACT)
    assert fit.standard_error == pytest.approx(list(r["se_cluster_HC0"].values()), rel=EXACT)


def test_absorbed_effects_equal_a_column_for_each() -> None:
    rng = np.random.default_rng(4)
    group = rng.integers(0, 6, 80)
    x, w = rng.normal(size=80) + group, rng.integers(1, 4, 80).astype(float)
    y = 2 * x - 3 * group + rng.normal(size=80)
    each = {f"g{i}": (group == i).astype(float) for i in range(1, 6)}
    for errors in ("classical", "HC0", "HC1", "HC2", "HC3", "cluster"):
        cluster = group if errors == "cluster" else None
        inside = linear_model(y, {"x": x}, absorb=group, errors=errors, cluster=cluster, weights=w)
        columns = linear_model(y, {"x": x, **each}, errors=errors, cluster=cluster, weights=w)
        assert (inside["x"], inside.error("x")) == pytest.approx((columns["x"], columns.error("x")), rel=1e-9)


def test_robust_errors_equal_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(8)
    x = rng.normal(size=60)
    y = x + rng.normal(size=60) * (1 + x**2)
    for errors in ("HC0", "HC1", "HC2", "HC3"):
        theirs = sm.OLS(y, sm.add_constant(x)).fit(cov_type=errors, use_t=True)
        ours = linear_model(y, {"x": x}, errors=errors)
        assert ours.standard_error == pytest.approx(theirs.bse, rel=1e-10)
        assert ours.p_value == pytest.approx(theirs.pvalues, rel=1e-8)


def test_s35_new_jersey_and_pennsylvania() -> None:
    found = difference_in_differences_of_means(20.44, 21.03, 23.33, 21.17)
    assert (found.change_treated, found.change_control, found.value) == pytest.approx((0.59, -2.16, 2.75))
    assert math.isnan(found.lower)


def test_differences_in_differences_equal_the_clustered_interaction_of_statsmodels() -> None:
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(1)
    school = np.repeat(np.arange(30), 20)
    treated, after = (school < 14).astype(float), np.tile(np.repeat([0.0, 1.0], 10), 30)
    y = rng.normal(size=30)[school] + 0.5 * after + 0.8 * treated * after + rng.normal(size=600)
    ours = difference_in_differences(y, treated, after, school)
    design = np.column_stack([np.ones(600), treated, after, treated * after])
    theirs = sm.OLS(y, design).fit(cov_type="cluster", cov_kwds={"groups": school}, use_t=True)
    assert (ours.value, ours.standard_error) == pytest.approx((theirs.params[3], theirs.bse[3]), rel=1e-9)
    assert (ours.lower, ours.upper) == pytest.approx(tuple(theirs.conf_int()[3]), rel=1e-9)
    assert ours.clusters == 30


def test_differences_need_all_four_cells_and_two_clusters() -> None:
    with pytest.raises(ValueError, match="treated 0 and after 1"):
        difference_in_differences([1, 2, 3, 4], [1, 1, 0, 1], [0, 1, 0, 1], [1, 2, 3, 4])
    with pytest.raises(ValueError, match="one cluster only"):
        difference_in_differences([1, 2, 3, 4, 5], [1, 1, 0, 0, 0], [0, 1, 0, 1, 1], [7] * 5)


def test_newcombes_own_table() -> None:
    """Newcombe (1998), table II, method 10: eight contrasts as printed."""
    first = [56, 9, 6, 5, 0, 0, 10, 10]
    second = [48, 3, 2, 0, 0, 0, 0, 0]
    n, m = [70, 10, 7, 56, 10, 10, 10, 10], [80, 10, 7, 29, 20, 10, 20, 10]
    printed = [(0.0524, 0.3339), (0.1705, 0.8090), (0.0582, 0.8062), (-0.0381, 0.1926), (-0.1611, 0.2775),
               (-0.2775, 0.2775), (0.6791, 1.0000), (0.6075, 1.0000)]  # fmt: skip
    found = newcombe_difference(first, n, second, m)
    assert np.column_stack([found.lower, found.upper]) == pytest.approx(np.array(printed), abs=5e-5)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_a_difference_turned_round_is_the_same_difference(n: int, m: int, data: st.DataObject) -> None:
    a, b = data.draw(st.integers(0, n)), data.draw(st.integers(0, m))
    there, back = newcombe_difference(a, n, b, m), newcombe_difference(b, m, a, n)
    assert there.lower[0] == pytest.approx(-back.upper[0], abs=1e-12)
    assert -1 - 1e-12 <= there.lower[0] <= there.value[0] <= there.upper[0] <= 1 + 1e-12


def test_morris_own_table() -> None:
    """Morris (2008), table 5 by way of metafor's page, whose variance differs slightly from the paper's."""
    treated = [
        (30.6, 15.0, 38.5, 20),
        (23.5, 3.1, 26.8, 50),
        (0.5, 0.1, 0.7, 9),
        (53.4, 14.5, 75.9, 10),
        (35.6, 4.7, 36.0, 14),
    ]
    control = [
        (23.1, 13.8, 19.7, 20),
        (24.9, 4.1, 25.3, 42),
        (0.6, 0.2, 0.6, 9),
        (55.7, 17.3, 60.7, 11),
        (34.8, 3.1, 33.4, 14),
    ]
    found = [
        morris_d_ppc((t[0], t[1]), t[2], t[3], (c[0], c[1]), c[2], c[3], correlation=r)
        for t, c, r in zip(treated, control, (0.47, 0.64, 0.77, 0.89, 0.44), strict=True)
    ]
    assert [round(f.value, 2) for f in found] == [0.77, 0.80, 1.20, 1.05, 0.44]
    assert [round(f.variance, 2) for f in found] == [0.11, 0.04, 0.14, 0.07, 0.16]


@pytest.mark.parametrize(
    ("table", "treated", "control"), [(CAUTIOUS, 0.4089, 0.3543), (OPTIMISTIC, 0.2497, 0.2038)]
)
def test_the_attrition_table_follows_the_standards_own_model(
    table: tuple[int, ...], treated: float, control: float
) -> None:
    """Deke and Chiang (2017): bias is the difference of two selected means and may be 0.05 standard deviations.

    With the two correlations that fit best the model gives every row back within rounding. Shifted by one row, as one
    copy of the optimistic column is, it does not.
    """

    def mean_of_those_left(kept: np.ndarray) -> np.ndarray:
        cut = special.ndtri(kept)
        return np.exp(-(cut**2) / 2) / math.sqrt(2 * math.pi) / kept

    def boundary(overall: int) -> float:
        differential = np.linspace(0, 0.15, 301)
        left = (1 - overall / 100 - differential / 2, 1 - overall / 100 + differential / 2)
        bias = treated * mean_of_those_left(left[0]) - control * mean_of_those_left(left[1])
        return float(1000 * np.interp(0.05, bias, differential))

    model = np.array([boundary(overall) for overall in range(10, 51)])
    off = np.abs(model - np.array(table)[10:51])
    shifted = np.abs(model - np.array(table)[9:50])
    assert off.max() < 1.0  # a tenth of a point, which is the last place of the table
    assert off.mean() < 0.45 < shifted[5:].mean()


def test_attrition_on_the_boundary_is_low_and_beyond_the_table_is_not() -> None:
    assert attrition(90, 100, 90, 100).low_cautious
    assert attrition(
        9_000 + 315, 10_000, 9_000 - 315, 10_000
    ).low_cautious  # 10 per cent and 6.3 points exactly
    assert not attrition(9_000 + 316, 10_000, 9_000 - 315, 10_000).low_cautious
    assert not attrition(30, 100, 30, 100).low_optimistic


def test_degrees_of_freedom_for_clusters_equal_the_published_formula() -> None:
    """R package VIVECampbell, df_h(N_total = 100, ICC = 0.1, avg_grp_size = 5): 94.4 (WWC Handbook 5.0, E.21)."""
    assert clustering_correction(2.0, 100, 20, icc=0.1).df == pytest.approx(94.4, abs=0.05)


def test_without_correlation_clusters_change_nothing() -> None:
    found = clustering_correction(2.5, 200, 10, icc=0)
    assert (found.t, found.df, found.effect_factor) == pytest.approx((2.5, 198, 1))


def test_simulated_schools_reject_at_the_nominal_rate_after_the_correction_only() -> None:
    """No effect, 20 schools of 30, a fifth of variance between them: the plain t is wrong far too often."""
    rng = np.random.default_rng(6)
    plain = corrected = 0
    for _ in range(400):
        y = (math.sqrt(0.2) * rng.normal(size=(20, 1)) + math.sqrt(0.8) * rng.normal(size=(20, 30))).reshape(
            2, -1
        )
        t = (y[0].mean() - y[1].mean()) / math.sqrt((y[0].var(ddof=1) + y[1].var(ddof=1)) / 300)
        plain += abs(t) > 1.964
        corrected += clustering_correction(float(t), 600, 20).p_value < 0.05
    assert plain / 400 > 0.3
    assert corrected / 400 < 0.09


def test_cox_index_of_all_or_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"share_treated is 1\.0"):
        cox_index(1.0, 20, 0.5, 20)


def test_takers_told_from_others_without_fail_are_refused() -> None:
    with pytest.raises(ValueError, match="without fail"):
        propensity_scores([0, 0, 0, 1, 1, 1], {"prior": [1, 2, 3, 4, 5, 6]})
    with pytest.raises(ValueError, match="follows from the others"):
        propensity_scores([0, 1, 0, 1], {"a": [1, 2, 3, 5], "b": [2, 4, 6, 10]})


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=30), st.floats(0.05, 2))
def test_nobody_is_matched_twice_or_beyond_the_caliper(rows: list[tuple[bool, int]], caliper: float) -> None:
    treated, distance = np.array([float(a) for a, _ in rows]), np.array([float(d) for _, d in rows])
    if not 0 < treated.sum() < treated.size:
        return
    found = match_nearest(treated, distance, caliper=caliper)
    assert len(set(found.pairs.ravel())) == found.pairs.size
    assert (np.abs(np.diff(distance[found.pairs], axis=1)) <= found.caliper).all()
    assert len(found.pairs) + found.unmatched.size == treated.sum()
