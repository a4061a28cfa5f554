"""Fact tables drawn by Hypothesis: cells from what the drawn tables of the specs hold, in new company.

A spec draws the few rows that show its rule. Here the same codes, scores and days meet at random: results without an
assessment, marks of students who are not enrolled, two courses with one name.
"""

from __future__ import annotations

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


def _cells(spec: TableSpec, column: Column) -> st.SearchStrategy[Any] | None:
    """What a cell of this column may hold; None for a column that no spec draws."""
    if column.name == "school_year":
        return st.just(SCHOOL_YEAR)
    values = _SHARED.get(column.name) or _of_specs().get(
        ("" if column.type == "id" else spec.name, column.name)
    )
    if not values:
        return None
    if column.type == "date":
        values = [*DAYS, *values]
    cells = st.sampled_from(values)
    return cells if column.required else st.none() | cells


def facts(name: str) -> st.SearchStrategy[pa.Table]:
    """A table of this name: up to `ROWS` rows, one of each key."""
    if name == "organisations":  # a tree; at random most would be none
        return st.sampled_from([_TREE, _TREE.slice(0, 2), _TREE.slice(0, 0)])
    if name in (
        "calendar_days",
        "attendance_submissions",
    ):  # most days; without them nothing is known of attendance
        return _school_days(name)
    spec = TABLES[name]
    cells = {c: drawn for c in spec.columns if (drawn := _cells(spec, c)) is not None}
    names = [c.name for c in cells]
    key = [names.index(k) for k in spec.key if k in names]
    rows = st.lists(
        st.tuples(*cells.values()),
        min_size=1 if name == "enrolments" else 0,
        max_size=ROWS,
        unique_by=(lambda row: tuple(row[i] for i in key)) if key else None,
    )
    return rows.map(
        lambda drawn: pa.table(
            {c.name: pa.array([row[i] for row in drawn], _ARROW[c.type]) for i, c in enumerate(cells)}
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
            st.sampled_from([i.code for i in catalog.all()]), min_size=1, max_size=indicators, unique=True
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
        "as_of": draw(st.sampled_from(DAYS)),
        "indicators": codes,
        "rule_packs": packs,
    }
    return {name: draw(facts(name)) for name in sorted(names)}, asked
