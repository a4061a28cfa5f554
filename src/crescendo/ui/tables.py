"""A table as data: what stands beside a chart, or alone. Cells are printed here, in one place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from crescendo.ui import printing

KINDS_OF_NUMBER = ("percent", "decimal", "count")


@dataclass(frozen=True)
class Column:
    """A column: the key of its values, its heading, and how to print them (text, percent, decimal, count)."""

    key: str
    label: str
    kind: str = "text"
    digits: int | None = None
    href: str = ""  # the key of the address that the cell leads to, where it leads anywhere

    @property
    def is_number(self) -> bool:
        return self.kind in KINDS_OF_NUMBER

    def printed(self, value: Any) -> str:
        if value is None:
            return printing.NO_VALUE
        return printing.number(value, self.kind, self.digits) if self.is_number else str(value)


@dataclass(frozen=True)
class Cell:
    text: str
    label: str
    is_number: bool
    href: str = ""


@dataclass(frozen=True)
class Table:
    """Rows are mappings from column key to value. The caption says what the table shows."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]

    def printed_rows(self) -> Iterable[list[Cell]]:
        for row in self.rows:
            yield [
                Cell(
                    column.printed(row.get(column.key)),
                    column.label,
                    column.is_number,
                    str(row.get(column.href) or "") if column.href else "",
                )
                for column in self.columns
            ]
