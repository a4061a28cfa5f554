"""Excel workbooks: one sheet as text. Dates are typed in a workbook, so they are read exactly; ids never become `1.0`."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import python_calamine as calamine

from . import workbook_sizes
from .received import Flaw, Received, Unreadable, as_received, header_names
from .shapes import FileSpec

EXACT_DIGITS = 15  # what a spreadsheet keeps of a number; of a longer id the last digits are lost


def read_workbook(path: Path, spec: FileSpec, file: str) -> Received:
    """The sheet that the mapping names, or the first that holds rows; the others are named in a notice."""
    workbook_sizes.check(path)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets = {
            one: book.get_sheet_by_name(one).to_python(skip_empty_area=False) for one in _wanted(book, spec)
        }
    except (calamine.CalamineError, calamine.PasswordError, OSError, ValueError) as error:
        raise Unreadable("spreadsheet", workbook_sizes.SAVE_AS_CSV) from error
    filled = [title for title, rows in sheets.items() if any(_text(cell) for row in rows for cell in row)]
    if not filled:
        raise Unreadable("no_rows", "No sheet of the workbook holds anything.")
    flaws = []
    if len(filled) > 1:
        message = f"The sheet '{filled[0]}' was read. Not read: {', '.join(filled[1:])}."
        flaws.append(Flaw("other_sheets", message))
    return _as_table(file, sheets[filled[0]], spec, flaws)


def _wanted(book: Any, spec: FileSpec) -> list[str]:
    titles = list(book.sheet_names)
    if spec.sheet and spec.sheet not in titles:
        raise Unreadable(
            "no_sheet", f"There is no sheet '{spec.sheet}'. The workbook has: {', '.join(titles)}."
        )
    return [spec.sheet] if spec.sheet else titles


def _as_table(file: str, cells: list[list[Any]], spec: FileSpec, flaws: list[Flaw]) -> Received:
    header = [_text(cell) for cell in cells[spec.header_row - 1]] if len(cells) >= spec.header_row else []
    while (
        header and not header[-1] and not any(_text(row[len(header) - 1]) for row in cells[spec.header_row :])
    ):
        header.pop()
    columns, twice = header_names(header)
    flaws += [
        Flaw(
            "duplicate_header",
            f"Column '{one}' comes more than once; the later one is '{one}__2'.",
            spec.header_row,
        )
        for one in twice
    ]
    rows, numbers = [], []
    for number, row in enumerate(cells[spec.header_row :], spec.header_row + 1):
        texts = [_text(cell) for cell in row[: len(columns)]]
        if any(texts):
            rows.append(texts)
            numbers.append(number)
    above = tuple(range(1, spec.header_row))
    return as_received(
        file, columns, rows, numbers, flaws=tuple(flaws), encoding="xlsx", blanks="odd", above=above
    )


def _text(cell: Any) -> str:
    """A cell as a CSV would hold it."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return _number(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return "" if cell is None else str(cell).strip()


def _number(cell: float) -> str:
    """12345.0 is 12345. A number with more digits than a workbook keeps is shown as damaged, which no id survives."""
    if abs(cell) >= 10**EXACT_DIGITS:
        return f"{cell:.2E}"
    return str(int(cell)) if cell == int(cell) else repr(cell)


__all__ = ["read_workbook"]
