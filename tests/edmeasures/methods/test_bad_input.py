"""What each method answers to gaps, infinities, words, nothing and one value: an error that names the argument, or a reason."""

import dataclasses
import importlib
import math
import pkgutil
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import edmeasures.methods
from edmeasures.methods import (
    alpha,
    benjamini_hochberg,
    calibration,
    centring,
    control_chart,
    funnel,
    goal_attainment,
    goals,
    growth_index,
    hedges_g,
    icc,
    james_stein,
    kappa,
    krippendorff,
    linear_model,
    making_data_count,
    matching,
    mixed_model,
    nce,
    newcombe,
    nonoverlap,
    omega,
    pareto,
    pearson,
    ranking,
    run_chart,
    runs_test,
    single_case_effects,
    slopes,
    spearman,
    subgroup_chart,
    survey_estimates,
    survival,
    western_electric,
    wilson,
    wwc,
    xmr,
)

VALUES = [3.0, 5.0, 4.0, 6.0, 2.0, 7.0, 5.5, 6.5]
FLAGS = [0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0]
GROUP = [1, 1, 2, 2, 3, 3, 4, 4]
DESIGN = survey_estimates.survey_design([2.0] * 8)

# Method, its lists, and what else it needs. `same`: lists that belong row to row, so that lengths must agree.
LISTS: list[tuple[Callable[..., Any], dict[str, list[float]], dict[str, Any], bool]] = [
    (wilson.wilson_interval, {"count": FLAGS, "n": VALUES}, {}, True),
    (newcombe.newcombe_difference,
     {"count_first": FLAGS, "n_first": VALUES, "count_second": FLAGS, "n_second": VALUES}, {}, True),
    (funnel.funnel, {"count": FLAGS, "n": VALUES}, {}, True),
    (control_chart.p_chart, {"count": FLAGS, "n": VALUES}, {}, True),
    (control_chart.u_chart, {"count": FLAGS, "units": VALUES}, {}, True),
    (control_chart.c_chart, {"count": VALUES}, {}, False),
    (xmr.xmr_limits, {"values": VALUES}, {}, False),
    (run_chart.run_chart, {"values": VALUES}, {}, False),
    (runs_test.runs_test, {"values": VALUES}, {}, False),
    (making_data_count.making_data_count, {"values": VALUES}, {}, False),
    (western_electric.western_electric, {"values": VALUES}, {"centre": 4.0, "sigma": 1.0}, False),
    (subgroup_chart.ewma_chart, {"means": VALUES}, {"centre": 4.0, "sigma": 1.0}, False),
    (subgroup_chart.cusum, {"means": VALUES}, {"centre": 4.0, "sigma": 1.0}, False),
    (slopes.ols_slope, {"x": sorted(VALUES), "y": VALUES}, {}, True),
    (slopes.theil_sen, {"x": sorted(VALUES), "y": VALUES}, {}, True),
    (pearson.pearson, {"x": VALUES, "y": FLAGS}, {}, True),
    (spearman.spearman, {"x": VALUES, "y": FLAGS}, {}, True),
    (centring.centred_within, {"values": VALUES, "group": GROUP}, {}, True),
    *[
        (m, {"baseline": VALUES[:4], "intervention": VALUES}, {}, False)
        for m in (nonoverlap.nap, nonoverlap.tau, nonoverlap.tau_u, nonoverlap.baseline_corrected_tau, nonoverlap.pnd,
                  nonoverlap.pem, nonoverlap.pand, nonoverlap.ird, single_case_effects.log_response_ratio,
                  single_case_effects.within_case_smd)
    ],
    (nce.normal_curve_equivalent, {"percentile_rank": VALUES}, {}, False),
    (james_stein.james_stein, {"values": VALUES}, {"variance": 1.0}, False),
    (pareto.pareto, {"counts": VALUES}, {}, False),
    (goal_attainment.goal_attainment, {"levels": FLAGS}, {}, False),
    (goals.reach_of_goal, {"changes": VALUES}, {"goal": 2.0}, False),
    (goals.aim_line, {"weeks": sorted(VALUES), "scores": VALUES}, {"start": 1, "goal": 9, "goal_week": 10}, True),
    (kappa.cohen_kappa, {"first": FLAGS, "second": FLAGS[::-1]}, {}, True),
    (ranking.auc, {"outcome": FLAGS, "score": VALUES}, {}, True),
    (ranking.average_precision, {"outcome": FLAGS, "score": VALUES}, {}, True),
    (ranking.at_capacity, {"outcome": FLAGS, "score": VALUES}, {"k": 2}, True),
    (calibration.calibration, {"outcome": FLAGS, "probability": FLAGS}, {}, True),
    (survival.kaplan_meier, {"time": VALUES, "event": FLAGS}, {}, True),
    (survival.log_rank, {"time": VALUES, "event": FLAGS, "group": GROUP}, {}, True),
    (survival.cox, {"time": VALUES, "event": FLAGS}, {"columns": {"x": VALUES[::-1]}}, True),
    (matching.match_nearest, {"treated": FLAGS, "distance": VALUES}, {}, True),
    (matching.propensity_scores, {"treated": FLAGS}, {"columns": {"x": VALUES}}, False),
    (matching.attributable_weights, {"treated": FLAGS, "propensity": [0.5] * 8}, {}, True),
    (linear_model.linear_model, {"outcome": VALUES}, {"columns": {"x": FLAGS}}, False),
    (linear_model.difference_in_differences,
     {"outcome": VALUES, "treated": [0] * 4 + [1] * 4, "after": FLAGS, "cluster": GROUP}, {}, True),
    (survey_estimates.survey_design, {"weights": VALUES}, {}, False),
    (survey_estimates.survey_mean, {"values": VALUES}, {"design": DESIGN}, False),
    (survey_estimates.survey_ratio, {"numerator": FLAGS, "denominator": VALUES}, {"design": DESIGN}, True),
]  # fmt: skip
IDS = [m.__name__ for m, *_ in LISTS]


def test_every_method_that_takes_a_list_is_looked_at_here() -> None:
    modules = [m.name for m in pkgutil.iter_modules(edmeasures.methods.__path__)]
    seen = {m.__module__.rpartition(".")[2] for m, *_ in LISTS} | {
        "alpha",
        "omega",
        "icc",
        "krippendorff",
        "mixed_model",
    }
    # Of numbers one by one, of tables of pairs, or what the evaluation calls on columns it has counted itself.
    other = {
        "given",
        "chart_constants",
        "growth_index",
        "rating_composite",
        "hedges_g",
        "wwc",
        "benjamini_hochberg",
        "ratio",
        "streaks",
    }
    assert set(modules) <= seen | other, sorted(set(modules) - seen - other)


@pytest.mark.parametrize(("method", "lists", "rest", "same"), LISTS, ids=IDS)
def test_good_lists_are_answered(method: Callable[..., Any], lists: dict, rest: dict, same: bool) -> None:
    assert dataclasses.is_dataclass(method(**lists, **rest)) or isinstance(
        method(**lists, **rest), np.ndarray
    )


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf], ids=str)
@pytest.mark.parametrize(("method", "lists", "rest", "same"), LISTS, ids=IDS)
def test_a_gap_or_an_infinity_is_refused_by_name(
    method: Callable[..., Any], lists: dict, rest: dict, same: bool, bad: float
) -> None:
    for name, values in lists.items():
        if name in ("group", "cluster", "first", "second") and math.isinf(bad):
            continue  # a label may be anything that is there
        broken = [values[0], bad, *values[2:]]
        with pytest.raises(ValueError, match=r"row 1|missing"):
            method(**(lists | {name: broken}), **rest)


@pytest.mark.parametrize(("method", "lists", "rest", "same"), LISTS, ids=IDS)
def test_words_and_nothing_are_refused_or_not_evaluated(
    method: Callable[..., Any], lists: dict, rest: dict, same: bool
) -> None:
    for name, values in lists.items():
        if name not in ("group", "cluster", "first", "second"):
            with pytest.raises(ValueError, match=r"word|number"):
                method(**(lists | {name: ["word"] * len(values)}), **rest)
    try:
        nothing = method(**{name: [] for name in lists}, **rest)
    except ValueError as error:
        assert any(word in str(error) for word in (*lists, *rest.get("columns", ()), "needed"))  # noqa: PT017
    else:
        assert says_nothing(nothing)


@pytest.mark.parametrize(
    ("method", "lists", "rest", "same"),
    [x for x in LISTS if x[3]],
    ids=[m.__name__ for m, _, _, s in LISTS if s],
)
def test_lists_of_unequal_length_are_refused(
    method: Callable[..., Any], lists: dict, rest: dict, same: bool
) -> None:
    for name, values in lists.items():
        with pytest.raises(ValueError, match=r"needed|length|shape"):
            method(**(lists | {name: [*values, values[-1]]}), **rest)


def says_nothing(found: Any) -> bool:
    """A result without a finite figure."""
    for name in ("value", "centre", "p_value", "slope", "lower"):
        figure = np.asarray(getattr(found, name, math.nan), dtype=float)
        if figure.size and np.isfinite(figure).any() and not (name == "centre" and found.n_useful == 0):
            return False
    return True


TABLES = [alpha.cronbach_alpha, omega.mcdonald_omega, icc.intraclass_correlation, icc.kendall_w,
          krippendorff.krippendorff_alpha]  # fmt: skip


@pytest.mark.parametrize("method", TABLES, ids=[m.__name__ for m in TABLES])
def test_tables_with_an_infinity_or_of_one_column_are_refused(method: Callable[..., Any]) -> None:
    rng = np.random.default_rng(1)
    good = rng.integers(1, 6, (12, 4)).astype(float)
    assert dataclasses.is_dataclass(method(good))
    broken = good.copy()
    broken[3, 1] = math.inf
    with pytest.raises(ValueError, match="infinite"):
        method(broken)
    for shape in (
        good[:, 0],
        np.zeros((0, 4)),
        good[:1] if method is not krippendorff.krippendorff_alpha else good[0],
    ):
        with pytest.raises(ValueError, match=r"needed|raters"):
            method(shape)


def test_a_table_where_gaps_are_not_answers_names_the_row() -> None:
    with pytest.raises(ValueError, match="ratings: missing or infinite in row 1"):
        icc.intraclass_correlation([[1, 2], [3, math.nan], [2, 2]])


def test_p_values_that_are_none_are_refused_and_missing_ones_stay_missing() -> None:
    for bad in (-0.1, 1.2, math.inf):
        with pytest.raises(ValueError, match="p_values"):
            benjamini_hochberg.benjamini_hochberg([0.1, bad])
    assert benjamini_hochberg.benjamini_hochberg([]).n == 0


def test_a_library_that_is_not_there_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ImportError, match=r"needs statsmodels.*pip install edmeasures\[models\]"):
        kappa.kappa_from_table([[2, 1], [1, 2]])
    with pytest.raises(ImportError, match="needs mixedlm"):
        mixed_model.mixed_model("y ~ 1 + (1 | g)", {"y": [1.0, 2], "g": [1, 2]})


@pytest.mark.parametrize("confidence", [0, 1, 1.5, math.nan])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    for call in (
        lambda c: wilson.wilson_interval([1], [2], confidence=c),
        lambda c: slopes.ols_slope([1, 2, 3], [1, 2, 4], confidence=c),
        lambda c: nonoverlap.nap([1, 2], [2, 3], confidence=c),
        lambda c: ranking.auc([0, 1], [1, 2], confidence=c),
    ):
        with pytest.raises(ValueError, match="confidence"):
            call(confidence)


@pytest.mark.parametrize("bad", [math.nan, math.inf, 2.5, -1, 0], ids=str)
def test_people_and_clusters_are_counted_in_whole_numbers(bad: float) -> None:
    for call in (
        lambda n: wwc.attrition(1, n, 1, 2),
        lambda n: wwc.cox_index(0.5, n, 0.5, 20),
        lambda n: wwc.clustering_correction(2.0, n, 4),
        lambda n: wwc.clustering_correction(2.0, 40, n),
        lambda n: hedges_g.hedges_g(1, 1, n, 2, 1, 20),
        lambda n: goals.smallest_distinguishable_change(0.5, n),
        lambda n: ranking.recall_gap(0, n, 1, 2),
    ):
        with pytest.raises(ValueError, match=r"needed|missing or infinite"):
            call(bad)


def test_single_numbers_that_are_none_are_refused() -> None:
    for call in (
        lambda v: hedges_g.hedges_g(v, 1, 20, 2, 1, 20),
        lambda v: hedges_g.hedges_g(1, v, 20, 2, 1, 20),
        lambda v: hedges_g.morris_d_ppc((v, 1), 1, 20, (1, 1), 1, 20, correlation=0.5),
        wwc.baseline_equivalence,
        wwc.improvement_index,
        lambda v: wwc.clustering_correction(v, 40, 4),
        lambda v: goals.growth_needed(v, 5, 3),
        lambda v: goals.growth_needed(2, 5, v),
        lambda v: growth_index.growth_index(v, 1),
        lambda v: growth_index.growth_index(1, v),
        lambda v: james_stein.james_stein(VALUES, v),
        lambda v: linear_model.difference_in_differences_of_means(v, 1, 2, 3),
    ):
        for bad in (math.nan, math.inf):
            with pytest.raises(ValueError, match=r"missing or infinite|number is needed"):
                call(bad)
    with pytest.raises(ValueError, match="both 0"):
        hedges_g.hedges_g(1, 0, 20, 2, 0, 20)
