"""The drawn facts of every spec in one set of tables, and two results compared row by row."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from edmeasures import catalog, specs
from edmeasures.evaluate import Results
from edmeasures.tables import TABLES

#: Engines add doubles in different orders, and one uses Welford's formula for a deviation: the last bits differ, no more.
TOLERANCE = 1e-11


def together(
    codes: Sequence[str] | None = None,
) -> tuple[dict[str, pa.Table], date, dict[str, tuple[str, ...]]]:
    """Every spec's facts (or those of a few), each with ids of its own; the latest day of any; each indicator's rule packs.

    One evaluation of all indicators over all facts asks more of an engine than each spec alone, and starts it once.
    """
    parts: dict[str, list[pa.Table]] = {}
    days, packs = [], {}
    for indicator in catalog.all() if codes is None else map(catalog.get, codes):
        spec = specs.read(indicator.code)
        days += [expected.as_of for expected in spec.expected]
        packs[indicator.code] = tuple(dict.fromkeys(expected.pack for expected in spec.expected))
        for name, table in specs.fact_tables(spec).items():
            parts.setdefault(name, []).append(_own(indicator.code, name, table))
    tables = {
        name: _once(pa.concat_tables(tables, promote_options="default"), TABLES[name].key)
        for name, tables in parts.items()
    }
    return tables, max(days), packs


def _own(code: str, name: str, table: pa.Table) -> pa.Table:
    """The ids of one spec under its name, so that two specs' Ada are two students."""
    for column in TABLES[name].columns:
        if column.type == "id" and column.name in table.column_names:
            at = table.column_names.index(column.name)
            values = table.column(column.name).cast(pa.string())
            table = table.set_column(at, column.name, pc.binary_join_element_wise(code, values, "/"))
    return table


def _once(table: pa.Table, key: tuple[str, ...]) -> pa.Table:
    """One row of each key: what two specs both draw, such as a published norm, stands once."""
    if not key:
        return table
    seen, kept = set(), []
    for i, row in enumerate(table.select([c for c in key if c in table.column_names]).to_pylist()):
        if tuple(row.values()) not in seen:
            seen.add(tuple(row.values()))
            kept.append(i)
    return table.take(pa.array(kept))


def differences(first: Results, second: Results) -> Iterator[str]:
    """Every row and column in which two results are not the same table."""
    pairs: Mapping[str, tuple[pa.Table, pa.Table]] = {
        **{
            name: (getattr(first, name), getattr(second, name))
            for name in ("students", "groups", "series", "parts")
        },
        **{name: (first.references[name], second.references.get(name)) for name in first.references},
    }
    for name, (one, other) in pairs.items():
        if other is None or one.column_names != other.column_names:
            yield f"{name}: columns {one.column_names} and {other and other.column_names}"
            continue
        keys = [f.name for f in one.schema if not pa.types.is_floating(f.type)]
        rows, others = (sorted(t.to_pylist(), key=lambda r: [str(r[k]) for k in keys]) for t in (one, other))
        if len(rows) != len(others):
            yield f"{name}: {len(rows)} rows and {len(others)}"
            continue
        for row, its in zip(rows, others, strict=True):
            yield from (
                f"{name} {row.get('indicator', '')} {[row[k] for k in keys][:6]}: {column} is {row[column]!r} and {its[column]!r}"
                for column in row
                if not _same(row[column], its[column])
            )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(one == other)
