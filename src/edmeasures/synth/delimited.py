"""Writing CSV: header as named, LF, UTF-8 without BOM, text in quotes, nothing for a missing value."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc

_OPTIONS = pc.WriteOptions(include_header=False, quoting_style="needed")
CHUNK = 400_000  # rows turned to text at a time: bounds memory


def empty(rows: int) -> pa.Array:
    """A column of missing values."""
    return pa.nulls(rows, pa.string())


def same(text: str, rows: int) -> pa.Array:
    """A column that says the same in every row."""
    return pa.repeat(pa.scalar(text, pa.string()), rows)


def write_csv(
    path: Path, header: tuple[str, ...], parts: Iterable[Mapping[str, pa.Array | pa.ChunkedArray]]
) -> int:
    """Write the parts, one below the other; every part holds just the columns of `header`. Returns the rows written."""
    rows = 0
    with path.open("wb") as file:
        file.write((",".join(header) + "\n").encode())
        for part in parts:
            if set(part) != set(header):
                raise ValueError(
                    f"{path.name}: columns {sorted(set(part) ^ set(header))} do not match the header"
                )
            table = pa.table({name: part[name] for name in header})
            pc.write_csv(table, file, _OPTIONS)
            rows += table.num_rows
    return rows
