"""CASE 1.0 and 1.1: frameworks of standards and competencies, as packages (JSON) or spreadsheets (CSV).

Each record is kept under CASE's own names. README.md says what is removed, and what is not.
"""

from pathlib import PurePosixPath

from crescendo.imports.bench import Table, Workbench
from crescendo.imports.json_reading import NotJson

from . import handing, packages, spreadsheets
from .records import Unreadable

IGNORED = (".md", ".txt")


def stage(bench: Workbench) -> None:
    """Read, check, compare with what is kept, hand over."""
    bench.open_columns = frozenset()
    records = []
    for raw in bench.files:
        suffix = PurePosixPath(raw.name).suffix.lower()
        if suffix in IGNORED or PurePosixPath(raw.name).name.startswith("."):
            continue
        bench.progress(f"reading {raw.name}", 0, None)
        read = spreadsheets.read if suffix in {".csv", ".tsv"} else packages.read
        try:
            found, rows = read(bench, raw)
        except (Unreadable, NotJson) as problem:
            bench.error("file.not_case", file=raw.name, expected="a CASE package as JSON, or a framework as CSV",
                        what_to_do=f"{problem}.")  # fmt: skip
            found, rows = [], 0
        bench.tables[raw.name] = Table(raw.name, "", (), (), rows)
        records += found
    bench.stop_on_errors()
    handing.hand_over(bench, records)
