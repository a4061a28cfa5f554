"""The rows that were set aside, as they came, to hand to whoever can correct them. No cell runs as a formula."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any, Protocol

from crescendo.core.spreadsheets import neutral_cell
from crescendo.imports.bench import RawFile

from .file_names import match_files
from .reader import Unreadable, read_file
from .received import ROW, Received
from .shapes import FileSpec, TableMapping


class Aside(Protocol):
    """A row that was set aside: where it stands, and why."""

    file: str
    row: int | None
    code: str


def rows_as_csv(files: Sequence[RawFile], mapping: TableMapping, aside: Iterable[tuple[Aside, str]]) -> str:
    """File, row, reason, and every cell of the row as it came; a file for each header. `aside` comes with its words."""
    wanted: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one, words in aside:
        if one.row is not None and words not in wanted[one.file][one.row]:
            wanted[one.file][one.row].append(words)
    specs = {file.name: mapping.files[name] for name, file in match_files(files, mapping).items()}
    out = StringIO()
    writer = csv.writer(out)
    for file in files:
        if wanted.get(file.name):
            _write(writer, file, specs.get(file.name, FileSpec("main")), wanted[file.name])
    return out.getvalue()


def _write(writer: Any, file: RawFile, spec: FileSpec, wanted: dict[int, list[str]]) -> None:
    try:
        received: Received | None = read_file(file.path, spec, file.name)
    except Unreadable:
        received = None
    names = [received.called.get(column, column) for column in received.columns] if received else []
    writer.writerow([neutral_cell(cell) for cell in ("file", "row", "why", *names)])
    found = {}
    if received:
        cells = received.table.to_pydict()
        places = {row: at for at, row in enumerate(cells[ROW]) if row in wanted}
        found = {row: [cells[column][at] or "" for column in received.columns] for row, at in places.items()}
        found |= {
            flaw.row: _cells_of(flaw.received, received.delimiter)
            for flaw in received.flaws
            if flaw.sets_aside and flaw.row in wanted
        }
    for row, why in sorted(wanted.items()):
        writer.writerow(
            [neutral_cell(cell) for cell in (file.name, row, "; ".join(why), *found.get(row, ()))]
        )


def _cells_of(line: str, delimiter: str) -> list[str]:
    """A row of another width than the header: its cells as far as they can be told, so that it can be filled up and sent again."""
    try:
        return next(csv.reader([line], delimiter=delimiter), []) if delimiter else [line]
    except csv.Error:  # half a line end, or a cell without an end: often what tore it
        return [line]
