"""What a row says besides: its filled cells as one JSON object, kept where no field of ours has a place for them."""

import re
from json.encoder import encode_basestring

import pyarrow as pa
import pyarrow.compute as pc

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


def with_rest(received: Received) -> pa.Table:
    """The cleaned table with one more column: the row as JSON, without empty cells.

    Made here and not in SQL: an expression over a thousand columns takes DuckDB a gigabyte.
    """
    pieces = []
    for column in rest_of(received.columns):
        cells = received.table[column].combine_chunks()
        if cells.null_count < len(cells):  # most columns of a wide file are empty in most deliveries
            pieces.append(_pairs(column, cells))
    if pieces:
        joined = pc.binary_join_element_wise(*pieces, ", ", null_handling="skip")
    else:
        joined = pa.repeat(pa.scalar(""), received.table.num_rows)
    return received.table.append_column(REST, pc.binary_join_element_wise("{", joined, "}", ""))


def _pairs(column: str, cells: pa.Array) -> pa.Array:
    """`"column": "cell"` for each row, missing where the cell is empty. Each different cell is written once."""
    key = f"{encode_basestring(column)}: "
    coded = cells.dictionary_encode()
    written = [key + encode_basestring(cell) for cell in coded.dictionary.to_pylist()]
    return pa.array(written, pa.string()).take(coded.indices)


__all__ = ["rest_of", "with_rest"]
