"""What a row says besides: its filled cells as one JSON object, kept where no field of ours has a place for them."""

import re
from itertools import compress
from json.encoder import encode_basestring

import pyarrow as pa

from .received import REST, Received

# Who somebody is stands in the roster: it is not copied beside every record of them.
_PERSONAL = re.compile(
    r"(first|last|middle|family|given|full|student|child|tch|maiden|sur).{0,9}name|\b[flm]_?name|^[lfm]name$|name_(mi|first|last)|m_initial|"
    r"middle|initial|birth|\bdob\b|_dob|dob$|e-?mail|phone|address|addr|street|zip|postal|parent|guardian|password|login",
    re.IGNORECASE,
)


def rest_of(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that are kept with a record: all of the file but names, birth dates and addresses of people."""
    return tuple(column for column in columns if not _PERSONAL.search(column))


def with_rest(received: Received, null_tokens: tuple[str, ...]) -> pa.Table:
    """The table with one more column: the row as JSON, without empty cells.

    Made here and not in SQL: an expression over a thousand columns takes DuckDB a gigabyte.
    """
    columns = rest_of(received.columns)
    keys = [f"{encode_basestring(column)}: " for column in columns]
    missing = {"", None, *null_tokens}
    rows = zip(*(_cells(received.table[column]) for column in columns), strict=True)
    made = []
    for cells in rows:
        filled = [cell not in missing for cell in cells]
        pairs = zip(compress(keys, filled), compress(cells, filled), strict=True)
        made.append("{" + ", ".join([key + encode_basestring(cell) for key, cell in pairs]) + "}")
    table = received.table
    return table.append_column(REST, pa.array(made or ["{}"] * table.num_rows, pa.string()))


def _cells(column: pa.ChunkedArray) -> list[str]:
    return [cell.strip() if cell else "" for cell in column.to_pylist()]


__all__ = ["rest_of", "with_rest"]
