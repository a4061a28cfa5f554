"""Multilevel models against lme4, survival against R's survival, drawn samples against R's survey; ranking."""

import csv
import gzip
import json
import math
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edmeasures.methods.calibration import calibration
from edmeasures.methods.mixed_model import MixedModel, mixed_model
from edmeasures.methods.ranking import at_capacity, auc, average_precision, recall_gap
from edmeasures.methods.survey_estimates import (
    Design,
    survey_design,
    survey_mean,
    survey_ratio,
    survey_regression,
    survey_total,
)
from edmeasures.methods.survival import cox, kaplan_meier, log_rank

EXACT = 1e-10  # relative: R writes thirteen digits
# lme4 and mixedlm stop where the likelihood is flat to their tolerance: there a variance of 0.007 is open in its fourth
# digit. Compared are the log-likelihood, and the rest in units that matter.
LOG_LIKELIHOOD, VARIANCE, STANDARD_ERRORS = 2e-6, 1e-3, 2e-4


def read(file: Path) -> dict[str, np.ndarray]:
    """Columns of a gzipped CSV: numbers where all are, else text; an empty number is NaN."""
    with gzip.open(file, "rt") as lines:
        rows = list(csv.DictReader(lines))
    found = {}
    for name in rows[0]:
        text = [row[name] for row in rows]
        try:
            found[name] = np.array([float(v) if v else math.nan for v in text])
        except ValueError:
            found[name] = np.array(text)
    return found


def plain(term: str) -> str:
    """lme4 writes sectorPublic, we sector[Public]; an interaction is the same in any order."""
    return ":".join(sorted(term.replace("[", "").replace("]", "").split(":")))


def agrees(fit: MixedModel, r: dict) -> None:
    """A fit with what lme4 answered."""
    assert fit.converged
    assert fit.n == r["n"]
    assert fit.log_likelihood == pytest.approx(r["logLik"], abs=LOG_LIKELIHOOD)
    ours = {plain(c.name): c for c in fit.fixed}
    for theirs in r["fixed"]:
        found = ours[plain(theirs["term"])]
        assert abs(found.value - theirs["est"]) < STANDARD_ERRORS * theirs["se"]
        assert found.standard_error == pytest.approx(theirs["se"], rel=VARIANCE)
    groups = {plain(c.group): c for c in fit.components}
    for theirs in r["varcomp"]:
        if theirs["group"] == "Residual":
            assert fit.residual_variance == pytest.approx(theirs["vcov"], rel=VARIANCE)
            continue
        component = groups[plain(theirs["group"])]
        row = component.terms.index(theirs["v1"])
        column = component.terms.index(theirs["v2"]) if theirs["v2"] else row
        assert component.covariance[row, column] == pytest.approx(theirs["vcov"], rel=VARIANCE)
    assert {plain(c.group): c.groups for c in fit.components} == {plain(g): n for g, n in r["groups"].items()}
    for theirs in r.get("ranef", []):
        effects = next(e for e in fit.effects if e.labels.size == len(r["ranef"]))
        place = [f"{label:g}" for label in effects.labels].index(theirs["id"])
        assert effects.value[place] == pytest.approx(theirs["eblup"], abs=STANDARD_ERRORS * theirs["cond_sd"])
        assert effects.conditional_sd[place] == pytest.approx(theirs["cond_sd"], rel=VARIANCE)


@pytest.fixture(scope="module")
def lme4(samples: Path) -> dict:
    return json.loads((samples / "multilevel" / "expected_R.json").read_text())


@pytest.mark.samples
@pytest.mark.parametrize(
    ("file", "model"),
    [("Hsb82", "hsb_null"), ("Hsb82", "hsb_cond"), ("Hsb82", "hsb_slope"), ("Hsb82", "hsb_null_ML"),
     ("ScotsSec", "scots_crossed"), ("egsingle", "egsingle_growth")],
)  # fmt: skip
def test_multilevel_models_equal_lme4(samples: Path, lme4: dict, file: str, model: str) -> None:
    r = lme4[model]
    fit = mixed_model(r["model"], read(samples / "multilevel" / f"{file}.csv.gz"), reml=r["REML"])
    agrees(fit, r)
    if model == "hsb_null":
        # Raudenbush and Bryk (2002), chapter 4: 8.61 / (8.61 + 39.15) = 0.18
        assert fit.share_between("school") == pytest.approx(0.18, abs=0.005)


@pytest.mark.samples
def test_teachers_in_schools_of_star_equal_lme4(samples: Path, lme4: dict) -> None:
    r = lme4["star_K_math_teacher_in_school"]
    star = read(samples / "multilevel" / "star.csv.gz")
    there = (star["gr"] == "K") & (star["cltype"] != "") & ~np.isnan(star["math"]) & ~np.isnan(star["tch"])
    agrees(mixed_model(r["model"], {name: x[there] for name, x in star.items()}), r)


@pytest.mark.samples
@pytest.mark.long
def test_73421_ratings_with_three_crossed_factors_equal_lme4_in_seconds(samples: Path, lme4: dict) -> None:
    """4.6 CPU seconds on the machine this was written on; the bound leaves room for a busy one."""
    r = lme4["insteval_crossed"]
    ratings = read(samples / "multilevel" / "InstEval.csv.gz")
    begun = time.process_time()
    fit = mixed_model(r["model"], ratings, with_effects=False)
    spent = time.process_time() - begun
    agrees(fit, r)
    assert spent < 15, f"{spent:.1f} CPU seconds"


def test_groups_that_differ_by_chance_alone_end_at_the_boundary() -> None:
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(10), 20)
    y = rng.normal(size=200)
    y -= np.array([y[group == g].mean() for g in range(10)])[group]
    fit = mixed_model("y ~ 1 + (1 | group)", {"y": y, "group": group})
    assert fit.at_boundary
    assert fit.share_between("group") == pytest.approx(0, abs=1e-6)


def test_a_small_group_is_drawn_in_further_than_a_large_one() -> None:
    rng = np.random.default_rng(9)
    sizes = [3] * 20 + [60] * 20
    group = np.repeat(np.arange(40), sizes)
    y = 2 * rng.normal(size=40)[group] + 3 * rng.normal(size=group.size)
    fit = mixed_model("y ~ 1 + (1 | group)", {"y": y, "group": group})
    effects = fit.effects_of("group")
    plain_means = np.array([y[group == g].mean() for g in range(40)]) - fit.fixed[0].value
    kept = effects.value / plain_means
    assert kept[:20].max() < kept[20:].min() < 1
    assert effects.conditional_sd[:20].min() > effects.conditional_sd[20:].max()


def test_a_model_names_what_is_missing() -> None:
    data = {"score": [1.0, 2.0, math.nan], "school": ["a", "b", "a"]}
    with pytest.raises(ValueError, match="score: missing or infinite in row 2"):
        mixed_model("score ~ 1 + (1 | school)", data)
    with pytest.raises(ValueError, match="no column 'class'"):
        mixed_model("score ~ 1 + (1 | class)", data | {"score": [1.0, 2, 3]})
    with pytest.raises(ValueError, match="school: one group only"):
        mixed_model("score ~ 1 + (1 | school)", {"score": [1.0, 2, 3], "school": ["a"] * 3})


@pytest.fixture(scope="module")
def withdrawals(samples: Path) -> dict[str, np.ndarray]:
    """OULAD 2013J by the rule of the expected file: left by day 0 are out, time is capped at the course's length."""
    folder = samples / "oulad"
    courses = read(folder / "courses.csv.gz")
    runs = zip(courses["code_module"], courses["code_presentation"], strict=True)
    lengths = dict(zip(runs, courses["module_presentation_length"], strict=True))
    joined, info = read(folder / "studentRegistration.csv.gz"), read(folder / "studentInfo.csv.gz")
    key = ("code_module", "code_presentation", "id_student")
    about = {k: i for i, k in enumerate(zip(*(info[c] for c in key), strict=True))}
    left = joined["date_unregistration"]
    keep = (joined["code_presentation"] == "2013J") & ~(left <= 0)
    rows = np.array([about[k] for k in zip(*(joined[c][keep] for c in key), strict=True)])
    length = np.array(
        [lengths[k] for k in zip(joined["code_module"][keep], joined["code_presentation"][keep], strict=True)]
    )
    left = left[keep]
    return {
        "time": np.where(np.isnan(left), length, np.minimum(left, length)),
        "event": (left <= length).astype(float),
        "module": joined["code_module"][keep],
        "num_of_prev_attempts": info["num_of_prev_attempts"][rows],
        "studied_credits": info["studied_credits"][rows],
        "genderM": (info["gender"][rows] == "M").astype(float),
        "disabilityTRUE": (np.char.lower(info["disability"][rows].astype(str)) == "true").astype(float),
    }


@pytest.mark.samples
def test_withdrawal_over_time_equals_r(samples: Path, withdrawals: dict) -> None:
    r = json.loads((samples / "oulad" / "expected_R_survival.json").read_text())
    t, y = withdrawals["time"], withdrawals["event"]
    all_of_them = kaplan_meier(t, y, at=r["km_times"])
    assert (all_of_them.n, all_of_them.events) == (r["n"], r["events"])
    assert all_of_them.value == pytest.approx(r["km_surv"], rel=EXACT)
    assert all_of_them.standard_error == pytest.approx(r["km_se"], rel=EXACT)
    for module, theirs in r["km_by_module_30_90_180"].items():
        rows = withdrawals["module"] == module
        found = kaplan_meier(t[rows], y[rows], at=[30, 90, 180])
        assert found.value == pytest.approx(theirs["surv"], rel=EXACT)
        assert found.standard_error == pytest.approx(theirs["se"], rel=EXACT)
    assert log_rank(t, y, withdrawals["genderM"]).chi_square == pytest.approx(
        r["logrank_gender_chisq"], rel=EXACT
    )


@pytest.mark.samples
def test_coxs_model_of_withdrawal_equals_r(samples: Path, withdrawals: dict) -> None:
    """R stratified by module, which its log-likelihood shows."""
    r = json.loads((samples / "oulad" / "expected_R_survival.json").read_text())
    columns = {name: withdrawals[name] for name in r["cox"]}
    fit = cox(withdrawals["time"], withdrawals["event"], columns, strata=withdrawals["module"])
    for i, theirs in enumerate(r["cox"].values()):
        assert (fit.value[i], fit.standard_error[i], fit.p_value[i]) == pytest.approx(
            (theirs["coef"], theirs["se(coef)"], theirs["Pr(>|z|)"]), rel=1e-8
        )
    assert [fit.log_likelihood_empty, fit.log_likelihood] == pytest.approx(r["cox_loglik"], rel=EXACT)


def test_nobody_is_said_to_stay_longer_than_anybody_was_watched() -> None:
    found = kaplan_meier([3, 5, 8], [1, 0, 0], at=[0, 2, 4, 9])
    assert found.value.tolist()[:3] == [1.0, 1.0, pytest.approx(2 / 3)]
    assert math.isnan(found.value[3])
    with pytest.raises(ValueError, match="nobody had it"):
        log_rank([1, 2], [0, 0], ["a", "b"])


DESIGNS = {
    "strat": ("apistrat", {"strata": "stype", "population": "fpc"}),
    "clus1": ("apiclus1", {"cluster": "dnum", "population": "fpc"}),
    "clus2": (
        "apiclus2",
        {"cluster": "dnum", "population": "fpc1", "second_cluster": "snum", "second_population": "fpc2"},
    ),
}


@pytest.mark.samples
@pytest.mark.parametrize("name", DESIGNS)
def test_drawn_samples_of_schools_equal_r(samples: Path, name: str) -> None:
    folder = samples / "school_panels"
    r = json.loads((folder / "expected_R.json").read_text())[name]
    file, columns = DESIGNS[name]
    schools = read(folder / f"{file}.csv.gz")
    design = survey_design(schools["pw"], **{k: schools[v] for k, v in columns.items()})
    there = ~np.isnan(schools["enroll"])
    pairs = [
        (survey_mean(schools["api00"], design), r["mean_api00"]),
        (survey_total(schools["enroll"], design, domain=there), r["total_enroll"]),
        (survey_ratio(schools["api.stu"], schools["enroll"], design, domain=there), r["ratio"]),
    ]
    for row in r["by_type"]:
        ours = survey_mean(schools["api00"], design, domain=schools["stype"] == row["stype"])
        pairs.append((ours, {"est": row["api00"], "se": row["se"]}))
    for ours, theirs in pairs:
        assert (ours.value, ours.standard_error) == pytest.approx((theirs["est"], theirs["se"]), rel=EXACT)
    fit = survey_regression(schools["api00"], {n: schools[n] for n in ("ell", "meals", "mobility")}, design)
    for i, theirs in enumerate(r["glm"].values()):
        assert (fit.value[i], fit.standard_error[i]) == pytest.approx(
            (theirs["Estimate"], theirs["Std. Error"]), rel=EXACT
        )


def test_a_whole_population_leaves_no_error() -> None:
    design = survey_design([1, 1, 1, 1], population=[4, 4, 4, 4])
    assert survey_mean([1, 2, 3, 4], design).standard_error == 0


def test_a_stratum_with_one_unit_of_many_is_refused() -> None:
    with pytest.raises(ValueError, match="One unit was drawn from 9 in row 2"):
        survey_design([1, 1, 1], strata=["a", "a", "b"], population=[5, 5, 9])
    with pytest.raises(ValueError, match="1 units where 2 were drawn"):
        survey_design([1, 1], population=[1, 1])


def simple(n: int) -> Design:
    return survey_design(np.full(n, 3.0))


@settings(deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=3, max_size=30))
def test_a_simple_sample_has_the_textbook_error(values: list[float]) -> None:
    y = np.array(values)
    assert survey_mean(y, simple(y.size)).standard_error == pytest.approx(
        y.std(ddof=1) / math.sqrt(y.size), abs=1e-9
    )


def test_s26_brier_auc_and_average_precision() -> None:
    assert calibration([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]).brier == pytest.approx(0.0375, abs=1e-12)
    outcome, score = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]
    assert auc(outcome, score).value == 0.75
    assert average_precision(outcome, score).value == pytest.approx(0.8333, abs=5e-5)


def test_s27_at_capacity() -> None:
    outcome, score = [1, 1, 0, 1, 0, 0, 1, 0, 0, 0], range(10, 0, -1)
    three, five = at_capacity(outcome, score, 3), at_capacity(outcome, score, 5)
    assert (three.precision, three.recall) == pytest.approx((2 / 3, 0.5))
    assert (five.precision, five.recall, five.lift) == pytest.approx((0.60, 0.75, 1.5))
    assert auc(outcome, score).value == pytest.approx(0.8333, abs=5e-5)
    assert average_precision(outcome, score).value == pytest.approx(0.8304, abs=5e-5)


def test_s29_recall_by_group() -> None:
    found = recall_gap(30, 40, 12, 24)
    assert (found.first, found.second, found.difference, found.ratio) == pytest.approx(
        (0.75, 0.50, 0.25, 2 / 3)
    )
    assert (found.n_first, found.n_second) == (40, 24)
    assert found.difference_lower < 0.25 < found.difference_upper
    assert found.second_lower < 0.5 < found.second_upper


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 4)), min_size=1, max_size=40), st.data())
def test_order_of_rows_decides_nothing_where_scores_tie(
    rows: list[tuple[int, int]], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(rows)))
    mixed = data.draw(st.permutations(rows))
    there, back = (at_capacity([y for y, _ in r], [s for _, s in r], k) for r in (rows, mixed))
    assert there == back or math.isnan(there.recall)
    assert there.found == pytest.approx(back.found)


def test_an_outcome_nobody_had_is_not_ranked() -> None:
    assert auc([0, 0], [1, 2]).reason == "no_variation"
    found = at_capacity([0, 0, 0], [1, 2, 3], 2)
    assert found.precision == 0
    assert math.isnan(found.recall)
    with pytest.raises(ValueError, match="k is 4"):
        at_capacity([0, 1, 0], [1, 2, 3], 4)


def test_calibration_error_of_equal_widths_equals_counting_by_hand() -> None:
    """torchmetrics' documented example, two bins: .2900 on average, .3167 at most."""
    found = calibration([0, 0, 1, 1, 1], [0.25, 0.25, 0.55, 0.75, 0.75], bins=2, by="width")
    assert found.expected_error == pytest.approx(0.2900, abs=5e-5)
    assert found.largest_error == pytest.approx(0.3167, abs=5e-5)


def test_probabilities_that_are_true_are_calibrated_and_doubled_ones_are_not() -> None:
    rng = np.random.default_rng(11)
    p = rng.uniform(0, 0.5, 20_000)
    y = (rng.uniform(size=p.size) < p).astype(float)
    right, doubled = calibration(y, p), calibration(y, 2 * p)
    assert right.expected_error < 0.015
    assert doubled.expected_error > 0.2
    assert right.skill > 0 > doubled.skill
    with pytest.raises(ValueError, match=r"probability: 1\.2 in row 1"):
        calibration([0, 1], [0.5, 1.2])
