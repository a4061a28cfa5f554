"""What a file is after reading: a table of text, where its rows stood, and what was noticed."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

REST = "_rest"  # what a row says besides, as JSON: made only where a mapping keeps it
ROW = "_row"  # the row number beside the cells; a header of that name is renamed


class Unreadable(ValueError):
    """The file as a whole cannot be read. Carries the row where that was seen, if any."""

    def __init__(self, code: str, message: str, row: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.row = row


@dataclass(frozen=True)
class Flaw:
    """Something about the file or one of its rows that a person should know."""

    code: str
    message: str
    row: int | None = None
    received: str = ""
    sets_aside: bool = False


@dataclass(frozen=True)
class Received:
    """A file as it came: text cells, the row number of each row, and what was noticed while reading."""

    file: str
    columns: tuple[str, ...]
    table: pa.Table
    flaws: tuple[Flaw, ...] = ()
    delimiter: str = ""
    encoding: str = ""
    blanks: str = "spaces"  # around cells: none, spaces, odd
    above: tuple[int, ...] = ()  # rows above the header: titles, groups of columns
    called: dict[str, str] = field(default_factory=dict)  # our name of a column -> the file's own


def header_names(cells: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Column names, trimmed and made unique (`Filler`, `Filler__2`), and the names that came twice."""
    names: list[str] = []
    twice = []
    taken, times = {ROW, REST}, Counter[str]()
    for position, cell in enumerate(cells, 1):
        first = name = cell.strip().strip("\ufeff") or f"column {position}"
        while name.lower() in taken:  # the file may also hold the name that a second one would get
            times[first.lower()] += 1
            name = f"{first}__{times[first.lower()] + 1}"
        if name != first and first.lower() not in (ROW, REST):
            twice.append(first)
        taken.add(name.lower())
        names.append(name)
    return tuple(names), twice


def as_received(
    file: str, columns: tuple[str, ...], rows: list[list[str]], numbers: list[int], **more: object
) -> Received:
    """Rows of text cells, each as wide as the header, as a table with their row numbers."""
    if not rows:
        raise Unreadable(
            "no_rows", "The file has a header but no rows. If nothing changed, there is nothing to send."
        )
    cells = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    table = pa.table([pa.array(np.asarray(numbers), pa.int64()), *cells], [ROW, *columns])
    return Received(file, columns, table, **more)  # type: ignore[arg-type]
