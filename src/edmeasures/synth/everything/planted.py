"""A value that is true of the made-up district, and which indicator must find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa


@dataclass(frozen=True)
class PlantedValue:
    """What an indicator must say of an organisation: `value`, within `tolerance` (chance and whole numbers of people).

    `item` names an item of a test where the indicator speaks of items; the organisation's own value otherwise.
    """

    indicator: str
    organisation_id: int
    value: float
    tolerance: float
    note: str
    item: int | None = None


def with_rows(table: pa.Table, **columns: Any) -> pa.Table:
    """A table with more rows below; columns that the new rows do not have are empty there."""
    arrays = {
        name: pa.array(columns[name], table.schema.field(name).type)
        for name in table.schema.names
        if name in columns
    }
    return pa.concat_tables([table, pa.table(arrays)], promote_options="default").select(table.schema.names)


def with_column(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """A table with one more column at its end."""
    return table.append_column(name, values)
