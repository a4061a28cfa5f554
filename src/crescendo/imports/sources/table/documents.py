"""Text that is no CSV: lines of fixed width, and JSON (one record a line, or a list of records)."""

import io
import json
from typing import Any

from crescendo.imports.json_reading import is_fit

from .received import Flaw, Received, Unreadable, as_received, header_names
from .shapes import FileSpec, Layout

DEEPEST = 20  # levels of a record inside a record
MOST_COLUMNS = 4_000  # as for every other table
_TWICE = "A name stands twice in one record, and which of the two holds is not said."


class _Doubled(ValueError):
    """A name stands twice in an object: which of the two holds, nobody may guess."""


def read_fixed_width(file: str, text: bytes, encoding: str, spec: FileSpec, flaws: list[Flaw]) -> Received:
    """Cut each line at the places of the layout that has its length. There is no header; rows count from 1."""
    lines = _lines(text.decode())
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
    for number, record, unread in _records(text.decode()):
        cells: dict[str, str] = {}
        wrong = unread or _flatten_record(record, cells)
        if wrong:
            flaws.append(Flaw("not_json", wrong, number, "", sets_aside=True))
            continue
        flattened.append(cells)
        numbers.append(number)
    found = list(dict.fromkeys(column for cells in flattened for column in cells))
    if len(found) > MOST_COLUMNS:
        raise Unreadable("too_wide", f"The records have {len(found)} different names. This is no table.")
    columns, _twice = header_names(found)
    rows = [[cells.get(column, "") for column in found] for cells in flattened]
    received = as_received(file, columns, rows, numbers, encoding=encoding, blanks="odd")
    return Received(file, columns, received.table, tuple(flaws), "", encoding, "odd")


def _records(text: str) -> list[tuple[int, Any, str]]:
    """Number, record, and what is wrong with it. A list is one document; otherwise each line is one."""
    if text.lstrip().startswith("["):
        try:
            return [(number, one, "") for number, one in enumerate(_loads(text), 1)]
        except _Doubled as error:
            raise Unreadable("not_json", f"{_TWICE} Export the list again.") from error
        except (ValueError, RecursionError) as error:
            raise Unreadable(
                "not_json", "The list of records is cut off or damaged. Export it again."
            ) from error
    found: list[tuple[int, Any, str]] = []
    for number, line in enumerate(_lines(text), 1):
        if line.strip():
            try:
                found.append((number, _loads(line), ""))
            except _Doubled:
                found.append((number, None, f"{_TWICE} Export it again."))
            except (ValueError, RecursionError):
                found.append((number, None, "The line is no JSON. It may be cut off; export it again."))
    return found


def _lines(text: str) -> list[str]:
    """Only a line's end ends a line: form feeds, and the separators that Unicode knows besides, stand inside one."""
    return [line.removesuffix("\n") for line in io.StringIO(text, newline=None)]


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_pairs)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Doubled
    return found


def _flatten_record(record: Any, into: dict[str, str]) -> str:
    """The cells of a record; what is wrong with it, or nothing."""
    if not isinstance(record, dict):
        return "The line is no record."
    try:
        _flatten(record, "", into, 0)
    except RecursionError:
        return "The record is nested deeper than anyone means."
    if not all(is_fit(name) and is_fit(value) for name, value in into.items()):
        return "The record holds a character that no text may hold."
    return ""


def _flatten(value: Any, path: str, into: dict[str, str], depth: int) -> None:
    if isinstance(value, dict) and depth < DEEPEST:
        for key, inner in value.items():
            _flatten(inner, f"{path}.{key}" if path else str(key), into, depth + 1)
        return
    while path in into:  # {"a": {"b": 1}, "a.b": 2}: neither may take the other's place
        path += "__2"
    if isinstance(value, str):
        into[path] = value
    elif isinstance(value, bool):
        into[path] = "true" if value else "false"
    else:
        into[path] = "" if value is None else json.dumps(value, ensure_ascii=False)
