"""A model that knows nothing from after the day, says how often it errs, and stands beside two simple rules."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edmeasures.early_warning import (
    Cohort,
    Frame,
    Known,
    Validation,
    abc_score,
    build,
    by_subgroup,
    choose,
    cross_validate,
    first_flags,
    fit,
    lead_time,
    place_among,
    reasons,
    validate,
    worst_places_first,
)
from edmeasures.methods.ranking import auc

ON = date(2025, 11, 3)


def made_up(name: str, year: int, n: int = 400, *, leak: bool = False, seed: int = 0) -> Cohort:
    """Students whose outcome follows from absences and missing work, and from nothing that is called by their group."""
    rng = np.random.default_rng(year * 10 + seed)
    absences, missing = rng.poisson(5, n).astype(float), rng.poisson(3, n).astype(float)
    logit = 0.35 * (absences - 5) + 0.5 * (missing - 3) - 0.5
    outcome = rng.random(n) < 1 / (1 + np.exp(-logit))
    columns: dict = {"absences": absences, "missing_work": missing, "noise": rng.normal(size=n)}
    columns["absences"][::17] = np.nan
    columns["club"] = np.array(rng.choice(["chess", "choir", "none"], n), dtype=object)
    if leak:
        columns["left_on_day"] = np.where(outcome, rng.integers(50, 180, n), np.nan)
    on = date(year, 11, 3)
    frame = Frame(tuple(f"{year}-{i}" for i in range(n)), on, columns, {"attendance": on})
    place = rng.choice(["North", "South", "West"], n)
    groups = {
        "programme": np.where(np.arange(n) % 3 == 0, "A", "B"),
        "rare": np.where(np.arange(n) < 4, "few", "many"),
    }
    abc = abc_score(attendance=1 - np.nan_to_num(absences, nan=0.0) / 43, core_failures=missing >= 5)
    return Cohort(name, frame, outcome, on + timedelta(days=240), abc, place, groups)


@pytest.fixture(scope="module")
def found() -> Validation:
    past = [made_up("2022-23", 2022), made_up("2023-24", 2023), made_up("2024-25", 2024)]
    return validate(past, made_up("2025-26", 2025, 1200), capacity=[40, 80])


# --- What was known ---------------------------------------------------------------------------------------------------


def marks(*rows: tuple[str, float, int]) -> pa.Table:
    student, score, day = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            "student": pa.array(student, pa.string()),
            "score": pa.array(score, pa.float64()),
            "known_on": pa.array(day, pa.int64()),
        }
    )


def everything(known: Known) -> pa.Table:
    """A maker that uses all it can get hold of."""
    made = (
        known["marks"]
        .group_by("student")
        .aggregate([("score", "mean"), ("score", "count"), ("known_on", "max")])
    )
    return made.rename_columns(["student", "mean", "count", "last_day"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 100), st.integers(0, 60)), max_size=12))
def test_what_becomes_known_after_the_day_changes_no_feature(rows: list) -> None:
    before = [r for r in rows if r[2] <= 28]
    one = build("abc", {"marks": marks(*rows)}, on=28, makers=[everything])
    two = build("abc", {"marks": marks(*before)}, on=28, makers=[everything])
    for name in one.columns:
        np.testing.assert_array_equal(one.columns[name], two.columns[name])
    assert one.latest["marks"] is None or one.latest["marks"] <= 28


def test_a_student_of_whom_nothing_is_known_has_gaps_and_not_zeros() -> None:
    frame = build("ab", {"marks": marks(("a", 50, 3))}, on=28, makers=[everything])
    assert np.isnan(frame.columns["mean"][1])
    assert np.isnan(frame.columns["count"][1])


def test_a_table_without_the_day_it_was_known_is_refused() -> None:
    bare = pa.table({"student": ["a"], "score": [1.0]})
    with pytest.raises(ValueError, match="no column known_on"):
        Known({"marks": bare}, on=28)
    with pytest.raises(ValueError, match="missing in 1 rows"):
        Known({"marks": bare.append_column("known_on", pa.array([None], pa.int64()))}, on=28)
    with pytest.raises(ValueError, match="both as dates"):
        Known({"marks": marks(("a", 1, 1))}, on=ON)


def test_makers_that_do_not_hold_together_are_refused() -> None:
    facts = {"marks": marks(("a", 1, 1), ("a", 2, 2))}
    with pytest.raises(ValueError, match="more than one row"):
        build("a", facts, on=28, makers=[lambda known: known["marks"].select(["student", "score"])])
    with pytest.raises(ValueError, match="made twice"):
        build("a", facts, on=28, makers=[everything, everything])
    with pytest.raises(ValueError, match="stands twice"):
        build("aa", facts, on=28, makers=[everything])


def test_nobody_learns_from_outcomes_that_were_not_known_yet() -> None:
    past, now = made_up("2024-25", 2024), made_up("2025-26", 2025)
    late = Cohort(past.name, past.frame, past.outcome, now.frame.on + timedelta(days=1), past.abc, past.place)
    with pytest.raises(ValueError, match="nobody could have learned from them"):
        validate([late], now, capacity=[40])
    with pytest.raises(ValueError, match="not before"):
        validate([now], past, capacity=[40])
    with pytest.raises(ValueError, match="nothing left to predict"):
        Cohort(past.name, past.frame, past.outcome, past.frame.on, past.abc, past.place)


@pytest.mark.parametrize(
    "name", ["gender", "imd_band", "homeLanguage", "Mother's qualification", "age_at_entry"]
)
def test_demographic_predictors_need_a_reason(name: str) -> None:
    past = made_up("2024-25", 2024, 100)
    frame = Frame(past.frame.students, past.frame.on, {**past.frame.columns, name: np.ones(100)}, {})
    told = Cohort(past.name, frame, past.outcome, past.outcome_known_on, past.abc, past.place)
    with pytest.raises(ValueError, match="not used by default"):
        fit([told])


# --- What it is worth -------------------------------------------------------------------------------------------------


def test_the_model_stands_beside_two_baselines(found: Validation) -> None:
    assert [s.name for s in found.scored] == ["model", "ABC rule", "worst places first"]
    model, abc, places = found.scored
    assert model.auc.value > abc.auc.value > places.auc.value
    assert [a.k for a in model.at] == [40, 80]
    assert found.is_out_of_time
    assert found.flagged.sum() == 40
    assert model.at[0].precision == found.test.outcome[found.flagged].mean()


def test_probabilities_are_calibrated_on_the_past(found: Validation) -> None:
    """1200 students in ten bins: by chance alone a perfect forecast is off by some .03."""
    assert found.calibration.expected_error < 0.06
    assert abs(found.probability.mean() - found.test.outcome.mean()) < 0.06


def test_the_order_of_students_decides_nothing(found: Validation) -> None:
    mixed = np.random.default_rng(3).permutation(len(found.test))
    np.testing.assert_allclose(
        found.model.predict(found.test.frame.take(mixed)), found.probability[mixed], rtol=1e-12
    )


def test_a_reason_is_a_feature_that_stands_out(found: Validation) -> None:
    columns = {
        "absences": np.array([14.0, 5.0]), "missing_work": np.array([3.0, 9.0]),
        "noise": np.zeros(2), "club": np.array(["none", "none"], dtype=object),
    }  # fmt: skip
    two = Frame(("often away", "owes work"), ON, columns, {})
    away, owes = reasons(found.model, two)
    assert (away[0].feature, away[0].value, away[0].usual) == ("absences", 14.0, 5.0)
    assert away[0].adds > 0.2
    assert owes[0].feature == "missing_work"
    assert all(r.adds >= 0.01 for told in (away, owes) for r in told)


def test_groups_are_compared_and_small_ones_are_not(found: Validation) -> None:
    a, b = found.subgroups["programme"]
    hit = found.flagged & (found.test.outcome == 1)
    here = found.test.groups["programme"] == "A"
    assert a.recall[0] == hit[here].sum() / found.test.outcome[here].sum()
    assert a.recall[1] < a.recall[0] < a.recall[2]
    assert a.gap.difference == pytest.approx(b.recall[0] - a.recall[0])
    few, _ = found.subgroups["rare"]
    assert (few.n, few.reason) == (4, "below_minimum_n")
    assert np.isnan(few.recall[0])


def test_a_group_is_a_group_of_its_own_where_nothing_is_stated() -> None:
    groups = by_subgroup([1, 0] * 20, [0.5] * 40, [1] * 40, [None, ""] * 10 + ["A"] * 20, minimum=5)
    assert [(g.group, g.n, g.recall[0]) for g in groups] == [("A", 20, 1.0), ("not stated", 20, 1.0)]


def test_the_card_says_what_counts_and_hides_the_few(found: Validation) -> None:
    card = found.card(purpose="Who may need a look", owner="Ana").markdown()
    for told in (
        "Purpose: Who may need a look",
        "| ABC rule |",
        "| worst places first |",
        "No demographic predictors",
        "Not for decisions against a student",
        "expected calibration error",
        "as known by 2025-11-03",
    ):
        assert told in card, told
    # 4 of 1200: were the 1196 printed, the 4 would be too.
    assert "| few | * | * |" in card
    assert "| many | * | * |" in card
    assert "| A | 400 |" in card


def test_a_score_too_good_to_be_true_is_searched_for_leaks() -> None:
    past, now = made_up("2024-25", 2024, leak=True), made_up("2025-26", 2025, leak=True)
    found = validate([past], now, capacity=[40])
    assert found.auc.value > 0.95
    assert [name for name, _ in found.leakage.suspects] == ["left_on_day"]
    assert "`left_on_day` alone has an AUC of 1.000" in found.card().markdown()


def test_an_honest_score_is_not_searched(found: Validation) -> None:
    assert found.leakage is None
    assert found.auc.value < 0.95


def test_a_feature_of_the_year_is_no_feature_of_students() -> None:
    """Two cohorts, one in autumn and one in spring: whatever else differed would go by the season's name."""
    cohorts = []
    for season, cohort in (("autumn", made_up("one", 2023, 150)), ("spring", made_up("two", 2024, 150))):
        word = np.array([season] * 150, dtype=object)
        frame = Frame(cohort.frame.students, cohort.frame.on, {**cohort.frame.columns, "season": word}, {})
        cohorts.append(
            Cohort(cohort.name, frame, cohort.outcome, cohort.outcome_known_on, cohort.abc, cohort.place)
        )
    assert fit(cohorts).dropped == {"season": "the same for everybody within each cohort"}


def test_one_cohort_alone_is_cross_validated_and_says_so() -> None:
    found = cross_validate(made_up("2025-26", 2025, 200), capacity=[20], n_folds=2)
    assert not found.is_out_of_time
    assert "Not tested over time" in found.cautions[0]
    assert 0.6 < found.auc.value < 0.95


def test_a_model_that_finds_no_more_than_the_rule_is_told_to_step_back() -> None:
    """Features that say nothing, beside a rule that knows."""

    def blind(name: str, year: int) -> Cohort:
        c = made_up(name, year, 300)
        frame = Frame(c.frame.students, c.frame.on, {"noise": c.frame.columns["noise"]}, {})
        return Cohort(name, frame, c.outcome, c.outcome_known_on, c.abc, c.place)

    found = validate([blind("2024-25", 2024)], blind("2025-26", 2025), capacity=[40])
    assert any("the ABC rule finds as many. Use that." in c for c in found.cautions)


# --- Simple parts -----------------------------------------------------------------------------------------------------


def test_the_abc_rule_by_hand() -> None:
    """Ed-Fi's sample thresholds (S28) and Chicago's core failures (S25)."""
    found = abc_score(
        attendance=[0.79, 0.80, 0.85, 0.88, 0.95],
        incidents=[0, 1, 2, 5, np.nan],
        core_failures=[0, 0, 1, 2, 3],
    )
    assert found.tolist() == [2, 1, 1 + 1 + 1, 0 + 2 + 2, 2]


def test_worst_places_first_by_hand() -> None:
    assert worst_places_first(["a", "a", "b"], [1, 1, 0], ["b", "a", "new"]).tolist() == [0, 1, 2 / 3]


def test_a_flag_on_the_day_is_no_warning() -> None:
    flags = first_flags({date(2025, 10, 1): ["a"], date(2025, 11, 1): ["a", "b", "c"]})
    found = lead_time(flags, {"a": date(2025, 12, 1), "b": date(2025, 11, 1), "d": date(2025, 12, 1)})
    assert (found.median, found.n_in_time, found.n) == (61, 1, 3)
    assert lead_time({}, {"a": 3}).share == 0
    assert np.isnan(lead_time({}, {"a": 3}).median)


def test_importing_the_library_imports_no_scikit_learn() -> None:
    code = "import edmeasures, edmeasures.early_warning, sys; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


# --- Which features -----------------------------------------------------------------------------------------------------


SETS = {"noise": ["noise"], "work": ["absences", "missing_work"]}


@pytest.fixture(scope="module")
def chosen() -> Validation:
    past = [made_up("2023-24", 2023, 150), made_up("2024-25", 2024, 150)]
    return validate(past, made_up("2025-26", 2025, 150), capacity=[40], candidates=SETS)


def test_features_are_chosen_on_the_last_past_cohort(chosen: Validation) -> None:
    choice = chosen.choice
    assert choice is not None
    assert (choice.taken.name, choice.learned_from, choice.tried_on) == ("work", ("2023-24",), "2024-25")
    assert choice.is_out_of_time
    assert chosen.model.features == ("absences", "missing_work")
    first, last = made_up("2023-24", 2023, 150), made_up("2024-25", 2024, 150)
    assert choice.taken.auc == auc(last.outcome, fit([first.only(SETS["work"])]).predict(last.frame))


def test_the_card_says_how_features_were_chosen_and_what_another_model_gets(chosen: Validation) -> None:
    card = chosen.card(beside=chosen).markdown()
    assert "By the highest AUC on 2024-25, learned from 2023-24. The cohort below was not looked at." in card
    assert "| work (taken) | 2 | 0." in card
    assert card.count(f"| without demographic predictors (this model) | {chosen.auc.value:.3f} (") == 2
    others = replace(chosen, test=made_up("2025-26", 2025, 150, seed=1))
    with pytest.raises(ValueError, match="other students"):
        chosen.card(beside=others)


def test_a_choice_that_cannot_be_made_by_the_past_is_refused() -> None:
    past = [made_up("2023-24", 2023, 60), made_up("2024-25", 2024, 60)]
    with pytest.raises(ValueError, match="two are needed"):
        choose(SETS, past[:1])
    with pytest.raises(ValueError, match="in order"):
        choose(SETS, past[::-1])
    with pytest.raises(ValueError, match="No set of features"):
        choose({}, past)
    with pytest.raises(KeyError, match="lacks the features shoe_size"):
        choose({"shoes": ["shoe_size"]}, past)


@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.sampled_from("ab")), min_size=1, max_size=12),
    st.floats(0.5, 9),
)
def test_a_place_among_peers_forgets_the_scale_of_the_course(rows: list, times: float) -> None:
    values, peers = np.array([v for v, _ in rows]), [p for _, p in rows]
    found = place_among(values, peers)
    assert ((found > 0) & (found < 1)).all()
    for course in set(peers):
        here = np.array(peers) == course
        assert found[here].mean() == pytest.approx(0.5)
        by_hand = [
            (np.sum(values[here] < v) + np.sum(values[here] == v) / 2) / here.sum() for v in values[here]
        ]
        np.testing.assert_allclose(found[here], by_hand)
    scaled = place_among(
        np.where(np.array(peers) == "a", values, np.round(values) * 2.0 ** round(times)), peers
    )
    kept = place_among(np.where(np.array(peers) == "a", values, np.round(values)), peers)
    np.testing.assert_array_equal(scaled, kept)


def test_a_place_among_peers_of_what_is_not_known_is_not_known() -> None:
    assert np.isnan(place_among([np.nan, 3.0], ["a", "a"])).tolist() == [True, False]
    with pytest.raises(ValueError, match="one per student"):
        place_among([1.0], ["a", "b"])
