"""Text that is no CSV: lines of fixed width, and JSON (one record a line, or a list of records)."""

import json
from typing import Any

from .received import ROW, Flaw, Received, Unreadable, as_received, header_names
from .shapes import FileSpec, Layout

DEEPEST = 20  # levels of a record inside a record
MOST_COLUMNS = 4_000  # as for every other table


def read_fixed_width(file: str, text: bytes, encoding: str, spec: FileSpec, flaws: list[Flaw]) -> Received:
    """Cut each line at the places of the layout that has its length. There is no header; rows count from 1."""
    lines = text.decode().splitlines()
    filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    layout = _choose_layout(spec.layouts, {len(line) for _, line in filled})
    names, _ = header_names([name for name, _, _ in layout.columns])
    rows, numbers = [], []
    for number, line in filled:
        if len(line) > layout.line_length:
            message = f"The line has {len(line)} characters, the layout '{layout.name}' {layout.line_length}."
            flaws = [*flaws, Flaw("wrong_length", message, number, "", sets_aside=True)]
            continue
        rows.append([line[first - 1 : last] for _, first, last in layout.columns])
        numbers.append(number)
    received = as_received(file, names, rows, numbers, encoding=encoding, blanks="odd")
    return Received(file, names, received.table, tuple(flaws), "", encoding, "odd")


def _choose_layout(layouts: tuple[Layout, ...], lengths: set[int]) -> Layout:
    """The layout of exactly the longest line; with one layout only, lines may lack blanks at their end."""
    longest = max(lengths, default=0)
    fitting = [one for one in layouts if one.line_length == longest]
    if not fitting and len(layouts) == 1 and longest < layouts[0].line_length:
        fitting = [layouts[0]]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{one.name}: {one.line_length}" for one in layouts)
    raise Unreadable(
        "unknown_layout",
        f"The longest line has {longest} characters. Known layouts: {known}. Add this year's to the mapping.",
    )


def read_json(file: str, text: bytes, encoding: str, flaws: list[Flaw]) -> Received:
    """Records to rows, `{"a": {"b": 1}}` to a column `a.b`. Numbers stay as they were written, so ids keep their form."""
    flattened: list[dict[str, str]] = []
    numbers: list[int] = []
    flaws = list(flaws)
    for number, record, wrong in _records(text.decode()):
        if wrong or not isinstance(record, dict):
            flaws.append(Flaw("not_json", wrong or "The line is no record.", number, "", sets_aside=True))
            continue
        cells: dict[str, str] = {}
        _flatten(record, "", cells, 0)
        flattened.append(cells)
        numbers.append(number)
    found = list(dict.fromkeys(column for cells in flattened for column in cells))
    if len(found) > MOST_COLUMNS:
        raise Unreadable("too_wide", f"The records have {len(found)} different names. This is no table.")
    columns = tuple("_row__2" if column == ROW else column for column in found)
    rows = [[cells.get(column, "") for column in found] for cells in flattened]
    received = as_received(file, columns, rows, numbers, encoding=encoding, blanks="odd")
    return Received(file, columns, received.table, tuple(flaws), "", encoding, "odd")


def _records(text: str) -> list[tuple[int, Any, str]]:
    """Number, record, and what is wrong with it. A list is one document; otherwise each line is one."""
    if text.lstrip().startswith("["):
        try:
            return [(number, one, "") for number, one in enumerate(_loads(text), 1)]
        except (ValueError, RecursionError) as error:
            raise Unreadable(
                "not_json", "The list of records is cut off or damaged. Export it again."
            ) from error
    found: list[tuple[int, Any, str]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                found.append((number, _loads(line), ""))
            except (ValueError, RecursionError):
                found.append((number, None, "The line is no JSON. It may be cut off; export it again."))
    return found


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _flatten(value: Any, path: str, into: dict[str, str], depth: int) -> None:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else str(key), into, depth + 1)
        return
    if isinstance(value, str):
        into[path] = value
    elif isinstance(value, bool):
        into[path] = "true" if value else "false"
    else:
        into[path] = "" if value is None else json.dumps(value, ensure_ascii=False)
