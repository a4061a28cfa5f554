"""The attendance kernel as a grouped map: a range of students at a time, in Arrow, by the functions DuckDB's runs use.

A membership and a spell are numbered within their range; in the tables that the SELECTs read, the number of the range
stands above, so that no two ranges share one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from .. import compose, making

if TYPE_CHECKING:
    from ..compose import Parameter

#: The number of a range stands above these many binary places of a spell's or membership's number.
SHIFT = 40
_NUMBERED = ("spell_id", "membership_id")
_RANGE, _INPUT = "range_of_students", "input_name"


@cache
def inputs(block: str) -> tuple[str, ...]:
    """The SELECTs whose rows a table of the kernel is made from, through the kernel's other tables.

    Examples
    --------
    >>> inputs("spells")
    ('dated_enrolments',)
    """
    found: list[str] = []
    for read in compose.reads(block):
        found.extend(inputs(read) if read in compose.MADE else (read,))
    return tuple(dict.fromkeys(found))


def is_owned(columns: Iterable[str]) -> bool:
    """Whether rows belong to a student, by name or by the number of a spell or membership."""
    return not {"student_id", *_NUMBERED}.isdisjoint(columns)


class _Range:
    """What the kernel asks of a run (making.Source), answered from the rows of one range."""

    def __init__(self, job: Job, rows: Mapping[str, pa.Table]) -> None:
        self.n_days, self.keeps_registers = job.n_days, job.keeps_registers
        self._rows = {**job.around, **rows}
        self._found: dict[str, Any] = {}

    def rows(self, name: str, parameters: Mapping[str, Parameter]) -> pa.Table:
        return self._rows[name]

    def batches(self, name: str, parameters: Mapping[str, Parameter]) -> Iterator[pa.RecordBatch]:
        yield from self._rows[name].to_batches()

    def found(self, name: str, parameters: Mapping[str, Parameter]) -> Any:
        if name not in self._found:
            self._found[name] = making.MAKERS[name](self, parameters)
        return self._found[name]


@dataclass(frozen=True, slots=True)
class Job:
    """One table of the kernel under its parameters, and what all ranges share (calendars and their days)."""

    block: str
    parameters: Mapping[str, Parameter]
    around: Mapping[str, pa.Table]
    n_days: int
    keeps_registers: bool

    def of_range(self, rows: Mapping[str, pa.Table], number: int) -> pa.Table:
        """The rows of the table that belong to one range."""
        local = {name: _numbered(table, -number) for name, table in rows.items()}
        return _numbered(making.table(_Range(self, local), self.block, self.parameters), number)

    def schema(self, empty: Mapping[str, pa.Table]) -> pa.Schema:
        """The columns of the table, from inputs without rows."""
        return self.of_range(empty, 0).schema

    def function(self, empty: Mapping[str, pa.Table]) -> Callable[[pa.Table], pa.Table]:
        """What Spark runs on the rows of each range."""
        schemas = {name: table.schema for name, table in empty.items()}
        schema = self.schema(empty)

        def of_rows(mixed: pa.Table) -> pa.Table:
            rows = {name: _input(mixed, name, of) for name, of in schemas.items()}
            number = mixed.column(_RANGE)[0].as_py()
            return self.of_range(rows, number).select(schema.names).cast(schema)

        return of_rows


def _numbered(table: pa.Table, number: int) -> pa.Table:
    """Spells and memberships renumbered into a range, or out of it (negative)."""
    for name in _NUMBERED:
        if name in table.column_names and number:
            at = table.column_names.index(name)
            moved = pc.add(table.column(name).cast(pa.int64()), pa.scalar(number << SHIFT, pa.int64()))
            table = table.set_column(at, name, moved)
    return table


def _input(mixed: pa.Table, name: str, schema: pa.Schema) -> pa.Table:
    mine = mixed.filter(pc.equal(mixed.column(_INPUT), name))
    return pa.table({f.name: mine.column(f"{name}__{f.name}").cast(f.type) for f in schema})


def spread(owned: Mapping[str, Any], n_ranges: int) -> Any:
    """The rows of all inputs in one DataFrame, grouped by the range of the student they belong to."""
    from pyspark.sql import functions as fn  # noqa: PLC0415 - an extra

    whole = None
    for name, frame in owned.items():
        if "student_id" in frame.columns:
            number = fn.pmod(fn.xxhash64(fn.col("student_id").cast("string")), fn.lit(n_ranges))
        else:
            key = next(c for c in _NUMBERED if c in frame.columns)
            number = fn.shiftright(fn.col(key), SHIFT)
        columns = [fn.col(c).alias(f"{name}__{c}") for c in frame.columns]
        part = frame.select(number.cast("bigint").alias(_RANGE), fn.lit(name).alias(_INPUT), *columns)
        whole = part if whole is None else whole.unionByName(part, allowMissingColumns=True)
    if whole is None:
        raise ValueError("No rows belong to students.")
    return whole.groupBy(_RANGE)


def spark_schema(schema: pa.Schema) -> Any:
    """Spark's words for Arrow's columns."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415 - an extra

    return from_arrow_schema(schema)
