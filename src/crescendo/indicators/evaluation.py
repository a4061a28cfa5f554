"""Asks the measure library for every indicator, under the counting rules this site has chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

import edmeasures
from crescendo.indicators.measured import measured
from crescendo.indicators.models import CountingRules
from crescendo.indicators.rules import packs_of
from crescendo.indicators.snapshot import Snapshot
from crescendo.indicators.timing import Phases
from crescendo.roster.models import Characteristic
from edmeasures.tables import Table


@dataclass(frozen=True)
class Evaluated:
    """The library's three result tables, of all indicators, and the tree of organisations they speak of."""

    students: pa.Table
    groups: pa.Table
    series: pa.Table
    organisations: pa.Table
    parts: pa.Table
    references: dict[str, pa.Table]


def evaluate_snapshot(
    snapshot: Snapshot, *, school_year: int, as_of: date, phases: Phases, by_groups: bool = True
) -> Evaluated:
    """Every indicator that this site measures for one school year, as known at the end of `as_of`; by the characteristics
    that the site reports by, unless only everybody is wanted."""
    tables = snapshot.tables(school_year=school_year, as_of=as_of)
    codes = [indicator.code for indicator in measured()]
    return evaluate_tables(
        tables, codes, school_year=school_year, as_of=as_of, by_groups=by_groups, step=phases.step
    )


def evaluate_tables(
    tables: Mapping[str, Table],
    codes: Sequence[str],
    *,
    school_year: int,
    as_of: date,
    threads: int = 2,
    by_groups: bool = True,
    step: Callable[[int, int], None] = lambda done, of: None,
) -> Evaluated:
    """Some indicators over fact tables, under the site's counting rules and characteristics: a snapshot's, or a slice's."""
    reported = Characteristic.objects.filter(is_reported=True).order_by("code")
    characteristics = tuple(reported.values_list("code", flat=True)) if by_groups else ()
    rules = CountingRules.objects.order_by("position", "rule_pack").values_list("indicator", "rule_pack")
    chosen = list(rules)
    step(0, 1)
    found = edmeasures.evaluate(
        tables,
        school_year=school_year,
        as_of=as_of,
        indicators=codes,
        rule_packs={code: packs_of(code, chosen) for code in codes},
        characteristics=characteristics,
        threads=threads,
    )
    return Evaluated(
        found.students,
        found.groups,
        found.series,
        _read(tables["organisations"]),
        found.parts,
        found.references,
    )


def _read(table: Table) -> pa.Table:
    if isinstance(table, pa.Table):
        return table
    return pa.concat_tables(pq.read_table(path, partitioning=None) for path in table)
