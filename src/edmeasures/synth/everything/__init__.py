"""The rest of the catalogue on a made-up district: every table the library accepts, with planted values.

`synth.generate(..., everything=True)` adds these to the district's own tables: surveys and learning platform,
programmes, standards, items, progress measures, growth, graduation ledgers, ratings, staff, and a school in England with
registers and key stage 4. The demo and the benchmarks do without them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from . import accountability, engagement, england, growth, programmes, scores, staffing
from .planted import PlantedValue
from .roster import roster_of

if TYPE_CHECKING:
    from ..district import District

__all__ = ["PlantedValue", "extended"]

_PARTS = (scores, engagement, programmes, growth, accountability, staffing, england)


def extended(
    district: District, tables: dict[str, pa.Table]
) -> tuple[dict[str, pa.Table], tuple[PlantedValue, ...]]:
    """The district's tables with those of every part added, and the values that were planted in them.

    A part adds tables, adds rows to tables that are there, or takes the place of a table with more columns.
    """
    roster = roster_of(district)
    made, planted = dict(tables), list[PlantedValue]()
    for part in _PARTS:
        new, values = part.make(district, roster, made)
        made |= new
        planted += values
    return made, tuple(planted)
