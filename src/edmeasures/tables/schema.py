"""How a table is declared, and what is accepted in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import pyarrow as pa

Type = Literal["id", "text", "integer", "number", "flag", "date"]

#: A table as it is handed in: Arrow in memory, or the path(s) of Parquet files with the same columns.
Table: TypeAlias = "pa.Table | str | Path | Sequence[str] | Sequence[Path]"

#: DuckDB's name of each type. An id keeps the type it came with: int64 in the product, text standalone.
SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "date": "DATE",
}


class TableError(ValueError):
    """A table that cannot be measured: says which table, which column, what was found, what to do."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, unit and meaning. `required` columns must be there and hold no nulls."""

    name: str
    type: Type
    meaning: str
    unit: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """One fact table.

    Parameters
    ----------
    key : tuple of str
        Columns that name a row; empty where several equal rows are several facts.
    gaps : str
        What the table is known not to hold.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    gaps: str = ""

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(c for c in self.columns if c.name == name)
