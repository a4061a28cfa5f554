"""Cells as they are meant: without the blanks around them, and missing where they are empty or say so."""

from collections.abc import Collection
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from .received import ROW, Received

# Blanks that spreadsheets and web pages leave around a value.
_BLANKS = {"spaces": " ", "odd": " \t\n\r\xa0\ufeff"}


def cleaned(
    received: Received, null_tokens: tuple[str, ...], columns: Collection[str] | None = None
) -> Received:
    """The file with the columns that are read (all, unless said), each cell trimmed, missing where it means nothing.

    Done once for a file, in Arrow: as SQL it was done again in every pass, and a hundred columns of CASE cost DuckDB
    more than the rows of a small file ever do.
    """
    read = [column for column in received.columns if columns is None or column in columns]
    missing = pa.array(["", *null_tokens], pa.string())
    cells = [_clean(received.table[column], received.blanks, missing) for column in read]
    table = pa.table([received.table[ROW], *cells], [ROW, *read])
    return replace(received, table=table, blanks="none")


def _clean(cells: pa.ChunkedArray, blanks: str, missing: pa.Array) -> pa.ChunkedArray:
    if around := _BLANKS.get(blanks):
        cells = pc.utf8_trim(cells, characters=around)
    is_missing = pc.is_in(cells, value_set=missing)
    return pc.if_else(is_missing, None, cells) if pc.any(is_missing).as_py() else cells


__all__ = ["cleaned"]
