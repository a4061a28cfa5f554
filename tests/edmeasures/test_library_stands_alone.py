"""The library imports neither Django nor the product, its examples run, and its SELECTs are portable."""

import doctest
import importlib
import pkgutil
import subprocess
import sys
from datetime import date

import pytest
from sqlglot import exp, parse_one

import edmeasures
from edmeasures import catalog, compose, rulepacks
from edmeasures.run import Run
from edmeasures.tables import TABLES

MODULES = [
    m.name for m in pkgutil.walk_packages(edmeasures.__path__, "edmeasures.") if "__main__" not in m.name
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
    run.base |= {"school_year": 2026}
    return run.parameters(rulepacks.get("us-federal"), catalog.get(code))


@pytest.mark.parametrize("code", [i.code for i in catalog.all()])
def test_a_composed_select_reads_declared_tables_and_is_understood_by_spark(code: str) -> None:
    query = compose.compose(catalog.get(code).sql.removesuffix(".sql"), parameters(code))
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    read = {t.name for t in query.find_all(exp.Table)} - own
    assert read <= {*TABLES, *compose.GIVEN, *compose.MADE}
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
def test_what_a_run_reads_from_the_words_is_what_the_parsed_select_says(statement: compose.Statement) -> None:
    own = {cte.alias for cte in statement.select.find_all(exp.CTE)}
    read = {table.name for table in statement.select.find_all(exp.Table)} - own
    asked = {p.name for p in statement.select.find_all(exp.Parameter, exp.Placeholder)}
    assert set(statement.reads) == read
    assert read <= {*compose.STATEMENTS, *compose.MADE, *TABLES, *compose.GIVEN}
    assert set(statement.parameters) == asked


@pytest.mark.parametrize("statement", compose.STATEMENTS.values(), ids=lambda s: s.name)
def test_a_bound_select_asks_for_nothing_more(statement: compose.Statement) -> None:
    fixed = {name: value for indicator in catalog.all() for name, value in indicator.fixed}
    bound = parse_one(compose.bind(statement, parameters("attendance_rate") | fixed), read="duckdb")
    assert not list(bound.find_all(exp.Parameter, exp.Placeholder))


def test_a_word_with_an_apostrophe_is_bound_as_it_stands() -> None:
    statement = compose.Statement("one", "one.sql", "SELECT 1 AS one WHERE 'x' IN ($absence_categories)")
    assert "('it''s', 'b')" in compose.bind(statement, {"absence_categories": ("it's", "b")})


def test_reading_definitions_takes_no_engine() -> None:
    code = (
        "import edmeasures, sys; from edmeasures import catalog, compose, rulepacks; "
        "assert catalog.get('chronic_absence').title and compose.STATEMENTS['attendance_days'].text; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'duckdb', 'numpy', 'pyarrow', 'scipy', 'sqlglot'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_run_parses_no_select() -> None:
    code = (
        "import datetime, sys, edmeasures; "
        "edmeasures.evaluate({}, school_year=2026, as_of=datetime.date(2026, 3, 2)); "
        "print('sqlglot' in sys.modules, 'scipy.stats' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
