"""The fact tables the library accepts: columns, types, units, keys, meaning, known gaps."""

from __future__ import annotations

from .declared import TABLES
from .schema import SQL_TYPES, Column, Table, TableError, TableSpec

__all__ = ["SQL_TYPES", "TABLES", "Column", "Table", "TableError", "TableSpec"]
