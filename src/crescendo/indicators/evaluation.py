"""Asks the measure library for every indicator, under the counting rules this site has chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

import edmeasures
from crescendo.indicators.models import CountingRules
from crescendo.indicators.rules import batches
from crescendo.indicators.snapshot import Snapshot
from crescendo.indicators.timing import Phases
from crescendo.roster.models import Characteristic
from edmeasures import catalog


@dataclass(frozen=True)
class Evaluated:
    """The library's three result tables, of all indicators, and the tree of organisations they speak of."""

    students: pa.Table
    groups: pa.Table
    series: pa.Table
    organisations: pa.Table


def evaluate_snapshot(
    snapshot: Snapshot, *, school_year: int, as_of: date, phases: Phases, by_groups: bool = True
) -> Evaluated:
    """Every indicator of the catalogue for one school year, as known at the end of `as_of`; by the characteristics
    that the site reports by, unless only everybody is wanted."""
    tables = snapshot.tables(school_year=school_year, as_of=as_of)
    reported = Characteristic.objects.filter(is_reported=True).order_by("code")
    characteristics = tuple(reported.values_list("code", flat=True)) if by_groups else ()
    chosen = CountingRules.objects.order_by("position", "rule_pack").values_list("indicator", "rule_pack")
    asked = batches([indicator.code for indicator in catalog.all()], chosen)
    results = []
    for done, (packs, codes) in enumerate(asked.items()):
        phases.step(done, len(asked))
        results.append(
            edmeasures.evaluate(
                tables,
                school_year=school_year,
                as_of=as_of,
                indicators=codes,
                rule_packs=packs,
                characteristics=characteristics,
            )
        )
    return Evaluated(
        _together([result.students for result in results]),
        _together([result.groups for result in results]),
        _together([result.series for result in results]),
        pa.concat_tables(pq.read_table(path, partitioning=None) for path in tables["organisations"]),
    )


def _together(tables: Sequence[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables, promote_options="permissive")
