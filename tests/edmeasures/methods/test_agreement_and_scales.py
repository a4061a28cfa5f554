"""Scales and agreement against R's psych, lavaan and irr, and against published examples."""

import csv
import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest

from edmeasures.methods.alpha import cronbach_alpha
from edmeasures.methods.icc import intraclass_correlation, kendall_w
from edmeasures.methods.kappa import cohen_kappa, fleiss_kappa, kappa_from_table
from edmeasures.methods.krippendorff import krippendorff_alpha
from edmeasures.methods.omega import hierarchical_omega, mcdonald_omega

EXACT = 1e-11  # R writes thirteen digits
FACTOR_FIT = 3e-6  # two optimizers of one likelihood: loadings agree to 1e-6
SCALES = {"agree": "A", "consc": "C", "extra": "E", "neuro": "N", "open": "O"}
TURNED = {"A1", "C4", "C5", "E1", "E2", "O2", "O5"}


@pytest.fixture(scope="module")
def expected(samples: Path) -> dict:
    return json.loads((samples / "scales" / "expected_R.json").read_text())


@pytest.fixture(scope="module")
def bfi(samples: Path) -> dict[str, np.ndarray]:
    """The 25 items by name, those worded the other way turned round, NaN where nobody answered."""
    with gzip.open(samples / "scales" / "bfi.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    names = [f"{letter}{i}" for letter in SCALES.values() for i in range(1, 6)]
    items = {name: np.array([float(r[name]) if r[name] else math.nan for r in rows]) for name in names}
    return {name: 7 - x if name in TURNED else x for name, x in items.items()}


def items_of(bfi: dict[str, np.ndarray], scale: str) -> np.ndarray:
    return np.column_stack([bfi[f"{SCALES[scale]}{i}"] for i in range(1, 6)])


@pytest.mark.samples
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("pairwise", [True, False])
def test_alpha_equals_psych(expected: dict, bfi: dict, scale: str, pairwise: bool) -> None:
    r = expected[scale if pairwise else f"{scale}_complete"]
    ours = cronbach_alpha(items_of(bfi, scale), pairwise=pairwise)
    assert (ours.n, ours.items) == (r["n"], r["k"])
    assert (ours.value, ours.standardised, ours.lambda6, ours.average_r) == pytest.approx(
        (r["raw_alpha"], r["std_alpha"], r["G6"], r["average_r"]), abs=EXACT
    )
    assert ours.if_dropped == pytest.approx(list(r["alpha_if_dropped"].values()), abs=EXACT)
    assert ours.item_rest == pytest.approx(list(r["r_drop"].values()), abs=EXACT)
    assert ours.lower < ours.value < ours.upper


@pytest.mark.samples
@pytest.mark.parametrize("scale", SCALES)
def test_omega_of_one_factor_equals_lavaan(expected: dict, bfi: dict, scale: str) -> None:
    r = expected[f"{scale}_omega1"]
    ours = mcdonald_omega(items_of(bfi, scale))
    assert ours.value == pytest.approx(r["omega_total_one_factor"], abs=FACTOR_FIT)
    assert ours.loadings == pytest.approx(r["loadings"], abs=FACTOR_FIT)
    fit = r["fit"]
    assert (ours.chi_square, ours.cfi, ours.rmsea, ours.srmr) == pytest.approx(
        (fit["chisq"], fit["cfi"], fit["rmsea"], fit["srmr"]), abs=FACTOR_FIT
    )
    assert ours.df == fit["df"]


@pytest.mark.samples
def test_omega_hierarchical_of_five_factors_equals_psych(expected: dict, bfi: dict) -> None:
    """R's psych stops its rotation at 1e-5, which leaves the sixth place open."""
    r = expected["all25_omega5"]
    ours = hierarchical_omega(np.column_stack(list(bfi.values())), 5)
    assert (ours.value, ours.total, ours.limit) == pytest.approx(
        (r["omega_h"], r["omega_total"], r["omega_lim"]), abs=5e-6
    )


@pytest.mark.samples
def test_all_six_intraclass_correlations_equal_psych(expected: dict) -> None:
    r = expected["icc_shrout_fleiss"]
    ways = [("1", False), ("A", False), ("C", False), ("1", True), ("A", True), ("C", True)]
    for (kind, averaged), row in zip(ways, r["results"], strict=True):
        ours = intraclass_correlation(r["data"], kind=kind, averaged=averaged)
        assert (ours.value, ours.lower, ours.upper, ours.f, ours.p_value) == pytest.approx(
            (row["ICC"], row["lower bound"], row["upper bound"], row["F"], row["p"]), abs=EXACT
        )


@pytest.mark.samples
def test_weighted_kappas_equal_irr(expected: dict) -> None:
    r = expected["kappa_anxiety_r1r2"]
    first, second = ([row[f"rater{i}"] for row in r["data"]] for i in (1, 2))
    for weights, name in (("none", "unweighted"), ("linear", "linear"), ("quadratic", "quadratic")):
        ours = cohen_kappa(first, second, categories=range(1, 7), weights=weights)
        assert ours.value == pytest.approx(r[name], abs=EXACT)


def test_shrout_and_fleiss_published_figures() -> None:
    """Shrout and Fleiss (1979), table 4."""
    data = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = [
        intraclass_correlation(data, kind=k, averaged=a).value for a in (False, True) for k in ("1", "A", "C")
    ]
    assert [round(v, 2) for v in found] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_krippendorffs_four_observers_on_all_levels() -> None:
    """Krippendorff (2011), section C and D: .743, .815, .849, .797."""
    gap = math.nan
    data = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, gap, gap, gap],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, gap, 3],
        [gap, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, gap],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, gap],
    ]
    found = [krippendorff_alpha(data, level=v) for v in ("nominal", "ordinal", "interval", "ratio")]
    assert [round(f.value, 3) for f in found] == [0.743, 0.815, 0.849, 0.797]
    assert {f.pairable for f in found} == {40}


def test_nobody_can_agree_on_one_value_or_alone() -> None:
    assert krippendorff_alpha([[1, 1], [1, 1]]).reason == "no_variation"
    assert krippendorff_alpha([[1, math.nan], [math.nan, 2]]).reason == "too_few"


FLEISS = [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0],
          [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]  # fmt: skip


def test_fleiss_kappa_of_the_published_example() -> None:
    """https://en.wikipedia.org/wiki/Fleiss%27_kappa: P = .378, P_e = .213, kappa = .210."""
    found = fleiss_kappa(FLEISS)
    assert (found.observed, found.expected, found.value) == pytest.approx((0.378, 0.213, 0.210), abs=5e-4)


def test_fleiss_with_rows_of_unequal_raters_is_refused() -> None:
    with pytest.raises(ValueError, match="row 1 with another number of raters"):
        fleiss_kappa([[3, 0], [2, 2]])


def test_quadratic_kappa_equals_scikit_learn_also_with_an_unused_category() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    first, second = [1, 2, 4, 4, 5, 1, 2], [1, 4, 4, 5, 5, 2, 2]
    for weights in ("linear", "quadratic"):
        theirs = metrics.cohen_kappa_score(first, second, labels=[1, 2, 3, 4, 5], weights=weights)
        ours = cohen_kappa(first, second, categories=[1, 2, 3, 4, 5], weights=weights)
        assert ours.value == pytest.approx(theirs, abs=1e-12)


def test_the_interval_of_kappa_is_fleiss_cohen_and_everitts() -> None:
    """Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, table 18.1: .68, se .087."""
    found = kappa_from_table([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert found.value == pytest.approx(0.68, abs=0.005)
    assert (found.upper - found.lower) / 2 / 1.959964 == pytest.approx(0.087, abs=0.001)


def test_raters_who_know_one_word_are_not_evaluated() -> None:
    found = cohen_kappa(["a", "a"], ["a", "a"])
    assert found.reason == "no_variation"
    assert math.isnan(found.value)


def test_ratings_outside_the_categories_and_gaps_are_named() -> None:
    with pytest.raises(ValueError, match="second: 9 in row 1 is not among the categories"):
        cohen_kappa([1, 2], [1, 9], categories=[1, 2])
    with pytest.raises(ValueError, match="answers: infinite in row 0"):
        cronbach_alpha([[math.inf, 1], [2, 3], [1, 2]])
    with pytest.raises(ValueError, match="the item in column 1"):
        cronbach_alpha([[1, 4, 2], [2, 4, 1], [5, 4, 3], [1, 4, 1]])


@pytest.mark.samples
def test_kendalls_w_equals_irr(expected: dict) -> None:
    """R's irr on its anxiety data, whose third rater is typed here."""
    third = [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2]
    rows = expected["kappa_anxiety_r1r2"]["data"]
    ratings = [(row["rater1"], row["rater2"], c) for row, c in zip(rows, third, strict=True)]
    assert kendall_w(ratings).value == pytest.approx(expected["kendall_w_anxiety"], abs=EXACT)


def test_items_that_have_nothing_in_common_have_no_omega() -> None:
    """An item that stands for itself alone takes the whole factor: no model of one trait settles."""
    rng = np.random.default_rng(1)
    found = mcdonald_omega(rng.integers(1, 6, (12, 4)).astype(float))
    assert found.reason == "not_converged"
    assert math.isnan(found.value)
