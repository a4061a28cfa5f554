"""What must hold of every indicator: the order of rows is nothing, and groups add up to their whole."""

from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edmeasures import Results, catalog, evaluate, specs, synth
from edmeasures.tables import TABLES

AS_OF = date(2026, 3, 13)
#: Sums of doubles run in another order.
ROUNDING = 1e-9

CODES = [i.code for i in catalog.all()]


def shuffled(tables: dict[str, pa.Table], seed: int) -> dict[str, pa.Table]:
    rng = np.random.default_rng(seed)
    return {name: table.take(pa.array(rng.permutation(table.num_rows))) for name, table in tables.items()}


def keyed(results: Results) -> dict[tuple, dict]:
    found = {}
    for name, keys in (
        ("students", ("student_id", "school_id", "indicator", "rule_pack")),
        ("groups", ("organisation_id", "indicator", "rule_pack", "characteristic", "group_value")),
    ):
        for row in getattr(results, name).to_pylist():
            found[(name, *(row[k] for k in keys))] = row
    return found


def differ(left: dict[tuple, dict], right: dict[tuple, dict]) -> list[object]:
    if set(left) != set(right):
        return [set(left) ^ set(right)]
    return [
        (key, column, value, right[key][column])
        for key, row in left.items()
        for column, value in row.items()
        if value != right[key][column]
        and not (
            isinstance(value, float)
            and isinstance(right[key][column], float)
            and abs(value - right[key][column]) <= ROUNDING * max(1.0, abs(value))
        )
    ]


@cache
def drawn(code: str) -> tuple[dict[str, pa.Table], Results, specs.Spec]:
    spec = specs.read(code)
    return specs.fact_tables(spec), specs.run(spec, spec.expected[0]), spec


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CODES), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_drawn_number(code: str, seed: int) -> None:
    tables, before, spec = drawn(code)
    again = evaluate(
        shuffled(tables, seed),
        school_year=2026,
        as_of=spec.expected[0].as_of,
        indicators=[code],
        rule_packs=[spec.expected[0].pack],
        threads=1,
    )
    assert differ(keyed(before), keyed(again)) == []


@pytest.fixture(scope="module")
def district() -> tuple[dict[str, pa.Table], Results]:
    tables = {k: v for k, v in synth.generate(students=200, seed=6).tables.items() if k in TABLES}
    return tables, evaluate(tables, school_year=2026, as_of=AS_OF, threads=1)


def test_the_order_of_rows_changes_no_number_of_a_district(
    district: tuple[dict[str, pa.Table], Results],
) -> None:
    tables, before = district
    again = evaluate(shuffled(tables, 5), school_year=2026, as_of=AS_OF, threads=1)
    assert len(keyed(before)) > 5_000
    assert differ(keyed(before), keyed(again)) == []


def test_grades_add_up_to_the_school(district: tuple[dict[str, pa.Table], Results]) -> None:
    """Whoever has a grade is in one grade: counts and sums of the grades are those of everybody, where all have one."""
    grades: dict[tuple, list[dict]] = {}
    everyone: dict[tuple, dict] = {}
    for row in district[1].groups.to_pylist():
        key = (row["organisation_id"], row["indicator"])
        if row["characteristic"] == "grade_level":
            grades.setdefault(key, []).append(row)
        elif not row["characteristic"]:
            everyone[key] = row
    compared = 0
    for key, parts in grades.items():
        whole, kind = everyone[key], catalog.get(key[1]).kind
        assert sum(p["n_students"] for p in parts) == whole["n_students"], key
        assert sum(p["n_not_evaluated"] for p in parts) == whole["n_not_evaluated"], key
        # A floor under the denominator is set for each group by itself.
        if whole["value"] is None or key[1] == "proficiency_rate" or kind == "average_daily":
            continue
        if any(p["value"] is None and p["n_students"] for p in parts):
            continue
        for column in ("numerator", "denominator"):
            assert sum(p[column] or 0.0 for p in parts) == pytest.approx(whole[column], rel=1e-12), (
                key,
                column,
            )
        compared += 1
    assert compared > 100
