"""Fact tables drawn by Hypothesis: cells from what the drawn tables of the specs hold, in new company.

A spec draws the few rows that show its rule. Here the same codes, scores and days meet at random: results without an
assessment, marks of students who are not enrolled, two courses with one name.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from edmeasures import catalog, specs
from edmeasures.tables import TABLES, Column, TableSpec

SCHOOL_YEAR = 2026
#: So many rows of each table: enough for ties, movers and groups of two.
ROWS = 8
_MONDAY = date(2026, 3, 2)
#: Two weeks in which most days fall, so that facts meet.
DAYS = [_MONDAY + timedelta(days=i) for i in range(14)]
#: Ids that many tables share are few, so that rows find each other.
_SHARED = {"student_id": ["Ada", "Ben", "Cid"], "school_id": ["North", "South"]}
_TREE = pa.table(
    {
        "organisation_id": ["District", "North", "South"],
        "kind": ["district", "school", "school"],
        "parent_id": [None, "District", "District"],
    }
)
_ARROW = {"id": pa.string(), "text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
_ARROW |= {"flag": pa.bool_(), "date": pa.date32()}


@cache
def _of_specs() -> dict[tuple[str, str], list[Any]]:
    """What stands in each column of each table, over all specs; ids by their name alone."""
    found: dict[tuple[str, str], set[Any]] = defaultdict(set)
    for indicator in catalog.all():
        for name, table in specs.fact_tables(specs.read(indicator.code)).items():
            for column in TABLES[name].columns:
                if column.name in table.column_names:
                    of = "" if column.type == "id" else name
                    found[of, column.name].update(table.column(column.name).to_pylist())
    return {of: sorted(values - {None}, key=str) for of, values in found.items()}


def _values(spec: TableSpec, column: Column) -> list[Any]:
    """What a cell of this column may hold; empty for a column that no spec draws."""
    if column.name == "school_year":
        return [SCHOOL_YEAR]
    values = _SHARED.get(column.name)
    values = values or _of_specs().get(("" if column.type == "id" else spec.name, column.name), [])
    return [*DAYS, *values] if values and column.type == "date" else values


def facts(name: str) -> st.SearchStrategy[pa.Table]:
    """A table of this name: up to `ROWS` rows, one of each key."""
    if name == "organisations":  # a tree; at random most would be none
        return st.sampled_from([_TREE, _TREE.slice(0, 2), _TREE.slice(0, 0)])
    if name in (
        "calendar_days",
        "attendance_submissions",
    ):  # without most days nothing is known of attendance
        return _school_days(name)
    spec = TABLES[name]
    values = {c: found for c in spec.columns if (found := _values(spec, c))}
    cells = [st.sampled_from(v) if c.required else st.none() | st.sampled_from(v) for c, v in values.items()]
    key = [i for i, c in enumerate(values) if c.name in spec.key]
    keys = math.prod(len(values[c]) for c in values if c.name in spec.key) if key else 2 * ROWS
    unique = (lambda row: tuple(row[i] for i in key)) if key else None
    few = st.lists(st.tuples(*cells), min_size=int(name == "enrolments"), max_size=2, unique_by=unique)
    # Left to itself Hypothesis draws short lists, in which nothing meets.
    many = st.lists(st.tuples(*cells), min_size=min(ROWS, keys) // 2, max_size=ROWS, unique_by=unique)
    return (many | many | few).map(
        lambda drawn: pa.table(
            {c.name: pa.array([row[i] for row in drawn], _ARROW[c.type]) for i, c in enumerate(values)}
        )
    )


def _school_days(name: str) -> st.SearchStrategy[pa.Table]:
    """Days of both schools, less some."""
    every = [(school, day) for school in _SHARED["school_id"] for day in DAYS]
    flags = {"is_instructional": [day.weekday() < 5 for _, day in every]} if name == "calendar_days" else {}
    whole = pa.table(
        {
            "school_id": [school for school, _ in every],
            "school_year": [SCHOOL_YEAR] * len(every),
            "on": [day for _, day in every],
            **flags,
        }
    )
    left_out = st.sets(st.sampled_from(range(len(every))), max_size=10)
    return left_out.map(
        lambda gone: whole.take(pa.array([i for i in range(len(every)) if i not in gone], pa.int64()))
    )


@st.composite
def questions(draw: st.DrawFn, indicators: int) -> tuple[dict[str, pa.Table], dict[str, Any]]:
    """Some indicators, the tables they read, the day and the rule packs: what `evaluate` is asked."""
    codes = draw(
        st.lists(
            st.sampled_from([i.code for i in catalog.all()]),
            min_size=min(2, indicators),
            max_size=indicators,
            unique=True,
        )
    )
    names = {
        "enrolments",
        "calendar_days",
        "organisations",
        *(t for c in codes for t in catalog.get(c).tables),
    }
    names -= {"assessment_norms", "sources_received"}  # made from the others
    packs = sorted({e.pack for code in codes for e in specs.read(code).expected})
    asked = {
        "school_year": SCHOOL_YEAR,
        "as_of": draw(st.sampled_from(DAYS[7:])),
        "indicators": codes,
        "rule_packs": packs,
    }
    return {name: draw(facts(name)) for name in sorted(names)}, asked
