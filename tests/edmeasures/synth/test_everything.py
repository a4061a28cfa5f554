"""The whole catalogue on a made-up district: every indicator has a value, and finds what was planted."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import edmeasures as em
from edmeasures import catalog, synth
from edmeasures.reasons import REASONS
from edmeasures.synth.__main__ import main
from edmeasures.synth.everything.england import SCHOOL_ID
from edmeasures.synth.everything.scores import BIASED_ITEM
from edmeasures.tables import TABLES

#: Of the three, the first knows no tiers of attendance and no register codes; each knows what another lacks.
PACKS = ("us-federal", "edu-wh", "england")
#: The library makes these two itself, out of the others.
MADE_BY_THE_LIBRARY = {"assessment_norms", "sources_received"}
DISTRICT = 1
#: Sums of floating-point numbers in another order.
ROUNDING = 1e-9


@pytest.fixture(scope="module")
def district() -> synth.District:
    return synth.generate(800, seed=1, everything=True)


@pytest.fixture(scope="module")
def found(district: synth.District) -> em.Results:
    tables = em.load(district)
    return em.evaluate(tables, school_year=2026, as_of=tables.last_day(2026), rule_packs=PACKS, threads=1)


@pytest.fixture(scope="module")
def groups(found: em.Results) -> pd.DataFrame:
    return found.to_pandas("groups")


@pytest.fixture(scope="module")
def facts(district: synth.District) -> dict[str, pd.DataFrame]:
    return {name: table.to_pandas() for name, table in district.tables.items()}


def value(groups: pd.DataFrame, indicator: str, organisation: int = DISTRICT) -> float:
    """The first rule pack's value that there is."""
    rows = groups[
        (groups.indicator == indicator)
        & (groups.organisation_id == organisation)
        & (groups.characteristic == "")
    ]
    return float(rows["value"].dropna().iloc[0])


def test_every_table_of_the_library_is_filled(district: synth.District) -> None:
    assert set(district.tables) == set(TABLES) - MADE_BY_THE_LIBRARY
    assert all(table.num_rows for table in district.tables.values())


def test_every_indicator_of_the_catalogue_has_a_value(groups: pd.DataFrame) -> None:
    evaluated = set(groups[groups["value"].notna()].indicator)
    assert {i.code for i in catalog.all()} - evaluated == set()


def test_what_has_no_value_says_why(found: em.Results) -> None:
    for rows in ("groups", "students"):
        table = found.to_pandas(rows)
        silent = table[table["value"].isna() & ~table["reason"].isin(list(REASONS))]
        assert silent.empty, silent[["indicator", "reason"]].drop_duplicates()


def test_planted_values_are_found_again(district: synth.District, groups: pd.DataFrame) -> None:
    wrong = {}
    for planted in district.planted:
        if planted.item is None:
            got = value(groups, planted.indicator, planted.organisation_id)
            if abs(got - planted.value) > planted.tolerance:
                wrong[planted.indicator] = (planted.value, planted.tolerance, got)
    assert wrong == {}
    assert len(district.planted) >= 20


def test_the_biased_item_is_found_by_a_mantel_haenszel_of_its_own(
    district: synth.District, facts: dict[str, pd.DataFrame], groups: pd.DataFrame
) -> None:
    answers = facts["item_responses"].fillna({"points": 0.0})
    sex = facts["student_characteristics"].query("characteristic == 'sex'").set_index("student_id")["value"]
    answers["girl"] = answers["student_id"].map(sex) == "F"
    answers["total"] = answers.groupby("student_id")["points"].transform("sum")
    deltas = {}
    for item, rows in answers.groupby("item_id"):
        above = below = 0.0
        for _, level in rows.groupby("total"):
            girls, others = level[level.girl]["points"], level[~level.girl]["points"]
            above += others.sum() * (1 - girls).sum() / len(level)
            below += (1 - others).sum() * girls.sum() / len(level)
        deltas[item] = -2.35 * np.log(above / below)
    (planted,) = [p for p in district.planted if p.item is not None]
    assert min(deltas, key=lambda item: deltas[item]) == planted.item
    assert planted.item % 1000 == BIASED_ITEM
    assert deltas[planted.item] == pytest.approx(planted.value, abs=planted.tolerance)
    flagged = np.mean([abs(delta) >= 1.5 for delta in deltas.values()])
    assert value(groups, "item_dif") == pytest.approx(flagged)


def test_values_agree_with_pandas(facts: dict[str, pd.DataFrame], groups: pd.DataFrame) -> None:
    """Each is counted again by other means, straight from the rows."""
    sessions, sgp = facts["programme_sessions"], facts["growth_percentiles"]
    answers, invited = facts["survey_answers"], facts["survey_invitations"]
    items = facts["survey_items"].set_index("item_id")
    given = answers.dropna(subset=["answer"]).join(items, on="item_id")
    turned = given["answer"].where(~given["is_reversed"], 6 - given["answer"])
    outcomes = facts["course_outcomes"].dropna(subset=["grade_points", "credits_attempted"])
    again = {
        "programme_dosage": sessions["minutes"].sum() / sessions["planned_minutes"].sum(),
        "survey_response_rate": answers["student_id"].nunique() / invited["student_id"].nunique(),
        "survey_favourable": (turned >= given["favourable_from"]).mean(),
        "median_growth_percentile": sgp["sgp"].median(),
        "mean_growth_percentile": sgp["sgp"].mean(),
        "adequate_growth": (sgp["sgp"] >= sgp["adequate_sgp"]).mean(),
        "value_table_points": facts["level_changes"].merge(facts["value_table"])["points"].mean(),
        "item_omission": facts["item_responses"]["points"].isna().mean(),
        "vacancy_rate": facts["staff_positions"]["filled_on"].isna().mean(),
        "grade_point_average": (outcomes["grade_points"] * outcomes["credits_attempted"]).sum()
        / outcomes["credits_attempted"].sum(),
    }  # fmt: skip
    for indicator, expected in again.items():
        assert value(groups, indicator) == pytest.approx(expected, rel=ROUNDING), indicator


def test_registers_agree_with_pandas(facts: dict[str, pd.DataFrame], groups: pd.DataFrame) -> None:
    marks = facts["attendance_marks"]["code"]
    assert value(groups, "authorised_absence_rate", SCHOOL_ID) == pytest.approx(
        marks.isin(["I", "M", "C", "C2"]).mean(), rel=ROUNDING
    )
    assert value(groups, "illness_share", SCHOOL_ID) == pytest.approx(
        (marks == "I").sum() / marks.isin(["I", "M", "C", "C2", "O", "U"]).sum(), rel=ROUNDING
    )


def test_graduation_agrees_with_a_reading_of_the_ledger_student_by_student(
    facts: dict[str, pd.DataFrame], groups: pd.DataFrame
) -> None:
    ledger = facts["cohort_events"]
    for years in (4, 5, 6):
        entered = ledger[ledger["cohort_year"] == 2026 - years + 1]["student_id"]
        diplomas = counted = 0
        for _, events in ledger[ledger["student_id"].isin(entered)].groupby("student_id"):
            kinds = set(events["kind"])
            if "transfer_out" in kinds and events["is_documented"].eq(True).any():
                continue
            counted += 1
            diplomas += "regular_diploma" in kinds
        assert value(groups, f"graduation_rate_{years}") == pytest.approx(diplomas / counted, rel=ROUNDING)


def test_the_same_seed_gives_the_same_tables_and_another_gives_others() -> None:
    first, again, other = (synth.generate(200, seed=seed, everything=True).tables for seed in (4, 4, 5))
    assert all(first[name].equals(again[name]) for name in first)
    assert not first["survey_answers"].equals(other["survey_answers"])


def test_the_demo_does_without_and_is_not_changed_by_it() -> None:
    plain, whole = synth.generate(200, seed=4), synth.generate(200, seed=4, everything=True)
    assert set(plain.tables) < set(whole.tables)
    assert plain.planted == ()
    for name, table in plain.tables.items():
        kept = whole.tables[name].select(table.schema.names).slice(0, table.num_rows)
        assert kept.equals(table), name


def test_in_autumn_nothing_of_spring_is_known() -> None:
    autumn = date(2025, 11, 3)
    tables = synth.generate(200, seed=4, as_of=autumn, everything=True).tables
    for name, column in (
        ("platform_activity", "on"), ("survey_answers", "on"), ("programme_sessions", "on"), ("item_responses", "on"),
        ("attendance_marks", "on"), ("staff_absences", "on"), ("staff_development", "on"), ("cohort_events", "on"),
        ("standard_results", "on"), ("assessment_results", "on"), ("removals", "on"), ("coursework_results", "submitted_on"),
    ):  # fmt: skip
        if name in tables and tables[name].num_rows:
            days = [day for day in tables[name][column].to_pylist() if day]
            assert max(days) <= autumn, name
    assert "growth_percentiles" not in tables


def test_in_the_first_week_there_is_little_and_it_is_measured() -> None:
    first_week = date(2025, 8, 20)
    tables = em.load(synth.generate(200, seed=4, as_of=first_week, everything=True))
    found = em.evaluate(
        tables,
        school_year=2026,
        as_of=first_week,
        indicators=["attendance_rate", "item_difficulty", "mean_t_score"],
    ).to_pandas("groups")
    assert set(found[found["value"].notna()]["indicator"]) == {"attendance_rate"}


def test_the_command_writes_the_tables_that_the_library_reads(tmp_path: Path) -> None:
    out = tmp_path / "tables"
    assert main(["--students", "200", "--seed", "4", "--tables", "--everything", str(out)]) == 0
    loaded = em.load(out)
    assert set(loaded) == set(TABLES) - MADE_BY_THE_LIBRARY
    assert loaded.arrow("exam_results").equals(
        synth.generate(200, seed=4, everything=True).tables["exam_results"]
    )


def test_the_command_writes_everything_only_as_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--everything", str(tmp_path / "out")])
    assert "--everything goes with --tables" in capsys.readouterr().err
