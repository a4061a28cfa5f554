"""The library imports neither Django nor the product, its examples run, and its SELECTs are portable."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp

import edmeasures
from edmeasures import catalog, compose, docs, rulepacks
from edmeasures.run import Run
from edmeasures.tables import TABLES

MODULES = [
    m.name for m in pkgutil.walk_packages(edmeasures.__path__, "edmeasures.") if ".synth" not in m.name
]


@pytest.mark.parametrize("name", ["edmeasures", *MODULES])
def test_examples_in_the_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_it_is_imported_without_django() -> None:
    code = "import edmeasures, sys; print(sorted(m for m in sys.modules if m.split('.')[0] in ('django', 'crescendo')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def parameters(code: str) -> dict[str, compose.Parameter]:
    run = Run.__new__(Run)
    run.base = {"as_of": date(2026, 3, 2), "first_on": date(2025, 9, 1), "before_first_on": date(2025, 8, 31)}
    run.base |= {"day_units": 3_603_600, "half_day_units": 1_801_800, "year_is_over": False}
    return run.parameters(rulepacks.get("us-federal"), catalog.get(code))


@pytest.mark.parametrize("code", [i.code for i in catalog.all()])
def test_a_composed_select_reads_declared_tables_and_is_understood_by_spark(code: str) -> None:
    query = compose.compose(catalog.get(code).sql.removesuffix(".sql"), parameters(code))
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    read = {t.name for t in query.find_all(exp.Table)} - own
    assert read <= {*TABLES, *compose.GIVEN}
    assert query.sql(dialect="spark")


@pytest.mark.parametrize("statement", compose.STATEMENTS.values(), ids=lambda s: s.name)
def test_a_select_keeps_to_the_portable_subset(statement: compose.Statement) -> None:
    assert not list(statement.select.find_all(exp.ArgMax, exp.ArgMin, exp.Qualify)), (
        "ties and QUALIFY differ by engine"
    )
    assert not list(statement.select.find_all(exp.NamedWindow)) if hasattr(exp, "NamedWindow") else True
    assert all(table.alias or table.name for table in statement.select.find_all(exp.Table))
    assert "WINDOW " not in statement.text


@pytest.mark.parametrize("statement", compose.STATEMENTS.values(), ids=lambda s: s.name)
def test_text_and_tree_bind_to_the_same_select(statement: compose.Statement) -> None:
    given = parameters("chronic_absence")
    text = compose.bound_text(statement, given)
    assert compose.sqlglot.parse_one(text, read="duckdb").sql() == compose.bind(statement, given).sql()


def test_a_page_is_written_for_each_indicator(tmp_path: Path) -> None:
    written = {path.name for path in docs.write(tmp_path)}
    assert {f"{i.code}.md" for i in catalog.all()} < written
    page = (tmp_path / "chronic_absence.md").read_text(encoding="utf-8")
    assert "18 / 180" in page
    assert "10 of 100 or more" in page
