"""Tables from anywhere: a CSV, TSV or Parquet file and a saved mapping that says what each column means.

A *mapping* names the target of each *pass* over a file, the column behind each field, how values are read (dates,
shares, codes), and whose ids they are. It is data: versioned, exported and shared as one TOML file, never code.
Nothing is guessed while importing. A code that the mapping does not know, a date that does not fit, an id that a
spreadsheet damaged: each is reported with its row and set aside. What happens to the rows that hold (preview,
approval, apply, undo) is the pipeline's work, the same for every source.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crescendo.imports.bench import Workbench


def stage(bench: "Workbench") -> None:
    """Read the files that the mapping names, check every row, and hand over what holds."""
    # Here, so that reading and mapping a file needs no site (`converting`).
    from .staging import stage as read  # noqa: PLC0415

    read(bench)
