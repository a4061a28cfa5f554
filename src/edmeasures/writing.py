"""Tables out: CSV, gzipped CSV and Parquet, by the ending of the name."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import pyarrow as pa

ENDINGS = (".csv", ".csv.gz", ".parquet")


def check_ending(path: Path) -> str:
    """How a file of this name is written.

    Raises
    ------
    ValueError
        For a name that says nothing about its format.
    """
    for ending in ENDINGS:
        if path.name.lower().endswith(ending):
            return ending
    raise ValueError(f"{path.name} does not say its format. Name it .csv, .csv.gz or .parquet.")


def check_folder(path: Path) -> None:
    """Refuse a place that cannot be written to before anything is computed.

    Raises
    ------
    ValueError
        When the folder of the file is not there.
    """
    if not path.parent.is_dir():
        raise ValueError(f"There is no folder {path.parent}. Make it first, or write elsewhere.")


def write(table: pa.Table, path: Path) -> None:
    """Write a table into a file of this name."""
    ending = check_ending(path)
    if ending == ".parquet":
        from pyarrow import parquet  # noqa: PLC0415 - not needed for CSV

        parquet.write_table(table, path)
    elif ending == ".csv":
        with path.open("wb") as out:
            write_csv(table, out)
    else:
        with pa.CompressedOutputStream(str(path), "gzip") as out:
            write_csv(table, out)


def write_csv(table: pa.Table, out: IO[bytes] | pa.NativeFile) -> None:
    """CSV as every program reads it: a header, quotes where needed, no value where there is none."""
    from pyarrow import csv  # noqa: PLC0415 - not needed for Parquet

    csv.write_csv(table, out, csv.WriteOptions(quoting_style="needed", quoting_header="needed"))
